//! A literal that every match has in it, to rule texts out before the engine runs: the longest text that stands in a pattern outside of alternatives, classes and what may be missing.

use super::size::bounds;
use crate::pattern::syntax::{PatternGroup, PatternToken};

/// The longest text of two bytes or more that each match must have; `None` where none is plain to see.
pub(super) fn required_literal(tokens: &[PatternToken]) -> Option<String> {
    let (mut outer, mut group) = (Vec::new(), Group::new(true));
    for (place, token) in tokens.iter().enumerate() {
        let repeated = match tokens.get(place + 1) {
            Some(PatternToken::Repeat(quantifier)) => Some(bounds(quantifier).0),
            _ => None,
        };
        match token {
            PatternToken::Alternate | PatternToken::Flag(_) => group.is_certain = false,
            PatternToken::Atom(atom)
                if repeated.is_none()
                    && let Some(character) = only(atom) =>
            {
                group.run.push(character);
            }
            PatternToken::Assertion(_) | PatternToken::End => {}
            PatternToken::Open(kind) => {
                let is_certain = matches!(kind, PatternGroup::Capture(_) | PatternGroup::Plain("(?:"));
                outer.push(std::mem::replace(&mut group, Group::new(is_certain)));
            }
            PatternToken::Close => {
                let inside = group.literal().filter(|_| repeated != Some(0));
                group = outer.pop()?;
                group.end_run();
                group.longest = longer(std::mem::take(&mut group.longest), inside.unwrap_or_default());
            }
            _ => group.end_run(),
        }
    }
    group.literal().filter(|longest| longest.len() > 1)
}

/// What is known of a group as far as it was read.
struct Group {
    /// Whether a match goes through all that stands in it, as it stands there.
    is_certain: bool,
    longest: String,
    /// The characters that stand side by side right before what is read next.
    run: String,
}

impl Group {
    fn new(is_certain: bool) -> Self {
        Group { is_certain, longest: String::new(), run: String::new() }
    }

    fn end_run(&mut self) {
        self.longest = longer(std::mem::take(&mut self.longest), std::mem::take(&mut self.run));
    }

    fn literal(mut self) -> Option<String> {
        self.end_run();
        self.is_certain.then_some(self.longest)
    }
}

fn longer(one: String, other: String) -> String {
    if other.len() > one.len() { other } else { one }
}

/// The only character that an atom matches, where it is ASCII and seen at once.
fn only(atom: &str) -> Option<char> {
    let character = match *atom.as_bytes() {
        [plain] if !b".^$|()[]{}*+?\\".contains(&plain) => plain,
        [b'\\', escaped] | [b'[', escaped, b']'] | [b'[', b'\\', escaped, b']']
            if escaped.is_ascii_punctuation() && escaped != b'\\' =>
        {
            escaped
        }
        _ => return None,
    };
    (character.is_ascii_graphic() || character == b' ').then_some(character.into())
}

#[cfg(test)]
mod tests {
    use super::required_literal;
    use crate::pattern::Dialect;
    use crate::pattern::syntax::read;

    #[test]
    fn what_a_match_must_have_is_found_outside_of_what_may_be_missing() {
        let cases = [
            ("^[^/]+[.]example[.]com/warp/?$", Some(".example.com/warp")),
            ("abc", Some("abc")),
            ("ab+c de", Some("c de")),
            ("abc?d", Some("ab")),
            ("a(bcd)ef", Some("bcd")),
            ("a(?:bc(?<d>def))g", Some("def")),
            ("a(?:bcd)?ef", Some("ef")),
            ("a(?:bcd){0,3}ef", Some("ef")),
            ("a(?:bcd){2}ef", Some("bcd")),
            ("a(bcd|efg)hi", Some("hi")),
            ("a(?:x(?i)bcd)hi", Some("hi")),
            ("(?:(?:abc)|d)", None),
            ("(?!abc)de", Some("de")),
            ("(?:abc)?x", None),
            ("abc|def", None),
            ("(?i)abc", None),
            ("(?i:abc)def", Some("def")),
            ("(?=abc)de", Some("de")),
            ("a{3}bc", Some("bc")),
            ("[ab][cd]", None),
            ("\\d\\d:\\d", None),
            ("\\[key\\]", Some("[key]")),
            ("a.b", None),
            ("error$", Some("error")),
        ];
        for (pattern, expected) in cases {
            let tokens = read(pattern, Dialect::Python).expect(pattern);
            assert_eq!(required_literal(&tokens).as_deref(), expected, "{pattern}");
        }
    }
}
