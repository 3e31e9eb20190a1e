//! The formats of a run: one, or a module of them with a decision which record goes where.

use crate::dataset::contract;
use crate::findings;
use crate::load::{self, Place};
use crate::rules::{self, RuleFiles};
use crate::stop::Stop;
use crate::terminal::{self, Paint};
use crate::unread::Unread;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use weir::diagnostic::{Diagnostics, nearest};
use weir::json::raw;
use weir::{Input, Plan};
use weir_dataset::{Contract, RawRecord, Route, Router};
use weir_detect::Detector;

/// Formats that are ready to run.
pub struct Formats {
    formats: Vec<Loaded>,
    /// Finds the format of a record; none where there is one format for all.
    router: Option<Router>,
}

/// A format that is ready to run.
pub struct Loaded {
    /// The dataset's name, or the format's.
    pub name: String,
    /// What runs.
    pub plan: Plan,
    /// Finds records of which nothing was read.
    pub unread: Unread,
    /// What is documented of its records, where it is known.
    pub contract: Option<Contract>,
    place: Place,
    /// What its events are held against; another, where files are read again.
    detector: RwLock<Option<Arc<Detector>>>,
}

impl Loaded {
    /// What its events are held against now.
    pub fn detector(&self) -> Option<Arc<Detector>> {
        // What is locked is one pointer, which nothing leaves half written.
        self.detector.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Holds its events against something else from now on; tells what cannot be used of it.
    fn detect(&self, rules: &RuleFiles) -> Result<Diagnostics, Stop> {
        let mut findings = Diagnostics::new();
        let facts = rules::facts(&self.place, &self.plan)?;
        let detector = rules.detection.of_format(&self.plan, &facts, &mut findings);
        *self.detector.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(detector));
        Ok(findings)
    }
}

/// Why no format was found for a record.
pub struct Unrouted {
    /// Whether several fit; else none does.
    pub is_ambiguous: bool,
    /// The reason in words.
    pub reason: String,
    /// The names of those that fit, or of the nearest.
    pub candidates: Vec<String>,
}

/// How formats are loaded.
pub struct Loading<'l> {
    /// The datasets that win where a record fits several.
    pub prefer: &'l [String],
    /// Whether nothing runs where a part of a format does not compile.
    pub deny_errors: bool,
    /// Whether warnings are kept to ourselves.
    pub quiet: bool,
    /// Where there is colour.
    pub paint: Paint,
}

impl Formats {
    /// Loads the format at a path, or all formats of the module there. Nothing where one cannot run: the reason was told.
    ///
    /// # Errors
    /// Where something cannot be read, or a module's records cannot be routed.
    pub fn load(path: &Path, loading: &Loading<'_>) -> Result<Option<Formats>, Stop> {
        match Place::at(path) {
            Ok(_) if !loading.prefer.is_empty() => {
                Err(Stop::Because(format!("{} is one format; --prefer needs a module", path.display())))
            }
            Ok(place) => Ok(one(&place, loading)?.map(|format| Formats { formats: vec![format], router: None })),
            Err(stop) if !path.is_dir() => Err(stop),
            Err(stop) => match load::find(&[path.to_owned()])? {
                places if places.is_empty() => Err(stop),
                places => module(path, &places, loading),
            },
        }
    }

    /// Holds the events of all formats against rules and indicators from now on; tells what cannot be used of them.
    ///
    /// # Errors
    /// Where a manifest cannot be read, or standard error is closed.
    pub fn detect(&self, rules: &RuleFiles, paint: Paint) -> Result<(), Stop> {
        let findings = self.formats.iter().map(|format| format.detect(rules)).collect::<Result<Vec<_>, Stop>>()?;
        rules::tell(&findings, &rules.sources, paint)
    }

    /// All formats, in the order of their folders.
    pub fn all(&self) -> &[Loaded] {
        &self.formats
    }

    /// The place of the format of a record.
    ///
    /// # Errors
    /// Where no format fits, or several do.
    pub fn of(&self, input: Input<'_>) -> Result<usize, Unrouted> {
        match &self.router {
            None => Ok(0),
            Some(router) => decide(router, &message(input)),
        }
    }
}

/// The message of a record as text.
pub fn message(input: Input<'_>) -> Cow<'_, str> {
    match input {
        Input::Message(bytes) => String::from_utf8_lossy(bytes),
        Input::Event(bytes) => {
            let event = String::from_utf8_lossy(bytes);
            let found = RawRecord::read(&event).ok().and_then(|event| {
                let (_, json) = event.members().find(|(name, _)| *name == "message")?;
                Some(raw::string(json).map_or_else(|_| json.to_owned(), Cow::into_owned))
            });
            Cow::Owned(found.unwrap_or_default())
        }
    }
}

fn one(place: &Place, loading: &Loading<'_>) -> Result<Option<Loaded>, Stop> {
    let Loading { deny_errors, quiet, paint, .. } = *loading;
    let format = weir::compile(&place.text()?);
    findings::tell(&format, quiet, paint)?;
    match (format.findings.has_errors() && format.plan.is_some(), deny_errors) {
        (false, _) => {}
        (true, true) => return Ok(None),
        (true, false) => warn("parts that do not compile do not run; --deny-errors refuses to run then", quiet, paint)?,
    }
    let contract = contract::read(place, paint)?;
    let folder = || place.root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let spec = format.spec;
    let Some(plan) = format.plan else { return Ok(None) };
    let name = contract.as_ref().map(|contract| contract.name.clone());
    let name = name.or_else(|| plan.name().map(str::to_owned)).unwrap_or_else(folder);
    let unread = Unread::of(spec.as_ref(), &plan);
    Ok(Some(Loaded { name, plan, unread, contract, place: place.clone(), detector: RwLock::new(None) }))
}

fn module(path: &Path, places: &[Place], loading: &Loading<'_>) -> Result<Option<Formats>, Stop> {
    let Loading { prefer, quiet, paint, .. } = *loading;
    let (known, unknown): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| place.contract().is_file());
    if known.is_empty() {
        let count = places.len();
        return Err(Stop::Because(format!(
            "{} is a module of {count}, and none of them has a dataset.yml to route records by; give one \
             format, such as {}",
            path.display(),
            places[0].root.display()
        )));
    }
    for place in unknown {
        warn(&format!("{} has no dataset.yml, so it gets no records", place.root.display()), quiet, paint)?;
    }
    let mut formats = Vec::new();
    for place in &known {
        formats.push(one(place, loading)?);
    }
    let Some(formats) = formats.into_iter().collect::<Option<Vec<Loaded>>>() else { return Ok(None) };
    let router = Router::new(formats.iter().filter_map(|format| format.contract.as_ref()));
    let router = with_preference(router, &formats, &known, prefer, paint)?;
    for overlap in router.overlaps().iter().filter(|overlap| !overlap.is_distinct()) {
        let [first, second] = [overlap.pair.0, overlap.pair.1].map(|place| router.name(place));
        warn(&format!("{first} and {second} document the same fields, so records of one fit both"), quiet, paint)?;
    }
    Ok(Some(Formats { formats, router: Some(router) }))
}

/// The router with what the user prefers, or else what the modules say.
fn with_preference(
    router: Router,
    formats: &[Loaded],
    places: &[&Place],
    prefer: &[String],
    paint: Paint,
) -> Result<Router, Stop> {
    let names: Vec<&str> = formats.iter().map(|format| &*format.name).collect();
    if let Some(unknown) = prefer.iter().find(|name| !names.contains(&&***name)) {
        let meant = nearest(unknown, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        return Err(Stop::Because(format!("there is no dataset `{unknown}`, which --prefer names{meant}")));
    }
    let mut said = prefer.to_vec();
    if said.is_empty() {
        let modules: BTreeSet<PathBuf> = places.iter().map(|place| load::above(&place.root)).collect();
        for module in modules {
            said.extend(contract::routing(&module, &names, paint)?);
        }
    }
    Ok(router.prefer(said.iter().map(String::as_str)).0)
}

fn warn(text: &str, quiet: bool, paint: Paint) -> Result<(), Stop> {
    if !quiet {
        writeln!(io::stderr(), "{} {text}", terminal::yellow("warning:", paint.stderr))?;
    }
    Ok(())
}

fn decide(router: &Router, message: &str) -> Result<usize, Unrouted> {
    let names = |places: &[usize]| places.iter().map(|place| router.name(*place).to_owned()).collect::<Vec<_>>();
    let none = |reason: String, nearest: Option<usize>| Unrouted {
        is_ambiguous: false,
        reason: format!("the record fits no dataset: {reason}"),
        candidates: names(nearest.as_slice()),
    };
    Err(match router.route(message) {
        Route::Dataset(place) => return Ok(place),
        Route::Ambiguous(places) => {
            let candidates = names(&places);
            let reason = format!("the record fits several datasets: {}", candidates.join(", "));
            Unrouted { is_ambiguous: true, reason, candidates }
        }
        Route::Unknown { nearest: None, .. } => none("none of its fields is documented anywhere".to_owned(), None),
        Route::Unknown { nearest: Some(nearest), known, of } => {
            none(format!("the nearest, {}, has {known} of its {of} fields", router.name(nearest)), Some(nearest))
        }
        Route::Unreadable(unreadable) => none(unreadable.to_string(), None),
    })
}
