//! What turns an intake's records into events: a format or a module from disk, which may change while the receiver runs.
//!
//! A batch of records runs through one version of its formats, and a version that is not to be had any more runs to its end. A new one
//! that cannot run takes nobody's place: the old one stays, and says why in [`FormatsStat::trouble`].

mod rules;

pub use rules::Rules;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use weir::taxonomy::Field;
use weir_formats::{FormatError, Formats, Loading, Note, RulePaths, state_of};

/// Which format or module an intake has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FormatPath {
    /// The folder of a format or a module, or a format's `parser.yml`.
    pub path: PathBuf,
    /// Of a module: the datasets that win where a record fits several, the first one first. Where it is empty, the module says.
    pub prefer: Vec<String>,
}

/// The formats of all intakes, and what their events are held against. Several intakes with the same path share what was loaded.
#[derive(Default)]
pub struct IntakeFormats {
    intakes: Mutex<BTreeMap<String, Arc<Source>>>,
    rules: Mutex<Arc<Rules>>,
}

/// Formats that ran, run or will run: one version of a path.
pub struct Version {
    /// The formats.
    pub formats: Formats,
    /// Their names, in the same order, as batches have them.
    pub names: Vec<Arc<str>>,
    /// When it was loaded.
    pub loaded: SystemTime,
}

/// Where formats come from, and the version that runs now.
struct Source {
    from: FormatPath,
    state: Mutex<State>,
}

struct State {
    version: Arc<Version>,
    /// The state of the files when they were last read, by [`state_of`].
    files: u64,
    /// A state that was seen once: files are read when it is seen again, since nobody writes them then.
    seen: u64,
    trouble: Option<String>,
}

/// What is known of an intake's formats.
#[derive(Clone, Debug)]
pub struct FormatsStat {
    /// The intake's name.
    pub intake: String,
    /// Where its formats come from.
    pub path: PathBuf,
    /// The formats that run.
    pub formats: Vec<FormatStat>,
    /// When this version was loaded.
    pub loaded: SystemTime,
    /// Why there is a newer version on disk that does not run.
    pub trouble: Option<String>,
}

/// A format that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatStat {
    /// Its name.
    pub name: String,
    /// The stamp of its texts.
    pub stamp: String,
    /// Its folder.
    pub root: PathBuf,
}

/// What was loaded again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// A format or a module.
    Formats,
    /// The rules and indicators of all formats.
    Rules,
}

/// What came of loading something again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reloaded {
    /// What it is.
    pub of: Loaded,
    /// Where they come from.
    pub path: PathBuf,
    /// Nothing where the new version runs; else why the old one stays.
    pub trouble: Option<String>,
}

impl IntakeFormats {
    /// Loads the formats of intakes, by their names, and what their events are held against.
    ///
    /// # Errors
    /// For each intake whose formats cannot run, and for rules that cannot be read, why.
    pub fn load(intakes: &[(String, FormatPath)], detection: &RulePaths) -> Result<Self, Vec<String>> {
        let loaded = IntakeFormats::default();
        loaded.replace(intakes, detection)?;
        Ok(loaded)
    }

    /// Takes these intakes and rules in place of those before. What is loaded already stays loaded.
    ///
    /// # Errors
    /// For each intake whose formats cannot run, and for rules that cannot be read, why. Then nothing was changed.
    pub fn replace(&self, intakes: &[(String, FormatPath)], detection: &RulePaths) -> Result<(), Vec<String>> {
        let known = self.rules();
        let rules = match known.is_at(detection) {
            true => known,
            false => Arc::new(Rules::read(detection).map_err(|why| vec![why])?),
        };
        let mut sources: BTreeMap<FormatPath, Arc<Source>> =
            lock(&self.intakes).values().map(|source| (source.from.clone(), Arc::clone(source))).collect();
        let (mut named, mut troubles) = (BTreeMap::new(), Vec::new());
        for (intake, from) in intakes {
            let known = sources.get(from).cloned().map_or_else(|| Source::load(from, &rules).map(Arc::new), Ok);
            match known {
                Ok(source) => {
                    sources.insert(from.clone(), Arc::clone(&source));
                    named.insert(intake.clone(), source);
                }
                Err(why) => troubles.push(format!("the formats of {intake} cannot run: {why}")),
            }
        }
        if !troubles.is_empty() {
            return Err(troubles);
        }
        self.take(rules, named.values()).map_err(|why| vec![why])?;
        *lock(&self.intakes) = named;
        Ok(())
    }

    /// What events are held against now.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&lock(&self.rules))
    }

    /// Holds the events of these formats against other rules from now on, or else against those from before.
    fn take<'s>(
        &self,
        rules: Arc<Rules>,
        sources: impl Iterator<Item = &'s Arc<Source>> + Clone,
    ) -> Result<(), String> {
        let known = self.rules();
        if Arc::ptr_eq(&known, &rules) {
            return Ok(());
        }
        let apply = |rules: &Rules, source: &Source| rules.apply(&lock(&source.state).version.formats);
        if let Err(why) = sources.clone().try_for_each(|source| apply(&rules, source)) {
            // What cannot be read now could be when these rules were taken, and they hold until it can again.
            sources.for_each(|source| drop(apply(&known, source)));
            return Err(why);
        }
        *lock(&self.rules) = rules;
        Ok(())
    }

    /// What runs for an intake now; nothing where there is no such intake.
    pub fn of(&self, intake: &str) -> Option<Arc<Version>> {
        let source = lock(&self.intakes).get(intake).cloned()?;
        let state = lock(&source.state);
        Some(Arc::clone(&state.version))
    }

    /// The fields that events of the format with this name can have now; nothing where no intake has it.
    pub fn fields_of(&self, format: &str) -> Option<Vec<Field>> {
        self.sources().iter().find_map(|source| {
            let version = Arc::clone(&lock(&source.state).version);
            let found = version.formats.all().iter().find(|loaded| loaded.name == format);
            found.map(|loaded| loaded.plan.outputs())
        })
    }

    /// Loads again what has changed on disk and is not being written any more, and tells what came of each.
    pub fn reload_changed(&self) -> Vec<Reloaded> {
        let rules = self.rules();
        let changed = rules.is_due().then(|| self.reload_rules());
        let rules = self.rules();
        let formats = self.sources().into_iter().filter_map(|source| source.reload_if_changed(&rules));
        changed.into_iter().chain(formats).collect()
    }

    /// Loads everything again, changed or not, and tells what came of each.
    pub fn reload_all(&self) -> Vec<Reloaded> {
        let changed = (!self.rules().is_none()).then(|| self.reload_rules());
        let rules = self.rules();
        changed.into_iter().chain(self.sources().iter().map(|source| source.reload(&rules))).collect()
    }

    fn reload_rules(&self) -> Reloaded {
        let known = self.rules();
        let read = Rules::read(known.paths()).and_then(|rules| self.take(Arc::new(rules), self.sources().iter()));
        Reloaded { of: Loaded::Rules, path: known.first_path(), trouble: read.err() }
    }

    /// What is known of each intake's formats, by name.
    pub fn stat(&self) -> Vec<FormatsStat> {
        let intakes: Vec<(String, Arc<Source>)> =
            lock(&self.intakes).iter().map(|(name, source)| (name.clone(), Arc::clone(source))).collect();
        intakes.into_iter().map(|(intake, source)| source.stat(intake)).collect()
    }

    /// Each place that formats come from, once.
    fn sources(&self) -> Vec<Arc<Source>> {
        let by_path: BTreeMap<FormatPath, Arc<Source>> =
            lock(&self.intakes).values().map(|source| (source.from.clone(), Arc::clone(source))).collect();
        by_path.into_values().collect()
    }
}

impl Source {
    fn load(from: &FormatPath, rules: &Rules) -> Result<Source, String> {
        // Asked before the files are read: what changes meanwhile is seen as a change.
        let files = state_of(&from.path).map_err(|error| error.to_string())?;
        let version = Arc::new(Version::load(from, rules)?);
        let state = State { version, files, seen: files, trouble: None };
        Ok(Source { from: from.clone(), state: Mutex::new(state) })
    }

    fn reload_if_changed(&self, rules: &Rules) -> Option<Reloaded> {
        // Folders that cannot be read are a change as well, and loading says why.
        let now = state_of(&self.from.path).unwrap_or(0);
        {
            let mut state = lock(&self.state);
            let is_settled = state.seen == now;
            state.seen = now;
            if now == state.files || !is_settled {
                return None;
            }
        }
        Some(self.reload(rules))
    }

    fn reload(&self, rules: &Rules) -> Reloaded {
        let files = state_of(&self.from.path).unwrap_or(0);
        let loaded = Version::load(&self.from, rules);
        let mut state = lock(&self.state);
        (state.files, state.seen) = (files, files);
        state.trouble = match loaded {
            Ok(version) => {
                state.version = Arc::new(version);
                None
            }
            Err(why) => Some(why),
        };
        Reloaded { of: Loaded::Formats, path: self.from.path.clone(), trouble: state.trouble.clone() }
    }

    fn stat(&self, intake: String) -> FormatsStat {
        let state = lock(&self.state);
        let formats = state.version.formats.all().iter().map(|format| FormatStat {
            name: format.name.clone(),
            stamp: format.stamp.clone(),
            root: format.place.root.clone(),
        });
        let (loaded, trouble) = (state.version.loaded, state.trouble.clone());
        FormatsStat { intake, path: self.from.path.clone(), formats: formats.collect(), loaded, trouble }
    }
}

impl Version {
    /// Where a part does not compile, nothing runs: of events that lack something nobody would know, for they come day and night.
    fn load(from: &FormatPath, rules: &Rules) -> Result<Version, String> {
        let mut told = Vec::new();
        let loading = Loading { prefer: &from.prefer, deny_errors: true };
        let loaded = Formats::load(&from.path, &loading, &mut |note| told.extend(serious(&note)));
        match loaded {
            Ok(Some(formats)) => rules.apply(&formats).map(|()| Version::of(formats)),
            Ok(None) => Err(format!("{} does not compile\n{}", from.path.display(), told.join("\n"))),
            Err(error) => Err(with_findings(&error, &told)),
        }
    }

    /// What runs where these formats do.
    pub fn of(formats: Formats) -> Version {
        let names = formats.all().iter().map(|format| Arc::from(&*format.name)).collect();
        Version { formats, names, loaded: SystemTime::now() }
    }
}

fn serious(note: &Note<'_>) -> Option<String> {
    let is_serious = !matches!(note, Note::Warning(_));
    Some(note.text()).filter(|text| is_serious && !text.is_empty())
}

fn with_findings(error: &FormatError, told: &[String]) -> String {
    let lines = std::iter::once(error.to_string()).chain(told.iter().cloned());
    lines.collect::<Vec<_>>().join("\n")
}

/// Nothing that is locked here is left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
