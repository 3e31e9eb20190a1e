//! Entries of a pipeline as a proposal makes them, and their text in YAML.

use std::fmt::Write;

/// An entry with an extractor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, which is that of its layer.
    pub name: String,
    /// The extractor.
    pub extractor: &'static str,
    /// The path that it reads, such as `original.message`, or a template.
    pub input: String,
    /// Its other properties.
    pub properties: Vec<(&'static str, Property)>,
    /// The expression that must be true for it to run.
    pub filter: Option<String>,
    /// The name of its result in the layer.
    pub output: &'static str,
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    /// Text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// Texts by name.
    Map(Vec<(String, String)>),
}

impl Property {
    /// Text.
    pub fn text(value: &str) -> Self {
        Property::Text(value.to_owned())
    }
}

impl Step {
    /// An entry without properties that always runs.
    pub fn new(name: &str, extractor: &'static str, input: &str) -> Self {
        let (name, input) = (name.to_owned(), input.to_owned());
        Step { name, extractor, input, properties: Vec::new(), filter: None, output: "message" }
    }

    /// With one more property.
    pub fn with(mut self, name: &'static str, value: Property) -> Self {
        self.properties.push((name, value));
        self
    }

    /// The path of its result.
    pub fn result(&self) -> String {
        format!("{}.{}", self.name, self.output)
    }

    /// Appends the entry as YAML.
    pub fn write(&self, out: &mut String) {
        line(out, format_args!("\n  - name: {}", self.name));
        if let Some(filter) = &self.filter {
            line(out, format_args!("    filter: {}", scalar(&format!("{{{{{filter}}}}}"))));
        }
        line(out, format_args!("    external:\n      name: {}\n      properties:", self.extractor));
        line(out, format_args!("        input_field: {}", scalar(&self.input)));
        line(out, format_args!("        output_field: {}", self.output));
        for (name, value) in &self.properties {
            match value {
                Property::Text(text) => line(out, format_args!("        {name}: {}", scalar(text))),
                Property::List(items) => {
                    line(out, format_args!("        {name}:"));
                    items.iter().for_each(|item| line(out, format_args!("          - {}", scalar(item))));
                }
                Property::Map(entries) => {
                    line(out, format_args!("        {name}:"));
                    entries.iter().for_each(|(key, text)| line(out, format_args!("          {key}: {}", scalar(text))));
                }
            }
        }
    }
}

/// Text as a scalar of YAML that reads back as the same text.
pub fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-' | '/'))
        && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(&&*text.to_lowercase());
    if is_plain {
        return text.to_owned();
    }
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => _ = write!(out, "\\u{:04x}", u32::from(letter)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// The expression that reads a key below a path.
pub fn below(path: &str, key: &str) -> String {
    let is_plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && key.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && !METHODS.contains(&key);
    let key = key.replace('\\', "\\\\").replace('"', "\\\"");
    if is_plain { format!("{path}.{key}") } else { format!("{path}[\"{key}\"]") }
}

/// Keys that are methods of a dict as well: after a dot a reader might take them for these.
const METHODS: &[&str] = &["clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"];

/// Appends a line.
pub fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
mod tests {
    use super::{below, scalar};

    #[test]
    fn scalars_read_back_as_they_were() {
        for (text, expected) in [
            ("original.message", "original.message"),
            ("it's", "'it''s'"),
            ("on", "'on'"),
            ("a\tb", "\"a\\tb\""),
            ("", "''"),
            ("%{IP:a}", "'%{IP:a}'"),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }

    #[test]
    fn keys_are_read_by_a_dot_where_they_can_be() {
        assert_eq!(below("a.b", "c_d"), "a.b.c_d");
        assert_eq!(below("a.b", "x-y"), "a.b[\"x-y\"]");
        assert_eq!(below("a.b", "@t"), "a.b[\"@t\"]");
        assert_eq!(below("a.b", "items"), "a.b[\"items\"]");
    }
}
