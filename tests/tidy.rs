//! The house rules that a compiler does not check: rooms import downwards only, files stay readable.

mod circles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of the engine by floor. A room imports from floors below its own.
const FLOORS: &[&[&str]] = &[
    &["value", "json", "diagnostic", "pattern", "time"],
    &["spec", "expr", "taxonomy", "extract", "filters", "infer"],
    &["plan"],
    &["run", "lint", "possible"],
    &["format", "lib"],
];

/// The modules of the workbench by layer.
const WORKBENCH: &[&[&str]] = &[
    &["finding", "folder", "json", "styled", "words", "xml"],
    &["compare", "document", "dotted", "fixes", "grok"],
    &["anonymise", "check", "coverage", "diff", "explain", "gaps", "pairs"],
    &["answers", "schemas"],
    &["assist"],
    &["lib"],
];

/// The modules of the receiver's log by layer.
const LOG: &[&[&str]] = &[
    &["files", "layout"],
    &["new_segment", "options", "payload", "position_file", "refusal", "scan"],
    &["segments"],
    &["shared"],
    &["segment_files"],
    &["entry"],
    &["damage", "queue"],
    &["cursor", "quarantine", "writer"],
    &["commit", "reader", "recovery"],
    &["append", "check"],
    &["log"],
    &["lib"],
];

/// The modules of the receiver by layer.
const RECEIVER: &[&[&str]] = &[
    &["arrival", "counters", "dead_letters", "event_id", "formats", "notices", "recent", "stopping"],
    &["body", "partition", "settings", "store"],
    &["keys", "tls"],
    &["deliver", "ingest", "syslog"],
    &["kafka"],
    &["config", "replay"],
    &["listeners"],
    &["operate"],
    &["receiver"],
    &["worker"],
    &["lib"],
];

/// The modules of the sinks by layer.
const SINKS: &[&[&str]] = &[
    &["batch", "files", "values"],
    &["context", "partition", "sink", "under_way"],
    &["cuts", "http", "stdout", "store"],
    &["bulk", "destination", "endpoint", "gather", "kafka"],
    &["lines"],
    &["ndjson", "parquet"],
    &["settings"],
    &["lib"],
];

/// The modules of typed columns by layer.
const COLUMNS: &[&[&str]] = &[
    &["error", "kind", "value"],
    &["column", "columns", "json", "rest"],
    &["binding", "native"],
    &["builder"],
    &["lib"],
];

/// The modules of formats on disk by layer.
const FORMATS: &[&[&str]] = &[
    &["format_error", "message", "note", "verdict"],
    &["folders", "unread"],
    &["contracts", "watched"],
    &["rule_files"],
    &["loaded"],
    &["formats"],
    &["lib"],
];

/// The modules of the loop that accepts connections, and of the validation API, by layer.
const SERVER: &[&[&str]] = &[
    &["answer", "guests", "options", "patience", "refusal", "signals"],
    &["body", "gate", "request", "work"],
    &["converse", "findings"],
    &["validate"],
    &["router"],
    &["listen"],
    &["lib"],
];

/// The modules of the studio by layer.
const STUDIO: &[&[&str]] = &[
    &["folder", "lines", "offsets", "page", "question", "rules", "words"],
    &["styled"],
    &["check", "record"],
    &["studio"],
    &["lib"],
];

/// The crates and the engine, with what they consist of.
const LAYERED: &[(&str, &[&[&str]])] = &[
    ("src", FLOORS),
    ("crates/author/src", WORKBENCH),
    ("crates/columns/src", COLUMNS),
    ("crates/detect/src", DETECT),
    ("crates/formats/src", FORMATS),
    ("crates/log/src", LOG),
    ("crates/receiver/src", RECEIVER),
    ("crates/server/src", SERVER),
    ("crates/sinks/src", SINKS),
    ("crates/studio/src", STUDIO),
];

/// The modules of detection by layer.
const DETECT: &[&[&str]] = &[
    &["event", "findings"],
    &["rule"],
    &["correlate", "mapping", "set"],
    &["indicators", "pipeline"],
    &["alert", "prepare"],
    &["assess", "prove"],
    &["detector", "navigator"],
    &["recorded"],
    &["lib"],
];

/// The ground floor's rooms lean on each other: a constant has a place, a pattern fails with a fault.
const GROUND: usize = 0;

/// The longest file, in lines.
const LONGEST_FILE: usize = 520;

/// The longest decision, in lines.
const LONGEST_DECISION: usize = 12;

/// Words that say nothing about what a thing is.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "manager", "common", "misc"];

#[test]
fn rooms_import_downwards_only() {
    for (root, floors) in LAYERED {
        let wrong = upward_imports(root, floors);
        assert!(wrong.is_empty(), "imports go down only:\n{}", wrong.join("\n"));
    }
}

fn upward_imports(root: &str, floors: &[&[&str]]) -> Vec<String> {
    let floor = |room: &str| floors.iter().position(|rooms| rooms.contains(&room));
    let mut wrong = Vec::new();
    for (path, text) in sources(root) {
        let room = room(root, &path);
        let Some(own) = floor(&room) else {
            wrong.push(format!("{}: the room `{room}` is on no floor", path.display()));
            continue;
        };
        for import in imports(&text) {
            // What is on no floor is `crate` itself or a macro.
            let below =
                floor(&import).is_none_or(|other| import == room || other < own || (other == GROUND && own == GROUND));
            if !below {
                wrong.push(format!("{}: `{room}` imports `{import}`", path.display()));
            }
        }
    }
    wrong
}

/// Imports that close a circle and stay, with the reason. Without them there is none.
const CLOSING: &[(&str, &str, &str)] = &[
    ("filters/apply", "filters", "filters apply others by their names, `map('lower')`, and so need the table of all"),
    ("value/collection", "value/ops/key", "a dict finds its keys by the language's equality, which looks into dicts"),
];

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(root.join("crates")).expect("the crates").map(|entry| entry.expect("a crate").path());
    let mut unused: BTreeSet<_> = CLOSING.iter().map(|(from, to, _)| (*from, *to)).collect();
    let mut circles: Vec<String> = Vec::new();
    for sources_of in crates.map(|package| package.join("src")).chain([root.join("src")]) {
        let folder = sources_of.strip_prefix(root).expect("a folder of this package").to_string_lossy().into_owned();
        let files = circles::Files::new(&sources_of, &sources(&folder));
        let found = files.circles(|from, to| {
            unused.retain(|known| *known != (from, to));
            CLOSING.iter().any(|(own, other, _)| (*own, *other) == (from, to))
        });
        circles.extend(found.iter().map(|circle| format!("{folder}: {}", circle.join(", "))));
    }
    assert!(circles.is_empty(), "these import each other:\n{}", circles.join("\n"));
    assert!(unused.is_empty(), "these imports close no circle any more: {unused:?}");
}

/// What runs anywhere, in a browser too.
const PURE: &[&str] =
    &["src", "crates/author/src", "crates/dataset/src", "crates/detect/src", "crates/propose/src", "crates/studio/src"];

#[test]
fn the_engine_and_the_workbench_have_no_files_clock_network_environment_or_threads() {
    // An address is a value, and so `std::net` itself is not among them.
    let forbidden = [
        "std::fs",
        "std::env",
        "std::thread",
        "std::process",
        "SystemTime",
        "Instant::now",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
    ];
    let found: Vec<String> = PURE
        .iter()
        .flat_map(|root| sources(root))
        .flat_map(|(path, text)| {
            let found = forbidden.into_iter().filter(move |word| text.contains(word));
            found.map(move |word| format!("{}: {word}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "the caller hands these in:\n{}", found.join("\n"));
}

/// The only room with unsafe code: where JSON is read and written. Why so: `docs/decisions/0075`.
const UNSAFE: &str = "src/json";

#[test]
fn unsafe_code_lives_in_one_room_and_says_why_it_is_sound() {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join(UNSAFE);
    let mut wrong = Vec::new();
    for (path, text) in ["src", "crates"].into_iter().flat_map(sources) {
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("unsafe {")) {
            let is_explained = lines[..number]
                .iter()
                .rev()
                .take_while(|line| line.starts_with("//") || line.starts_with("#["))
                .any(|line| line.starts_with("// SAFETY: "));
            if !is_explained || !path.starts_with(&room) {
                wrong.push(format!("{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Vendors and products whose formats are public: no source of the engine knows one of them.
const VENDORS: &[&str] = &[
    "akamai",
    "aruba",
    "bitdefender",
    "bluecoat",
    "checkpoint",
    "cisco",
    "citrix",
    "cloudflare",
    "crowdstrike",
    "cyberark",
    "darktrace",
    "fastly",
    "forcepoint",
    "fortigate",
    "fortinet",
    "imperva",
    "infoblox",
    "ivanti",
    "jumpcloud",
    "juniper",
    "kaspersky",
    "keycloak",
    "lacework",
    "mikrotik",
    "netskope",
    "netwrix",
    "okta",
    "palo alto",
    "paloalto",
    "proofpoint",
    "salesforce",
    "sonicwall",
    "sophos",
    "splunk",
    "stormshield",
    "suricata",
    "tanium",
    "tenable",
    "trellix",
    "umbrella",
    "veeam",
    "wallix",
    "watchguard",
    "withsecure",
    "zscaler",
];

/// Where such a name is a word of the domain, with the reason. Data that is shipped as it is published (`*.tsv`, grok's
/// patterns, user agents) is no source and not looked at.
const NAMES_WITH_A_REASON: &[(&str, &str, &str)] = &[
    ("src/plan/output.rs", "sekoiaio", "the fields in which a run reports about itself have their public names"),
    ("src/run/mod.rs", "sekoiaio", "it documents and guards those fields"),
];

#[test]
fn no_source_of_the_engine_names_a_format_or_a_vendor() {
    let mut names: Vec<String> = VENDORS.iter().map(|&name| name.to_owned()).collect();
    names.extend(public_formats());
    let mut found = Vec::new();
    for (path, text) in sources("src") {
        let text = text.to_lowercase();
        let allowed =
            |name: &str| NAMES_WITH_A_REASON.iter().any(|(file, word, _)| path.ends_with(file) && *word == name);
        found.extend(
            names
                .iter()
                .filter(|name| !allowed(name) && is_a_word(&text, name))
                .map(|name| format!("{}: {name}", path.display())),
        );
    }
    assert!(found.is_empty(), "what one format needs, the language has:\n{}", found.join("\n"));
}

/// The names of formats in a repository of them beside this one, if there is one. Names of one short word are left out:
/// they are words of the language as well.
fn public_formats() -> Vec<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let modules = fs::read_dir(corpus).into_iter().flatten().flatten().map(|module| module.path());
    let folders = modules.filter(|path| path.is_dir()).flat_map(|module| fs::read_dir(module).into_iter().flatten());
    let names = folders.flatten().map(|folder| folder.file_name().to_string_lossy().to_lowercase());
    names.filter(|name| name.contains('-') || name.len() > 7).collect()
}

/// Whether a text has a name as a word of its own.
fn is_a_word(text: &str, name: &str) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(name).any(|(place, _)| {
        !is_letter(text[..place].chars().next_back()) && !is_letter(text[place + name.len()..].chars().next())
    })
}

#[test]
fn files_open_with_a_sentence_have_a_name_that_says_something_and_are_not_too_long() {
    let mut wrong = Vec::new();
    for root in ["src", "crates"] {
        for (path, text) in sources(root) {
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
            if EMPTY_NAMES.contains(&stem.as_str()) {
                wrong.push(format!("{}: `{stem}` says nothing", path.display()));
            }
            if !text.starts_with("//! ") {
                wrong.push(format!("{}: does not open with a sentence", path.display()));
            }
            let lines = text.lines().count();
            if lines > LONGEST_FILE {
                wrong.push(format!("{}: {lines} lines", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Types of one name in two files: a template as it is parsed and as it is lowered, a text of a user beside a value of a spec,
/// and the engine for machine code beside what takes its place in a browser.
const SAME_NAMES: &[&str] = &["Jit", "Node", "Source", "Target", "Template"];

#[test]
fn no_two_types_of_the_engine_have_one_name() {
    let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (path, text) in sources("src") {
        for name in text.lines().filter_map(type_name).filter(|name| !SAME_NAMES.contains(name)) {
            files.entry(name.to_owned()).or_default().push(path.clone());
        }
    }
    let same = |(name, files): (&String, &Vec<PathBuf>)| (files.len() > 1).then(|| format!("{name}: {files:?}"));
    let same: Vec<String> = files.iter().filter_map(same).collect();
    assert!(files.len() > 300, "only {} types were found", files.len());
    assert!(same.is_empty(), "{}", same.join("\n"));
}

/// The type that a line defines, at the margin: what is indented is a type of a trait or of a test.
fn type_name(line: &str) -> Option<&str> {
    let visible = match line.strip_prefix("pub") {
        Some(rest) => rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest),
        None => line,
    };
    let definition =
        ["struct ", "enum ", "trait ", "type "].iter().find_map(|word| visible.trim_start().strip_prefix(word));
    let is_at_margin = !line.starts_with(' ');
    definition.filter(|_| is_at_margin)?.split(|letter: char| !letter.is_alphanumeric()).next()
}

#[test]
fn every_decision_states_what_why_what_else_and_what_would_change_our_mind() {
    let decisions = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/decisions");
    let (mut numbers, mut same) = (BTreeMap::new(), Vec::new());
    for entry in fs::read_dir(decisions).expect("docs/decisions is there") {
        let path = entry.expect("a readable folder").path();
        if path.ends_with("README.md") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a decision is text");
        for heading in ["What", "Why", "What else", "What would change our mind"] {
            assert!(text.contains(&format!("**{heading}.**")), "{} lacks **{heading}.**", path.display());
        }
        assert!(text.lines().count() <= LONGEST_DECISION, "{} is longer than {LONGEST_DECISION} lines", path.display());
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let number = name.get(..4).unwrap_or_default().to_owned();
        assert!(number.parse::<u32>().is_ok(), "{name} does not begin with a number of four digits");
        if let Some(other) = numbers.insert(number, name.clone()) {
            same.push(format!("{name} and {other} have the same number"));
        }
    }
    assert!(same.is_empty(), "{}", same.join("\n"));
    assert!(!numbers.is_empty());
}

/// What a decision's status may be, before the number of the one that takes its place.
const ACCEPTED: &str = "**Status.** Accepted.";
const SUPERSEDED: &str = "**Status.** Superseded by ";

#[test]
fn every_decision_has_a_status_and_the_code_that_follows_it_names_it() {
    let decisions = decisions();
    let index = text("docs/decisions/README.md");
    let code: Vec<String> =
        CODE.iter().flat_map(|root| files(root, &["rs", "yml", "sh", "py"])).map(|(_, text)| text).collect();
    let mut wrong = Vec::new();
    for (name, text) in &decisions {
        let number = &name[..4];
        let status = match text.lines().find(|line| line.starts_with("**Status.**")) {
            Some(ACCEPTED) => {
                if !code.iter().any(|text| text.contains(&format!("docs/decisions/{number}"))) {
                    wrong.push(format!("{name}: no code names `docs/decisions/{number}`"));
                }
                "Accepted"
            }
            Some(line) if line.starts_with(SUPERSEDED) => {
                let by = line.get(SUPERSEDED.len()..SUPERSEDED.len() + 4).unwrap_or_default();
                if !decisions.keys().any(|other| other != name && other.starts_with(by)) {
                    wrong.push(format!("{name}: no decision is `{by}`"));
                }
                "Superseded"
            }
            _ => {
                wrong.push(format!("{name}: neither accepted nor superseded"));
                continue;
            }
        };
        if !index.lines().any(|line| line.contains(&format!("[{number}]({name})")) && line.contains(status)) {
            wrong.push(format!("{name}: the index does not have it as {status}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where what is decided is followed.
const CODE: &[&str] = &["src", "crates", "specs", "tests", "benches"];

fn decisions() -> BTreeMap<String, String> {
    let found = files("docs/decisions", &["md"]).into_iter().filter(|(path, _)| !path.ends_with("README.md"));
    found.map(|(path, text)| (path.file_name().expect("a file").to_string_lossy().into_owned(), text)).collect()
}

#[test]
fn every_file_that_the_documentation_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    for (path, text) in files("docs", &["md"]) {
        for name in text.split('`').skip(1).step_by(2) {
            let is_path = CODE.iter().any(|folder| name.starts_with(&format!("{folder}/")));
            let is_one = !name.contains(|letter: char| letter.is_whitespace() || "<>{}*…".contains(letter));
            if is_path && is_one && !root.join(name).exists() {
                missing.push(format!("{}: `{name}`", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "these have moved or gone:\n{}", missing.join("\n"));
}

#[test]
fn every_dependency_has_its_reason_in_a_decision() {
    let decisions = texts("docs/decisions");
    let mut without = Vec::new();
    for Package { manifest, .. } in packages() {
        for name in dependencies(&text(&manifest)) {
            if !decisions.iter().any(|decision| decision.contains(&format!("`{name}`"))) {
                without.push(format!("{manifest}: {name}"));
            }
        }
    }
    assert!(without.is_empty(), "no decision names these:\n{}", without.join("\n"));
}

/// What is named to choose its features for another dependency, and so stands in no code: the store's client has the TLS that the rest has.
const FOR_ITS_FEATURES: &[&str] = &["reqwest"];

#[test]
fn every_dependency_is_used() {
    let mut unused = Vec::new();
    for Package { manifest, folders } in packages() {
        let code: String = folders.iter().flat_map(|folder| sources(folder)).map(|(_, text)| text).collect();
        for name in dependencies(&text(&manifest)) {
            let path = name.replace('-', "_");
            let is_for_features = FOR_ITS_FEATURES.contains(&name.as_str());
            if !is_for_features && !code.contains(&format!("{path}::")) && !code.contains(&format!("use {path};")) {
                unused.push(format!("{manifest}: {name}"));
            }
        }
    }
    assert!(unused.is_empty(), "nothing uses these:\n{}", unused.join("\n"));
}

/// A package of the workspace: its manifest, and the folders with its code.
struct Package {
    manifest: String,
    folders: Vec<String>,
}

#[test]
fn code_in_documentation_runs() {
    // Of the marks around blocks each second one ends one.
    let runs = |text: &str| {
        let marks =
            text.lines().map(str::trim_start).filter_map(|line| line.get(3..)?.trim_start().strip_prefix("```"));
        marks.step_by(2).any(|kind| matches!(kind, "" | "rust" | "no_run"))
    };
    let without = packages().into_iter().filter(|package| text(&package.manifest).contains("doctest = false"));
    let sources = without.flat_map(|package| sources(&package.manifest.replace("Cargo.toml", "src")));
    let left_out: Vec<PathBuf> = sources.filter(|(_, text)| runs(text)).map(|(path, _)| path).collect();
    assert!(left_out.is_empty(), "`doctest = false`, and code to run in {left_out:?}");
}

fn packages() -> Vec<Package> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![Package { manifest: "Cargo.toml".into(), folders: vec!["src".into(), "tests".into()] }];
    for entry in fs::read_dir(root.join("crates")).expect("the surfaces are there") {
        let folder = format!("crates/{}", entry.expect("a readable folder").file_name().to_string_lossy());
        let manifest = format!("{folder}/Cargo.toml");
        if root.join(&manifest).exists() {
            found.push(Package { manifest, folders: vec![folder] });
        }
    }
    found
}

/// The names in the tables of dependencies of a manifest, other packages of the workspace left out.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = ["[dependencies]", "[dev-dependencies]"].contains(&line);
        } else if let Some((name, _)) = line.split_once(['.', ' ']).filter(|_| inside && !line.starts_with('#')) {
            names.push(name.to_owned());
        }
    }
    names.retain(|name| name != "weir" && !name.starts_with("weir-"));
    names
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file of the project")
}

fn texts(folder: &str) -> Vec<String> {
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder of the project");
    folder.map(|entry| fs::read_to_string(entry.expect("a readable folder").path()).expect("text")).collect()
}

fn sources(root: &str) -> Vec<(PathBuf, String)> {
    files(root, &["rs"])
}

/// The files below a folder that have one of these endings.
fn files(root: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root), endings, &mut found);
    assert!(!found.is_empty(), "nothing is below {root}");
    found
}

fn walk(folder: &Path, endings: &[&str], found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a readable folder").path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() && !path.ends_with("target") {
            walk(&path, endings, found);
        } else if endings.contains(&ending) {
            let text = fs::read_to_string(&path).expect("sources are UTF-8");
            found.push((path, text));
        }
    }
}

fn room(root: &str, path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let inside = path.strip_prefix(root).expect("a source below the root");
    let first = inside.components().next().expect("a file").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The rooms that a source names after `crate::`.
fn imports(text: &str) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    code.match_indices("crate::")
        .map(|(place, word)| {
            let rest = &code[place + word.len()..];
            rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
        })
        .collect()
}
