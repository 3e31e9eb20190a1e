//! Patterns of STIX 2.1: those that look at one observation. What is not among them is refused by its name.

use super::kind::{self, Compare, KindId};
use super::value::canonical;
use crate::rule::{Around, Case, Item, Network, Number, Order, Piece, Search, Test, TextPattern};
use weir::diagnostic::Span;

/// What must be so of one event.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// All.
    All(Vec<Pattern>),
    /// One.
    Any(Vec<Pattern>),
    /// Something for which no field is known: the reason.
    Unknown(String),
    /// Something that a kind of indicator names compares.
    Compared {
        /// What.
        kind: KindId,
        /// How.
        operator: Operator,
        /// Whether it must not.
        is_negated: bool,
    },
}

/// How a value compares.
#[derive(Clone, Debug, PartialEq)]
pub enum Operator {
    /// `=`, `IN`, `ISSUBSET`
    Equals(Vec<String>),
    /// `<`, `<=`, `>`, `>=`
    Order(Order, f64),
    /// `LIKE`: `%` stands for any text, `_` for one letter.
    Like(String),
    /// `MATCHES`
    Matches(String),
    /// `EXISTS`
    Exists,
}

/// How deep parentheses nest at most.
const DEEPEST: usize = 50;

/// The longest pattern, in bytes.
const LONGEST: usize = 256 << 10;

/// A pattern, or the reason why it cannot be used.
type Reading<T> = Result<T, String>;

impl Pattern {
    /// Reads a pattern, and gives the reasons why alternatives of it are left out.
    ///
    /// # Errors
    /// The reason why nothing of it can be used.
    pub fn read(text: &str) -> Reading<(Pattern, Vec<String>)> {
        if text.len() > LONGEST {
            return Err(format!("the pattern is longer than {LONGEST} bytes"));
        }
        let mut reader = PatternReader { tokens: tokens(text)?, place: 0, depth: 0, left_out: Vec::new() };
        let pattern = reader.observations()?;
        match reader.next() {
            None => match pattern {
                Pattern::Unknown(reason) => Err(reason),
                pattern => Ok((pattern, reader.left_out)),
            },
            Some(Token::Word(word)) if QUALIFIERS.contains(&&*word.to_ascii_uppercase()) => {
                Err(format!("`{}` is not supported", word.to_ascii_uppercase()))
            }
            Some(token) => Err(format!("the pattern cannot be read: {} comes after its end", token.shown())),
        }
    }

    /// The values of which one must be there, where that is all that is asked for.
    pub fn values(&self) -> Option<Vec<(KindId, &str)>> {
        match self {
            Pattern::Compared { kind, operator: Operator::Equals(values), is_negated: false } => {
                Some(values.iter().map(|value| (*kind, &**value)).collect())
            }
            Pattern::Any(parts) => Some(parts.iter().map(Pattern::values).collect::<Option<Vec<_>>>()?.concat()),
            _ => None,
        }
    }

    /// The same as a rule looks for it; `fields` are those of a kind.
    pub fn search(&self, fields: &dyn Fn(KindId) -> Vec<String>) -> Search {
        match self {
            Pattern::All(parts) => Search::All(parts.iter().map(|part| part.search(fields)).collect()),
            Pattern::Any(parts) => Search::Any(parts.iter().map(|part| part.search(fields)).collect()),
            Pattern::Unknown(_) => Search::Any(Vec::new()),
            Pattern::Compared { kind, operator, is_negated } => {
                let in_field = |field: &String| in_field(field, *kind, operator, *is_negated);
                Search::Any(fields(*kind).iter().map(in_field).collect())
            }
        }
    }
}

/// What is asked of one field. What must not be so is asked of a field that is there.
fn in_field(field: &str, kind: KindId, operator: &Operator, negated: bool) -> Search {
    let item = |values: Vec<Vec<Test>>, negated| {
        Search::Item(Item { field: Some(field.to_owned()), values, all: false, negated, span: Span::default() })
    };
    let asked = item(tests(kind, operator), negated);
    if negated { Search::All(vec![item(vec![vec![Test::Exists(true)]], false), asked]) } else { asked }
}

fn tests(kind: KindId, operator: &Operator) -> Vec<Vec<Test>> {
    let compare = kind::all()[usize::from(kind)].compare;
    match operator {
        Operator::Equals(values) => values.iter().map(|value| equal(compare, value)).collect(),
        Operator::Order(order, number) => vec![vec![Test::Order(*order, Number(*number))]],
        Operator::Like(text) => {
            // As of whole values: case counts in URLs alone.
            let case = if compare == Compare::Url { Case::Counts } else { Case::Ignored };
            vec![vec![Test::Text(like(text), case)]]
        }
        Operator::Matches(text) => vec![vec![Test::Regex { pattern: text.clone(), flags: String::new() }]],
        Operator::Exists => vec![vec![Test::Exists(true)]],
    }
}

/// The forms that a value may have in an event.
fn equal(compare: Compare, value: &str) -> Vec<Test> {
    let text = |text: &str, around: Around| {
        Test::Text(TextPattern::literal(text).open(around.before, around.behind), Case::Ignored)
    };
    let Some(value) = canonical(compare, value) else { return vec![text(value, Around::default())] };
    match (compare, Network::read(&value)) {
        (Compare::Address, Some(network)) => vec![Test::Network(network)],
        (Compare::Domain, _) => {
            let below = Around { before: true, behind: false };
            vec![text(&value, Around::default()), text(&format!(".{value}"), below)]
        }
        _ => vec![text(&value, Around::default())],
    }
}

fn like(text: &str) -> TextPattern {
    let mut pattern = TextPattern::default();
    for letter in text.chars() {
        pattern.push(match letter {
            '%' => Piece::Any,
            '_' => Piece::One,
            letter => Piece::Literal(letter.into()),
        });
    }
    pattern
}

const QUALIFIERS: &[&str] = &["WITHIN", "REPEATS", "START", "STOP", "FOLLOWEDBY"];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Sign(&'static str),
    Word(String),
    Text(String),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Token::Sign(sign) => format!("`{sign}`"),
            Token::Word(word) => format!("`{word}`"),
            Token::Text(text) => format!("'{text}'"),
        }
    }
}

fn tokens(text: &str) -> Reading<Vec<Token>> {
    const SIGNS: &[&str] = &["!=", "<>", "<=", ">=", "==", "=", "<", ">", "[", "]", "(", ")", ",", ":"];
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = comment(rest) {
            rest = behind;
        } else if first == '\'' {
            let (text, behind) = quoted(&rest[1..])?;
            // A key between quotes belongs to the path before it: `file:hashes.'SHA-256'`.
            match found.last_mut() {
                Some(Token::Word(path)) if path.ends_with('.') => path.push_str(&text),
                _ => found.push(Token::Text(text)),
            }
            rest = behind;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let is_end = |letter: char| letter.is_whitespace() || "'=!<>[](),:".contains(letter);
            let end = rest.find(is_end).filter(|end| *end > 0).unwrap_or(rest.len());
            match found.last_mut() {
                Some(Token::Word(path)) if rest.starts_with('.') => path.push_str(&rest[..end]),
                _ => found.push(Token::Word(rest[..end].to_owned())),
            }
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(found)
}

/// What is behind a comment, where one begins.
fn comment(text: &str) -> Option<&str> {
    match (text.strip_prefix("/*"), text.strip_prefix("//")) {
        (Some(text), _) => Some(text.split_once("*/").map_or("", |(_, behind)| behind)),
        (_, Some(text)) => Some(text.split_once('\n').map_or("", |(_, behind)| behind)),
        _ => None,
    }
}

fn quoted(text: &str) -> Reading<(String, &str)> {
    let mut out = String::new();
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((out, &text[place + 1..])),
            '\\' => out.extend(letters.next().map(|(_, letter)| letter)),
            letter => out.push(letter),
        }
    }
    Err("the pattern cannot be read: a quote is not closed".to_owned())
}

struct PatternReader {
    tokens: Vec<Token>,
    place: usize,
    depth: usize,
    /// Why alternatives are left out.
    left_out: Vec<String>,
}

impl PatternReader {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.place).cloned();
        self.place += usize::from(token.is_some());
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let is_next = match self.tokens.get(self.place) {
            Some(Token::Sign(next)) => *next == sign,
            Some(Token::Word(word)) => word.eq_ignore_ascii_case(sign),
            _ => false,
        };
        self.place += usize::from(is_next);
        is_next
    }

    fn expects(&mut self, sign: &str) -> Reading<()> {
        if self.takes(sign) {
            return Ok(());
        }
        let found = self.next().map_or("its end".to_owned(), |token| token.shown());
        Err(format!("the pattern cannot be read: `{sign}` is expected before {found}"))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Reading<T>) -> Reading<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("the pattern is nested deeper than {DEEPEST} levels"));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Observations, of which one is enough.
    fn observations(&mut self) -> Reading<Pattern> {
        let mut parts = vec![self.observation()?];
        while self.takes("or") {
            parts.push(self.observation()?);
        }
        if self.takes("and") {
            return Err("`AND` of several observations is not supported".to_owned());
        }
        Ok(self.one_of(parts))
    }

    fn observation(&mut self) -> Reading<Pattern> {
        if self.takes("(") {
            let inner = self.deeper(Self::observations)?;
            self.expects(")")?;
            return Ok(inner);
        }
        self.expects("[")?;
        let inner = self.any()?;
        self.expects("]")?;
        Ok(inner)
    }

    fn any(&mut self) -> Reading<Pattern> {
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(self.one_of(parts))
    }

    /// Alternatives: those for which no field is known are left out where there are others.
    fn one_of(&mut self, parts: Vec<Pattern>) -> Pattern {
        let (mut unknown, known): (Vec<Pattern>, Vec<Pattern>) =
            parts.into_iter().partition(|part| matches!(part, Pattern::Unknown(_)));
        if known.is_empty() {
            return unknown.swap_remove(0);
        }
        self.left_out.extend(unknown.into_iter().filter_map(|part| match part {
            Pattern::Unknown(reason) => Some(reason),
            _ => None,
        }));
        one_or(known, Pattern::Any)
    }

    fn all(&mut self) -> Reading<Pattern> {
        let mut parts = vec![self.comparison()?];
        while self.takes("and") {
            parts.push(self.comparison()?);
        }
        // What no field tells may not be so.
        match parts.iter().position(|part| matches!(part, Pattern::Unknown(_))) {
            Some(unknown) => Ok(parts.swap_remove(unknown)),
            None => Ok(one_or(parts, Pattern::All)),
        }
    }

    fn comparison(&mut self) -> Reading<Pattern> {
        if self.takes("(") {
            let inner = self.deeper(Self::any)?;
            self.expects(")")?;
            return Ok(inner);
        }
        let exists = self.takes("exists");
        let is_not = self.takes("not");
        let path = self.path()?;
        let (operator, is_negated) = match exists {
            true => (Operator::Exists, is_not),
            false => {
                let is_not = self.takes("not") != is_not;
                let (operator, is_unequal) = self.operator()?;
                (operator, is_not != is_unequal)
            }
        };
        Ok(match kind::of_stix(&path) {
            Some(kind) => Pattern::Compared { kind, operator, is_negated },
            None => Pattern::Unknown(format!("no field is known for `{path}`")),
        })
    }

    fn path(&mut self) -> Reading<String> {
        let (Some(Token::Word(object)), true) = (self.next(), self.takes(":")) else {
            return Err("the pattern cannot be read: a path such as `url:value` is expected".to_owned());
        };
        let mut path = format!("{object}:");
        match self.next() {
            Some(Token::Word(property) | Token::Text(property)) => path.push_str(&property),
            _ => return Err(format!("the pattern cannot be read: a property is expected behind `{path}`")),
        }
        Ok(path)
    }

    fn operator(&mut self) -> Reading<(Operator, bool)> {
        let Some(token) = self.next() else {
            return Err("the pattern cannot be read: an operator is expected at its end".to_owned());
        };
        let name = match &token {
            Token::Sign(sign) => (*sign).to_owned(),
            Token::Word(word) | Token::Text(word) => word.to_ascii_uppercase(),
        };
        let order = |order| move |number| Operator::Order(order, number);
        Ok(match &*name {
            "=" | "==" => (Operator::Equals(vec![self.value()?]), false),
            "!=" | "<>" => (Operator::Equals(vec![self.value()?]), true),
            "IN" => (Operator::Equals(self.values()?), false),
            "ISSUBSET" => (Operator::Equals(vec![self.value()?]), false),
            "LIKE" => (Operator::Like(self.value()?), false),
            "MATCHES" => (Operator::Matches(self.value()?), false),
            "<" => (self.number().map(order(Order::Less))?, false),
            "<=" => (self.number().map(order(Order::LessOrEqual))?, false),
            ">" => (self.number().map(order(Order::Greater))?, false),
            ">=" => (self.number().map(order(Order::GreaterOrEqual))?, false),
            _ => return Err(format!("the operator {} is not supported", token.shown())),
        })
    }

    fn values(&mut self) -> Reading<Vec<String>> {
        self.expects("(")?;
        let mut values = vec![self.value()?];
        while self.takes(",") {
            values.push(self.value()?);
        }
        self.expects(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Reading<String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text),
            Some(Token::Word(kind)) if ["t", "b", "h"].contains(&&*kind) => match (&*kind, self.next()) {
                ("t", Some(Token::Text(time))) => Ok(time),
                _ => Err("values in hexadecimal or Base64 are not supported".to_owned()),
            },
            Some(Token::Word(word)) => Ok(word),
            _ => Err("the pattern cannot be read: a value is expected".to_owned()),
        }
    }

    fn number(&mut self) -> Reading<f64> {
        let text = self.value()?;
        text.parse().map_err(|_| format!("`{text}` is no number"))
    }
}

fn one_or(mut parts: Vec<Pattern>, join: fn(Vec<Pattern>) -> Pattern) -> Pattern {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

#[cfg(test)]
mod tests {
    use super::{Operator, Pattern};

    #[test]
    fn what_is_only_values_is_taken_apart() {
        let count = |text: &str| Pattern::read(text).expect("a pattern").0.values().map(|values| values.len());
        assert_eq!(count("[ipv4-addr:value = '192.0.2.7']"), Some(1));
        assert_eq!(
            count("[file:hashes.'SHA-256' = 'a' OR file:hashes.MD5 = 'b'] OR [url:value IN ('c', 'd')]"),
            Some(4)
        );
        assert_eq!(count("[ipv4-addr:value ISSUBSET '192.0.2.0/24']"), Some(1));
        assert_eq!(count("[domain-name:value = 'a.example' AND url:value LIKE '%/x']"), None);
        assert_eq!(count("[domain-name:value != 'a.example']"), None);
    }

    #[test]
    fn quotes_and_backslashes_are_escaped_by_a_backslash() {
        let read = Pattern::read(r"[registry:value = 'x'] ").expect_err("no such object");
        assert!(read.contains("`registry:value`"), "{read}");
        let (pattern, _) = Pattern::read(r"[windows-registry-key:key = 'HKLM\\a\'b']").expect("a pattern");
        assert!(
            matches!(pattern, Pattern::Compared { operator: Operator::Equals(values), .. } if values == [r"HKLM\a'b"])
        );
    }

    #[test]
    fn an_alternative_for_which_no_field_is_known_is_left_out_and_named() {
        let (pattern, left_out) =
            Pattern::read("[mutex:name = 'b' OR url:value = 'a'] OR [x:y = 'z']").expect("a pattern");
        assert_eq!(pattern.values().map(|values| values.len()), Some(1));
        assert_eq!(left_out, ["no field is known for `mutex:name`", "no field is known for `x:y`"]);
        assert!(Pattern::read("[mutex:name = 'b' AND url:value = 'a']").is_err(), "it may not be so");
    }

    #[test]
    fn what_is_refused_is_named() {
        for (text, word) in [
            ("[url:value = 'a'] FOLLOWEDBY [url:value = 'b']", "FOLLOWEDBY"),
            ("[url:value = 'a'] WITHIN 5 SECONDS", "WITHIN"),
            ("[url:value = 'a'] AND [url:value = 'b']", "AND"),
            ("[url:value ISSUPERSET 'b']", "ISSUPERSET"),
            ("[mutex:name = 'b']", "mutex:name"),
            ("[url:value = 'a", "quote"),
            ("url:value = 'a'", "`[`"),
            ("", "`[`"),
            (&"(".repeat(1000), "deeper"),
            (&format!("[{}", "(".repeat(1000)), "deeper"),
        ] {
            let reason = Pattern::read(text).expect_err("it is refused");
            assert!(reason.contains(word), "{text}: {reason}");
        }
    }
}
