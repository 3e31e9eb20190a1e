//! Formats of dates in letters, as other languages have them: `yyyy-MM-dd HH:mm:ss`.

/// Letters with the directive that they stand for, the longest first.
const LETTERS: &[(&str, &str)] = &[
    ("yyyy", "%Y"),
    ("YYYY", "%Y"),
    ("MMMM", "%B"),
    ("EEEE", "%A"),
    ("dddd", "%A"),
    ("MMM", "%b"),
    ("EEE", "%a"),
    ("ddd", "%a"),
    ("SSSSSS", "%f"),
    ("SSS", "%f"),
    ("XXX", "%z"),
    ("yy", "%y"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("dd", "%d"),
    ("DD", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("SS", "%S"),
    ("XX", "%z"),
    ("ZZ", "%z"),
    ("zz", "%Z"),
    ("d", "%d"),
    ("H", "%H"),
    ("h", "%I"),
    ("M", "%m"),
    ("a", "%p"),
    ("Z", "%z"),
    ("X", "%z"),
    ("z", "%Z"),
];

/// The directives of `strptime` for a format in letters; nothing where it has others, or no year and no hour.
pub fn from_letters(format: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), format);
    while let Some(first) = rest.chars().next() {
        // Text in quotes stands for itself.
        if let Some((quoted, after)) = rest.strip_prefix('\'').and_then(|rest| rest.split_once('\'')) {
            out.push_str(quoted);
            rest = after;
        } else if let Some((letters, directive)) = LETTERS.iter().find(|(letters, _)| rest.starts_with(letters)) {
            out.push_str(directive);
            rest = &rest[letters.len()..];
        } else if !first.is_alphabetic() || first == 'T' {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            return None;
        }
    }
    (out.contains("%Y") || out.contains("%y") || out.contains("%H")).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::from_letters;

    #[test]
    fn letters_become_directives() {
        assert_eq!(from_letters("yyyy-MM-dd HH:mm:ss").as_deref(), Some("%Y-%m-%d %H:%M:%S"));
        assert_eq!(from_letters("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").as_deref(), Some("%Y-%m-%dT%H:%M:%S.%f%z"));
        assert_eq!(from_letters("DD/MMM/YYYY").as_deref(), Some("%d/%b/%Y"));
        assert_eq!(from_letters("rfc3339"), None);
        assert_eq!(from_letters("iso8601"), None);
    }
}
