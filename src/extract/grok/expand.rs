//! Writes a grok pattern out as one regular expression, with what each of its groups stands for.

use super::library::{self, Guard};
use super::scan::{GrokPiece, GrokToken, Reference, pieces};
use crate::diagnostic::{Diagnostics, Kind, Span};
use crate::extract::extractor::InputAlternative;
use crate::extract::findings::*;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Patterns by name: those of a spec, which come before the library's.
pub(super) type Custom<'s> = HashMap<&'s str, WrittenPattern<'s>>;

/// A pattern with the place where it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenPattern<'s> {
    /// The pattern.
    pub(super) pattern: &'s str,
    /// The whole scalar, quotes included.
    pub(super) span: Span,
    /// The byte of the source where the pattern begins; `None` where the scalar does not read as it is written.
    pub(super) start: Option<u32>,
}

impl<'s> WrittenPattern<'s> {
    /// A pattern that is a whole scalar.
    pub(super) fn new(pattern: &'s str, span: Span) -> Self {
        // Plain, or quoted without escapes and on one line: else its bytes are elsewhere.
        let start = match (span.end.saturating_sub(span.start) as usize).checked_sub(pattern.len()) {
            Some(0) => Some(span.start),
            Some(2) => Some(span.start + 1),
            _ => None,
        };
        WrittenPattern { pattern, span, start }
    }

    /// A part of the pattern, `from` bytes after its beginning.
    pub(super) fn part(self, pattern: &'s str, from: usize) -> Self {
        WrittenPattern { pattern, start: self.start.map(|start| start.saturating_add(from as u32)), ..self }
    }

    /// The place of all of it.
    pub(super) fn whole(self) -> Span {
        let end = |start: u32| start.saturating_add(self.pattern.len() as u32);
        self.start.map_or(self.span, |start| Span::new(self.span.source, start, end(start)))
    }

    /// The pattern as one of several that are tried.
    pub(super) fn alternative(self) -> InputAlternative {
        InputAlternative { text: self.pattern.to_owned(), span: self.whole() }
    }

    fn place(self, piece: GrokPiece<'_>) -> Span {
        let length = match piece.token {
            GrokToken::Reference(reference) => reference.written.len(),
            _ => 1,
        };
        let start = self.start.map(|start| start.saturating_add(piece.at as u32));
        start.map_or(self.span, |start| Span::new(self.span.source, start, start.saturating_add(length as u32)))
    }
}

/// A pattern written out, with a group for whatever could be read.
#[derive(Debug, Default)]
pub(super) struct Expansion {
    /// Without the guards' look-around: matches all that `exact` matches, and may match more.
    linear: String,
    /// With it; the same where nothing is guarded.
    exact: String,
    /// The groups by number, from 1 on.
    pub(super) groups: Vec<GrokGroup>,
    /// Whether the pattern refers to a group by its number, which then must stay.
    refers: bool,
}

impl Expansion {
    /// The whole pattern with its guards.
    pub(super) fn exact(&self) -> &str {
        &self.exact
    }

    /// The two texts, linear and exact, with only those groups that `keeps` says; with its groups.
    pub(super) fn with_groups(&self, keeps: impl Fn(&GrokGroup) -> bool) -> (String, String, Vec<&GrokGroup>) {
        let (kept, dropped): (Vec<&GrokGroup>, Vec<&GrokGroup>) =
            self.groups.iter().partition(|group| self.refers || keeps(group));
        let linear = dropped.iter().map(|group| group.opens.0);
        let exact = dropped.iter().map(|group| group.opens.1);
        (without_groups(&self.linear, linear), without_groups(&self.exact, exact), kept)
    }
}

/// The pattern, where the brackets at some places group and do not capture.
fn without_groups(pattern: &str, brackets: impl Iterator<Item = usize>) -> String {
    let mut text = String::with_capacity(pattern.len() + 64);
    let mut written = 0;
    for bracket in brackets {
        text.push_str(&pattern[written..=bracket]);
        text.push_str("?:");
        written = bracket + 1;
    }
    text.push_str(&pattern[written..]);
    text
}

/// A group of an expansion.
#[derive(Debug, Default)]
pub(super) struct GrokGroup {
    /// The name under which its text is in the result.
    pub(super) key: Option<String>,
    /// Where the name comes from.
    pub(super) origin: GroupOrigin,
    /// The places of its brackets in the linear and in the exact text.
    opens: (usize, usize),
    /// What the text becomes.
    pub(super) conversion: Option<Conversion>,
    /// Where it may not stand.
    pub(super) guard: Option<Guard>,
}

/// Where a group's name comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum GroupOrigin {
    /// It is given to the group.
    #[default]
    Given,
    /// It is the name of the pattern, used without another.
    Pattern,
    /// As before, inside a customary pattern. There are many of these (a time stamp has its minutes), so they are part of
    /// the result only where something reads them by name.
    Inside,
}

/// What a group's text becomes; it stays text where it is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// An integer.
    Integer,
    /// A double.
    Float,
    /// `true` or `false`.
    Boolean,
}

/// The longest expansion, in bytes; names that name each other could double it at every step.
const LONGEST: usize = 384 << 10;
/// How deep patterns may name each other.
const DEEPEST: usize = 64;

/// Writes a pattern out; `None` where a finding keeps it from running.
pub(super) fn expand(
    written: WrittenPattern<'_>,
    custom: &Custom<'_>,
    findings: &mut Diagnostics,
) -> Option<Expansion> {
    let mut expander = Expander {
        custom,
        findings,
        place: written.span,
        stack: Vec::new(),
        names: HashMap::new(),
        customary: false,
        expansion: Expansion::default(),
        sound: true,
    };
    expander.pattern(written.pattern, Some(written));
    expander.sound.then_some(expander.expansion)
}

struct Expander<'e, 's> {
    custom: &'e Custom<'s>,
    findings: &'e mut Diagnostics,
    /// Where findings are placed that lie in no text of the spec.
    place: Span,
    /// The names of the patterns that are being written out.
    stack: Vec<String>,
    /// The number of the last group with a name.
    names: HashMap<String, usize>,
    /// Whether a customary pattern is being written out.
    customary: bool,
    expansion: Expansion,
    sound: bool,
}

impl Expander<'_, '_> {
    fn pattern(&mut self, text: &str, written: Option<WrittenPattern<'_>>) {
        // Groups are counted only where the text refers to one by number; else counting costs time and serves nobody.
        let counts = pieces(text).any(|piece| matches!(piece.token, GrokToken::SameNumber(_)));
        let mut own = Vec::new();
        for piece in pieces(text) {
            if !self.sound {
                return;
            }
            let place = written.map_or(self.place, |written| written.place(piece));
            match piece.token {
                GrokToken::Text(text) | GrokToken::Special(text) => self.write(text),
                GrokToken::Close => self.write(")"),
                GrokToken::Bar => self.write("|"),
                GrokToken::Plain if counts => own.push(self.open(GrokGroup::default())),
                GrokToken::Plain => self.write("(?:"),
                GrokToken::Named(name) => own.push(self.open_named(name)),
                GrokToken::SameNumber(number) => self.same(own.get(number - 1).copied(), place),
                GrokToken::SameName(name) => self.same(self.names.get(name).copied(), place),
                GrokToken::Reference(reference) => self.reference(reference, place),
                GrokToken::BrokenReference(_) => self.broken(place),
            }
        }
        if self.expansion.exact.len() > LONGEST {
            let reason = format!("the pattern, written out, is longer than {LONGEST} bytes");
            self.fail(&PATTERN_TOO_LARGE, &reason, self.place);
        }
    }

    fn write(&mut self, text: &str) {
        self.expansion.linear.push_str(text);
        self.expansion.exact.push_str(text);
    }

    fn open(&mut self, group: GrokGroup) -> usize {
        let opens = (self.expansion.linear.len(), self.expansion.exact.len());
        self.write("(");
        self.expansion.groups.push(GrokGroup { opens, ..group });
        self.expansion.groups.len()
    }

    fn open_named(&mut self, name: &str) -> usize {
        let number = self.open(GrokGroup { key: Some(name.to_owned()), ..GrokGroup::default() });
        self.names.insert(name.to_owned(), number);
        number
    }

    fn same(&mut self, number: Option<usize>, place: Span) {
        match number {
            Some(number) => {
                self.expansion.refers = true;
                self.write(&format!("(?:\\{number})"));
            }
            None => self.fail(&INVALID_PATTERN, "a reference to a group that does not exist", place),
        }
    }

    fn reference(&mut self, reference: Reference<'_>, place: Span) {
        let own = self.custom.get(reference.name).copied();
        let known = own.is_none().then(|| library::find(reference.name)).flatten();
        let Some(text) = own.map(|own| own.pattern).or(known.map(|known| known.pattern)) else {
            return self.unknown(reference.name, place);
        };
        if self.stack.iter().any(|name| name == reference.name) {
            return self.fail(&RECURSIVE_PATTERN, reference.name, place);
        }
        if self.stack.len() >= DEEPEST || self.expansion.exact.len() > LONGEST {
            return self.fail(&PATTERN_TOO_LARGE, "the patterns refer to each other too often", place);
        }
        let outer = std::mem::replace(&mut self.place, place);
        self.stack.push(reference.name.to_owned());
        let guard = known.map(|known| known.guard).unwrap_or_default();
        let number = self.open_reference(reference, guard, place);
        let outside = std::mem::replace(&mut self.customary, known.is_some());
        self.pattern(text, own);
        self.write(")");
        if !guard.not_before.is_empty() {
            let _ = write!(self.expansion.exact, "(?!{})", guard.not_before.class());
        }
        self.customary = outside;
        if let Some(group) = self.expansion.groups.get_mut(number - 1) {
            group.guard = (!guard.is_empty()).then_some(guard);
        }
        self.stack.pop();
        self.place = outer;
    }

    /// Opens a reference's group: under the name that it is given, else under its pattern's.
    fn open_reference(&mut self, reference: Reference<'_>, guard: Guard, place: Span) -> usize {
        if !guard.not_after.is_empty() {
            let _ = write!(self.expansion.exact, "(?<!{})", guard.not_after.class());
        }
        let number = self.open_named(reference.key.unwrap_or(reference.name));
        let conversion = reference.conversion.and_then(|name| self.conversion(name, place));
        if let Some(group) = self.expansion.groups.get_mut(number - 1) {
            group.conversion = conversion;
            group.origin = match reference.key {
                Some(_) => GroupOrigin::Given,
                None if self.customary => GroupOrigin::Inside,
                None => GroupOrigin::Pattern,
            };
        }
        number
    }

    fn conversion(&mut self, name: &str, place: Span) -> Option<Conversion> {
        let conversion = match name {
            "int" | "integer" | "long" => Conversion::Integer,
            "float" | "double" | "number" => Conversion::Float,
            "bool" | "boolean" => Conversion::Boolean,
            "str" | "string" | "text" => return None,
            _ => {
                let finding = UNKNOWN_CONVERSION.at(place, &[name]);
                self.findings.push(finding.suggest(name, ["int", "float", "bool", "str"]));
                return None;
            }
        };
        Some(conversion)
    }

    fn unknown(&mut self, name: &str, place: Span) {
        let mut known: Vec<&str> = self.custom.keys().copied().collect();
        library::names().for_each(|name| known.push(name));
        let finding = UNKNOWN_PATTERN.at(place, &[name]);
        let finding = finding.label("not in `custom_patterns`, and not in the grok library").suggest(name, known);
        self.findings.push(finding);
        self.sound = false;
    }

    fn broken(&mut self, place: Span) {
        let finding = INVALID_PATTERN.at(place, &["`%{` does not begin a valid reference"]);
        self.findings.push(
            finding
                .help("a reference is `%{NAME}`, `%{NAME:key}` or `%{NAME:key:int}`; a plain `%` before `{` is `\\%`"),
        );
        self.sound = false;
    }

    fn fail(&mut self, kind: &Kind, word: &str, place: Span) {
        // Once is enough: on the way out of a deep expansion every step would say it again.
        if std::mem::take(&mut self.sound) {
            self.findings.push(kind.at(place, &[word]));
        }
    }
}
