//! The fast reader says what the exact one says, or nothing.
//!
//! Why so: `docs/decisions/0072`.

use super::read::exact;
use super::{Order, Wanted, fast, scatter, write};
use crate::value::{Arena, Value};
use std::cell::Cell;

/// Numbers that look random and are the same each time.
struct Seed(u64);

impl Seed {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn one_of(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }

    fn document(&mut self, depth: usize) -> String {
        const SCALARS: [&str; 30] = [
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
    fn damaged(&mut self, document: &str) -> String {
        let mut characters: Vec<char> = document.chars().collect();
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

fn shown(value: Value<'_>) -> String {
    let mut out = Vec::new();
    write(&mut out, value).map_or_else(|fault| fault.to_string(), |()| String::from_utf8_lossy(&out).into_owned())
}

/// Checks one document; tells whether the fast reader read it.
fn agree(text: &str, wanted: &Wanted) -> bool {
    let arena = Arena::default();
    let Some(value) = fast::read(&arena, text, wanted, None) else { return false };
    let exactly = exact(&arena, text, wanted);
    assert_eq!(Ok(shown(value)), exactly.clone().map(shown), "{text} for {wanted}");
    let cells = || vec![Cell::new(Value::Undefined); wanted.nodes()];
    let (quickly, slowly) = (cells(), cells());
    // With what it guesses from other documents, and from this one.
    thread_local! {
        static ORDER: Order = Order::default();
    }
    for cells in [&cells(), &quickly] {
        let read = ORDER.with(|order| fast::read(&arena, text, wanted, Some((cells, order))));
        assert!(read.is_some(), "{text} for {wanted}");
    }
    scatter(exactly.unwrap_or(Value::Undefined), wanted, &slowly);
    for (number, (quick, slow)) in quickly.iter().zip(&slowly).enumerate() {
        match (quick.get(), slow.get()) {
            // A dict whose parts have cells of their own is left empty.
            (Value::Map(map), Value::Map(_)) if map.is_empty() => {}
            (quick, slow) => assert_eq!(
                (shown(quick), quick.type_name()),
                (shown(slow), slow.type_name()),
                "{number} of {text} for {wanted}"
            ),
        }
    }
    true
}

#[test]
fn what_is_read_fast_is_read_exactly_so() {
    let mut seed = Seed(1);
    let (mut fast, mut documents) = (0, 0);
    let paths: [&[&[&str]]; 6] = [
        &[],
        &[&["a"]],
        &[&["a"], &["b", "a"], &["b", "c", "d"]],
        &[&["b"], &["b", "c"]],
        &[&["é"], &[""], &["d", "a"]],
        &[&[]],
    ];
    for _ in 0..40_000 {
        let document = seed.document(0);
        let mut wanted = Wanted::nothing();
        paths[seed.below(paths.len())].iter().for_each(|path| wanted.add(path.iter().copied()));
        for text in [document.clone(), seed.damaged(&document), seed.damaged(&document)] {
            documents += 1;
            fast += usize::from(agree(&text, &wanted.pruned()));
            agree(&text, &Wanted::WHOLE);
        }
    }
    assert!(fast > documents / 10 && fast < documents, "{fast} of {documents}");
}
