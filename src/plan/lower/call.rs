//! Lowers calls: functions are found, and their arguments are checked.

use super::{Bytes, Scope, bytes};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::expr::{Argument, Arguments, Expr, ExprKind, Literal};
use crate::filters::{self, Changes, LibraryKind};
use crate::plan::calls::refuses;
use crate::plan::expression::{Call, Expression};
use crate::plan::findings::*;
use crate::value::FaultCode;
use std::sync::Arc;

impl Scope<'_, '_> {
    pub(super) fn call_of(&mut self, whole: &Expr, callee: &Expr, arguments: &Arguments) -> Expression {
        match &callee.kind {
            ExprKind::Name(name) => self.call_name(name, bytes(callee), arguments),
            ExprKind::Attribute(object, name) => {
                let start = callee.end.saturating_sub(name.len() as u32);
                self.call_attribute(object, name, (start, callee.end), arguments)
            }
            // `value | attr('upper')` is the method, where it is called.
            ExprKind::Filter(object, name, Arguments(of)) if name == "attr" && of.len() == 1 => {
                match of.first().and_then(known_key) {
                    Some(method) => self.call_attribute(object, method, bytes(callee), arguments),
                    None => self.fails(&NOT_CALLABLE, &[], bytes(whole), FaultCode::Type),
                }
            }
            _ => self.fails(&NOT_CALLABLE, &[], bytes(whole), FaultCode::Type),
        }
    }

    fn call_name(&mut self, name: &str, at: Bytes, arguments: &Arguments) -> Expression {
        if let (Some(state), [argument]) = (self.loop_of(name), arguments.0.as_slice()) {
            return Expression::Recurse(state, Box::new(self.expression(&argument.value)));
        }
        self.call(LibraryKind::Global, name, at, None, arguments)
    }

    fn call_attribute(&mut self, object: &Expr, name: &str, at: Bytes, arguments: &Arguments) -> Expression {
        if let ExprKind::Name(object) = &object.kind
            && let (Some(state), "cycle" | "changed") = (self.loop_of(object), name)
        {
            let values = arguments.0.iter().map(|argument| self.expression(&argument.value)).collect();
            return if name == "cycle" { Expression::Cycle(state, values) } else { Expression::Changed(state, values) };
        }
        if let ExprKind::Name(object) = &object.kind
            && self.find(object).is_none()
        {
            let qualified = format!("{object}.{name}");
            let is_known = self.lowering.layers.names().any(|known| known == object) || object == "null";
            let is_method = filters::find(LibraryKind::Method, name).is_some();
            // Neither the name nor the method is known: that is one mistake.
            if filters::find(LibraryKind::Global, &qualified).is_some() || (!is_known && !is_method) {
                return self.call(LibraryKind::Global, &qualified, at, None, arguments);
            }
        }
        if filters::find(LibraryKind::Method, name).is_some_and(|method| method.reads_key)
            && let Some(key) = arguments.0.first().and_then(known_key)
            && let Some(dict) = self.dict(object)
        {
            self.lowering.layers.reads_key(&dict, key);
            return self.call(LibraryKind::Method, name, at, Some(Expression::Path(Arc::new(dict))), arguments);
        }
        let receiver = self.expression(object);
        self.call(LibraryKind::Method, name, at, Some(receiver), arguments)
    }

    pub(super) fn call(
        &mut self,
        kind: LibraryKind,
        name: &str,
        at: Bytes,
        first: Option<Expression>,
        arguments: &Arguments,
    ) -> Expression {
        let mut positional: Vec<Expression> = first.into_iter().collect();
        let own = positional.len();
        let mut named = Vec::new();
        let mut spread = None;
        for Argument { name, value } in &arguments.0 {
            let lowered = self.expression(value);
            match name {
                Some(name) => named.push((Box::from(name.as_str()), lowered)),
                None if matches!(value.kind, ExprKind::Spread(_)) => spread = Some(lowered),
                None => positional.push(lowered),
            }
        }
        match filters::find(kind, name) {
            Some(entry) => {
                self.check_arguments(entry, at, own, arguments);
                self.lowering.layers.changes_dicts |= entry.changes == Changes::Dict;
                Expression::Call(Box::new(Call { entry, positional: positional.into(), spread, named: named.into() }))
            }
            // What is called on something that fails is not looked at: one mistake is told once.
            None => match positional.into_iter().next() {
                Some(Expression::Fails(code, reason)) => Expression::Fails(code, reason),
                _ => self.unknown_function(kind, name, at),
            },
        }
    }

    /// Reports arguments that no parameter takes, and regular expressions that are none.
    fn check_arguments(&mut self, entry: &filters::LibraryEntry, at: Bytes, own: usize, arguments: &Arguments) {
        if let Some(reason) = refuses(entry, own, arguments) {
            let finding = WRONG_ARGUMENTS.at(self.span(at), &[entry.kind.name(), entry.name(), &reason]);
            self.lowering.findings.push(finding.label("everything that needs this value fails"));
        }
        self.check_applied(entry, arguments);
        if self.lowering.findings.is_spent() {
            return;
        }
        let place = self.place;
        let finding =
            self.lowering.regexes.check(entry, arguments, &|argument| place.span(argument.start, argument.end));
        finding.into_iter().for_each(|finding| self.lowering.findings.push(finding));
        let effort = self.lowering.regexes.take_effort();
        self.lowering.findings.spend(effort);
    }

    /// Reports filters and tests that are named in the argument of one that applies them to items, and do not exist.
    fn check_applied(&mut self, entry: &filters::LibraryEntry, Arguments(arguments): &Arguments) {
        let (kind, place) = match (entry.kind, entry.name()) {
            (LibraryKind::Filter, "map") => (LibraryKind::Filter, 0),
            (LibraryKind::Filter, "select" | "reject") => (LibraryKind::Test, 0),
            (LibraryKind::Filter, "selectattr" | "rejectattr") => (LibraryKind::Test, 1),
            _ => return,
        };
        let Some(Argument { name: None, value }) = arguments.get(place) else { return };
        let ExprKind::Literal(Literal::Text(name)) = &value.kind else { return };
        if filters::find(kind, name).is_some() {
            return;
        }
        let (finding, is_map) =
            if kind == LibraryKind::Filter { (&UNKNOWN_FILTER, true) } else { (&UNKNOWN_TEST, false) };
        let finding = finding.at(self.span(bytes(value)), &[name]).label("everything that needs this value fails");
        let known = filters::all().filter(|entry| entry.kind == kind).flat_map(|entry| entry.names.iter().copied());
        let finding = match filters::cure(kind, name) {
            Some(cure) => cured(finding, kind, name, cure),
            None if is_map => finding.help(format!("`map(attribute='{name}')` takes the value under a key")),
            None => finding.suggest(name, known),
        };
        self.lowering.findings.push(finding);
    }

    fn unknown_function(&mut self, kind: LibraryKind, name: &str, at: Bytes) -> Expression {
        let finding = match kind {
            LibraryKind::Filter => &UNKNOWN_FILTER,
            LibraryKind::Test => &UNKNOWN_TEST,
            LibraryKind::Method => &UNKNOWN_METHOD,
            LibraryKind::Global => &UNKNOWN_FUNCTION,
        };
        let is_full = self.lowering.findings.is_full();
        let known = filters::all().filter(|entry| !is_full && entry.kind == kind);
        let known = known.flat_map(|entry| entry.names.iter().copied());
        let finding = finding.at(self.span(at), &[name]).label("everything that needs this value fails");
        // A word of another language, or of another kind, is surer than a word with some letters alike.
        let finding = match filters::cure(kind, name).filter(|_| !is_full) {
            Some(cure) => cured(finding, kind, name, cure),
            None => finding.suggest(name, known),
        };
        let reason = finding.title.as_str().into();
        self.lowering.findings.push(finding);
        Expression::Fails(FaultCode::Unsupported, reason)
    }
}

/// A finding with its cure; where that is the name of another filter, it takes the place of the one that is not known.
fn cured(finding: Diagnostic, kind: LibraryKind, name: &str, cure: String) -> Diagnostic {
    let filter = cure.strip_prefix("`value | ").and_then(|cure| cure.strip_suffix('`'));
    let filter = filter.filter(|word| kind == LibraryKind::Filter && filters::find(kind, word).is_some());
    let fix = filter.map(|filter| Fix::certain(format!("write `{filter}`"), Edit::word(finding.span(), name, filter)));
    let finding = finding.help(cure);
    match fix {
        Some(fix) => finding.fix(fix),
        None => finding,
    }
}

/// The key that an argument by place is, where it is a literal text.
fn known_key(argument: &Argument) -> Option<&str> {
    match (&argument.name, &argument.value.kind) {
        (None, ExprKind::Literal(Literal::Text(key))) => Some(key),
        _ => None,
    }
}
