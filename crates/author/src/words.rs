//! Words of messages: values cut to what a reader sees at once, and numbers with their nouns.

/// Text that a terminal shows as it is: cut after so many characters, and with `\u{1b}` for what it would obey.
pub fn cut(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    for letter in letters.by_ref().take(most) {
        match letter.is_control() {
            true => out.extend(letter.escape_unicode()),
            false => out.push(letter),
        }
    }
    if letters.next().is_some() {
        out.push('…');
    }
    out
}

/// The beginning of a text as it is, with so many bytes at most.
pub fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// One of two words, by number.
pub fn plural(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}
