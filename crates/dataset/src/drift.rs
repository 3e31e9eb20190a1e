//! Two profiles compared: what changed in a source between them, the worst first.

use crate::profile::{FieldProfile, MOST_VALUES, Profile, Profiles, REPEATED};
use crate::record::Shape;
use crate::rename::renamed;
use serde::Serialize;
use std::collections::BTreeSet;

/// How unlikely chance has to be before something that is gone counts as gone, and how many standard errors a share has to
/// move: a few records say little.
const CHANCE: f64 = 0.001;
const STANDARD_ERRORS: f64 = 3.0;

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Drift {
    /// The worst first: by kind, then by how much of the records it is about.
    pub changes: Vec<Change>,
}

macro_rules! change_kinds {
    ($($variant:ident $name:literal $summary:literal;)*) => {
        /// What can change, the worst first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind {
            $(#[doc = $summary] $variant,)*
        }

        impl ChangeKind {
            /// All kinds, in the order of a report.
            pub const ALL: &[ChangeKind] = &[$(ChangeKind::$variant,)*];

            /// Its name in reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(ChangeKind::$variant => $name,)*
                }
            }

            /// What it says, in one sentence.
            pub fn summary(self) -> &'static str {
                match self {
                    $(ChangeKind::$variant => $summary,)*
                }
            }
        }
    };
}

change_kinds! {
    DatasetGone "dataset-gone" "The dataset has no more records.";
    FieldRenamed "field-renamed" "A field is gone, and a new one has a similar name and the same shape.";
    FieldGone "field-gone" "A field that many records had is in no record.";
    TypeChanged "type-changed" "A field has values of a new shape.";
    FailuresRose "failures-rose" "A larger share of records fails, or fits no dataset.";
    FillFell "fill-fell" "A smaller share of records has a value in the field.";
    NullRose "null-rose" "A field is `null` in a larger share of records.";
    FallbackRose "fallback-rose" "A translation finds no key for a larger share of records.";
    ValueNew "value-new" "An enumeration has a new value.";
    FieldNew "field-new" "Records have a new field.";
    FillRose "fill-rose" "A larger share of records has a value in the field.";
    DatasetNew "dataset-new" "Records belong to a new dataset.";
}

impl Serialize for ChangeKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What changed.
    pub kind: ChangeKind,
    /// The dataset; empty for what is about all of them.
    pub dataset: String,
    /// The field or translation; empty for what is about the whole dataset.
    pub field: String,
    /// The share of records it was about before, from 0 to 1.
    pub before: f64,
    /// The share of records it is about now.
    pub now: f64,
    /// What was and what is.
    pub detail: String,
}

impl Change {
    fn weight(&self) -> f64 {
        (self.before - self.now).abs().max(if self.kind == ChangeKind::ValueNew { self.now } else { 0.0 })
    }
}

/// Compares two profiles. A share counts as changed where it moves by `threshold` (from 0 to 1) or more, and by more than
/// chance does.
pub fn drift(baseline: &Profiles, now: &Profiles, threshold: f64) -> Drift {
    let mut changes = Vec::new();
    let names: BTreeSet<&String> = baseline.datasets.keys().chain(now.datasets.keys()).collect();
    for name in names {
        let present =
            |profiles: &'_ Profiles| profiles.datasets.get(name).filter(|profile| profile.records > 0).cloned();
        let one = |kind, before, now, detail: String| Change {
            kind,
            dataset: name.clone(),
            field: String::new(),
            before,
            now,
            detail,
        };
        match (present(baseline), present(now)) {
            (Some(before), Some(now)) => {
                let mut found = Comparison { name, before: &before, now: &now, threshold, changes: &mut changes };
                found.compare();
            }
            (Some(before), None) => {
                changes.push(one(
                    ChangeKind::DatasetGone,
                    1.0,
                    0.0,
                    format!("{} records before, none now", before.records),
                ));
            }
            (None, Some(now)) => {
                changes.push(one(ChangeKind::DatasetNew, 0.0, 1.0, format!("{} records", now.records)));
            }
            (None, None) => {}
        }
    }
    unrouted(baseline, now, threshold, &mut changes);
    changes.sort_by(|a, b| {
        let by_weight = b.weight().total_cmp(&a.weight());
        a.kind.cmp(&b.kind).then(by_weight).then_with(|| (&a.dataset, &a.field).cmp(&(&b.dataset, &b.field)))
    });
    Drift { changes }
}

fn unrouted(baseline: &Profiles, now: &Profiles, threshold: f64, changes: &mut Vec<Change>) {
    let counts = |profiles: &Profiles| {
        let routed: u64 = profiles.datasets.values().map(|profile| profile.records).sum();
        (profiles.unrouted, routed.saturating_add(profiles.unrouted))
    };
    let (before, after) = (Share::of(counts(baseline)), Share::of(counts(now)));
    if after.0 > before.0 && before.moved(&after, threshold) {
        changes.push(Change {
            kind: ChangeKind::FailuresRose,
            dataset: String::new(),
            field: String::new(),
            before: before.0,
            now: after.0,
            detail: "records that fit no dataset".to_owned(),
        });
    }
}

/// A share, and of how many.
struct Share(f64, f64);

impl Share {
    fn of((count, of): (u64, u64)) -> Share {
        Share(if of == 0 { 0.0 } else { (count as f64 / of as f64).min(1.0) }, of as f64)
    }

    /// Whether another share differs by the threshold, and by more than chance does.
    fn moved(&self, other: &Share, threshold: f64) -> bool {
        if self.1 == 0.0 || other.1 == 0.0 {
            return false;
        }
        let difference = (self.0 - other.0).abs();
        let all = (self.0 * self.1 + other.0 * other.1) / (self.1 + other.1);
        let error = (all * (1.0 - all) * (1.0 / self.1 + 1.0 / other.1)).sqrt();
        difference > 0.0 && difference >= threshold && difference > STANDARD_ERRORS * error
    }
}

struct Comparison<'p> {
    name: &'p str,
    before: &'p Profile,
    now: &'p Profile,
    threshold: f64,
    changes: &'p mut Vec<Change>,
}

impl Comparison<'_> {
    fn compare(&mut self) {
        let (before, now) = (self.before, self.now);
        self.share(ChangeKind::FailuresRose, "", before.failed, now.failed, "records whose run failed");
        self.share(
            ChangeKind::FailuresRose,
            "",
            before.unreadable,
            now.unreadable,
            "records that are not JSON objects",
        );
        self.names();
        for (name, now) in &now.fields {
            if let Some(before) = before.fields.get(name) {
                self.field(name, before, now);
            }
        }
        let keys: BTreeSet<&String> = before.fallbacks.keys().chain(now.fallbacks.keys()).collect();
        for key in keys {
            let count = |profile: &Profile| profile.fallbacks.get(key).copied().unwrap_or_default();
            self.share(
                ChangeKind::FallbackRose,
                key,
                count(before),
                count(now),
                "values that are not in the dictionary",
            );
        }
    }

    fn add(&mut self, kind: ChangeKind, field: &str, before: f64, now: f64, detail: String) {
        let dataset = self.name.to_owned();
        self.changes.push(Change { kind, dataset, field: field.to_owned(), before, now, detail });
    }

    /// Adds a change where a share rose.
    fn share(&mut self, kind: ChangeKind, field: &str, before: u64, now: u64, detail: &str) {
        let shares = (Share::of((before, self.before.records)), Share::of((now, self.now.records)));
        if shares.1.0 > shares.0.0 && shares.0.moved(&shares.1, self.threshold) {
            self.add(kind, field, shares.0.0, shares.1.0, detail.to_owned());
        }
    }

    fn names(&mut self) {
        let (before, now) = (self.before, self.now);
        let is_gone = |(name, field): &(&String, &FieldProfile)| {
            // By chance alone all records of today could lack a rare field.
            let chance = (1.0 - before.share(field.present)).powf(now.records as f64);
            !now.fields.contains_key(*name) && chance < CHANCE
        };
        let gone: Vec<&str> = before.fields.iter().filter(is_gone).map(|(name, _)| &**name).collect();
        let new = now.fields.keys().filter(|name| !before.fields.contains_key(*name));
        let new: Vec<&str> = new.map(|name| &**name).collect();
        let fits = |old: &str, new: &str| match (before.fields.get(old), now.fields.get(new)) {
            (Some(old), Some(new)) => shapes(old).is_empty() || !shapes(old).is_disjoint(&shapes(new)),
            _ => false,
        };
        let pairs = renamed(&gone, &new, &fits);
        let share =
            |profile: &Profile, name: &str| profile.share(profile.fields.get(name).map_or(0, |field| field.present));
        for (old, current) in &pairs {
            let (old, current) = (gone[*old], new[*current]);
            self.add(ChangeKind::FieldRenamed, old, share(before, old), share(now, current), format!("now {current}?"));
        }
        for (place, name) in gone.iter().enumerate() {
            if pairs.iter().all(|(old, _)| *old != place) {
                self.add(ChangeKind::FieldGone, name, share(before, name), 0.0, "in no record".to_owned());
            }
        }
        for (place, name) in new.iter().enumerate() {
            if pairs.iter().all(|(_, current)| *current != place) {
                let shapes = now.fields.get(*name).map(|field| listed(&shapes(field))).unwrap_or_default();
                self.add(ChangeKind::FieldNew, name, 0.0, share(now, name), shapes);
            }
        }
    }

    fn field(&mut self, name: &str, before: &FieldProfile, now: &FieldProfile) {
        let (was, is) = (shapes(before), shapes(now));
        let other: BTreeSet<&str> = is.difference(&was).copied().collect();
        if !was.is_empty() && !other.is_empty() {
            let values: u64 =
                now.shapes.iter().filter(|(shape, _)| other.contains(plain(*shape))).map(|(_, count)| count).sum();
            let detail = format!("was {}, now {}", listed(&was), listed(&is));
            self.add(ChangeKind::TypeChanged, name, 0.0, self.now.share(values), detail);
        }
        let filled = (Share::of((before.filled, self.before.records)), Share::of((now.filled, self.now.records)));
        if filled.0.moved(&filled.1, self.threshold) {
            let kind = if filled.1.0 < filled.0.0 { ChangeKind::FillFell } else { ChangeKind::FillRose };
            self.add(kind, name, filled.0.0, filled.1.0, "records that have a value".to_owned());
        }
        let nulls = (before.shapes.of(Shape::Null), now.shapes.of(Shape::Null));
        self.share(ChangeKind::NullRose, name, nulls.0, nulls.1, "records in which the field is null");
        self.enumeration(name, before, now);
    }

    fn enumeration(&mut self, name: &str, before: &FieldProfile, now: &FieldProfile) {
        if before.open || before.values.is_empty() {
            return;
        }
        if now.open && now.filled >= MOST_VALUES as u64 * REPEATED {
            let detail = format!("more than {MOST_VALUES} different values, {} before", before.values.len());
            return self.add(ChangeKind::ValueNew, name, 0.0, self.now.share(now.filled), detail);
        }
        // With fewer records it may be open only because no value had the time to come again.
        for (value, count) in now.values.iter().filter(|(value, _)| !before.values.contains_key(*value)) {
            self.add(ChangeKind::ValueNew, name, 0.0, self.now.share(*count), format!("`{value}`"));
        }
    }
}

/// The shapes that values have, where it says something. Text is text, whether it reads as a number or not.
fn shapes(field: &FieldProfile) -> BTreeSet<&'static str> {
    field.shapes.iter().filter(|(shape, _)| *shape != Shape::Null).map(|(shape, _)| plain(shape)).collect()
}

fn plain(shape: Shape) -> &'static str {
    if shape == Shape::Number { Shape::Text.name() } else { shape.name() }
}

fn listed(shapes: &BTreeSet<&str>) -> String {
    if shapes.is_empty() { "always empty".to_owned() } else { shapes.iter().copied().collect::<Vec<_>>().join(" or ") }
}
