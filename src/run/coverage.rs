//! Which parts of a spec records take: every entry, filter, action, field, dictionary key and pattern, counted.

use super::observer::{Found, Observer};
use super::report::Report;
use super::values::Values;
use crate::diagnostic::Span;
use crate::plan::Plan;
use crate::plan::fields::Place;
use crate::plan::tree::{Action, Assignment, Deletion, Entry, Extraction, Filter, Operation, Work};
use crate::value::{Fault, Value};
use std::ops::Range;

/// What the records run so far took of one plan.
#[derive(Clone, Debug)]
pub struct Coverage {
    points: Vec<Point>,
    entries: Vec<EntryPoints>,
    cursor: CoverageCursor,
    report: Report,
}

/// A part of a spec that a record can take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// The pipeline entry.
    pub entry: String,
    /// The field, key or pattern; empty for an entry or an action.
    pub text: String,
    /// Its place in the spec.
    pub span: Span,
    /// How often it was taken.
    pub hits: u64,
}

/// What can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    /// An entry ran.
    Entry,
    /// An extractor read its input by this alternative of its pattern.
    Branch,
    /// A filter let through.
    FilterTaken,
    /// A filter did not let through.
    FilterNotTaken,
    /// An action ran.
    Action,
    /// A field was set to a value.
    Field,
    /// A field that had a value was deleted.
    Deletion,
    /// A dictionary had the key.
    TranslateKey,
    /// A dictionary did not have the key, and its fallback was set.
    TranslateFallback,
}

impl PointKind {
    /// All, in the order of a report.
    pub const ALL: [PointKind; 9] = [
        PointKind::Entry,
        PointKind::Branch,
        PointKind::FilterTaken,
        PointKind::FilterNotTaken,
        PointKind::Action,
        PointKind::Field,
        PointKind::Deletion,
        PointKind::TranslateKey,
        PointKind::TranslateFallback,
    ];

    /// What such points are called.
    pub fn name(self) -> &'static str {
        match self {
            PointKind::Entry => "entries",
            PointKind::Branch => "pattern alternatives",
            PointKind::FilterTaken => "filters taken",
            PointKind::FilterNotTaken => "filters not taken",
            PointKind::Action => "actions",
            PointKind::Field => "fields",
            PointKind::Deletion => "deletions",
            PointKind::TranslateKey => "translate keys",
            PointKind::TranslateFallback => "translate fallbacks",
        }
    }
}

/// The places in the list of points of what belongs to an entry.
#[derive(Clone, Debug)]
struct EntryPoints {
    ran: usize,
    filter: Option<usize>,
    branches: Range<usize>,
    actions: Vec<ActionPoints>,
}

/// The places in the list of points of what belongs to an action.
#[derive(Clone, Debug)]
struct ActionPoints {
    ran: usize,
    filter: Option<usize>,
    fields: usize,
    choices: usize,
    fallback: usize,
}

/// Where in the plan the run is; each counts what has begun so far.
#[derive(Clone, Copy, Debug, Default)]
struct CoverageCursor {
    entry: usize,
    action: usize,
    field: usize,
}

impl Coverage {
    /// Nothing taken yet.
    pub fn new(plan: &Plan) -> Self {
        let mut coverage = Coverage {
            points: Vec::new(),
            entries: Vec::new(),
            cursor: CoverageCursor::default(),
            report: Report::default(),
        };
        for entry in &plan.tree.entries {
            let points = coverage.enter(entry);
            coverage.entries.push(points);
        }
        coverage
    }

    /// All points, in the order of the pipeline.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// How many points were taken, and how many there are.
    pub fn taken(&self) -> (usize, usize) {
        (self.points.iter().filter(|point| point.hits > 0).count(), self.points.len())
    }

    /// Adds what other records took of the same plan.
    pub fn merge(&mut self, other: &Coverage) {
        for (point, other) in self.points.iter_mut().zip(&other.points) {
            point.hits += other.hits;
        }
    }

    pub(super) fn begin(&mut self) {
        self.cursor = CoverageCursor::default();
        self.report.clear();
    }

    fn enter(&mut self, entry: &Entry) -> EntryPoints {
        let name = &entry.name;
        let ran = self.add(PointKind::Entry, name, "", entry.span);
        let filter = entry.filter.as_ref().map(|filter| self.enter_filter(name, filter));
        let branches = self.points.len();
        let mut actions = Vec::new();
        match &entry.work {
            Work::Stage(stage) => actions.extend(stage.iter().map(|action| self.enter_action(name, action))),
            Work::Extract(extraction) => {
                // A pattern without alternatives is covered as its entry is.
                for branch in Some(&extraction.extractor.alternatives).filter(|all| all.len() > 1).into_iter().flatten()
                {
                    self.add(PointKind::Branch, name, &branch.text, branch.span);
                }
            }
        }
        let branches = if actions.is_empty() { branches..self.points.len() } else { branches..branches };
        EntryPoints { ran, filter, branches, actions }
    }

    fn enter_filter(&mut self, entry: &str, filter: &Filter) -> usize {
        let taken = self.add(PointKind::FilterTaken, entry, "", filter.span);
        self.add(PointKind::FilterNotTaken, entry, "", filter.span);
        taken
    }

    fn enter_action(&mut self, entry: &str, action: &Action) -> ActionPoints {
        let ran = self.add(PointKind::Action, entry, "", action.span);
        let filter = action.filter.as_ref().map(|filter| self.enter_filter(entry, filter));
        let fields = self.points.len();
        let written: Vec<(&str, Span)> = match &action.operation {
            Operation::Set(all) => all.iter().map(|(into, _)| (&*into.field, into.span)).collect(),
            Operation::Delete(all) => all.iter().map(|deletion| (&*deletion.field, deletion.span)).collect(),
            Operation::Translate(all) => all.lookups.iter().map(|look| (&*look.into.field, look.into.span)).collect(),
        };
        let kind =
            if matches!(action.operation, Operation::Delete(_)) { PointKind::Deletion } else { PointKind::Field };
        for (field, span) in written {
            self.add(kind, entry, field, span);
        }
        let choices = self.points.len();
        let mut fallback = choices;
        if let Operation::Translate(translation) = &action.operation {
            for choice in &translation.choices {
                self.add(PointKind::TranslateKey, entry, &choice.key, choice.span);
            }
            if translation.fallback.is_some() {
                fallback = self.add(PointKind::TranslateFallback, entry, "", action.span);
            }
        }
        ActionPoints { ran, filter, fields, choices, fallback }
    }

    fn add(&mut self, kind: PointKind, entry: &str, text: &str, span: Span) -> usize {
        self.points.push(Point { kind, entry: entry.to_owned(), text: text.to_owned(), span, hits: 0 });
        self.points.len() - 1
    }

    fn hit(&mut self, point: usize) {
        if let Some(point) = self.points.get_mut(point) {
            point.hits += 1;
        }
    }

    fn hit_filter(&mut self, filter: Option<usize>, let_through: bool) {
        if let Some(taken) = filter {
            self.hit(taken + usize::from(!let_through));
        }
    }

    fn entry_points(&self) -> Option<&EntryPoints> {
        self.entries.get(self.cursor.entry.checked_sub(1)?)
    }

    fn action_points(&self) -> Option<&ActionPoints> {
        self.entry_points()?.actions.get(self.cursor.action.checked_sub(1)?)
    }

    fn hit_field(&mut self) {
        if let (Some(action), Some(field)) = (self.action_points(), self.cursor.field.checked_sub(1)) {
            self.hit(action.fields + field);
        }
    }
}

impl Observer for Coverage {
    fn report(&mut self) -> &mut Report {
        &mut self.report
    }

    fn entry<'a>(&mut self, _: Values<'a>, _: &'a Entry, let_through: &Result<bool, Fault>) {
        self.cursor = CoverageCursor { entry: self.cursor.entry + 1, action: 0, field: 0 };
        let Some((ran, filter)) = self.entry_points().map(|entry| (entry.ran, entry.filter)) else { return };
        let runs = *let_through == Ok(true);
        self.hit_filter(filter, runs);
        if runs {
            self.hit(ran);
        }
    }

    fn extracted<'a>(
        &mut self,
        _: Values<'a>,
        extraction: &'a Extraction,
        input: Value<'a>,
        properties: &[Value<'a>],
        result: Option<&Result<Value<'a>, Fault>>,
    ) {
        let branches = self.entry_points().map_or(0..0, |entry| entry.branches.clone());
        if branches.is_empty() || !matches!(result, Some(Ok(_))) {
            return;
        }
        if let Some(branch) = extraction.extractor.alternative(input, properties) {
            self.hit(branches.start + branch);
        }
    }

    fn action<'a>(&mut self, _: Values<'a>, _: &'a Action, let_through: &Result<bool, Fault>) {
        self.cursor.action += 1;
        self.cursor.field = 0;
        let Some((ran, filter)) = self.action_points().map(|action| (action.ran, action.filter)) else { return };
        let runs = *let_through == Ok(true);
        self.hit_filter(filter, runs);
        if runs {
            self.hit(ran);
        }
    }

    fn field<'a>(&mut self, _: Values<'a>, _: &'a Action, _: u32) {
        self.cursor.field += 1;
    }

    fn looked_up(&mut self, _: Value<'_>, found: &Found) {
        let Some(action) = self.action_points() else { return };
        match found {
            Found::Choice(choice) => self.hit(action.choices + choice),
            Found::Fallback => self.hit(action.fallback),
            Found::Nothing => {}
        }
    }

    fn sets<'a>(&mut self, _: Values<'a>, _: &'a Assignment, _: Value<'a>, is_empty: bool) {
        if !is_empty {
            self.hit_field();
        }
    }

    fn deletes<'a>(&mut self, values: Values<'a>, deletion: &'a Deletion) {
        self.cursor.field += 1;
        let had = |place: &'a Place| {
            let below = place.below.iter().any(|slot| !values.get(*slot).is_missing());
            below || !values.at(place).is_missing()
        };
        if deletion.places.iter().any(had) {
            self.hit_field();
        }
    }
}
