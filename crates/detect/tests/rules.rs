//! The rules of this repository fire on the streams that their tests say, and on no others.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Plan};
use weir_detect::Detection;
use weir_detect::indicators::Indicators;
use weir_detect::mapping::FormatFacts;
use weir_detect::recorded::RuleTests;
use weir_detect::rule;

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")
}

fn plan(format: &str) -> Plan {
    let read = |path: PathBuf| Some((path.display().to_string(), fs::read_to_string(path).ok()?));
    let folder = specs().join(format);
    let parser = read(folder.join("ingest/parser.yml")).expect("a parser");
    let fields = [folder.join("../_meta/fields.yml"), folder.join("_meta/fields.yml")];
    let text = FormatText { parser, fields: fields.into_iter().filter_map(read).collect() };
    weir::compile(&text).plan.expect("a plan")
}

fn detection(path: &Path) -> Detection {
    let text = fs::read_to_string(path).expect("a rule is text");
    let (mut detection, mut findings) = (Detection::default(), Diagnostics::new());
    let source = Sources::new().add(path.display().to_string(), &*text);
    rule::read(&text, source, &mut detection.documents, &mut findings);
    assert!(findings.is_empty(), "{}: {findings:?}", path.display());
    if let Ok(text) = fs::read_to_string(path.with_extension("indicators.txt")) {
        let mut indicators = Indicators::default();
        indicators.read("indicators.txt", &text);
        detection.indicators = Some(Arc::new(indicators.build()));
    }
    detection
}

#[test]
fn rules_fire_on_what_their_tests_say_and_on_nothing_else() {
    let mut rules: Vec<PathBuf> = fs::read_dir(specs().join("rules"))
        .expect("the rules")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .collect();
    rules.sort();
    assert!(rules.len() >= 10);
    for path in rules {
        let tests = fs::read_to_string(path.with_extension("tests.json")).expect("a rule has tests");
        let tests = RuleTests::read(&tests).expect("tests of a rule");
        let (plan, detection) = (plan(&tests.format), detection(&path));
        let facts = FormatFacts { names: vec![tests.format.clone()] };
        let mut findings = Diagnostics::new();
        assert_eq!(detection.of_format(&plan, &facts, &mut findings).pruned(), 0, "{}: all can match", path.display());
        assert!(findings.is_empty(), "{}: {findings:?}", path.display());
        for tested in tests.run(&detection, &plan, &facts, 0) {
            assert_eq!(tested.failure, None, "{}: {}", path.display(), tested.name);
        }
    }
}
