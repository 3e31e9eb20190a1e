//! `xml.parse-xml` beside Python's `xmltodict`, over documents made at random, and over those with a letter too few.

use crate::chance::Chance;
use crate::extractors::{compiled, result};
use crate::python;
use crate::tally::Tally;
use serde_json::{Value, json};

const PEER: &str = "xmltodict";

const CASES: usize = 10_000;

/// What is no element in a document: text, entities, sections, comments.
const PIECES: &[&str] = &[
    "x",
    " ",
    "\n",
    "\t y ",
    "&lt;",
    "&amp;",
    "&#65;",
    "&#x20;",
    "<![CDATA[ <z> ]]>",
    "<![CDATA[]]>",
    "<!-- c -->",
    "<?pi x?>",
    "é",
    "1",
    "\r\n",
    "&quot;'",
    "]]",
];

const NAMES: &[&str] = &["a", "b", "c", "n:d", "_e-1.f"];

const VALUES: &[&str] = &["", "1", " x  y ", "&lt;&#65;", "é", "a\tb\nc", "'", "{}"];

#[test]
fn documents_are_read_as_xmltodict_reads_them() {
    let mut chance = Chance::new(2);
    let texts: Vec<String> = (0..CASES).map(|number| document(&mut chance, number % 5 == 4)).collect();
    let questions: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    let Some(answers) = python::ask(PEER, "xml_dicts.py", &questions) else { return };
    let extractor = compiled("xml.parse-xml", "{}");
    let mut tally = Tally::new(PEER);
    for (text, theirs) in texts.iter().zip(answers) {
        let ours = result(&extractor, text).unwrap_or(json!("error"));
        tally.take(text, &ours.to_string(), &theirs.to_string(), || difference(&theirs));
    }
    tally.finish();
}

fn difference(theirs: &Value) -> Option<&'static str> {
    (*theirs == json!("error")).then_some("read-though-not-well-formed")
}

fn document(chance: &mut Chance, is_cut: bool) -> String {
    let head = chance.pick(&[
        "",
        "<?xml version=\"1.0\"?>",
        "<?xml version='1.0' encoding='utf-8'?>\n",
        "<!-- x -->\n",
        "\u{feff}",
    ]);
    let text = format!("{head}{}{}", element(chance, 3), chance.pick(&["", "\n", "<!-- x -->"]));
    if !is_cut {
        return text;
    }
    let mut letters: Vec<char> = text.chars().collect();
    letters.remove(chance.below(letters.len()));
    letters.into_iter().collect()
}

fn element(chance: &mut Chance, depth: usize) -> String {
    let name = chance.pick(NAMES);
    let attributes: String = attributes(chance);
    if chance.below(5) == 0 {
        return format!("<{name}{attributes}/>");
    }
    let content: String = (0..chance.below(5))
        .map(|_| if depth > 0 && chance.below(2) == 0 { element(chance, depth - 1) } else { chance.text(PIECES, 3) })
        .collect();
    format!("<{name}{attributes}>{content}</{name}>")
}

fn attributes(chance: &mut Chance) -> String {
    let names = ["p", "q", "n:r", "xmlns:n"];
    names[..chance.below(names.len() + 1)]
        .iter()
        .filter(|_| chance.below(2) == 0)
        .map(|name| format!(" {name}=\"{}\"", VALUES[name.len() % VALUES.len()]))
        .collect()
}
