//! Findings about what a user wrote: each with a code, the place, and what would help. All are found together.

mod fix;
mod kind;
mod nearest;
mod render;
mod source;

pub use fix::{Edit, EditPart, Fix};
pub(crate) use kind::kinds;
pub use kind::{Kind, LONGEST_WORD};
pub use nearest::{Near, near, nearest};
pub use render::render;
pub use source::{Marks, Position, Source, SourceId, Sources, Span};

use std::fmt;
use std::sync::Arc;

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; a check does not fail by it.
    Hint,
    /// Worth a look; runs as written.
    Warning,
    /// A mistake which the public engine ignores in silence: an error where a format is checked, a warning where it runs.
    /// Why it is neither of the others: `docs/decisions/0017`.
    Ignored,
    /// Nothing can run with it.
    Error,
}

/// The stable, machine-readable name of a kind of finding, such as `unknown-key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A place with what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// Its severity.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub title: String,
    /// The first is the place of the finding, the others belong to it.
    pub labels: Vec<Label>,
    /// What would help.
    pub help: Option<String>,
    /// What mends it, where that is known; most findings have none, and are to stay small.
    pub fix: Option<Box<Fix>>,
}

impl Diagnostic {
    /// A finding at a place.
    pub fn new(severity: Severity, code: Code, title: impl Into<String>, span: Span) -> Self {
        let labels = vec![Label { span, text: String::new() }];
        Diagnostic { code, severity, title: title.into(), labels, help: None, fix: None }
    }

    /// Says something about the place of the finding.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.labels[0].text = text.into();
        self
    }

    /// Adds a place that belongs to the finding.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says what would help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what mends it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(Box::new(fix));
        self
    }

    /// Leaves it to a person whether the fix is right.
    #[must_use]
    pub fn unsure(mut self) -> Self {
        self.fix.iter_mut().for_each(|fix| fix.is_certain = false);
        self
    }

    /// Says which known word was meant, where one is near, and writes it in the place of the other.
    #[must_use]
    pub fn suggest<'w>(self, word: &str, known: impl IntoIterator<Item = &'w str>) -> Self {
        let Some(Near { word: meant, is_certain }) = near(word, known) else { return self };
        let edits = vec![Edit::word(self.span(), word, meant)];
        let fix = Fix { title: format!("write `{meant}`"), edits, is_certain };
        self.help(format!("did you mean `{meant}`?")).fix(fix)
    }

    /// As [`Diagnostic::suggest`]; where none is near, says which known words there are, if they are few.
    #[must_use]
    pub fn suggest_among<'w>(self, word: &str, known: impl IntoIterator<Item = &'w str>) -> Self {
        /// More than these nobody reads.
        const LISTED: usize = 24;
        let known: Vec<&str> = known.into_iter().collect();
        match (nearest(word, known.iter().copied()), known.len()) {
            (None, 1..=LISTED) => {
                let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
                self.help(format!("there {} {}", if known.len() == 1 { "is" } else { "are" }, known.join(", ")))
            }
            _ => self.suggest(word, known),
        }
    }

    /// The place of the finding.
    pub fn span(&self) -> Span {
        self.labels[0].span
    }
}

/// The findings of one compilation, in the order of their places once [`Diagnostics::sort`] ran.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    /// How many errors there were, those that are not kept among them.
    errors: usize,
    effort: Effort,
}

/// What a compilation took so far, and who is asked whether it is to go on.
#[derive(Clone, Default)]
struct Effort {
    spent: u64,
    goes_on: Option<GoesOn>,
}

/// Tells whether someone still waits for what is compiled.
pub type GoesOn = Arc<dyn Fn() -> bool + Send + Sync>;

impl fmt::Debug for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Effort").field("spent", &self.spent).finish_non_exhaustive()
    }
}

impl Diagnostics {
    /// How many findings are kept.
    pub const MOST: usize = 1000;

    /// How much one compilation may take: bytes and steps, counted alike.
    pub const MOST_EFFORT: u64 = 512 << 20;

    /// No findings.
    pub fn new() -> Self {
        Self::default()
    }

    /// No findings of a compilation that stops soon after `goes_on` said no.
    pub fn while_wanted(goes_on: GoesOn) -> Self {
        Diagnostics { effort: Effort { spent: 0, goes_on: Some(goes_on) }, ..Self::default() }
    }

    /// Counts bytes and steps that the compilation took, and tells whether it may take more. Who is told no ends soon,
    /// with whatever there is: it is not used. Why so: `docs/decisions/0102`.
    pub fn spend(&mut self, amount: u64) -> bool {
        let Effort { spent, goes_on } = &mut self.effort;
        let is_wanted = goes_on.as_ref().is_none_or(|goes_on| goes_on());
        *spent = if is_wanted { spent.saturating_add(amount) } else { u64::MAX };
        !self.is_spent()
    }

    /// Whether the compilation took more than it may.
    pub fn is_spent(&self) -> bool {
        self.effort.spent > Self::MOST_EFFORT
    }

    /// The findings alone, when all is done.
    pub fn done(mut self) -> Self {
        self.effort = Effort::default();
        self
    }

    /// Adds a finding. Past [`Diagnostics::MOST`] only the first error is: nobody reads more, and a file of mistakes
    /// must not take memory without bound.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let is_error = diagnostic.severity == Severity::Error;
        if self.all.len() < Self::MOST || (is_error && self.errors == 0) {
            self.all.push(diagnostic);
        }
        self.errors += usize::from(is_error);
    }

    /// Whether warnings are no longer kept: who would look long for help may leave it.
    pub fn is_full(&self) -> bool {
        self.all.len() >= Self::MOST
    }

    /// Adds the findings of another part.
    pub fn extend(&mut self, others: Diagnostics) {
        others.all.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Whether there is an error: a part of the spec, or all of it, does not run.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors there were so far.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// The error that was found last.
    pub fn last_error(&self) -> Option<&Diagnostic> {
        self.all.iter().rev().find(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Orders the findings by place and drops repetitions.
    pub fn sort(&mut self) {
        self.all.sort_by(|a, b| (a.span(), a.code, &a.title).cmp(&(b.span(), b.code, &b.title)));
        self.all.dedup();
    }

    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.all.iter()
    }

    /// The findings, to be added to.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.all.iter_mut()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
