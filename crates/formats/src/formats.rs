//! The formats of a run: one, or a module of them with a decision which record goes where.

use crate::contracts;
use crate::folders::{self, Place};
use crate::format_error::FormatError;
use crate::loaded::Loaded;
use crate::message::message;
use crate::note::{Note, Tell};
use crate::rule_files::RuleFiles;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use weir::Input;
use weir::diagnostic::{Diagnostics, nearest};
use weir::json::write_text;
use weir_dataset::{Route, Router};
use weir_detect::mapping::FormatFacts;

/// Formats that are ready to run.
pub struct Formats {
    formats: Vec<Loaded>,
    /// Finds the format of a record; none where there is one format for all.
    router: Option<Router>,
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
#[derive(Clone, Copy, Debug, Default)]
pub struct Loading<'l> {
    /// The datasets that win where a record fits several.
    pub prefer: &'l [String],
    /// Whether nothing runs where a part of a format does not compile.
    pub deny_errors: bool,
}

impl Unrouted {
    /// The event of the record: its message, and why there is nothing else.
    /// Why so: `docs/decisions/0036`.
    pub fn event(&self, input: Input<'_>, event_id: Option<&str>) -> Vec<u8> {
        let mut event = br#"{"message":"#.to_vec();
        write_text(&mut event, &message(input));
        if let Some(id) = event_id {
            event.extend(br#","event":{"id":"#);
            write_text(&mut event, id);
            event.push(b'}');
        }
        event.extend(br#","sekoiaio":{"intake":{"parsing_error":"#);
        write_text(&mut event, &self.reason);
        let is_told = event_id.is_some();
        event.extend(if is_told { &br#","parsing_status":"failure"}}}"#[..] } else { &b"}}}"[..] });
        event
    }
}

impl Formats {
    /// Loads the format at a path, or all formats of the module there. Nothing where one cannot run: the reason was told.
    ///
    /// # Errors
    /// Where something cannot be read, or a module's records cannot be routed.
    pub fn load(path: &Path, loading: &Loading<'_>, tell: Tell<'_>) -> Result<Option<Formats>, FormatError> {
        match Place::at(path) {
            Ok(_) if !loading.prefer.is_empty() => {
                Err(FormatError::Because(format!("{} is one format; --prefer needs a module", path.display())))
            }
            Ok(place) => Ok(Loaded::load(&place, loading.deny_errors, tell)?
                .map(|format| Formats { formats: vec![format], router: None })),
            Err(error) if !path.is_dir() => Err(error),
            Err(error) => match folders::find(&[path.to_owned()])? {
                places if places.is_empty() => Err(error),
                places => module(path, &places, loading, tell),
            },
        }
    }

    /// All formats, in the order of their folders.
    pub fn all(&self) -> &[Loaded] {
        &self.formats
    }

    /// Holds the events of all formats against rules and indicators from now on. What of them cannot be used, by format.
    ///
    /// # Errors
    /// Where a manifest cannot be read. Then nothing was changed.
    pub fn detect(&self, rules: &RuleFiles) -> Result<Vec<Diagnostics>, FormatError> {
        let facts: Vec<FormatFacts> =
            self.formats.iter().map(|format| format.place.facts(&format.plan)).collect::<Result<_, _>>()?;
        let detect = |(format, facts): (&Loaded, FormatFacts)| {
            let mut findings = Diagnostics::new();
            format.detect(rules.detection.of_format(&format.plan, &facts, &mut findings));
            findings
        };
        Ok(self.formats.iter().zip(facts).map(detect).collect())
    }

    /// The place of the format of a record.
    ///
    /// # Errors
    /// Where no format fits, or several do.
    pub fn of(&self, input: Input<'_>) -> Result<usize, Unrouted> {
        match &self.router {
            None => Ok(0),
            Some(router) => route(router, input),
        }
    }
}

fn module(
    path: &Path,
    places: &[Place],
    loading: &Loading<'_>,
    tell: Tell<'_>,
) -> Result<Option<Formats>, FormatError> {
    let Loading { prefer, deny_errors } = *loading;
    let (known, unknown): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| place.contract().is_file());
    if known.is_empty() {
        let count = places.len();
        return Err(FormatError::Because(format!(
            "{} is a module of {count}, and none of them has a dataset.yml to route records by; give one \
             format, such as {}",
            path.display(),
            places[0].root.display()
        )));
    }
    for place in unknown {
        tell(Note::Warning(format!("{} has no dataset.yml, so it gets no records", place.root.display())));
    }
    let mut formats = Vec::new();
    for place in &known {
        formats.push(Loaded::load(place, deny_errors, tell)?);
    }
    let Some(formats) = formats.into_iter().collect::<Option<Vec<Loaded>>>() else { return Ok(None) };
    let router = Router::new(formats.iter().filter_map(|format| format.contract.as_ref()));
    let router = with_preference(router, &formats, &known, prefer, tell)?;
    for overlap in router.overlaps().iter().filter(|overlap| !overlap.is_distinct()) {
        let [first, second] = [overlap.pair.0, overlap.pair.1].map(|place| router.name(place));
        tell(Note::Warning(format!("{first} and {second} document the same fields, so records of one fit both")));
    }
    Ok(Some(Formats { formats, router: Some(router) }))
}

/// The router with what the user prefers, or else what the modules say.
fn with_preference(
    router: Router,
    formats: &[Loaded],
    places: &[&Place],
    prefer: &[String],
    tell: Tell<'_>,
) -> Result<Router, FormatError> {
    let names: Vec<&str> = formats.iter().map(|format| &*format.name).collect();
    if let Some(unknown) = prefer.iter().find(|name| !names.contains(&&***name)) {
        let meant = nearest(unknown, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        return Err(FormatError::Because(format!("there is no dataset `{unknown}`, which --prefer names{meant}")));
    }
    let mut said = prefer.to_vec();
    if said.is_empty() {
        let modules: BTreeSet<PathBuf> = places.iter().map(|place| folders::above(&place.root)).collect();
        for module in modules {
            said.extend(contracts::routing(&module, &names, tell)?);
        }
    }
    Ok(router.prefer(said.iter().map(String::as_str)).0)
}

/// The place of the dataset of a record.
///
/// # Errors
/// Where no dataset fits, or several do.
pub fn route(router: &Router, input: Input<'_>) -> Result<usize, Unrouted> {
    let message = &*message(input);
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
