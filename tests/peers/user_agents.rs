//! User agents beside uap-core: the cases of its own tests, which the crate of its regexes carries.

use crate::tally::{Tally, say};
use serde::Deserialize;
use serde_json::Value;
use std::cell::Cell;
use std::path::PathBuf;
use std::process::Command;
use weir::infer::{Caches, Fields, Places, rules};
use weir::value::{Arena, Value as Slot};

const PEER: &str = "uap-core";

/// The files of cases, and what of a user agent they are about.
const FILES: &[(&str, About)] = &[
    ("tests/test_ua.yaml", About::Browser),
    ("tests/test_os.yaml", About::System),
    ("tests/test_device.yaml", About::Device),
    ("test_resources/firefox_user_agent_strings.yaml", About::Browser),
    ("test_resources/opera_mini_user_agent_strings.yaml", About::Browser),
    ("test_resources/pgts_browser_list.yaml", About::Browser),
    ("test_resources/podcasting_user_agent_strings.yaml", About::Browser),
    ("test_resources/additional_os_tests.yaml", About::System),
];

#[derive(Clone, Copy)]
enum About {
    Browser,
    System,
    Device,
}

#[derive(Deserialize)]
struct Cases {
    test_cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    user_agent_string: String,
    family: Option<String>,
    major: Option<String>,
    minor: Option<String>,
    patch: Option<String>,
}

#[test]
fn user_agents_are_told_as_the_cases_of_uap_core_say() {
    let Some(folder) = folder() else {
        return say(&format!("{PEER}: SKIPPED, the crate ua-parser has no uap-core beside it"));
    };
    let mut caches = Caches::new();
    let mut tally = Tally::new(PEER);
    for (file, about) in FILES {
        let text = std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let cases: Cases = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        for case in cases.test_cases.iter().filter(|case| !case.user_agent_string.trim().is_empty()) {
            let [browser, version, device, system, release] = told(&mut caches, &case.user_agent_string);
            let ours = match about {
                About::Browser => format!("{browser} {version}"),
                About::System => format!("{system} {release}"),
                About::Device => format!("{device} "),
            };
            let theirs = format!("{} {}", case.family.as_deref().unwrap_or("Other"), case.version(*about));
            tally.take(&format!("{file}: {}", case.user_agent_string), &ours, &theirs, || None);
        }
    }
    tally.finish();
}

/// Browser, version, device, system, version.
fn told(caches: &mut Caches, text: &str) -> [String; 5] {
    let rule = rules().iter().find(|rule| rule.name == "user_agent").expect("the rule");
    let arena = Arena::default();
    let slots: Vec<Cell<Slot<'_>>> = std::iter::once(Slot::Text(arena.text(text).expect("room")))
        .chain(rule.writes.iter().map(|_| Slot::Undefined))
        .map(Cell::new)
        .collect();
    let writes = (1..=rule.writes.len() as u32).map(Some).collect();
    (rule.apply)(&mut Fields::new(&slots, &Places::new([Some(0)].into(), writes), &arena, caches)).expect("room");
    std::array::from_fn(|place| slots[place + 1].get().as_text().unwrap_or_default().to_owned())
}

impl Case {
    fn version(&self, about: About) -> String {
        if matches!(about, About::Device) {
            return String::new();
        }
        let parts = [&self.major, &self.minor, &self.patch].into_iter().flatten();
        let parts: Vec<&str> = parts.map(String::as_str).filter(|part| !part.is_empty()).collect();
        parts.join(".")
    }
}

/// Where cargo keeps the crate's uap-core. Offline first: what other systems need may be missing there, or another cargo at
/// work.
fn folder() -> Option<PathBuf> {
    let asked = [["metadata", "--format-version", "1", "--offline"], ["metadata", "--format-version", "1", "--locked"]];
    let told = asked.iter().find_map(|words| {
        let told = Command::new(env!("CARGO")).args(words).output().ok()?;
        serde_json::from_slice::<Value>(&told.stdout).ok()
    })?;
    let packages = told["packages"].as_array()?;
    let package = packages.iter().find(|package| package["name"] == "ua-parser")?;
    let folder = PathBuf::from(package["manifest_path"].as_str()?).with_file_name("uap-core");
    folder.is_dir().then_some(folder)
}
