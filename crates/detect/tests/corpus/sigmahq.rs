//! All rules of SigmaHQ are read and compiled, or named with the reason. They lie beside the repository; without them the
//! test says so and passes.

use crate::beside::{say, shared, sigma_rules, walk};
use std::collections::BTreeMap;
use weir::diagnostic::{Diagnostics, Severity};
use weir_detect::{Dialect, RuleSet};

#[test]
fn all_rules_are_read_and_compiled_or_named_with_the_reason() {
    let Some(sigma) = shared("sigma") else { return };
    let mut findings = Diagnostics::new();
    let documents = sigma_rules(&sigma, &mut findings);
    assert_eq!(documents.passed_over, 0, "{:?}", findings.last_error());
    let mut files = Vec::new();
    walk(&sigma, "yml", &mut files);
    files.retain(|path| !path.starts_with(sigma.join("regression")));
    assert_eq!(documents.rules.len(), files.len(), "each file has a rule");
    assert!(files.len() > 3000);
    let mut errors = Diagnostics::new();
    let set = RuleSet::new(&documents.rules, Dialect::Sigma, &mut errors);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in errors.iter().filter(|finding| finding.severity == Severity::Error) {
        *reasons.entry(finding.code.0).or_default() += 1;
    }
    say(&format!("{} compiled; {reasons:?}; warnings: {}", set.rules().len(), findings.len()));
    assert_eq!(set.rules().len() + errors.errors(), files.len(), "each is compiled or named");
    // All that do not compile lack the values of a placeholder.
    assert_eq!(reasons.keys().copied().collect::<Vec<_>>(), ["no-placeholder"]);
}
