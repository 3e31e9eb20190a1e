//! The names of a record at one glance: its top level alone, without taking values apart.

/// The names in a JSON object, raw, one after the other.
///
/// Only what tells where a value ends is looked at; whether values are JSON is the format's to say. A name with an escape,
/// or text that is no object from its first byte to its last, makes the glance fail: then the exact reader looks.
pub(crate) struct Glance<'r> {
    text: &'r str,
    at: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Names,
    Whole,
    Failed,
}

impl<'r> Glance<'r> {
    /// A glance at a record; nothing was looked at yet.
    pub(crate) fn at(text: &'r str) -> Self {
        let mut glance = Glance { text, at: 0, state: State::Names };
        if !glance.takes(b'{') {
            glance.state = State::Failed;
        } else if glance.takes(b'}') {
            glance.end();
        }
        glance
    }

    /// Whether all names were given and nothing stands behind the object.
    pub(crate) fn is_whole(&self) -> bool {
        self.state == State::Whole
    }

    /// The name before the next value, and passes over that value.
    fn member(&mut self) -> Option<&'r str> {
        if !self.takes(b'"') {
            return None;
        }
        let start = self.at;
        let length = memchr::memchr2(b'"', b'\\', self.bytes().get(start..)?)?;
        self.at += length + 1;
        if self.bytes()[self.at - 1] == b'\\' || !self.takes(b':') {
            return None;
        }
        self.value()?;
        if self.takes(b'}') {
            self.end();
        } else if !self.takes(b',') {
            return None;
        }
        self.text.get(start..start + length)
    }

    /// Passes over a value: to the comma or bracket that is not inside it.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.bytes().get(self.at)? {
                b'"' => {
                    self.at += 1;
                    self.string()?;
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b',' if depth == 0 => return Some(()),
                b'}' if depth == 0 => return Some(()),
                b']' | b'}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Passes over text, behind its opening quote.
    fn string(&mut self) -> Option<()> {
        loop {
            let rest = self.bytes().get(self.at..)?;
            let found = memchr::memchr2(b'"', b'\\', rest)?;
            let is_end = rest[found] == b'"';
            self.at += found + if is_end { 1 } else { 2 };
            if is_end {
                return Some(());
            }
        }
    }

    /// Takes a byte, and white space before it, if it is the next.
    fn takes(&mut self, wanted: u8) -> bool {
        while matches!(self.bytes().get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        let is_next = self.bytes().get(self.at) == Some(&wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn bytes(&self) -> &'r [u8] {
        self.text.as_bytes()
    }

    fn end(&mut self) {
        let rest = self.bytes().get(self.at..).unwrap_or_default();
        self.state = if rest.trim_ascii().is_empty() { State::Whole } else { State::Failed };
    }
}

impl<'r> Iterator for Glance<'r> {
    type Item = &'r str;

    fn next(&mut self) -> Option<&'r str> {
        if self.state != State::Names {
            return None;
        }
        let name = self.member();
        if name.is_none() {
            self.state = State::Failed;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::Glance;

    fn names(text: &str) -> Option<Vec<&str>> {
        let mut glance = Glance::at(text);
        let names = glance.by_ref().collect();
        glance.is_whole().then_some(names)
    }

    #[test]
    fn names_are_those_of_the_top_level() {
        let nested = r#" { "a" : {"x":[{"y":"}"}]} , "b":"\"}\\", "c":[1,{"d":2}],"ä":-1.5e3 ,"":null } "#;
        assert_eq!(names(nested), Some(vec!["a", "b", "c", "ä", ""]));
        assert_eq!(names("{}"), Some(Vec::new()));
    }

    #[test]
    fn what_is_cut_continued_or_no_object_fails() {
        let cut = r#"{"a":{"b":"c\\"},"d":[1,2]}"#;
        for length in 0..cut.len() {
            assert_eq!(names(&cut[..length]), None, "{}", &cut[..length]);
        }
        for text in
            ["[]", "null", r#"{"a":1}{"#, r#"{"a":1}x"#, r#"{"a":]}"#, r#"{"a":1,}"#, r#"{a:1}"#, r#"{"\u0061":1}"#]
        {
            assert_eq!(names(text), None, "{text}");
        }
    }
}
