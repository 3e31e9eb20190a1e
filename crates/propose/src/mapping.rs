//! Where each raw value goes in the draft: a field of the taxonomy, a moment, or a field of the format's own.

use crate::decision::Decision;
use crate::leaf::Leaf;
use crate::moment::Moment;
use crate::proposal::{self, Confidence, Proposal, Proposed, Value};
use std::collections::BTreeSet;
use weir_dataset::ValueType;

/// How many values a decision shows.
const SHOWN: usize = 3;

/// Where the names of fields come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Documentation: a proposal needs the whole name, and each is a decision.
    Documentation,
    /// Samples alone: the end of a name, or the values, are enough; what is sure is no decision.
    Samples,
}

/// Where all values go.
#[derive(Debug, Default)]
pub struct Mapping {
    /// The moments, the one that counts first.
    pub moments: Vec<Moment>,
    /// The other values, each with where it goes.
    pub places: Vec<Mapped>,
    /// The fields of the taxonomy among them.
    pub proposals: Vec<Proposed>,
}

/// Where a value goes.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The raw field.
    pub raw: String,
    /// The expression that reads it.
    pub read: String,
    /// What its values are.
    pub kind: ValueType,
    /// The field that is set.
    pub field: String,
    /// What its values are, where it is a field of the taxonomy.
    pub value: Option<Value>,
    /// Whether all samples have the value as the field wants it.
    pub is_as_wanted: bool,
    /// How an address stands in the value.
    pub form: Form,
}

/// How an address stands in a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    #[default]
    Whole,
    /// Most values are addresses, others are none.
    AtTimes,
    /// Before a colon and a port.
    BeforePort,
    /// The port behind an address and a colon.
    Port,
    /// First in a list.
    First,
}

/// Maps leaves to fields, and says what names and values leave open. `name` is the format's.
pub fn map(name: &str, leaves: &[Leaf], moments: Vec<Moment>, origin: Origin) -> (Mapping, Vec<Decision>) {
    let mapping = Mapping { moments, ..Mapping::default() };
    let mut mapper = Mapper { name, origin, taken: BTreeSet::new(), mapping, decisions: Vec::new() };
    mapper.general();
    mapper.moments();
    let first: Vec<String> = mapper.mapping.moments.first().map_or_else(Vec::new, |moment| moment.reads.clone());
    let rest: Vec<&Leaf> = leaves.iter().filter(|leaf| !first.contains(&leaf.read)).collect();
    let rows = mapper.rows(&rest);
    let mut all: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
    // The surest gets a field; of equals the first.
    all.sort_by_key(|(_, row)| std::cmp::Reverse(row.map(|(_, confidence)| confidence)));
    for (place, row) in all {
        mapper.leaf(rest[place], row);
    }
    let order = |raw: &str| rest.iter().position(|leaf| leaf.name() == raw);
    mapper.mapping.places.sort_by_key(|place| rest.iter().position(|leaf| leaf.read == place.read));
    mapper.mapping.proposals.sort_by_key(|proposed| order(&proposed.raw));
    mapper.decisions.sort_by_key(|decision| order(&decision.field));
    (mapper.mapping, mapper.decisions)
}

struct Mapper<'n> {
    name: &'n str,
    origin: Origin,
    taken: BTreeSet<String>,
    mapping: Mapping,
    decisions: Vec<Decision>,
}

/// A proposal for a leaf, whether or not it becomes its field.
type Row = Option<(Proposal, Confidence)>;

impl Mapper<'_> {
    fn decide(&mut self, field: &str, question: String) {
        self.decisions.push(Decision { field: field.to_owned(), question });
    }

    fn general(&mut self) {
        let of_all = [
            "What are these events? Set `event.category` and `event.type` in the stage `set_event`; the draft sets neither.",
            "Who observes? Set `observer.vendor` and `observer.type`, and the name, description and data sources in \
             `_meta/manifest.yml`.",
            "Does a field say how things ended? Set `event.outcome` to success or failure.",
        ];
        of_all.into_iter().for_each(|question| self.decide("", question.to_owned()));
        if self.origin == Origin::Documentation {
            let question = "What does who sets up the job need? Add `scope` and `permissions` to `dataset.yml`.";
            self.decide("", question.to_owned());
        }
    }

    fn moments(&mut self) {
        let names: Vec<String> = self.mapping.moments.iter().map(|moment| moment.name.clone()).collect();
        match names.as_slice() {
            [] => self.decide(
                "",
                "Which field is the event's time? None looks like one, so that `@timestamp` is not set.".to_owned(),
            ),
            [_] => {}
            [first, others @ ..] => {
                let others = others.join(", ");
                self.decide(first, format!("Is it the event's time? There are also {others}, kept as they come: event.start, event.end, event.created?"));
            }
        }
        if self.mapping.moments.first().is_some_and(|moment| !moment.has_year) {
            let question =
                "Its dates have no year, so that they get that of the day when they are read. Can the source send one?";
            self.decide(&names[0].clone(), question.to_owned());
        }
        if self.mapping.moments.first().is_some_and(|moment| !moment.has_zone) {
            let question = "Its dates name no time zone, and count as UTC. Is it another? Add `timezone` to the entry `happened_at`.";
            self.decide(&names[0].clone(), question.to_owned());
        }
    }

    /// A row for each leaf.
    fn rows(&mut self, leaves: &[&Leaf]) -> Vec<Row> {
        let mut rows: Vec<Row> = leaves.iter().map(|leaf| self.row(leaf, leaves)).collect();
        if self.origin == Origin::Samples {
            guess(leaves, &mut rows, Value::Address, "source.ip");
            guess(leaves, &mut rows, Value::Email, "user.email");
        }
        rows
    }

    fn row(&mut self, leaf: &Leaf, leaves: &[&Leaf]) -> Row {
        let found = match self.origin {
            Origin::Documentation => proposal::by_name(&leaf.name()).map(|row| (row, Confidence::Sure)),
            Origin::Samples => proposal::by_path(&leaf.name()),
        };
        let (row, confidence) = found.filter(|(row, _)| row.value.may_be(leaf.kind()))?;
        if confidence == Confidence::Guess {
            // One word at the end of a name says too little for a field to be set by it.
            if !leaf.values.is_empty() && leaf.values.iter().all(|value| row.value.is(value)) {
                let shown = shown(&leaf.values);
                self.decide(&leaf.name(), format!("Is it {}? Its name ends so, but says more ({shown}).", row.field));
            }
            return None;
        }
        let confidence = if leaf.is_named_by_context { confidence.min(Confidence::Likely) } else { confidence };
        let row = if self.origin == Origin::Samples { by_neighbours(row, leaf, leaves) } else { row };
        Some((row, confidence))
    }

    fn leaf(&mut self, leaf: &Leaf, row: Row) {
        let name = leaf.name();
        match row {
            Some((row, confidence)) => self.proposed(leaf, row, confidence),
            None => {
                if let Some(found) = proposal::by_values(&leaf.values).filter(|value| value.may_be(leaf.kind())) {
                    let shown = shown(&leaf.values);
                    let question = format!("It holds {} ({shown}): is there a field of ECS for them?", found.plural());
                    self.decide(&name, question);
                }
                self.own(leaf);
            }
        }
        if leaf.kind() == ValueType::Unknown && self.origin == Origin::Documentation {
            let question = "Which type has it? The list does not say, and the draft keeps it as it comes.";
            self.decide(&name, question.to_owned());
        }
    }

    fn proposed(&mut self, leaf: &Leaf, row: Proposal, confidence: Confidence) {
        let name = leaf.name();
        let is_like = format!("It is called like {}", row.field);
        let form = form(&row, leaf);
        if let Some(other) = leaf.values.iter().find(|value| !row.value.is(value)).filter(|_| form != Form::AtTimes) {
            let other = cut(other, 60);
            self.decide(
                &name,
                format!("{is_like}, but has values that are no {}, such as `{other}`.", row.value.plural()),
            );
            return self.own(leaf);
        }
        if !self.taken.insert(row.field.to_owned()) {
            self.decide(&name, format!("{is_like} too, which another field sets: which of them is it?"));
            return self.own(leaf);
        }
        let shown = shown(&leaf.values);
        let reason = match confidence {
            Confidence::Guess => "Only its values",
            Confidence::Likely if leaf.is_named_by_context => "The words beside it",
            Confidence::Likely | Confidence::Sure => "Its name",
        };
        let says = if reason == "Its name" { "speaks" } else { "speak" };
        if self.origin == Origin::Documentation || confidence != Confidence::Sure {
            self.decide(
                &name,
                match leaf.values.is_empty() {
                    true => format!("Is it {}? {reason} says so; no sample has a value.", row.field),
                    false if confidence == Confidence::Sure => {
                        format!("Is it {}? {reason} says so, and its values ({shown}).", row.field)
                    }
                    false => format!("Is it {}? {reason} {says} for it ({shown}).", row.field),
                },
            );
        }
        self.mapping.proposals.push(Proposed { raw: name.clone(), field: row.field.to_owned(), confidence, shown });
        let is_as_wanted = is_as_wanted(row.value, &leaf.values);
        let field = row.field.to_owned();
        self.place(leaf, field, Some(row.value), is_as_wanted, form);
        if form == Form::BeforePort {
            let port = row.field.strip_suffix(".ip").map(|side| format!("{side}.port"));
            let port = port.filter(|port| matches!(&**port, "source.port" | "destination.port"));
            if let Some(port) = port.filter(|port| self.taken.insert(port.clone())) {
                self.place(leaf, port, Some(Value::Port), true, Form::Port);
            }
        }
    }

    /// A field of the format's own, whose name is no other's, nor above or below one.
    fn own(&mut self, leaf: &Leaf) {
        let part = |key: &String| -> String {
            let letters = key.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' });
            if key.is_empty() { "_".to_owned() } else { letters.collect() }
        };
        let stem = format!("{}.{}", self.name, leaf.path.iter().map(part).collect::<Vec<_>>().join("."));
        let (mut field, mut number) = (stem.clone(), 2);
        while self.taken.iter().any(|taken| is_related(taken, &field)) {
            field = format!("{stem}_{number}");
            number += 1;
        }
        self.taken.insert(field.clone());
        self.place(leaf, field, None, true, Form::Whole);
    }

    fn place(&mut self, leaf: &Leaf, field: String, value: Option<Value>, is_as_wanted: bool, form: Form) {
        let (raw, read, kind) = (leaf.name(), leaf.read.clone(), leaf.kind());
        self.mapping.places.push(Mapped { raw, read, kind, field, value, is_as_wanted, form });
    }
}

/// The row for a leaf by what stands beside it: the host of a request, the path of a file.
fn by_neighbours(row: Proposal, leaf: &Leaf, leaves: &[&Leaf]) -> Proposal {
    let last = |leaf: &Leaf| leaf.path.last().map_or("", String::as_str).to_lowercase();
    let above = |leaf: &Leaf| leaf.read.rsplit_once('.').map(|(above, _)| above.to_owned());
    let has_beside = |names: &[&str]| {
        leaves
            .iter()
            .any(|other| above(other) == above(leaf) && names.contains(&&*last(other)) && other.read != leaf.read)
    };
    let is_request = || has_beside(&["request", "method", "verb", "uri", "url", "requestmethod", "request_method"]);
    let has_path = |value: &String| value.starts_with('/') || value.contains(":\\");
    let all_paths = !leaf.values.is_empty() && leaf.values.iter().all(has_path);
    match row.field {
        "host.name" if last(leaf) == "host" && is_request() => {
            Proposal { value: Value::Host, field: "url.domain", ..row }
        }
        "url.path" if last(leaf) == "path" && !is_request() => Proposal { field: "file.path", ..row },
        "url.path" if leaf.values.iter().any(|value| value.contains('?')) => Proposal { field: "url.original", ..row },
        // Beside the short names of firewalls it is the sender's, beside those of web servers the server's.
        "destination.port" if row.words == "s port" && has_beside(&["src"]) => Proposal { field: "source.port", ..row },
        "process.name" if all_paths => Proposal { field: "process.executable", ..row },
        _ => row,
    }
}

/// How addresses stand in the values of a leaf.
fn form(row: &Proposal, leaf: &Leaf) -> Form {
    let count = |fits: &dyn Fn(&String) -> bool| leaf.values.iter().filter(|value| fits(value)).count();
    let fitting = count(&|value| row.value.is(value));
    let with_port = count(&|value| proposal::with_port(value).is_some());
    let v4 = count(&|value| !value.contains(':') || proposal::with_port(value).is_some());
    match row.value {
        Value::Address if leaf.kind() == ValueType::Texts => Form::First,
        Value::Address if with_port > 0 && v4 == leaf.values.len() && fitting == v4 => Form::BeforePort,
        Value::Address if fitting < leaf.values.len() && 2 * fitting >= leaf.values.len() && with_port == 0 => {
            Form::AtTimes
        }
        _ => Form::Whole,
    }
}

/// Gives a field that no name asks for to the first leaf without a row whose values are such.
fn guess(leaves: &[&Leaf], rows: &mut [Row], value: Value, field: &'static str) {
    let is_asked = |row: &Row| row.is_some_and(|(row, _)| row.field == field);
    if rows.iter().any(is_asked) {
        return;
    }
    let fits = |leaf: &Leaf| {
        value.may_be(leaf.kind())
            && proposal::by_values(&leaf.values) == Some(value)
            && !proposal::is_anothers(&leaf.name())
    };
    let place = leaves.iter().zip(rows.iter()).position(|(leaf, row)| row.is_none() && fits(leaf));
    if let Some(row) = place.and_then(|place| rows.get_mut(place)) {
        *row = Some((Proposal { words: "", value, field }, Confidence::Guess));
    }
}

fn is_related(one: &str, other: &str) -> bool {
    let above = |short: &str, long: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    one == other || above(one, other) || above(other, one)
}

/// Whether values need no filter before they are set.
fn is_as_wanted(value: Value, values: &[String]) -> bool {
    match value {
        Value::Lower | Value::Host => values.iter().all(|value| *value == value.to_lowercase()),
        Value::Country => values.iter().all(|value| *value == value.to_uppercase()),
        _ => true,
    }
}

fn cut(value: &str, most: usize) -> String {
    value.chars().filter(|letter| !letter.is_control() && *letter != '`').take(most).collect()
}

/// Up to three different values, cut, in backticks.
pub fn shown(values: &[String]) -> String {
    let mut different: Vec<String> = Vec::new();
    for value in values {
        let value = cut(value, 40);
        if !different.contains(&value) && different.len() <= SHOWN {
            different.push(value);
        }
    }
    let more = if different.len() > SHOWN { ", …" } else { "" };
    let values: Vec<String> = different.iter().take(SHOWN).map(|value| format!("`{value}`")).collect();
    values.join(", ") + more
}
