//! What is read before anything writes it: the same entry, read further down, would have a value.

use super::scene::Scene;
use super::timeline::{LayerReading, PipelinePoint, Timeline, Writing, overlaps};
use crate::diagnostic::Span;
use crate::lint::findings::*;
use std::collections::HashMap;

/// Checks the order of what is read and written.
pub(super) fn check(scene: &mut Scene<'_>, timeline: &Timeline<'_>) {
    let writers = Writers::of(timeline);
    // Many readings are of one name.
    let mut first: HashMap<(&str, &[&str]), Option<PipelinePoint>> = HashMap::new();
    let last = last_moments(timeline);
    for reading in &timeline.readings {
        if last.get(&place(reading)).is_some_and(|last| *last > reading.at) {
            continue;
        }
        let first = first.entry((reading.root, &reading.keys)).or_insert_with(|| writers.first(reading));
        let Some(writer) = first.filter(|writer| *writer >= reading.at) else { continue };
        let place = scene.place(reading.scalar, reading.written, reading.expression);
        let finding = READ_TOO_EARLY.at(place, &[&name(reading)]).label("it has no value yet");
        let entry = scene.spec.pipeline.get(writer.entry);
        let entry = entry.filter(|_| writer.entry != reading.at.entry);
        scene.report(match entry {
            Some(entry) => finding.also(entry.name.span, "it is written from here on"),
            None => finding,
        });
    }
}

/// When each place is read for the last time: a stage may run for several entries, and find there what it wrote before.
fn last_moments(timeline: &Timeline<'_>) -> HashMap<(Span, u32), PipelinePoint> {
    let mut last = HashMap::new();
    for reading in &timeline.readings {
        let moment = last.entry(place(reading)).or_insert(reading.at);
        *moment = reading.at.max(*moment);
    }
    last
}

fn place(reading: &LayerReading<'_>) -> (Span, u32) {
    (reading.scalar, reading.expression.start)
}

fn name(reading: &LayerReading<'_>) -> String {
    let keys = reading.keys.iter().flat_map(|key| [".", key]);
    std::iter::once(reading.root).chain(keys).collect()
}

/// What writes each layer.
struct Writers<'t, 's> {
    stages: HashMap<&'s str, Vec<&'t Writing<'s>>>,
    outputs: HashMap<&'s str, Vec<(&'s str, PipelinePoint)>>,
}

impl<'t, 's> Writers<'t, 's> {
    fn of(timeline: &'t Timeline<'s>) -> Self {
        let mut writers = Writers { stages: HashMap::new(), outputs: HashMap::new() };
        for writing in &timeline.writings {
            writers.stages.entry(writing.stage).or_default().push(writing);
        }
        for ((layer, output), moments) in &timeline.outputs {
            let outputs = moments.iter().map(|moment| (*output, *moment));
            writers.outputs.entry(*layer).or_default().extend(outputs);
        }
        writers
    }

    /// When what is read is first written; `None` where nothing writes it.
    fn first(&self, reading: &LayerReading<'_>) -> Option<PipelinePoint> {
        let stage = self.stages.get(reading.root).into_iter().flatten();
        let fields = stage.filter(|writing| overlaps(&writing.field.text, &reading.keys)).map(|writing| writing.at);
        let outputs = self.outputs.get(reading.root).into_iter().flatten();
        let is_read = |output: &str| reading.keys.first().is_none_or(|key| *key == output);
        fields.chain(outputs.filter(|(output, _)| is_read(output)).map(|(_, moment)| *moment)).min()
    }
}
