//! Mistakes that beginners make, as a table: each gets a message that names the cure.

use serde::Deserialize;
use std::fs;
use std::path::Path;
use weir::diagnostic::{Code, Diagnostic};
use weir::{Input, Record};
use weir_author::FormatFolder;
use weir_author::check;
use weir_author::explain::Explained;
use weir_author::fixes::{FixedTexts, Found};
use weir_author::pairs::{self, NOW};

#[derive(Deserialize)]
struct Table {
    mistake: Vec<Mistake>,
}

/// A mistake, and what must be said of it.
#[derive(Default, Deserialize)]
struct Mistake {
    name: String,
    says: Vec<String>,
    becomes: Option<String>,
    set: Option<String>,
    entries: Option<String>,
    filter: Option<String>,
    parser: Option<String>,
    pair: Option<String>,
    message: Option<String>,
    manifest: Option<String>,
    r#where: Option<String>,
}

/// The record that pairs have.
const MESSAGE: &str = r#"{"username":"ada","user":"ada","user-agent":"x","ip":"192.0.2.7","at":"2024-05-14","@timestamp":"2024-05-14","list":[{"a":"b","value":1}]}"#;

#[test]
fn a_beginners_mistake_gets_a_message_that_names_the_cure() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes.toml");
    let table: Table = toml::from_str(&fs::read_to_string(path).expect("a table")).expect("mistakes");
    assert!(table.mistake.len() >= 60, "{} mistakes", table.mistake.len());
    let mut wrong = Vec::new();
    for mistake in &table.mistake {
        let said = said(mistake);
        let missing: Vec<&String> =
            mistake.says.iter().filter(|word| !said.iter().any(|line| line.contains(*word))).collect();
        if said.is_empty() {
            wrong.push(format!("{}: nothing is said", mistake.name));
        } else if !missing.is_empty() {
            wrong.push(format!("{}: {missing:?} is not in\n    {}", mistake.name, said.join("\n    ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.mistake.len(), wrong.join("\n"));
}

#[test]
fn one_mistake_is_told_once() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes.toml");
    let table: Table = toml::from_str(&fs::read_to_string(path).expect("a table")).expect("mistakes");
    let mut wrong = Vec::new();
    for mistake in table.mistake.iter().filter(|mistake| mistake.r#where.is_none()) {
        let folder = folder(mistake);
        let checked = check::format(&folder);
        let titles: Vec<&str> = checked.findings.iter().map(|finding| &*finding.title).collect();
        if titles.len() > 1 {
            wrong.push(format!("{}: {titles:?}", mistake.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_mistake_with_one_right_answer_is_mended() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes.toml");
    let table: Table = toml::from_str(&fs::read_to_string(path).expect("a table")).expect("mistakes");
    let (mut mended, mut wrong) = (0, Vec::new());
    for mistake in &table.mistake {
        let mut texts = FixedTexts::default();
        let mut folder = folder(mistake);
        let spec = folder.parser.1.clone();
        let original = folder.clone();
        let applied = texts.mend(&[], &mut |texts| Ok::<_, ()>(checked(&original, texts))).expect("a check");
        let codes: Vec<&str> = applied.iter().map(|fix| fix.code).collect();
        texts.put_into(&mut folder);
        let again = FixedTexts::default().mend(&[], &mut |texts| Ok::<_, ()>(checked(&folder, texts)));
        if !again.expect("a check").is_empty() {
            wrong.push(format!("{}: a second time mends more", mistake.name));
        }
        match &mistake.becomes {
            Some(expected) if spec.contains(&**expected) || !folder.parser.1.contains(&**expected) => {
                wrong.push(format!("{}: no `{expected}` in\n{}", mistake.name, folder.parser.1));
            }
            Some(_) => {
                let left: Vec<&str> = check::format(&folder).findings.iter().map(|finding| finding.code.0).collect();
                if left.iter().any(|code| codes.contains(code)) {
                    wrong.push(format!("{}: {left:?} is left of {codes:?}", mistake.name));
                }
                mended += 1;
            }
            // What else is mended must be told here.
            None if folder.parser.1 != spec => {
                wrong.push(format!("{}: {codes:?} made of it\n{}", mistake.name, folder.parser.1));
            }
            None => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(mended >= 20, "{mended}");
}

fn checked(folder: &FormatFolder, texts: &FixedTexts) -> Found {
    let mut folder = folder.clone();
    texts.put_into(&mut folder);
    let checked = check::format(&folder);
    (checked.findings, checked.sources)
}

#[test]
fn own_fields_are_declared_where_they_can_be_and_nothing_else() {
    let set = |set: &str| Mistake { set: Some(set.to_owned()), ..Mistake::default() };
    let mended = |set_: &str, fields: &str| {
        let mut folder = folder(&set(set_));
        folder.fields = Some(("_meta/fields.yml".to_owned(), fields.to_owned()));
        let mut texts = FixedTexts::default();
        let applied = texts.mend(&[], &mut |texts| Ok::<_, ()>(checked(&folder, texts))).expect("a check");
        texts.put_into(&mut folder);
        (applied.len(), folder.fields.map(|(_, text)| text).unwrap_or_default())
    };
    let one = r#"base.a: "{{ j.message.user }}""#;
    let declaration = "base.a:\n  description: base.a\n  name: base.a\n  type: keyword\n";
    assert_eq!(mended(one, "{}\n"), (1, declaration.to_owned()), "an empty mapping gives way");
    let known = "gate.width:\n  description: b\n  name: gate.width\n  type: keyword\n";
    assert_eq!(mended(one, known), (1, format!("{known}{declaration}")));
    let windows = known.replace('\n', "\r\n");
    assert_eq!(
        mended(one, &windows),
        (1, format!("{windows}{declaration}").replace("\r\n", "\n").replace('\n', "\r\n"))
    );
    // Nothing can be added behind the end of a document, or in braces.
    for fields in [&*format!("{known}...\n"), "{gate.width: {description: b, name: gate.width, type: keyword}}\n"] {
        assert_eq!(mended(one, fields), (0, fields.to_owned()));
    }
    // What stands above another is no keyword, and a value that is read is no field.
    assert_eq!(mended("base.a: \"{{ j.message.user }}\"\nbase.a.b: x", known).0, 0);
    assert_eq!(mended("j.message.user: \"{{ j.message.user }}\"", known).0, 0);
}

/// What is said of a mistake, a line for each finding.
fn said(mistake: &Mistake) -> Vec<String> {
    let folder = folder(mistake);
    match mistake.r#where.as_deref() {
        Some("pair") => {
            let format = folder.compile();
            let plan = format.plan.as_ref().expect("a plan");
            pairs::run(plan, "tests/one.json", &folder.pairs[0].1).result.error.into_iter().collect()
        }
        Some("explain") => {
            let format = folder.compile();
            let message = mistake.message.as_deref().unwrap_or(MESSAGE);
            let record = Record { input: Input::Message(message.as_bytes()), now: NOW, event_id: None };
            vec![Explained::of(&format, &record).expect("a run").steps().to_string()]
        }
        with => {
            let checked = check::format(&folder);
            let meaning = |finding: &Diagnostic| if with.is_some() { meaning(finding.code) } else { "" };
            let line = |finding: &Diagnostic| {
                let labels: Vec<&str> = finding.labels.iter().map(|label| &*label.text).collect();
                let help = finding.help.as_deref().unwrap_or_default();
                format!(
                    "{}: {} | {} | {help} | {}",
                    finding.code.0,
                    finding.title,
                    labels.join(" | "),
                    meaning(finding)
                )
            };
            checked.findings.iter().map(line).collect()
        }
    }
}

/// What the manual says of a code.
fn meaning(code: Code) -> &'static str {
    check::kinds().find(|kind| kind.code == code.0).map_or("", |kind| kind.meaning)
}

fn folder(mistake: &Mistake) -> FormatFolder {
    let text = |name: &str, text: String| (name.to_owned(), text);
    let pair = mistake.pair.clone().unwrap_or_else(|| {
        let message = mistake.message.as_deref().unwrap_or(MESSAGE);
        let message = serde_json::to_string(message).expect("JSON");
        format!(r#"{{"input":{{"message":{message}}},"expected":{{"message":{message}}}}}"#)
    });
    FormatFolder {
        parser: text("ingest/parser.yml", mistake.parser.clone().unwrap_or_else(|| parser(mistake))),
        manifest: mistake.manifest.clone().map(|manifest| text("_meta/manifest.yml", manifest)),
        pairs: vec![text("tests/one.json", pair)],
        ..FormatFolder::default()
    }
}

/// A format that works but for the mistake.
fn parser(mistake: &Mistake) -> String {
    let indented =
        |text: &str, by: usize| -> String { text.lines().map(|line| format!("{:by$}{line}\n", "")).collect() };
    let entries = indented(mistake.entries.as_deref().unwrap_or_default(), 2);
    let filter = mistake.filter.as_ref().map(|filter| format!("    filter: \"{filter}\"\n")).unwrap_or_default();
    let set = indented(mistake.set.as_deref().unwrap_or("user.name: \"{{ j.message.user }}\""), 10);
    // Where the record is no JSON for once, nothing reads it as such; else the rest of the format is right.
    let is_json = mistake.message.is_none();
    let json = "  - name: j\n    external: {name: json.parse-json, properties: {input_field: original.message}}\n";
    let (json, read) = if is_json { (json, "          user.id: \"{{ j.message.user }}\"\n") } else { ("", "") };
    format!(
        "name: gate\npipeline:\n{json}{entries}  - name: set_event\n{filter}stages:\n  set_event:\n    actions:\n      - set:\n{read}{set}"
    )
}
