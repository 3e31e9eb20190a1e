//! What records have, gathered in bounded memory: fields, shapes, how many are filled, values, translate fallbacks.
//!
//! Why so: `docs/decisions/0037`.

use crate::record::{Fit, Observed, RawRecord, Shape};
use crate::{Contract, DocumentedField};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use weir::run::{Coverage, Point, PointKind};

/// How many fields of a dataset are kept by name; those that come later are counted together.
pub const MOST_FIELDS: usize = 2000;

/// How many different values of a field are kept. A field with more is open: it is no enumeration.
pub const MOST_VALUES: usize = 32;

/// The longest name of a field and the longest value that is kept, in bytes.
pub const LONGEST_NAME: usize = 256;
/// See [`LONGEST_NAME`].
pub const LONGEST_VALUE: usize = 64;

/// How often each value must have come on average for a field to count as an enumeration.
pub const REPEATED: u64 = 10;

/// The profiles of a run by dataset, as `--profile` writes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profiles {
    /// By the dataset's name, or the format's where it has no contract.
    pub datasets: BTreeMap<String, Profile>,
    /// Records that fit no dataset, or several.
    #[serde(default)]
    pub unrouted: u64,
}

/// What the records of one dataset have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// How many records there were.
    pub records: u64,
    /// Those that are no JSON objects.
    #[serde(default)]
    pub unreadable: u64,
    /// Those whose run failed.
    #[serde(default)]
    pub failed: u64,
    /// By name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldProfile>,
    /// Values in fields that are not kept by name.
    #[serde(default)]
    pub other_fields: u64,
    /// How often a translation found nothing in its dictionary, by entry and field.
    #[serde(default)]
    pub fallbacks: BTreeMap<String, u64>,
}

/// What the records have in one field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldProfile {
    /// In how many records it is.
    pub present: u64,
    /// In how many it says something; see [`Observed::is_filled`].
    pub filled: u64,
    /// The shapes of what is filled, and of `null`.
    pub shapes: Shapes,
    /// The values with their counts, where they are few and come again and again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, u64>,
    /// Whether there were more values than are kept.
    #[serde(default)]
    pub open: bool,
    /// Values that the contract does not list, where it lists any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unlisted: BTreeMap<String, u64>,
    /// How many values the contract does not list, kept or not.
    #[serde(default)]
    pub unlisted_values: u64,
    /// How many values are of the documented type in another notation.
    #[serde(default)]
    pub notation: u64,
    /// How many values are of another type than documented.
    #[serde(default)]
    pub misfits: u64,
    /// The shape of the first value in another notation, and of the first of another type.
    #[serde(skip)]
    pub odd: [Option<Shape>; 2],
}

impl Profile {
    /// Adds one record.
    pub fn add(&mut self, record: &str, contract: Option<&Contract>) {
        self.records += 1;
        let Ok(record) = RawRecord::read(record) else {
            self.unreadable += 1;
            return;
        };
        for (name, value) in record.members() {
            let has_room = self.fields.len() < MOST_FIELDS && name.len() <= LONGEST_NAME;
            let documented = contract.and_then(|contract| contract.known(name));
            match self.fields.get_mut(name) {
                Some(field) => field.add(&Observed::of(value), documented),
                None if has_room => {
                    self.fields.entry(name.to_owned()).or_default().add(&Observed::of(value), documented);
                }
                None => self.other_fields += 1,
            }
        }
    }

    /// Takes over how often translations fell back, from a coverage of all records.
    pub fn take_fallbacks(&mut self, coverage: &Coverage) {
        let (mut fields, mut names): (Vec<&Point>, Vec<String>) = (Vec::new(), Vec::new());
        for point in coverage.points() {
            match point.kind {
                PointKind::Action => fields.clear(),
                PointKind::Field => fields.push(point),
                PointKind::TranslateFallback => {
                    names.clear();
                    names.extend(fields.iter().map(|field| field.text.clone()));
                    let key = format!("{}: {}", point.entry, names.join(", "));
                    *self.fallbacks.entry(key).or_default() += point.hits;
                }
                _ => {}
            }
        }
    }

    /// Forgets values of fields that are no enumerations: few records say little, and names and addresses have no place in
    /// a file that is kept. What the contract lists stays.
    pub fn forget_values(&mut self, contract: Option<&Contract>) {
        for (name, field) in &mut self.fields {
            let is_listed =
                contract.and_then(|contract| contract.known(name)).is_some_and(|field| !field.values.is_empty());
            let counted: u64 = field.values.values().sum();
            if !is_listed && counted < REPEATED * field.values.len() as u64 {
                field.values.clear();
                field.open = true;
            }
        }
    }

    /// The share of a count of records, from 0 to 1.
    pub fn share(&self, count: u64) -> f64 {
        if self.records == 0 { 0.0 } else { count as f64 / self.records as f64 }
    }
}

impl FieldProfile {
    fn add(&mut self, value: &Observed<'_>, documented: Option<&DocumentedField>) {
        self.present += 1;
        self.filled += u64::from(value.is_filled);
        if value.is_filled || value.shape == Shape::Null {
            self.shapes.add(value.shape);
        }
        if value.is_filled {
            self.keep(value);
        }
        let Some(documented) = documented else { return };
        match value.fit(documented.kind) {
            Fit::Same => {}
            Fit::Notation => {
                self.notation += 1;
                self.odd[0].get_or_insert(value.shape);
            }
            Fit::Other => {
                self.misfits += 1;
                self.odd[1].get_or_insert(value.shape);
            }
        }
        let word = value.word.as_deref().filter(|_| value.is_filled);
        if let Some(word) = word.filter(|word| !documented.lists(word)) {
            self.unlisted_values += 1;
            count(&mut self.unlisted, word);
        }
    }

    fn keep(&mut self, value: &Observed<'_>) {
        if self.open {
            return;
        }
        let kept = value.word.as_deref().is_some_and(|word| count(&mut self.values, word));
        if !kept {
            self.open = true;
            self.values.clear();
        }
    }
}

/// Counts a value, if it is short and there is room for it.
fn count(values: &mut BTreeMap<String, u64>, word: &str) -> bool {
    if let Some(count) = values.get_mut(word) {
        *count += 1;
        return true;
    }
    let has_room = values.len() < MOST_VALUES && word.len() <= LONGEST_VALUE;
    if has_room {
        values.insert(word.to_owned(), 1);
    }
    has_room
}

/// How often each shape came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shapes([u64; Shape::ALL.len()]);

impl Shapes {
    fn add(&mut self, shape: Shape) {
        self.0[shape as usize] += 1;
    }

    /// How often a shape came.
    pub fn of(&self, shape: Shape) -> u64 {
        self.0[shape as usize]
    }

    /// The shapes that came, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Shape, u64)> {
        Shape::ALL.into_iter().zip(self.0).filter(|(_, count)| *count > 0)
    }
}

impl Serialize for Shapes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(shape, count)| (shape.name(), count)))
    }
}

impl<'de> Deserialize<'de> for Shapes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let counts: BTreeMap<String, u64> = BTreeMap::deserialize(deserializer)?;
        let mut shapes = Shapes::default();
        for (name, count) in counts {
            let shape = Shape::ALL.into_iter().find(|shape| shape.name() == name);
            let shape = shape.ok_or_else(|| serde::de::Error::custom(format!("there is no shape `{name}`")))?;
            shapes.0[shape as usize] = count;
        }
        Ok(shapes)
    }
}
