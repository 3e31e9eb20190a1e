//! The recorded tests of detection rules, as those of formats are: a file of rules is tested by `NAME.tests.json` beside it.

use crate::stop::Stop;
use std::fs;
use std::path::{Path, PathBuf};
use weir_author::pairs::{FormatResult, PairResult};
use weir_detect::recorded::RuleTests;
use weir_formats::{Place, RuleFiles, folders};

/// How tests of rules end.
const ENDING: &str = ".tests.json";

/// The tests of rules at and below paths.
///
/// # Errors
/// Where a directory cannot be read.
pub fn below(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            folders::walk(path, &mut |file| found.extend(is_test(file).then(|| file.to_owned())))?;
        } else if is_test(path) {
            found.push(path.clone());
        } else if is_test(&tests_of(path)) {
            found.push(tests_of(path));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The paths that do not have rules alone: where formats are to be found.
///
/// # Errors
/// Where a directory cannot be read.
pub fn without_rules_alone(paths: &[PathBuf], tests: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut kept = Vec::new();
    for path in paths {
        let has_tests = tests.iter().any(|test| test.starts_with(path) || *test == tests_of(path));
        let is_alone = has_tests && (!path.is_dir() || folders::find(std::slice::from_ref(path))?.is_empty());
        if !is_alone {
            kept.push(path.clone());
        }
    }
    Ok(kept)
}

fn tests_of(rules: &Path) -> PathBuf {
    rules.with_extension(&ENDING[1..])
}

fn is_test(path: &Path) -> bool {
    path.to_string_lossy().ends_with(ENDING) && rules_of(path).is_file()
}

fn rules_of(tests: &Path) -> PathBuf {
    tests.with_extension("").with_extension("yml")
}

/// Runs the tests of a file.
///
/// # Errors
/// Where something of it cannot be read.
pub fn of_file(path: &Path, now: i64) -> Result<FormatResult, Stop> {
    let name = rules_of(path).display().to_string();
    match tested(path, now)? {
        Ok(pairs) => Ok(FormatResult::of(name, None, pairs)),
        Err(reason) => Ok(FormatResult::of(name, Some(reason), Vec::new())),
    }
}

/// What became of the tests; the reason where they cannot be run.
fn tested(path: &Path, now: i64) -> Result<Result<Vec<PairResult>, String>, Stop> {
    let mut rules = RuleFiles::read(&[rules_of(path)], &[])?;
    if let Some(reason) = rules.errors(rules.findings()).next() {
        return Ok(Err(reason));
    }
    let tests = match RuleTests::read(&folders::read(path)?) {
        Ok(tests) => tests,
        Err(reason) => return Ok(Err(format!("{} cannot be read: {reason}", path.display()))),
    };
    let indicators = path.with_extension("").with_extension("indicators.txt");
    if indicators.is_file() {
        rules.read_indicators(&[indicators])?;
    }
    let Some(place) = format(path, &tests.format) else {
        return Ok(Err(format!("there is no format {} in a directory above", tests.format)));
    };
    let compiled = weir::compile(&place.text()?);
    let Some(plan) = &compiled.plan else { return Ok(Err(format!("{} does not compile", tests.format))) };
    let facts = place.facts(plan)?;
    let pair = |tested: weir_detect::recorded::Tested| PairResult {
        pair: tested.name,
        passed: tested.failure.is_none(),
        error: tested.failure,
        ..PairResult::default()
    };
    Ok(Ok(tests.run(&rules.detection, plan, &facts, now).into_iter().map(pair).collect()))
}

/// The format of a name in the nearest directory above that has it.
fn format(path: &Path, name: &str) -> Option<Place> {
    let full = fs::canonicalize(path).ok()?;
    let mut above = full.ancestors().skip(2);
    above.find_map(|folder| Place::at(&folder.join(name)).ok())
}
