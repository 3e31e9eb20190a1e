//! Lowers names, and names with keys: each is read from a variable, from a loop, or from a layer.

use super::expression::constant;
use super::{Bytes, Scope, bytes};
use crate::diagnostic::{Edit, Fix, nearest};
use crate::expr::{Expr, ExprKind, Literal};
use crate::filters::{self, LibraryKind};
use crate::plan::chain::{chain, place_of};
use crate::plan::expression::{Expression, LoopField, Path};
use crate::plan::findings::{LOOP_ALONE, UNKNOWN_NAME, UNKNOWN_OF_LOOP, UNKNOWN_OUTPUT};
use crate::plan::layers::NameMeaning;
use crate::value::FaultCode;

/// Names that outputs of extractors have here and elsewhere.
const OUTPUTS: [&str; 9] = ["message", "data", "date", "datetime", "event", "fields", "output", "result", "value"];

impl Scope<'_, '_> {
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, local)| *local)
    }

    /// What a name means here; undefined without a finding where it means nothing.
    pub(super) fn known_name(&mut self, name: &str) -> Expression {
        match self.find(name) {
            Some(local) => Expression::Local(local),
            None => match self.lowering.layers.read(name, &[]) {
                NameMeaning::Expression(read) | NameMeaning::NothingSets(read) => read,
                NameMeaning::NoLayer => Expression::Undefined,
            },
        }
    }

    /// A name, or keys below one: read from a variable, from a loop, or straight from a layer's slot.
    pub(super) fn access(&mut self, expression: &Expr) -> Expression {
        let Some((root, keys)) = chain(expression) else {
            return match &expression.kind {
                ExprKind::Attribute(value, name) => match place_of(name) {
                    Some(place) => {
                        let place = constant(&Literal::Int(place));
                        Expression::Subscript(Box::new((self.expression(value), Expression::Constant(place))))
                    }
                    None => Expression::Attribute(Box::new(self.expression(value)), name.as_str().into()),
                },
                ExprKind::Subscript(value, key) => {
                    Expression::Subscript(Box::new((self.expression(value), self.expression(key))))
                }
                _ => Expression::Undefined,
            };
        };
        let ExprKind::Name(name) = &root.kind else { return Expression::Undefined };
        if let Some(state) = self.loop_of(name) {
            return self.loop_access(state, name, &keys, bytes(expression));
        }
        if let Some(local) = self.find(name) {
            return below(Expression::Local(local), &keys);
        }
        match self.lowering.layers.read(name, &keys) {
            NameMeaning::Expression(read) => read,
            NameMeaning::NothingSets(read) => {
                self.report_unknown_output(name, &keys, bytes(expression));
                read
            }
            NameMeaning::NoLayer => below(self.unknown_name(name, bytes(root)), &keys),
        }
    }

    /// The loop that a name stands for: `loop`, and a variable that was set to it.
    pub(super) fn loop_of(&self, name: &str) -> Option<u32> {
        match self.find(name) {
            Some(local) => self.aliases.get(&local).copied(),
            None if name == "loop" => self.around.last().copied(),
            None => None,
        }
    }

    fn loop_access(&mut self, state: u32, name: &str, keys: &[&str], at: Bytes) -> Expression {
        let Some((field, rest)) = keys.split_first() else {
            return self.fails(&LOOP_ALONE, &[name], at, FaultCode::Unsupported);
        };
        match LoopField::find(field) {
            Some(field) => below(Expression::Loop(state, field), rest),
            None => self.fails(&UNKNOWN_OF_LOOP, &[field, name, field], at, FaultCode::Undefined),
        }
    }

    /// `null` is such a name, and no mistake: `docs/decisions/0015`.
    fn unknown_name(&mut self, name: &str, at: Bytes) -> Expression {
        if name != "null" && filters::find(LibraryKind::Global, name).is_none() {
            let variables = self.variables.iter().map(|(variable, _)| variable.as_str());
            let most = if self.lowering.findings.is_full() { 0 } else { usize::MAX };
            let mut known: Vec<&str> = self.lowering.layers.names().chain(variables).take(most).collect();
            known.sort_unstable();
            let finding = UNKNOWN_NAME.at(self.span(at), &[name]).label("this is always undefined");
            self.lowering.findings.push(match self.hyphen.take().filter(|(start, _)| *start == at.0) {
                Some((_, help)) => finding.help(help),
                None => finding.suggest_among(name, known),
            });
        }
        Expression::Undefined
    }

    fn report_unknown_output(&mut self, layer: &str, keys: &[&str], at: Bytes) {
        let finding = UNKNOWN_OUTPUT.at(self.span(at), &[layer, &keys.join(".")]).label("this is always undefined");
        let known = self.lowering.layers.get(layer).map(|layer| layer.outputs.iter().map(|(key, _)| &**key));
        let known: Vec<&str> = known.into_iter().flatten().collect();
        let first = keys.first().copied().unwrap_or_default();
        // Who forgets where an extractor's result is names a key of the result itself.
        self.lowering.findings.push(match known.as_slice() {
            [output] if nearest(first, [*output]).is_none() => {
                let meant = format!("{layer}.{output}");
                let edit = Edit::word(finding.span(), layer, meant.as_str());
                // What is a usual name of an output may be meant for the output itself, whatever is behind it.
                let is_output = OUTPUTS.contains(&first);
                let below: Vec<&str> = std::iter::once(&*meant).chain(keys[1..].iter().copied()).collect();
                let whole = format!("{meant}.{}", keys.join("."));
                let help = match is_output {
                    true => format!("`{}`, or `{whole}` if the result has the key `{first}`", below.join(".")),
                    false => format!("`{whole}`"),
                };
                let finding = finding
                    .help(format!("the result of `{layer}` is under `{output}`: {help}"))
                    .fix(Fix::certain(format!("write `{meant}`"), edit));
                if is_output { finding.unsure() } else { finding }
            }
            known => finding.suggest_among(first, known.iter().copied()),
        });
    }

    /// How a key with a hyphen is read, where `a.b-c` stands without blanks and `c` is no name: the place of the name, and the help.
    pub(super) fn key_with_hyphen(&self, left: &Expr, right: &Expr) -> Option<(u32, String)> {
        let (root, keys) = chain(left)?;
        let (ExprKind::Name(layer), Some((last, above))) = (&root.kind, keys.split_last()) else { return None };
        let (name, rest) = chain(right)?;
        let ExprKind::Name(key) = &name.kind else { return None };
        let path = std::iter::once(layer.as_str()).chain(above.iter().copied()).collect::<Vec<_>>().join(".");
        let rest: String = rest.iter().map(|key| format!(".{key}")).collect();
        Some((
            name.start,
            format!("a key with a hyphen is read as `{path}[\"{last}-{key}\"]{rest}`; this is a subtraction"),
        ))
    }

    /// The path of a dict below a slot, of which only some key is asked for, or whether it is there.
    pub(super) fn dict(&mut self, expression: &Expr) -> Option<Path> {
        let (root, keys) = chain(expression)?;
        match &root.kind {
            ExprKind::Name(name) if self.find(name).is_none() => self.lowering.layers.dict(name, &keys),
            _ => None,
        }
    }
}

fn below(value: Expression, keys: &[&str]) -> Expression {
    keys.iter().fold(value, |value, key| Expression::Attribute(Box::new(value), Box::from(*key)))
}
