//! Reads Python's notation into tokens, with flags applied.

use super::class;
use super::cursor::{Flags, PatternCursor};
use super::dialect::Dialect;
use super::token::{PatternGroup, PatternToken, literal, wrong};
use crate::value::{Fault, FaultCode};

/// Reads a pattern.
pub(in crate::pattern) fn read(pattern: &str, dialect: Dialect) -> Result<Vec<PatternToken>, Fault> {
    let mut reader = PatternReader::new(pattern, dialect);
    while let Some((place, character)) = reader.cursor.characters.next() {
        reader.token(place, character)?;
    }
    match reader.outer.is_empty() {
        true => Ok(reader.tokens),
        false => Err(wrong("a group is not closed", pattern.len())),
    }
}

/// How deep groups may nest: below the limits of both engines.
const DEEPEST: usize = 60;

struct PatternReader<'p> {
    cursor: PatternCursor<'p>,
    tokens: Vec<PatternToken>,
    names: Vec<Option<String>>,
    /// The flags to return to after each open group.
    outer: Vec<Flags>,
}

impl<'p> PatternReader<'p> {
    fn new(pattern: &'p str, dialect: Dialect) -> Self {
        let cursor = PatternCursor::new(pattern, dialect);
        PatternReader { cursor, tokens: Vec::new(), names: vec![None], outer: Vec::new() }
    }

    fn token(&mut self, place: usize, character: char) -> Result<(), Fault> {
        let token = match character {
            '\\' => return self.escape(place),
            '[' => PatternToken::Atom(class::read(&mut self.cursor, place)?),
            '(' => return self.open(place),
            ')' => {
                self.cursor.flags = self.outer.pop().ok_or_else(|| wrong("a `)` without its `(`", place))?;
                PatternToken::Close
            }
            '|' => PatternToken::Alternate,
            '*' | '+' | '?' => return self.repeat(character.to_string(), place),
            '{' => match self.bounds(place)? {
                Some(bounds) => return self.repeat(bounds, place),
                None => PatternToken::Atom("\\{".to_owned()),
            },
            '.' => PatternToken::Atom(if self.cursor.flags.dot_all { "(?s:.)" } else { "[^\\n]" }.to_owned()),
            '^' => PatternToken::Assertion(if self.cursor.flags.multi_line { "(?m:^)" } else { "\\A" }),
            '$' if self.cursor.flags.multi_line => PatternToken::Assertion("(?m:$)"),
            '$' if self.cursor.dialect == Dialect::Re2 => PatternToken::Assertion("\\z"),
            '$' => PatternToken::End,
            '#' if self.cursor.flags.verbose => {
                while self.cursor.characters.next().is_some_and(|(_, character)| character != '\n') {}
                return Ok(());
            }
            ' ' | '\t' | '\n' | '\r' | '\x0B' | '\x0C' if self.cursor.flags.verbose => return Ok(()),
            other => PatternToken::Atom(literal(other)),
        };
        self.tokens.push(token);
        Ok(())
    }

    /// A quantifier must follow something; a second one is an error, as in Python.
    fn repeat(&mut self, mut quantifier: String, place: usize) -> Result<(), Fault> {
        match self.tokens.last() {
            Some(PatternToken::Atom(_) | PatternToken::Back(_) | PatternToken::Close) => {}
            Some(PatternToken::Repeat(_)) => return Err(wrong("a repetition of a repetition", place)),
            _ => return Err(wrong("nothing to repeat", place)),
        }
        if let Some((_, suffix @ ('?' | '+'))) = self.cursor.characters.peek().copied() {
            self.cursor.characters.next();
            quantifier.push(suffix);
        }
        self.tokens.push(PatternToken::Repeat(quantifier));
        Ok(())
    }

    /// What follows `{`, if it is a quantifier: `2}`, `2,}`, `,3}`, `2,3}`. Otherwise the brace is a character.
    fn bounds(&mut self, place: usize) -> Result<Option<String>, Fault> {
        let Some((inside, _)) = self.cursor.rest().split_once('}') else { return Ok(None) };
        let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // RE2 reads `{,3}` as it stands.
        let stands = self.cursor.dialect == Dialect::Re2 && least.is_empty();
        if stands || inside.is_empty() || !digits(least) || !digits(most) {
            return Ok(None);
        }
        self.cursor.skip(inside.len() + 1);
        if least.is_empty() && most.is_empty() {
            return Ok(Some("*".to_owned()));
        }
        let number = |digits: &str, none: u32| match digits {
            "" => Some(none),
            digits => digits.parse().ok(),
        };
        match (number(least, 0), number(most, u32::MAX)) {
            (Some(least), Some(most)) if least > most => {
                Err(wrong(&format!("at least {least} and at most {most} repetitions"), place))
            }
            (Some(least), Some(_)) if most.is_empty() => Ok(Some(format!("{{{least},}}"))),
            (Some(least), Some(most)) => Ok(Some(format!("{{{least},{most}}}"))),
            _ => Err(wrong("a number of repetitions that is too large", place)),
        }
    }

    fn open(&mut self, place: usize) -> Result<(), Fault> {
        let group = match self.cursor.characters.next_if(|(_, character)| *character == '?') {
            None => PatternGroup::Capture(None),
            Some(_) => match self.extension(place)? {
                Some(group) => group,
                None => return Ok(()),
            },
        };
        if let PatternGroup::Capture(name) = &group {
            self.names.push(name.clone());
        }
        self.enter(group, self.cursor.flags, place)
    }

    fn enter(&mut self, group: PatternGroup, outer: Flags, place: usize) -> Result<(), Fault> {
        if self.outer.len() >= DEEPEST {
            return Err(Fault::new(
                FaultCode::Limit,
                format!("groups are nested deeper than {DEEPEST} levels (at byte {place})"),
            ));
        }
        self.outer.push(outer);
        self.tokens.push(PatternToken::Open(group));
        Ok(())
    }

    /// What follows `(?`; `None` where all was said already.
    fn extension(&mut self, place: usize) -> Result<Option<PatternGroup>, Fault> {
        const OPENINGS: [(&str, PatternGroup); 6] = [
            (":", PatternGroup::Plain("(?:")),
            ("=", PatternGroup::Backtracking("(?=")),
            ("!", PatternGroup::Backtracking("(?!")),
            ("<=", PatternGroup::Backtracking("(?<=")),
            ("<!", PatternGroup::Backtracking("(?<!")),
            (">", PatternGroup::Backtracking("(?>")),
        ];
        for (text, group) in OPENINGS {
            if self.cursor.take(text) {
                return Ok(Some(group));
            }
        }
        if self.cursor.take("#") {
            self.cursor.until(')', place)?;
            return Ok(None);
        }
        if self.cursor.take("P=") {
            let name = self.cursor.until(')', place)?;
            let number = self.numbered(name, place)?;
            self.tokens.push(PatternToken::Back(number));
            return Ok(None);
        }
        if self.cursor.take("(") {
            let name = self.cursor.until(')', place)?;
            return Ok(Some(PatternGroup::Condition(self.numbered(name, place)?)));
        }
        if self.cursor.take("P<") || self.cursor.take("<") {
            let name = self.cursor.until('>', place)?;
            return Ok(Some(PatternGroup::Capture(Some(checked_name(name, place)?.to_owned()))));
        }
        self.inline_flags(place).map(|()| None)
    }

    /// `(?im)` for the rest of the group, `(?im-s:…)` for a group.
    fn inline_flags(&mut self, place: usize) -> Result<(), Fault> {
        let (outer, mut on, mut case) = (self.cursor.flags, true, None);
        loop {
            match self.cursor.characters.next().map(|(_, character)| character) {
                Some('i') => case = Some(on),
                Some('m') => self.cursor.flags.multi_line = on,
                Some('s') => self.cursor.flags.dot_all = on,
                Some('x') => self.cursor.flags.verbose = on,
                Some('a') => self.cursor.flags.ascii = on,
                Some('u') => self.cursor.flags.ascii = !on,
                Some('L') => {}
                Some('-') => on = false,
                Some(':') => {
                    let opening = match case {
                        Some(true) => "(?i:",
                        Some(false) => "(?-i:",
                        None => "(?:",
                    };
                    return self.enter(PatternGroup::Plain(opening), outer, place);
                }
                Some(')') => {
                    self.tokens.extend(case.map(|on| PatternToken::Flag(if on { "(?i)" } else { "(?-i)" })));
                    return Ok(());
                }
                _ => return Err(wrong("an unknown extension after `(?`", place)),
            }
        }
    }

    fn escape(&mut self, place: usize) -> Result<(), Fault> {
        let Some((_, character)) = self.cursor.characters.next() else { return Err(wrong("a `\\` at the end", place)) };
        let token = match character {
            'A' => PatternToken::Assertion("\\A"),
            'Z' | 'z' => PatternToken::Assertion("\\z"),
            'b' if self.cursor.flags.ascii => PatternToken::Assertion("(?-u:\\b)"),
            'b' => PatternToken::Assertion("\\b"),
            'B' if self.cursor.flags.ascii => PatternToken::Assertion("(?-u:\\B)"),
            'B' => PatternToken::Assertion("\\B"),
            'Q' if self.cursor.dialect == Dialect::Re2 => {
                self.quoted();
                return Ok(());
            }
            'R' => PatternToken::Atom("(?:\\r\\n|[\\n-\\r\\x85\\u{2028}\\u{2029}])".to_owned()),
            'k' if self.cursor.take("<") => {
                let name = self.cursor.until('>', place)?;
                PatternToken::Back(self.numbered(name, place)?)
            }
            '1'..='9' => self.back_reference(character, place)?,
            other => PatternToken::Atom(match self.cursor.class_escape(other, place)? {
                Some(class) => class,
                None => literal(self.cursor.character_escape(other, place)?),
            }),
        };
        self.tokens.push(token);
        Ok(())
    }

    /// What stands between `\Q` and `\E`, or the end of the pattern, stands for itself.
    fn quoted(&mut self) {
        let rest = self.cursor.rest();
        let text = rest.split_once("\\E").map_or(rest, |(text, _)| text);
        self.tokens.extend(text.chars().map(|character| PatternToken::Atom(literal(character))));
        self.cursor.skip((text.len() + "\\E".len()).min(rest.len()));
    }

    /// `\1` to `\99`; three octal digits are a character.
    fn back_reference(&mut self, first: char, place: usize) -> Result<PatternToken, Fault> {
        let rest = self.cursor.rest().as_bytes();
        let octal = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'0'..=b'7'));
        if matches!(first, '1'..='3') && octal(rest.first()) && octal(rest.get(1)) {
            return Ok(PatternToken::Atom(literal(self.cursor.octal(first))));
        }
        let mut number = first as usize - '0' as usize;
        if let Some((_, digit)) = self.cursor.characters.next_if(|(_, character)| character.is_ascii_digit()) {
            number = 10 * number + (digit as usize - '0' as usize);
        }
        match number < self.names.len() {
            true => Ok(PatternToken::Back(number)),
            false => Err(wrong("a reference to a group that does not exist", place)),
        }
    }

    /// The number of a group named or numbered before.
    fn numbered(&self, name: &str, place: usize) -> Result<usize, Fault> {
        let number = match name.parse() {
            Ok(number) if number > 0 && number < self.names.len() => Some(number),
            _ => self.names.iter().position(|known| known.as_deref() == Some(name)),
        };
        number.ok_or_else(|| wrong("a reference to a group that does not exist", place))
    }
}

/// Names start with a letter or `_`; digits, dots, hyphens, `@` and brackets may follow, as grok's fields have them.
fn checked_name(name: &str, place: usize) -> Result<&str, Fault> {
    let legal = |character: char| character.is_alphanumeric() || "_.-@[]".contains(character);
    match name.chars().all(legal) && name.chars().next().is_some_and(|first| !first.is_numeric()) {
        true => Ok(name),
        false => Err(wrong(&format!("`{name}` cannot name a group"), place)),
    }
}
