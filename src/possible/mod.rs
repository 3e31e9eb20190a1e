//! Which values a field can have, found from the spec alone: every template is followed without a record.
//!
//! What is found is never too little. Where a value comes out of the record, or a template does more than is followed
//! here, the field can have other values than those that are named.
//!
//! Why so: `docs/decisions/0041`.

mod call;
mod expression;
mod fields;
mod template;
mod value;

use crate::filters::Patterns;
use crate::plan::fields::{Above, Place};
use crate::plan::template::Source;
use crate::plan::tree::{Action, Assignment, Extraction, Operation, Translation, Work};
use crate::plan::{Plan, empty};
use crate::taxonomy::{Field, Reading, Taxonomy};
use crate::value::{Arena, Value, text};
use fields::FieldsPossible;
use std::collections::BTreeSet;
use template::PossibleResult;
use value::{KnownValue, Possible};

/// How often the pipeline is gone through before every field may have any value.
const ROUNDS: usize = 20;

/// The values that the fields of a plan can have, for records that are a message with nothing beside it.
#[derive(Debug)]
pub struct PossibleValues<'p> {
    plan: &'p Plan,
    fields: FieldsPossible,
}

/// The values that one field, or an item of its list, can have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldValues {
    /// Values that the spec names, as text and ordered.
    pub known: BTreeSet<String>,
    /// Whether it can have others, such as those of the record.
    pub others: bool,
}

impl<'p> PossibleValues<'p> {
    /// Follows all templates of a plan and finds out which values fields can have.
    pub fn new(plan: &'p Plan) -> Self {
        let mut search =
            PipelineFlow { plan, patterns: Patterns::new(), fields: FieldsPossible::new(plan.tree.layers.slots.len()) };
        search.settle();
        PossibleValues { plan, fields: search.fields }
    }

    /// The values that a field can have. A list's items are its values; what is empty is none.
    pub fn of(&self, name: &str) -> FieldValues {
        let Some(possible) = self.possible(name) else { return FieldValues::default() };
        let mut values = FieldValues::default();
        let field = self.plan.field(name);
        values.add(&possible, field.as_ref(), &self.plan.tree.output.taxonomy);
        if let Some(items) = &possible.items {
            values.add(items, field.as_ref(), &self.plan.tree.output.taxonomy);
            values.others |= items.items.is_some() || items.blank;
        }
        values.others |= self.is_made_elsewhere(name);
        values
    }

    /// What the actions set a field to, or a dict above it.
    fn possible(&self, name: &str) -> Option<Possible> {
        let fields = &self.plan.tree.layers.fields;
        let mut possible = self.fields.of(fields.get(name)?);
        for (dot, _) in name.match_indices('.') {
            let Some(slot) = fields.get(&name[..dot]) else { continue };
            let dict = self.fields.of(slot);
            possible.add(&name[dot + 1..].split('.').fold(dict, |dict, _| dict.below()));
        }
        Some(possible)
    }

    /// Whether rules of inference or the run itself set the field.
    fn is_made_elsewhere(&self, name: &str) -> bool {
        let output = &self.plan.tree.output;
        let slot = self.plan.tree.layers.fields.get(name);
        let own =
            [output.message, output.event_id].into_iter().chain(output.intake).chain(output.owned.iter().copied());
        own.into_iter().any(|own| Some(own) == slot) || self.plan.infers().contains(name)
    }
}

impl FieldValues {
    fn add(&mut self, possible: &Possible, field: Option<&Field>, taxonomy: &Taxonomy) {
        self.others |= possible.open || possible.written.is_some() || possible.entries.is_some();
        let is_named =
            |known: &&KnownValue| !matches!(known, KnownValue::Undefined | KnownValue::None) && !known.is_blank();
        for known in possible.known.iter().filter(is_named) {
            let arena = Arena::default();
            let fitted = field.map_or(Ok(known.value()), |field| taxonomy.fit(&arena, field, known.value()));
            match fitted.map(|value| shown(&arena, value)) {
                Ok(Some(text)) => _ = self.known.insert(text),
                Ok(None) => self.others = true,
                // It does not fit its field and is left out.
                Err(_) => {}
            }
        }
    }
}

/// A single value as text; the one item of a list that a cast made.
fn shown<'a>(arena: &'a Arena, value: Value<'a>) -> Option<String> {
    match value {
        Value::List(items) if items.len() == 1 => shown(arena, items.at(0)?),
        Value::List(_) | Value::Map(_) | Value::Match(_) => None,
        Value::Bool(value) => Some(value.to_string()),
        single => text::string(arena, single).ok().map(str::to_owned),
    }
}

/// Goes through the pipeline, without regard to filters and order, until nothing new is found.
struct PipelineFlow<'p> {
    plan: &'p Plan,
    patterns: Patterns,
    fields: FieldsPossible,
}

impl<'p> PipelineFlow<'p> {
    fn settle(&mut self) {
        for _ in 0..ROUNDS {
            let before = (self.fields.slots.clone(), self.fields.escaped.clone());
            self.plan.tree.entries.iter().for_each(|entry| {
                entry.filter.iter().for_each(|filter| _ = self.made(&filter.source));
                match &entry.work {
                    Work::Extract(extraction) => self.extraction(extraction),
                    Work::Stage(actions) => actions.iter().for_each(|action| self.action(action)),
                }
            });
            let has_more = self.fields.goes_on();
            if has_more && before == (self.fields.slots.clone(), self.fields.escaped.clone()) {
                return;
            }
        }
        self.fields.open_all();
    }

    fn extraction(&mut self, extraction: &'p Extraction) {
        self.made(&extraction.input);
        extraction.templates.iter().for_each(|template| _ = self.made(template));
        self.fields.add(extraction.output, &Possible::anything());
    }

    fn action(&mut self, action: &'p Action) {
        action.filter.iter().for_each(|filter| _ = self.made(&filter.source));
        match &action.operation {
            Operation::Set(fields) => {
                for (assignment, source) in fields {
                    let value = self.set_to(source);
                    self.assign(assignment, &value);
                }
            }
            Operation::Translate(translation) => self.translation(translation),
            Operation::Delete(_) => {}
        }
    }

    fn translation(&mut self, translation: &'p Translation) {
        let mut found = Possible::nothing();
        for source in translation.choices.iter().map(|choice| &choice.value).chain(&translation.fallback) {
            found.add(&self.set_to(source));
        }
        for lookup in &translation.lookups {
            self.made(&lookup.from);
            lookup.field.iter().for_each(|field| _ = self.made(field));
            self.assign(&lookup.into, &found);
        }
    }

    /// What a source gives; what it puts into the lists and dicts of fields is remembered.
    fn made(&mut self, source: &'p Source) -> Possible {
        let PossibleResult { value, escaped } = template::made(source, &self.fields, &self.patterns);
        self.fields.escaped.add(&escaped);
        value
    }

    /// What a source sets a field to; what is empty sets nothing.
    fn set_to(&mut self, source: &'p Source) -> Possible {
        let (value, ignored, is_verbatim) = (self.made(source), &self.plan.tree.ignored, source.is_verbatim());
        value.retain(|known| match known {
            KnownValue::Undefined | KnownValue::None => false,
            // Text that is taken as it is may be `None`.
            KnownValue::Text(text) if is_verbatim => !empty::is_empty(text, ignored),
            KnownValue::Text(text) => !empty::sets_nothing(text, ignored),
            _ => true,
        })
    }

    /// Sets a field in the event and in the stage's layer, cast to its type.
    fn assign(&mut self, assignment: &'p Assignment, value: &Possible) {
        let value = self.cast(assignment, value);
        for place in [&assignment.place, &assignment.layer_place] {
            self.fill(place, &value);
        }
        let container = assignment.place.exact.and_then(|slot| self.plan.tree.output.container(slot));
        if let Some(container) = container.filter(|_| value.open || value.entries.is_some()) {
            // Each field below casts what it gets of the dict.
            container.fields.values().for_each(|below| self.fields.add(below.slot, &Possible::anything()));
        }
    }

    /// What values become in a field. Of lists, only texts and what becomes text is followed.
    fn cast(&self, assignment: &Assignment, value: &Possible) -> Possible {
        let Some(field) = assignment.declared.as_ref().filter(|field| field.reading() != Reading::Any) else {
            return value.clone();
        };
        let mut cast = self.cast_singles(field, value);
        if field.reading() == Reading::Text {
            let is_flat = |items: &Possible| items.items.is_none() && items.entries.is_none();
            cast.items = value.items.as_ref().map(|items| Box::new(self.cast_singles(field, items)));
            cast.open |= value.entries.is_some() || !value.items.as_deref().is_none_or(is_flat);
        } else if field.reading() != Reading::Object {
            cast.open |= value.items.is_some() || value.entries.is_some() || value.written.is_some();
        }
        cast
    }

    fn cast_singles(&self, field: &Field, value: &Possible) -> Possible {
        let mut cast = Possible { known: BTreeSet::new(), ..value.clone() };
        for known in &value.known {
            let arena = Arena::default();
            if let Ok(fitted) = self.plan.tree.output.taxonomy.fit(&arena, field, known.value()) {
                cast.add(&Possible::of(fitted));
            }
        }
        cast
    }

    /// A dict that stays whole takes the value in.
    fn fill(&mut self, place: &Place, value: &Possible) {
        for Above { slot, keys, .. } in place.above.iter().filter(|above| !above.is_spread) {
            let inside = keys.iter().fold(value.clone(), |inside, _| Possible::dict(inside));
            // Only where there is a dict already.
            let holder = self.fields.of(*slot);
            if holder.entries.is_some() || holder.open {
                self.fields.add(*slot, &inside);
            }
        }
        if let Some(slot) = place.exact {
            self.fields.add(slot, value);
        }
    }
}
