//! Where each raw field goes in the draft: a field of the taxonomy, a moment, or a field of the format's own.

use super::decision::Decision;
use super::evidence::Evidence;
use super::proposal::{self, Proposal, Value};
use crate::rename::split;
use crate::{Contract, DocumentedField, ValueType};
use std::collections::HashSet;

/// Words of a name that holds a moment.
const MOMENTS: &[&str] = &["timestamp", "datetime", "time", "date", "ts"];

/// How many values a decision shows.
const SHOWN: usize = 3;

/// Where all fields go.
#[derive(Debug, Default)]
pub struct Mapping {
    /// Fields that hold moments, the one that counts first.
    pub timestamps: Vec<String>,
    /// The other fields, each with where it goes.
    pub places: Vec<Mapped>,
}

/// Where a field goes.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The raw field.
    pub raw: String,
    /// What is documented of its values.
    pub kind: ValueType,
    /// The field that is set.
    pub field: String,
    /// What its values are, where it is a field of the taxonomy.
    pub value: Option<Value>,
}

/// Maps the fields of a contract, and says what names and values leave open.
pub fn map(contract: &Contract, evidence: &Evidence) -> (Mapping, Vec<Decision>) {
    let mut mapper = Mapper { evidence, taken: HashSet::new(), mapping: Mapping::default(), decisions: Vec::new() };
    mapper.general();
    mapper.timestamps(contract);
    for field in &contract.fields {
        if !mapper.mapping.timestamps.contains(&field.name) {
            mapper.field(&contract.name, field);
        }
    }
    for later in mapper.mapping.timestamps.clone().iter().skip(1) {
        mapper.own(&contract.name, later, ValueType::Time);
    }
    mapper.undocumented(contract);
    (mapper.mapping, mapper.decisions)
}

struct Mapper<'e> {
    evidence: &'e Evidence,
    taken: HashSet<String>,
    mapping: Mapping,
    decisions: Vec<Decision>,
}

impl Mapper<'_> {
    fn decide(&mut self, field: &str, question: String) {
        self.decisions.push(Decision { field: field.to_owned(), question });
    }

    fn general(&mut self) {
        for question in [
            "What are these events? Set `event.category` and `event.type` in the stage `set_event`; the draft sets neither.",
            "Who observes? Set `observer.vendor` and `observer.type`, and the name, description and data sources in \
             `_meta/manifest.yml`.",
            "What does who sets up the job need? Add `scope` and `permissions` to `dataset.yml`.",
            "Does a field say how things ended? Set `event.outcome` to success or failure.",
        ] {
            self.decide("", question.to_owned());
        }
    }

    fn timestamps(&mut self, contract: &Contract) {
        let is_moment = |field: &&DocumentedField| {
            let named = split(&field.name).iter().any(|word| MOMENTS.contains(&&**word));
            let values = self.evidence.values(&field.name);
            let seen = !values.is_empty() && values.iter().all(|value| reads_as_moment(value));
            match field.kind {
                ValueType::Time => true,
                ValueType::Int | ValueType::Text | ValueType::Unknown => named && seen,
                _ => false,
            }
        };
        let mut found: Vec<&DocumentedField> = contract.fields.iter().filter(is_moment).collect();
        // A plain name goes before one that says more, what began before what ended.
        found.sort_by_key(|field| (split(&field.name).len(), field.name.to_lowercase().contains("end")));
        self.mapping.timestamps = found.iter().map(|field| field.name.clone()).collect();
        match self.mapping.timestamps.as_slice() {
            [] => self.decide(
                "",
                "Which field is the event's time? None looks like one, so that `@timestamp` is not set.".to_owned(),
            ),
            [_] => {}
            [first, others @ ..] => {
                let others = others.join(", ");
                let first = first.clone();
                self.decide(&first, format!("Is it the event's time? There are also {others}, kept as they come: event.start, event.end, event.created?"));
            }
        }
    }

    fn field(&mut self, dataset: &str, field: &DocumentedField) {
        let values = self.evidence.values(&field.name);
        match proposal::by_name(&field.name).filter(|row| row.value.may_be(field.kind)) {
            Some(row) => self.proposed(dataset, field, row, values),
            None => {
                if let Some(found) = proposal::by_values(values).filter(|value| value.may_be(field.kind)) {
                    let question =
                        format!("It holds {} ({}): is there a field of ECS for them?", found.plural(), shown(values));
                    self.decide(&field.name, question);
                }
                self.own(dataset, &field.name, field.kind);
            }
        }
        if field.kind == ValueType::Unknown {
            self.decide(
                &field.name,
                "Which type has it? The list does not say, and the draft keeps it as it comes.".to_owned(),
            );
        }
    }

    fn proposed(&mut self, dataset: &str, field: &DocumentedField, row: Proposal, values: &[String]) {
        let name = &field.name;
        if let Some(other) = values.iter().find(|value| !row.value.is(value)) {
            let other: String = other.chars().take(60).collect();
            self.decide(
                name,
                format!(
                    "It is called like {}, but has values that are no {}, such as `{other}`.",
                    row.field,
                    row.value.plural()
                ),
            );
            return self.own(dataset, name, field.kind);
        }
        if !self.taken.insert(row.field.to_owned()) {
            self.decide(
                name,
                format!("It is called like {} too, which another field sets: which of them is it?", row.field),
            );
            return self.own(dataset, name, field.kind);
        }
        let question = match values {
            [] => format!("Is it {}? Its name says so; no sample has a value.", row.field),
            values => format!("Is it {}? Its name says so, and its values ({}).", row.field, shown(values)),
        };
        self.decide(name, question);
        let place = Mapped { raw: name.clone(), kind: field.kind, field: row.field.to_owned(), value: Some(row.value) };
        self.mapping.places.push(place);
    }

    /// A field of the format's own.
    fn own(&mut self, dataset: &str, raw: &str, kind: ValueType) {
        let letters = raw.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' });
        let stem = format!("{dataset}.{}", letters.collect::<String>());
        let mut field = stem.clone();
        let mut number = 2;
        while !self.taken.insert(field.clone()) {
            field = format!("{stem}_{number}");
            number += 1;
        }
        self.mapping.places.push(Mapped { raw: raw.to_owned(), kind, field, value: None });
    }

    fn undocumented(&mut self, contract: &Contract) {
        let profile = &self.evidence.profile;
        let seen = profile.fields.iter().filter(|(name, _)| contract.field(name).is_none());
        let seen: Vec<(String, u64)> = seen.map(|(name, field)| (name.clone(), field.present)).take(100).collect();
        for (name, count) in seen {
            let name: String = name.chars().filter(|letter| !letter.is_control()).take(80).collect();
            self.decide(
                &name,
                format!("{count} of {} samples have it, and the list does not: document it?", profile.records),
            );
        }
        for (name, field) in profile.fields.clone().iter().filter(|(_, field)| field.misfits > 0) {
            let shape = field.odd[1].map_or("another type", crate::Shape::name);
            self.decide(
                name,
                format!(
                    "The list has another type than {} of its values, which are {shape}: which is right?",
                    field.misfits
                ),
            );
        }
    }
}

fn shown(values: &[String]) -> String {
    let mut different: Vec<String> = Vec::new();
    for value in values {
        let value: String = value.chars().filter(|letter| !letter.is_control() && *letter != '`').take(40).collect();
        if !different.contains(&value) && different.len() <= SHOWN {
            different.push(value);
        }
    }
    let more = if different.len() > SHOWN { ", …" } else { "" };
    let values: Vec<String> = different.iter().take(SHOWN).map(|value| format!("`{value}`")).collect();
    values.join(", ") + more
}

/// Ten or more digits, or a date.
fn reads_as_moment(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_count = bytes.len() >= 10 && bytes.len() <= 19 && bytes.iter().all(u8::is_ascii_digit);
    is_count || (bytes.len() >= 19 && bytes[4] == b'-' && bytes[7] == b'-' && bytes[0].is_ascii_digit())
}
