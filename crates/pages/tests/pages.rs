//! Pages of the project's own formats and of made-up ones.

#![expect(clippy::panic, reason = "a test fails by it, with what it was about")]

use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, SourceId};
use weir::{Format, FormatText};
use weir_dataset::{Contract, read_contract};
use weir_pages::{FormatFiles, Notation, Page, index};

/// What the public page of this dataset says: 20 fields, 2 categories, 5 types.
const KINDS: [&str; 1] = ["event"];
const CATEGORIES: [&str; 2] = ["authentication", "network"];
const TYPES: [&str; 5] = ["connection", "denied", "end", "info", "start"];
const FIELDS: [(&str, &str); 20] = [
    ("@timestamp", "date"),
    ("client.ip", "ip"),
    ("cloudflare.AppUUID", "keyword"),
    ("cloudflare.Connection", "keyword"),
    ("cloudflare.PurposeJustificationPrompt", "keyword"),
    ("cloudflare.PurposeJustificationResponse", "keyword"),
    ("cloudflare.RayID", "keyword"),
    ("cloudflare.TemporaryAccessApprovers", "array"),
    ("cloudflare.TemporaryAccessDuration", "number"),
    ("event.category", "keyword"),
    ("event.dataset", "keyword"),
    ("event.kind", "keyword"),
    ("event.type", "keyword"),
    ("observer.type", "keyword"),
    ("observer.vendor", "keyword"),
    ("source.geo.country_iso_code", "keyword"),
    ("source.ip", "ip"),
    ("url.domain", "keyword"),
    ("user.email", "keyword"),
    ("user.id", "keyword"),
];

#[test]
fn the_facts_of_access_requests_are_those_of_the_public_page() {
    let page = Own::at("access_requests").page();
    let facts = page.facts();
    for (values, expected) in [(&facts.kinds, &KINDS[..]), (&facts.categories, &CATEGORIES), (&facts.types, &TYPES)] {
        assert!(!values.others, "{values:?}");
        assert!(values.known.iter().eq(expected), "{values:?} are not {expected:?}");
    }
    let fields: Vec<(&str, &str)> = facts.fields.iter().map(|field| (&*field.name, field.kind)).collect();
    assert_eq!(fields, FIELDS);
}

/// The same against the page itself, where it lies beside the project.
#[test]
fn the_page_of_access_requests_has_what_the_public_page_has() {
    let path = root().join("../shared/reference/cloudflare-access-requests.txt");
    let Ok(public) = fs::read_to_string(path) else {
        let text =
            b"skipped: the_page_of_access_requests_has_what_the_public_page_has: the page is not beside the project\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text);
        return;
    };
    let (page, page_text) =
        (Own::at("access_requests").page(), Own::at("access_requests").page().text(Notation::Markdown));
    let facts = page.facts();
    for (name, values) in [("Kind", &facts.kinds), ("Category", &facts.categories), ("Type", &facts.types)] {
        let known: Vec<&str> = values.known.iter().map(String::as_str).collect();
        let row = format!("{name} {}", known.join(", "));
        assert!(public.lines().any(|line| line.trim() == row), "the public page has no line `{row}`");
    }
    let table = public.split("Name Type Description").nth(1).unwrap_or_default().trim_start();
    let rows = table.lines().take_while(|line| !line.trim().is_empty());
    let rows: Vec<(&str, &str)> = rows.filter_map(|row| row.split_once(' ')).collect();
    let theirs: Vec<(&str, &str)> =
        rows.iter().map(|(name, rest)| (*name, rest.split(' ').next().unwrap_or_default())).collect();
    let ours: Vec<(&str, &str)> = facts.fields.iter().map(|field| (&*field.name, field.kind)).collect();
    assert_eq!(ours, theirs);
    let asked = public.split("fields=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default();
    for field in asked.split(',') {
        assert!(page_text.contains(&format!("      \"{field}\"")), "the job does not ask for {field}");
    }
}

#[test]
fn every_base_field_that_an_own_format_sets_has_a_description() {
    let mut without = BTreeSet::new();
    for name in own_formats() {
        let page = Own::at(&name).page();
        without.extend(
            page.facts().fields.iter().filter(|field| field.description.is_empty()).map(|field| field.name.clone()),
        );
    }
    assert!(without.is_empty(), "add them to descriptions.tsv: {without:?}");
}

#[test]
fn every_page_of_an_own_format_is_complete_and_well_formed() {
    for name in own_formats() {
        let own = Own::at(&name);
        let (page, again) = (own.page(), own.page());
        let text = page.text(Notation::Markdown);
        for heading in
            ["Overview", "Event categories", "Event samples", "Extracted fields", "Set up Logpush", "Create the job"]
        {
            assert!(text.contains(&format!("# {heading}\n")), "{name} has no {heading}");
        }
        assert_eq!(text, again.text(Notation::Markdown), "{name}: the page is another one each time");
        check_html(&page.text(Notation::Html), &name);
    }
}

#[test]
fn a_hostile_format_has_a_harmless_page() {
    let hostile = "<script>alert(1)</script> | `a` *b* [c](d) & \"e\"";
    let fields = format!("acme.odd:\n  name: acme.odd\n  type: keyword\n  description: '{hostile}'\n");
    let parser = "name: odd\npipeline:\n  - name: odd\nstages:\n  odd:\n    actions:\n      - set: {acme.odd: '</code>', event.kind: '```<b>'}\n";
    let format = weir::compile(&FormatText {
        parser: ("parser.yml".into(), parser.into()),
        fields: vec![("fields.yml".into(), fields)],
    });
    let manifest = format!("name: '{hostile}'\nslug: odd\nuuid: x\ndescription: '{hostile}'\n");
    let pair = serde_json::json!({"input": {"message": "```\n</pre>"}, "expected": {"message": "", "event": {"kind": "</pre>```"}}});
    let pairs = [("odd_<pair>".to_owned(), pair.to_string())];
    let files = FormatFiles {
        format: &format,
        manifest: Some(&manifest),
        module_manifest: None,
        pairs: &pairs,
        contract: None,
        rules: None,
    };
    let page = Page::of(&files).expect("a page");
    let html = page.text(Notation::Html);
    check_html(&html, "the hostile format");
    assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    let text = page.text(Notation::Markdown);
    assert!(text.contains("````text\n```\n</pre>\n````\n"), "{text}");
    assert!(
        text.contains(
            "| `acme.odd` | `keyword` | \\<script>alert(1)\\</script> \\| \\`a\\` \\*b\\* \\[c\\](d) \\& \"e\" |"
        ),
        "{text}"
    );
    assert!(!text.contains("Logpush"), "without a contract there is nothing to set up");
}

#[test]
fn a_format_without_a_manifest_has_a_page_under_its_spec_s_name() {
    let parser = "name: bare\npipeline:\n  - name: json\n    external: {name: json.parse-json, properties: {input_field: original.message}}\n  - name: s\nstages:\n  s:\n    actions:\n      - set: {event.kind: \"{{json.message.kind or 'event'}}\"}\n";
    let format = weir::compile(&FormatText { parser: ("parser.yml".into(), parser.into()), fields: vec![] });
    let files =
        FormatFiles { format: &format, manifest: None, module_manifest: None, pairs: &[], contract: None, rules: None };
    let text = Page::of(&files).expect("a page").text(Notation::Markdown);
    assert!(text.starts_with("# bare\n\n## Event categories\n"), "{text}");
    assert!(text.contains("| Kind | `event` and others, taken from the event |\n| Category | not set |\n"), "{text}");
}

#[test]
fn an_index_links_all_pages() {
    let pages: Vec<(String, Page)> =
        own_formats().into_iter().map(|name| (name.clone(), Own::at(&name).page())).collect();
    let entries: Vec<_> =
        pages.iter().map(|(name, page)| (format!("cloudflare/{name}.md"), "cloudflare".to_owned(), page)).collect();
    let text = index(&entries, Notation::Markdown);
    assert!(entries.iter().all(|(path, ..)| text.contains(&format!("]({path})"))), "{text}");
    check_html(&index(&entries, Notation::Html), "the index");
}

/// HTML written as XML is: every tag is closed, every id is there once, every link inside the page leads somewhere.
fn check_html(html: &str, name: &str) {
    let mut reader = Reader::from_str(html);
    let (mut ids, mut links) = (BTreeSet::new(), BTreeSet::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let value = attribute.value.to_string();
                    match attribute.key.as_ref() {
                        "id" => assert!(ids.insert(value.clone()), "{name}: `{value}` is there twice"),
                        "href" => links.extend(value.strip_prefix('#').map(str::to_owned)),
                        _ => {}
                    }
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{name}: {error}"),
        }
    }
    assert!(links.is_subset(&ids), "{name}: links lead nowhere");
}

/// One of the project's formats, with all that its page is made of.
struct Own {
    format: Format,
    manifest: String,
    module_manifest: String,
    pairs: Vec<(String, String)>,
    contract: Contract,
}

impl Own {
    fn at(name: &str) -> Own {
        let module = root().join("specs/cloudflare");
        let format = module.join(name);
        let mut pairs: Vec<PathBuf> = entries(&format.join("tests"));
        pairs.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Own {
            format: weir::compile(&FormatText {
                parser: ("parser.yml".into(), read(&format.join("ingest/parser.yml"))),
                fields: vec![("fields.yml".into(), read(&format.join("_meta/fields.yml")))],
            }),
            manifest: read(&format.join("_meta/manifest.yml")),
            module_manifest: read(&module.join("_meta/manifest.yml")),
            pairs: pairs.iter().map(|path| (stem(path), read(path))).collect(),
            contract: contract(&read(&format.join("dataset.yml"))),
        }
    }

    fn page(&self) -> Page {
        let files = FormatFiles {
            format: &self.format,
            manifest: Some(&self.manifest),
            module_manifest: Some(&self.module_manifest),
            pairs: &self.pairs,
            contract: Some(&self.contract),
            rules: None,
        };
        Page::of(&files).unwrap_or_else(|error| panic!("{error}"))
    }
}

fn contract(text: &str) -> Contract {
    read_contract(text, SourceId(0), &mut Diagnostics::new()).expect("a contract")
}

/// The names of the project's formats that have a contract.
fn own_formats() -> Vec<String> {
    let found = entries(&root().join("specs/cloudflare")).into_iter().filter(|path| path.join("dataset.yml").is_file());
    let names: Vec<String> = found.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    assert!(names.len() > 30, "only {} formats", names.len());
    names
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
