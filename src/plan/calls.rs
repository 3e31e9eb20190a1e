//! Calls of the library that cannot work as written: arguments that no parameter takes, regular expressions that are none.

use super::findings::*;
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::{Arguments, Expr, ExprKind, Literal};
use crate::filters::{Default, LibraryEntry, LibraryKind};
use crate::pattern::{Dialect, Extent, Outline, Pattern};
use std::collections::HashSet;

/// Regular expressions that stand in templates, each looked at once.
#[derive(Debug, Default)]
pub(super) struct Regexes {
    known: HashSet<(String, Extent, Dialect)>,
    /// What compiling them took since it was last counted.
    effort: u64,
}

impl Regexes {
    /// What compiling them took since the last time.
    pub fn take_effort(&mut self) -> u64 {
        std::mem::take(&mut self.effort)
    }

    /// What is wrong with the regular expression that a call has as a literal; `place` tells where an expression stands.
    pub fn check(
        &mut self,
        entry: &LibraryEntry,
        arguments: &Arguments,
        place: &dyn Fn(&Expr) -> Span,
    ) -> Option<Diagnostic> {
        let (pattern, extent, dialect) = pattern(entry, arguments)?;
        let ExprKind::Literal(Literal::Text(text)) = &pattern.kind else { return None };
        if !self.known.insert((text.clone(), extent, dialect)) {
            return None;
        }
        let compiled = Pattern::in_dialect(text, extent, dialect);
        self.effort += compiled.as_ref().map_or(REFUSED, |pattern| pattern.size() as u64);
        if let Err(fault) = compiled {
            let finding = INVALID_REGEX.at(place(pattern), &[fault.reason()]);
            return Some(finding.label("everything that needs this value fails"));
        }
        let is_slow = Outline::read(text, dialect).is_some_and(|outline| outline.is_exponential(extent));
        is_slow.then(|| SLOW_REGEX.at(place(pattern), &[]))
    }
}

/// What compiling a pattern takes that is refused: perhaps it was built until it was too large.
const REFUSED: u64 = 1 << 20;

/// The argument that is a regular expression, which texts it is to match, and in whose notation it is.
fn pattern<'t>(entry: &LibraryEntry, arguments: &'t Arguments) -> Option<(&'t Expr, Extent, Dialect)> {
    let (extent, dialect) = match (entry.kind, entry.name()) {
        (LibraryKind::Filter, "re_match" | "re_search") => (Extent::Part, Dialect::Re2),
        (LibraryKind::Global, "re.fullmatch") => (Extent::Whole, Dialect::Python),
        (LibraryKind::Global, "re.match" | "re.search" | "re.findall" | "re.sub" | "re.split") => {
            (Extent::Part, Dialect::Python)
        }
        _ => return None,
    };
    let given = arguments.0.iter().find(|argument| argument.name.as_deref().is_none_or(|name| name == "pattern"));
    given.map(|argument| (&argument.value, extent, dialect))
}

/// Why an entry cannot be called with these arguments; `own` counts what it is applied to.
pub(super) fn refuses(entry: &LibraryEntry, own: usize, arguments: &Arguments) -> Option<String> {
    if arguments.0.iter().any(|argument| matches!(argument.value.kind, ExprKind::Spread(_))) {
        return None;
    }
    let by_place = own + arguments.0.iter().filter(|argument| argument.name.is_none()).count();
    let names: Vec<&str> = arguments.0.iter().filter_map(|argument| argument.name.as_deref()).collect();
    let parameters = entry.parameters;
    if entry.variadic {
        let missing = parameters.iter().skip(by_place).find(|parameter| is_missing(parameter, &names));
        return missing.map(|parameter| format!("needs `{}`", parameter.name));
    }
    if by_place > parameters.len() {
        let most = parameters.len() - own;
        return Some(match most {
            0 => "takes no argument".to_owned(),
            1 => "takes one argument".to_owned(),
            _ => format!("takes at most {most} arguments"),
        });
    }
    if let Some(name) = names.iter().find(|name| parameters.iter().all(|parameter| parameter.name != **name)) {
        return Some(format!("has no parameter `{name}`"));
    }
    if let Some(name) = names.iter().find(|name| parameters[..by_place].iter().any(|known| known.name == **name)) {
        return Some(format!("is given `{name}` twice"));
    }
    let missing = parameters.iter().skip(by_place).find(|parameter| is_missing(parameter, &names));
    missing.map(|parameter| format!("needs `{}`", parameter.name))
}

fn is_missing(parameter: &crate::filters::Parameter, names: &[&str]) -> bool {
    parameter.default == Default::Required && !names.contains(&parameter.name)
}
