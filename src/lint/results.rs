//! The results of extractors: keys that are read and never there, results that nobody reads.

use super::scene::Scene;
use super::timeline::Timeline;
use crate::diagnostic::nearest;
use crate::lint::findings::*;
use crate::plan::tree::{Entry, Extraction, Work};
use std::collections::{HashMap, HashSet};

/// Checks what is read of the results of extractors.
pub(super) fn check(scene: &mut Scene<'_>, timeline: &Timeline<'_>) {
    // Only where all entries that write a result could be compiled is it known what can be in it.
    if scene.entries.iter().any(|entry| entry.broken.is_some()) {
        return;
    }
    let results = results(scene.entries, scene);
    for reading in &timeline.readings {
        let [output, keys @ ..] = reading.keys.as_slice() else { continue };
        let Some(extractions) = results.get(&(reading.root, *output)).filter(|_| !keys.is_empty()) else { continue };
        if extractions.iter().any(|extraction| extraction.extractor.gives(keys)) {
            continue;
        }
        let place = scene.place(reading.scalar, reading.written, reading.expression);
        let name = keys.join(".");
        let finding = UNKNOWN_KEY_OF_RESULT.at(place, &[extractions[0].name, &name]).label("this is always undefined");
        let known: Vec<&String> = extractions.iter().flat_map(|extraction| extraction.extractor.named()).collect();
        let meant = nearest(&name, known.iter().map(|known| known.as_str()));
        scene.report(finding.suggest(&name, meant));
    }
    unread(scene, timeline);
}

/// The extractions by what they write.
fn results<'s>(entries: &'s [Entry], scene: &Scene<'s>) -> HashMap<(&'s str, &'s str), Vec<&'s Extraction>> {
    let mut results: HashMap<_, Vec<&Extraction>> = HashMap::new();
    for (entry, written) in entries.iter().zip(&scene.spec.pipeline) {
        if let (Work::Extract(extraction), crate::spec::EntryKind::Extractor(used)) = (&entry.work, &written.work) {
            let output = used.output_key();
            results.entry((&*written.name.text, output)).or_default().push(extraction);
        }
    }
    results
}

/// Extractors whose layer nobody reads.
fn unread(scene: &mut Scene<'_>, timeline: &Timeline<'_>) {
    let read: HashSet<&str> = timeline.readings.iter().map(|reading| reading.root).collect();
    for entry in &scene.spec.pipeline {
        if matches!(entry.work, crate::spec::EntryKind::Extractor(_)) && !read.contains(&*entry.name.text) {
            scene.report(UNREAD_RESULT.at(entry.name.span, &[&entry.name.text]));
        }
    }
}
