//! What a finding says can be written otherwise, as changes of the text.

use super::run::{Claim, Edit, NOWHERE};
use regex::Regex;
use std::sync::LazyLock;
use weir::Format;
use weir::diagnostic::{Diagnostic, Span};
use weir::spec::{ActionKind, EntryKind, Spec};
use weir::value::{Constant, ConstantKind};

/// A finding in its format.
#[derive(Clone, Copy)]
pub struct Subject<'f> {
    pub format: &'f Format,
    pub finding: &'f Diagnostic,
}

/// How the claim of a finding is tried; nothing where the place of what would be changed is not found.
pub type Try = fn(Subject<'_>) -> Option<Claim>;

impl<'f> Subject<'f> {
    fn spec(self) -> Option<&'f Spec> {
        self.format.spec.as_ref()
    }

    fn span(self) -> Span {
        self.finding.span()
    }

    /// The text of a place.
    fn text(self, span: Span) -> &'f str {
        let source = self.format.sources.get(span.source);
        source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or_default()
    }

    /// The words in backticks in the finding's title, but for one that is cut.
    fn words(self) -> Vec<&'f str> {
        let mut parts: Vec<&str> = self.finding.title.split('`').collect();
        if parts.len().is_multiple_of(2) {
            parts.pop();
        }
        parts.into_iter().skip(1).step_by(2).filter(|word| !word.ends_with('…')).collect()
    }

    /// What stands in place of the finding's own place.
    fn instead(self, text: impl Into<String>) -> Option<Claim> {
        Some(Claim::NoChange(vec![Edit { span: self.span(), text: text.into() }]))
    }

    /// The scalar in which the finding's place is.
    fn scalar(self) -> Option<Span> {
        let place = self.span();
        let holds =
            |scalar: &Span| scalar.source == place.source && scalar.start <= place.start && place.end <= scalar.end;
        scalars(self.spec()?).into_iter().filter(holds).min_by_key(|scalar| scalar.end - scalar.start)
    }

    /// Where the variable is set that the finding is about: its own place, or, where that is the whole scalar, the first `set`.
    fn variable(self) -> Option<Span> {
        let (name, place) = (*self.words().first()?, self.span());
        let text = self.text(place);
        if text == name {
            return Some(place);
        }
        let at = text.find(&format!("set {name} "))? as u32 + place.start + 4;
        Some(Span { start: at, end: at + name.len() as u32, ..place })
    }
}

/// All texts of a spec that can be templates.
fn scalars(spec: &Spec) -> Vec<Span> {
    let mut found = Vec::new();
    let mut add = |constant: &Constant| each_scalar(constant, &mut found);
    for entry in &spec.pipeline {
        entry.filter.iter().for_each(&mut add);
        if let EntryKind::Extractor(used) = &entry.work {
            used.input_field.iter().chain(used.properties.iter().map(|(_, value)| value)).for_each(&mut add);
        }
    }
    for action in spec.stages.iter().flat_map(|stage| &stage.actions) {
        action.filter.iter().for_each(&mut add);
        match &action.operation {
            ActionKind::Set(fields) => fields.iter().for_each(|(_, value)| add(value)),
            ActionKind::Translate { dictionary, fallback, .. } => {
                dictionary.iter().map(|(_, value)| value).chain(fallback).for_each(&mut add);
            }
            ActionKind::Delete(_) => {}
        }
    }
    found
}

fn each_scalar(constant: &Constant, found: &mut Vec<Span>) {
    match &constant.kind {
        ConstantKind::List(items) => items.iter().for_each(|item| each_scalar(item, found)),
        ConstantKind::Map(entries) => entries.iter().for_each(|(_, value)| each_scalar(value, found)),
        _ => found.push(constant.span),
    }
}

/// What is always undefined is a key that no record has.
pub fn undefined(subject: Subject<'_>) -> Option<Claim> {
    subject.instead("original.claims_nothing")
}

/// What is read is another key in the same place, which nothing has: what stands above it is there or not, as before.
pub fn unknown_key(subject: Subject<'_>) -> Option<Claim> {
    let text = subject.text(subject.span());
    // Behind the key there may be a quote, a bracket, a parenthesis.
    let end = text.rfind(|letter: char| letter.is_alphanumeric() || letter == '_')? + 1;
    subject.instead(format!("{}_claims{}", &text[..end], &text[end..]))
}

/// A whole value that reads nothing.
pub fn undefined_value(subject: Subject<'_>) -> Option<Claim> {
    subject.instead("\"{{ original.claims_nothing }}\"")
}

/// What always fails is a call that fails when it runs.
pub fn fails(subject: Subject<'_>) -> Option<Claim> {
    subject.instead("(1 // 0)")
}

/// A whole value that always fails.
pub fn fails_value(subject: Subject<'_>) -> Option<Claim> {
    let span = subject.scalar()?;
    let end = if subject.text(span).ends_with('\n') { "\n" } else { "" };
    Some(Claim::NoChange(vec![Edit { span, text: format!("\"{{{{ 1 // 0 }}}}\"{end}") }]))
}

/// What has a name that nothing has, under another name that nothing has.
pub fn renamed(subject: Subject<'_>) -> Option<Claim> {
    subject.instead("claims_unknown")
}

/// A pattern that cannot be read, or another one.
pub fn another_bad_pattern(subject: Subject<'_>) -> Option<Claim> {
    let text = subject.text(subject.span());
    let quotes = text.starts_with('\'') && !text.starts_with("''");
    subject.instead(quotes.then_some("'('")?)
}

/// A field whose value no event keeps is set elsewhere.
pub fn set_elsewhere(subject: Subject<'_>) -> Option<Claim> {
    let place = subject.span();
    let actions = subject.spec()?.stages.iter().flat_map(|stage| &stage.actions);
    let targets = actions.map(|action| match &action.operation {
        ActionKind::Set(fields) => fields.iter().map(|(field, _)| field).collect(),
        ActionKind::Translate { mapping, .. } => mapping.iter().map(|(_, field)| field).collect(),
        ActionKind::Delete(_) => Vec::new(),
    });
    let action = targets.into_iter().find(|fields| fields.iter().any(|field| field.span == place))?;
    let words = subject.words();
    let named = action.into_iter().filter(|field| field.span == place || words.contains(&&*field.text));
    let nowhere = |(number, field): (usize, &weir::spec::Named)| Edit {
        span: field.span,
        text: format!("{NOWHERE}.at{}x{number}", place.start),
    };
    Some(Claim::NoChange(named.enumerate().map(nowhere).collect()))
}

/// A condition that never holds is false, once it has been looked at: what fails, fails still.
pub fn never(subject: Subject<'_>) -> Option<Claim> {
    let text = subject.text(subject.span());
    if subject.scalar() != Some(subject.span()) {
        return decided(subject, "and false");
    }
    let end = match text.starts_with(['\'', '"']) {
        true => text.len() - 1,
        false => text.trim_end().len(),
    };
    subject.instead(format!("{} never{}", &text[..end], &text[end..]))
}

/// A condition that always holds is true.
pub fn always(subject: Subject<'_>) -> Option<Claim> {
    match subject.scalar() == Some(subject.span()) {
        true => subject.instead("\"{{ 1 == 1 }}\""),
        false => decided(subject, "or true"),
    }
}

fn decided(subject: Subject<'_>, also: &str) -> Option<Claim> {
    subject.instead(format!("(({}) {also})", subject.text(subject.span())))
}

/// An operand that was asked before says what it said: by then it holds in a chain of `and`, and does not in one of `or`.
pub fn repeated(subject: Subject<'_>) -> Option<Claim> {
    let span = subject.span();
    let before = subject.text(Span { start: subject.scalar()?.start, end: span.start, ..span });
    let before = before.trim_end_matches(|character: char| character.is_whitespace() || character == '(');
    match before {
        before if before.ends_with("and") => decided(subject, "or true"),
        before if before.ends_with("or") => decided(subject, "and false"),
        _ => None,
    }
}

/// What nothing equals is replaced by another text, or number, that nothing equals.
pub fn unequal(subject: Subject<'_>) -> Option<Claim> {
    let text = subject.text(subject.span());
    if text.starts_with("''") {
        return None;
    }
    match text.find(['\'', '"']) {
        Some(quote) => subject.instead(format!("{}§{}", &text[..=quote], &text[quote + 1..])),
        None => subject.instead("-987654321"),
    }
}

/// A key that does not count is another one.
pub fn another_key(subject: Subject<'_>) -> Option<Claim> {
    subject.instead(format!("\"§ {}\"", subject.span().start))
}

/// A name that nothing reads is another one.
pub fn another_name(subject: Subject<'_>) -> Option<Claim> {
    subject.instead(format!("claims_at{}", subject.span().start))
}

/// A layer that cannot be read by its name has another one.
pub fn another_layer(subject: Subject<'_>) -> Option<Claim> {
    let old = *subject.words().first()?;
    let stages = subject.spec()?.stages.iter().filter(|stage| stage.name.text == old).map(|stage| stage.name.span);
    let entries = subject.spec()?.pipeline.iter().filter(|entry| entry.name.text == old).map(|entry| entry.name.span);
    let edit = |span| Edit { span, text: "claims_layer".to_owned() };
    Some(Claim::NoChange(stages.chain(entries).map(edit).collect()))
}

/// A variable that nothing reads has another name.
pub fn another_variable(subject: Subject<'_>) -> Option<Claim> {
    let span = subject.variable()?;
    Some(Claim::NoChange(vec![Edit { span, text: "claims_variable".to_owned() }]))
}

/// What is lost after a turn of a loop can be anything at the end of the turn.
pub fn lost(subject: Subject<'_>) -> Option<Claim> {
    static BLOCK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{%(-?)\s*(\w+)").expect("a pattern"));
    let (scalar, name) = (subject.scalar()?, *subject.words().first()?);
    let at = match subject.span() == scalar {
        true => subject.variable()?.start,
        false => subject.span().start,
    };
    let text = subject.text(scalar);
    // The blocks that are open, and whether each is a loop around the place.
    let (mut open, mut edits): (Vec<(&str, bool)>, Vec<Edit>) = (Vec::new(), Vec::new());
    for found in BLOCK.captures_iter(text) {
        let (start, [dash, word]) = (found.get(0)?.start() as u32 + scalar.start, found.extract().1);
        if start > at && edits.is_empty() {
            open.iter_mut().filter(|(word, _)| *word == "for").for_each(|(_, is_around)| *is_around = true);
        }
        if ["endfor", "else"].contains(&word)
            && let Some((_, is_around)) = open.last_mut().filter(|(word, is_around)| *word == "for" && *is_around)
        {
            *is_around = false;
            let span = Span { start, end: start, ..scalar };
            edits.push(Edit { span, text: format!("{{%{dash} set {name} = 987 %}}") });
        }
        match word {
            "for" | "if" => open.push((word, false)),
            "endfor" | "endif" => _ = open.pop(),
            _ => {}
        }
    }
    (!edits.is_empty()).then_some(Claim::NoChange(edits))
}

/// What a call that changes something gives is none.
pub fn emptied(subject: Subject<'_>) -> Option<Claim> {
    subject.instead(format!("[{}, none][1]", subject.text(subject.span())))
}

/// Outputs are without `safe`.
pub fn unsafe_outputs(subject: Subject<'_>) -> Option<Claim> {
    static SAFE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\|\s*safe\s*(-?\}\})").expect("a pattern"));
    subject.instead(SAFE.replace_all(subject.text(subject.span()), " $1"))
}

/// Filters make one text of none.
pub fn text_of_null(subject: Subject<'_>) -> Option<Claim> {
    let (path, words) = (subject.span(), subject.words());
    let behind = subject.text(Span { start: path.end, end: subject.scalar()?.end, ..path });
    let filters = behind.split_once("}}")?.0;
    let is_filtered =
        filters.trim_start().starts_with('|') && ![" if ", " or ", ")"].iter().any(|word| filters.contains(word));
    let whole = Span { end: path.end + filters.trim_end_matches('-').len() as u32, ..path };
    is_filtered.then(|| {
        let text = format!("'{}' ", words[1]);
        Claim::Alike(Edit { span: path, text: "none".to_owned() }, Edit { span: whole, text })
    })
}

/// A value that a field does not take sets nothing.
pub fn nothing(subject: Subject<'_>) -> Option<Claim> {
    subject.instead("\"\"")
}

/// No event has the field.
pub fn absent(subject: Subject<'_>) -> Option<Claim> {
    Some(Claim::Absent(subject.text(subject.span()).trim_matches(['\'', '"']).to_owned()))
}

/// An alternative that never matches matches something else.
pub fn another_alternative(subject: Subject<'_>) -> Option<Claim> {
    let [earlier, alternative] = subject.words()[..] else { return None };
    let (place, text) = (subject.span(), subject.text(subject.span()));
    if text == alternative {
        return subject.instead("§§§");
    }
    // The place is the whole pattern where its text is not written as it is read.
    let from = text.find(&format!("{earlier}|"))? + earlier.len();
    let start = from + text[from..].find(&format!("|{alternative}"))? + 1;
    let [start, end] = [start, start + alternative.len()].map(|at| at as u32 + place.start);
    Some(Claim::NoChange(vec![Edit { span: Span { start, end, ..place }, text: "§§§".to_owned() }]))
}

/// Dates count as UTC.
pub fn utc(subject: Subject<'_>) -> Option<Claim> {
    subject.instead("UTC")
}
