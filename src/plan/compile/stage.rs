//! Stages: their actions, and the fields that these set, translate and delete.

use super::Compiler;
use crate::infer;
use crate::plan::expression::Expression;
use crate::plan::findings::*;
use crate::plan::layers::{Layers, NameMeaning};
use crate::plan::output;
use crate::plan::template::Source;
use crate::plan::tree::{Action, Assignment, Choice, Deletion, Lookup, Operation, Translation};
use crate::plan::words::{deleted, key_text};
use crate::spec::{self, Named};
use crate::taxonomy::Field;
use crate::value::text::is_template;
use crate::value::{Arena, Constant, ConstantKind, text};
use hashbrown::HashMap;
use std::sync::Arc;

/// About how many bytes an action takes, with what the passes over it do.
const ACTION: usize = 2 << 10;

impl Compiler<'_> {
    pub(super) fn stage(&mut self, name: &Named) -> Box<[Action]> {
        let spec = self.spec;
        let by_name =
            self.stages.get_or_init(|| spec.stages.iter().rev().map(|stage| (&*stage.name.text, stage)).collect());
        let actions = by_name.get(&*name.text).map(|stage| &stage.actions).into_iter().flatten();
        let mut lowered = Vec::new();
        for action in actions {
            if !self.goes_on(ACTION) {
                break;
            }
            lowered.push(self.action(name, action));
        }
        lowered.into()
    }

    fn action(&mut self, stage: &Named, action: &spec::StageAction) -> Action {
        let filter = action.filter.as_ref().map(|filter| self.filter(filter));
        let operation = match &action.operation {
            spec::ActionKind::Set(fields) => {
                Operation::Set(fields.iter().map(|(field, value)| self.set(stage, field, value)).collect())
            }
            spec::ActionKind::Translate { dictionary, mapping, fallback } => {
                Operation::Translate(self.translation(stage, dictionary, mapping, fallback.as_ref()))
            }
            spec::ActionKind::Delete(fields) => {
                fields.iter().for_each(|field| self.check_field(field));
                let is_spread = |name: &str| output::is_spread(self.taxonomy, name);
                let layers = &mut self.layers;
                let mut place = |name: String| layers.place(&name, &is_spread);
                let deletion = |field: &Named| Deletion {
                    field: field.text.clone(),
                    places: deleted(&field.text).into_iter().map(&mut place).collect(),
                    span: field.span,
                };
                Operation::Delete(fields.iter().map(deletion).collect())
            }
        };
        Action { filter, operation, span: action.span }
    }

    fn set(&mut self, stage: &Named, field: &Named, value: &Constant) -> (Arc<Assignment>, Source) {
        let source = self.source(value);
        if let (Source::Constant(constant), Some(known)) = (&source, self.taxonomy.get(&field.text)) {
            self.check_cast(known, constant);
        }
        (self.assignment(stage, field), source)
    }

    /// A constant that its field does not take is left out of every event.
    fn check_cast(&mut self, field: &Field, constant: &Constant) {
        let arena = Arena::default();
        let Ok(value) = constant.to_value(&arena) else { return };
        if !value.is_missing() && self.taxonomy.fit(&arena, field, value).is_err() {
            let shown = text::Repr(value).to_string();
            let finding = UNCASTABLE.at(constant.span, &[&shown, field.kind.name(), &field.name]);
            self.findings.push(finding.help(format!("{}: {}", field.kind.name(), field.kind.summary())));
        }
    }

    /// A field that nothing declares can be read by other expressions and does not come out.
    fn check_field(&mut self, field: &Named) {
        let known = output::field_of(self.taxonomy, &field.text).is_some() || self.taxonomy.is_container(&field.text);
        if output::is_too_deep(&field.text) {
            let most = output::DEEPEST.to_string();
            self.findings.push(FIELD_DEPTH.at(field.span, &[&field.text, &most]));
        } else if !known && !self.findings.is_full() {
            let taxonomy = self.taxonomy;
            let names = self.field_names.get_or_init(|| taxonomy.iter().map(|field| &*field.name).collect());
            let name = &field.text;
            let finding = UNKNOWN_FIELD.at(field.span, &[name]).suggest(name, names.iter().copied());
            self.findings.push(match &finding.help {
                Some(_) => finding,
                None => finding.help(format!(
                    "if it is the format's own, declare it in `_meta/fields.yml`: `{name}: {{name: {name}, type: keyword, description: …}}`"
                )),
            });
        }
    }

    fn assignment(&mut self, stage: &Named, field: &Named) -> Arc<Assignment> {
        self.check_field(field);
        if infer::OWNED.contains(&&*field.text) {
            self.findings.push(OWNED_FIELD.at(field.span, &[&field.text]));
        }
        let is_spread = |name: &str| output::is_spread(self.taxonomy, name);
        let place = self.layers.place(&field.text, &is_spread);
        let layer_place = self.layers.stage_place(&stage.text, &field.text);
        Arc::new(Assignment {
            field: field.text.as_str().into(),
            declared: output::field_of(self.taxonomy, &field.text),
            place,
            layer_place,
            span: field.span,
        })
    }

    fn translation(
        &mut self,
        stage: &Named,
        dictionary: &[(Constant, Constant)],
        mapping: &[(Named, Named)],
        fallback: Option<&Constant>,
    ) -> Translation {
        let choice = |(key, value): &(Constant, Constant)| Choice {
            key: key_text(key),
            value: self.source(value),
            span: key.span,
        };
        let choices: Box<[Choice]> = dictionary.iter().map(choice).collect();
        let dictionary =
            (0..).zip(&choices).map(|(index, choice)| (choice.key.clone(), index)).collect::<HashMap<_, _>>();
        let lookups = mapping.iter().map(|(from, field)| self.lookup(stage, from, field)).collect();
        let fallback = fallback.map(|fallback| self.source(fallback));
        for (_, field) in mapping {
            let Some(known) = self.taxonomy.get(&field.text) else { continue };
            for source in choices.iter().map(|choice| &choice.value).chain(&fallback) {
                if let Source::Constant(constant) = source {
                    self.check_cast(known, constant);
                }
            }
        }
        Translation { dictionary: Arc::new(dictionary), choices, lookups, fallback }
    }

    /// A look-up's key is an expression, or names a field of the event being built; over the public specs both occur.
    fn lookup(&mut self, stage: &Named, from: &Named, field: &Named) -> Lookup {
        let into = self.assignment(stage, field);
        let keys: Vec<&str> = from.text.trim().split('.').collect();
        let is_path = !is_template(&from.text) && keys.iter().all(|key| !key.is_empty());
        let field = match is_path.then(|| self.layers.read("final", &keys)) {
            Some(NameMeaning::Expression(read)) => Some(Source::from(read)),
            _ => None,
        };
        let names_layer = self.layers.get(keys[0]).is_some() || Layers::RESERVED.contains(&keys[0]);
        let from = match field.is_some() && !names_layer {
            true => Expression::Undefined.into(),
            false => {
                let text = ConstantKind::Text(from.text.as_str().into());
                self.path_or_template(&Constant { span: from.span, kind: text }).bare()
            }
        };
        Lookup { from, field, into }
    }
}
