//! The condition of a rule: `selection and not 1 of filter_*`.

use super::Piece;
use crate::findings::{CONDITION_SYNTAX, OLD_CONDITION};
use weir::diagnostic::{Diagnostic, Span};

/// A condition over the names of detections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All hold.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The detection of a name holds.
    Name(String),
    /// `1 of x*`, `all of them`: of the detections whose names fit.
    Of {
        /// Whether all of them must hold, or one.
        all: bool,
        /// A name with `*`; `them` is all names that do not begin with an underscore.
        names: String,
    },
}

/// How deep parentheses and `not` nest at most: reading and evaluating go down as deep on the stack.
const DEEPEST: usize = 100;

impl Condition {
    /// Reads a condition. `not` binds closest, then `and`, then `or`.
    ///
    /// # Errors
    /// A finding at the condition, with what was expected.
    pub fn read(text: &str, span: Span) -> Result<Condition, Diagnostic> {
        let words = words(text);
        let mut reader = ConditionReader { words: &words, place: 0, depth: 0, span };
        let condition = reader.any()?;
        match reader.peek() {
            None => Ok(condition),
            Some("|") => {
                Err(OLD_CONDITION.at(span, &[]).help("write a correlation rule: `event_count`, `value_count`"))
            }
            Some(word) => Err(reader.wrong(&format!("`and` or `or` is expected before `{word}`"))),
        }
    }

    /// The same over other names. `them` is all names that do not begin with an underscore, and so none of the new ones.
    pub fn renamed(&self, to: &dyn Fn(&str) -> String) -> Condition {
        let all = |parts: &[Condition]| parts.iter().map(|part| part.renamed(to)).collect();
        match self {
            Condition::All(parts) => Condition::All(all(parts)),
            Condition::Any(parts) => Condition::Any(all(parts)),
            Condition::Not(inner) => Condition::Not(Box::new(inner.renamed(to))),
            Condition::Name(name) => Condition::Name(to(name)),
            Condition::Of { all, names } if names == "them" => Condition::Of { all: *all, names: to("*") },
            Condition::Of { all, names } => Condition::Of { all: *all, names: to(names) },
        }
    }

    /// Whether one of the detections that it names is enough.
    pub fn is_one_of(&self) -> bool {
        match self {
            Condition::Any(parts) => parts.iter().all(Condition::is_one_of),
            Condition::Name(_) => true,
            Condition::Of { all, .. } => !all,
            Condition::All(_) | Condition::Not(_) => false,
        }
    }

    /// The names of detections that it names, and those with `*`.
    pub fn names(&self) -> Vec<Named<'_>> {
        let mut found = Vec::new();
        self.each_name(&mut |named| found.push(named));
        found
    }

    fn each_name<'c>(&'c self, give: &mut dyn FnMut(Named<'c>)) {
        match self {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| part.each_name(give)),
            Condition::Not(inner) => inner.each_name(give),
            Condition::Name(name) => give(Named::Name(name)),
            Condition::Of { names, .. } => give(Named::Of(names)),
        }
    }
}

/// How a condition names detections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'c> {
    /// The one of a name.
    Name(&'c str),
    /// Those whose names fit.
    Of(&'c str),
}

/// Which names fit a name with `*`; `them` is all. A name that begins with an underscore fits only one that does, too: so what
/// filters and pipelines add to a rule is none of its own `*`.
pub fn fitting(names: &str) -> impl Fn(&str) -> bool {
    let mut pattern = super::TextPattern::default();
    for (place, part) in if names == "them" { "*" } else { names }.split('*').enumerate() {
        if place > 0 {
            pattern.push(Piece::Any);
        }
        pattern.push(Piece::Literal(part.to_owned()));
    }
    let is_inner = names.starts_with('_');
    move |name| (is_inner || !name.starts_with('_')) && pattern.matches(name)
}

fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' | '|' => 1,
            _ => rest.find(|letter: char| letter.is_whitespace() || "()|".contains(letter)).unwrap_or(rest.len()),
        };
        found.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    found
}

struct ConditionReader<'w> {
    words: &'w [&'w str],
    place: usize,
    depth: usize,
    span: Span,
}

impl<'w> ConditionReader<'w> {
    fn peek(&self) -> Option<&'w str> {
        self.words.get(self.place).copied()
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.place += usize::from(is_next);
        is_next
    }

    fn wrong(&self, reason: &str) -> Diagnostic {
        CONDITION_SYNTAX.at(self.span, &[reason])
    }

    fn any(&mut self) -> Result<Condition, Diagnostic> {
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Diagnostic> {
        let mut parts = vec![self.not()?];
        while self.takes("and") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn not(&mut self) -> Result<Condition, Diagnostic> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong(&format!("it is nested deeper than {DEEPEST} levels")));
        }
        let condition = match self.takes("not") {
            true => self.not().map(|inner| Condition::Not(Box::new(inner))),
            false => self.single(),
        };
        self.depth -= 1;
        condition
    }

    fn single(&mut self) -> Result<Condition, Diagnostic> {
        if self.takes("(") {
            let inner = self.any()?;
            return if self.takes(")") { Ok(inner) } else { Err(self.wrong("a `)` is missing")) };
        }
        let Some(word) = self.peek() else { return Err(self.wrong("a name is expected at the end")) };
        if ["and", "or", "not", "of", ")", "|"].contains(&word) {
            return Err(self.wrong(&format!("a name is expected before `{word}`")));
        }
        self.place += 1;
        if !self.takes("of") {
            return Ok(Condition::Name(word.to_owned()));
        }
        let all = match word.to_ascii_lowercase().as_str() {
            "all" => true,
            "1" | "any" => false,
            _ => return Err(self.wrong(&format!("`1`, `any` or `all` stands before `of`, not `{word}`"))),
        };
        let names = self.peek().filter(|name| !["(", ")", "|"].contains(name));
        let Some(names) = names else { return Err(self.wrong("`them` or a name is expected behind `of`")) };
        self.place += 1;
        Ok(Condition::Of { all, names: names.to_owned() })
    }
}

fn one_or(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

#[cfg(test)]
mod tests {
    use super::Condition;
    use weir::diagnostic::Span;

    fn shown(text: &str) -> String {
        match Condition::read(text, Span::default()) {
            Ok(condition) => print(&condition),
            Err(finding) => finding.title,
        }
    }

    fn print(condition: &Condition) -> String {
        let all = |parts: &[Condition], word: &str| parts.iter().map(print).collect::<Vec<_>>().join(word);
        match condition {
            Condition::All(parts) => format!("({})", all(parts, " & ")),
            Condition::Any(parts) => format!("({})", all(parts, " | ")),
            Condition::Not(inner) => format!("!{}", print(inner)),
            Condition::Name(name) => name.clone(),
            Condition::Of { all, names } => format!("{}:{names}", if *all { "all" } else { "1" }),
        }
    }

    #[test]
    fn not_binds_closer_than_and_and_and_closer_than_or() {
        assert_eq!(shown("a or b and not c"), "(a | (b & !c))");
        assert_eq!(shown("not (a or b) AND 1 of c*"), "(!(a | b) & 1:c*)");
        assert_eq!(shown("all of them"), "all:them");
        assert_eq!(shown("not not a"), "!!a");
    }

    #[test]
    fn what_is_no_condition_says_what_was_expected() {
        assert!(shown("a and").contains("at the end"), "{}", shown("a and"));
        assert!(shown("a b").contains("before `b`"));
        assert!(shown("(a").contains("`)` is missing"));
        assert!(shown("2 of a*").contains("not `2`"));
        assert!(shown("a | count() > 5").contains("aggregation"));
        assert!(shown(&"not ".repeat(1000)).contains("deeper"));
        assert!(shown("").contains("at the end"));
    }
}
