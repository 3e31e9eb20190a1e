//! JSON laid out: for people with two spaces a level, as recorded pairs are, or compact.

/// Appends compact or other valid JSON with a line for each member and item, its own characters otherwise unchanged.
/// `level` is the depth at which it stands.
pub fn indent(json: &[u8], level: usize, out: &mut Vec<u8>) {
    let mut level = level;
    let mut bytes = json.iter().copied().filter(not_space()).peekable();
    let mut quotes = Quotes::default();
    while let Some(byte) = bytes.next() {
        let inside = quotes.inside;
        quotes.pass(byte);
        match byte {
            _ if inside => out.push(byte),
            b'{' | b'[' if bytes.peek() == Some(&(byte + 2)) => {
                out.extend([byte, byte + 2]);
                bytes.next();
            }
            b'{' | b'[' => {
                level += 1;
                out.push(byte);
                line(level, out);
            }
            b'}' | b']' => {
                level = level.saturating_sub(1);
                line(level, out);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(level, out);
            }
            b':' => out.extend(*b": "),
            _ => out.push(byte),
        }
    }
}

/// JSON without white space between tokens, its own characters otherwise unchanged.
pub fn compact(json: &str) -> String {
    let bytes: Vec<u8> = json.bytes().filter(not_space()).collect();
    // Only white space, which is ASCII, was taken out.
    String::from_utf8(bytes).unwrap_or_else(|_| json.to_owned())
}

/// Lets pass what is not white space between tokens.
fn not_space() -> impl FnMut(&u8) -> bool {
    let mut quotes = Quotes::default();
    move |byte| {
        let inside = quotes.inside;
        quotes.pass(*byte);
        inside || !byte.is_ascii_whitespace()
    }
}

/// Whether a byte stands inside a string.
#[derive(Default)]
struct Quotes {
    inside: bool,
    escaped: bool,
}

impl Quotes {
    fn pass(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = self.inside,
            b'"' => self.inside = !self.inside,
            _ => {}
        }
    }
}

fn line(level: usize, out: &mut Vec<u8>) {
    out.push(b'\n');
    out.extend(std::iter::repeat_n(b' ', 2 * level));
}

#[cfg(test)]
mod tests {
    use super::indent;

    fn indented(json: &str, level: usize) -> String {
        let mut out = Vec::new();
        indent(json.as_bytes(), level, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn members_and_items_have_lines_of_their_own_and_empty_collections_have_none() {
        let json = r#"{"a":[1, 2.50],"b":{},"c":[ ],"d":[{"e":"x:,{}[]\"\\"}]}"#;
        let expected = "{\n  \"a\": [\n    1,\n    2.50\n  ],\n  \"b\": {},\n  \"c\": [],\n  \"d\": [\n    {\n      \
                        \"e\": \"x:,{}[]\\\"\\\\\"\n    }\n  ]\n}";
        assert_eq!(indented(json, 0), expected);
        assert_eq!(indented(expected, 0), expected, "laid out again it stays the same");
        assert_eq!(indented("{\"a\":\"é\"}", 1), "{\n    \"a\": \"é\"\n  }");
    }
}
