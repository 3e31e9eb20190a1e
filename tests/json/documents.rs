//! Documents: made ones, damaged ones, and those that the project and its corpus have.

use std::fs;
use std::path::Path;

/// Numbers that look random and are the same each time.
pub struct Seed(pub u64);

impl Seed {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    pub fn one_of(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }

    /// A document, mostly JSON.
    pub fn document(&mut self, depth: usize) -> String {
        const SCALARS: [&str; 36] = [
            "0",
            "-0",
            "-1",
            "12",
            "01",
            "999999999999999999",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "12345678901234567890123",
            "1.5",
            "-0.0",
            "1e3",
            "1E-400",
            "1e400",
            "1.",
            ".5",
            "true",
            "false",
            "null",
            "NaN",
            "-Infinity",
            "nul",
            r#""""#,
            r#""plain""#,
            r#""a \"quoted\" \\ one\n""#,
            r#""\u00e9\ud83d\ude00""#,
            r#""\ud800""#,
            "\"é, a text of more than sixteen bytes\"",
            r#""\x""#,
            r#""\udc00 \ud83d\ud83d\ude00""#,
            "18446744073709551615",
            "-18446744073709551616",
            "Infinity",
            "-0.0e-5",
            "123456.789012345678901234567890e-3",
        ];
        let space = self.one_of(&["", "", "", " ", "\n", "\t "]);
        let many = self.below(4);
        match self.below(if depth < 5 { 6 } else { 4 }) {
            0..4 => format!("{space}{}{space}", self.one_of(&SCALARS)),
            4 => {
                let items: Vec<String> = (0..many).map(|_| self.document(depth + 1)).collect();
                format!("[{space}{}]{space}", items.join(","))
            }
            _ => {
                let member = |seed: &mut Self| {
                    let key = seed.one_of(&["a", "b", "c", "d", r"\u0061", "é", ""]);
                    format!("{space}\"{key}\"{space}:{}", seed.document(depth + 1))
                };
                let members: Vec<String> = (0..many + 1).map(|_| member(self)).collect();
                format!("{{{}{space}}}{space}", members.join(","))
            }
        }
    }

    /// The document with one character changed, left out or doubled, or cut off.
    pub fn damaged(&mut self, document: &str) -> String {
        let mut characters: Vec<char> = document.chars().collect();
        if characters.is_empty() {
            return String::new();
        }
        let place = self.below(characters.len());
        match self.below(4) {
            0 => drop(characters.remove(place)),
            1 => characters.insert(place, characters[place]),
            2 => characters.truncate(place),
            _ => {
                let other = self.one_of(&["\"", "\\", "{", "}", "[", ",", ":", "0", "\u{1}", "é"]);
                characters[place] = other.chars().next().unwrap_or(' ');
            }
        }
        characters.into_iter().collect()
    }
}

/// The texts of all JSON files below the folders of formats, and the texts that are in them: messages, mostly.
pub fn recorded() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    ["specs", "../shared/corpus"].iter().for_each(|folder| walk(&root.join(folder), &mut found));
    found
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            if let Ok(value) = serde_json::from_str(&text) {
                texts(&value, found);
            }
            found.push(text);
        }
    }
}

fn texts(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.starts_with(['{', '[']) => found.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        serde_json::Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}
