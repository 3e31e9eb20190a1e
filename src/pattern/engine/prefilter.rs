//! A literal that every match has in it, to rule texts out before the engine runs: the longest text that stands in a pattern outside of groups, classes and repetitions.

use crate::pattern::syntax::PatternToken;

/// The longest text of two bytes or more that each match must have; `None` where none is plain to see.
pub(super) fn required_literal(tokens: &[PatternToken]) -> Option<String> {
    let (mut depth, mut run, mut longest) = (0, String::new(), String::new());
    for (place, token) in tokens.iter().enumerate() {
        let is_repeated = matches!(tokens.get(place + 1), Some(PatternToken::Repeat(_)));
        match token {
            PatternToken::Alternate | PatternToken::Flag(_) if depth == 0 => return None,
            PatternToken::Atom(atom)
                if depth == 0
                    && !is_repeated
                    && let Some(character) = only(atom) =>
            {
                run.push(character);
            }
            PatternToken::Assertion(_) | PatternToken::End if depth == 0 => {}
            _ => {
                depth +=
                    i32::from(matches!(token, PatternToken::Open(_))) - i32::from(matches!(token, PatternToken::Close));
                longest = longer(longest, std::mem::take(&mut run));
            }
        }
    }
    Some(longer(longest, run)).filter(|longest| longest.len() > 1)
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
            ("a(bcd)ef", Some("ef")),
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
