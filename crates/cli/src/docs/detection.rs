//! What detection rules say of a format, for its page.

use crate::rules::tell_passed_over;
use crate::stop::Stop;
use crate::terminal::Paint;
use std::path::PathBuf;
use weir::Plan;
use weir_detect::assess::{Assessed, Assessment, Verdict};
use weir_detect::navigator;
use weir_formats::{Place, RuleFiles};
use weir_pages::{RuleEntry, RuleTable};

/// The rules of a page, and its layer.
pub struct PageDetection {
    pub table: RuleTable,
    /// The layer for the ATT&CK Navigator; none where no rule that can match or waits names a technique.
    pub layer: Option<String>,
}

/// Reads the rules that are asked for.
///
/// # Errors
/// Where one cannot be read.
pub fn read(paths: &[PathBuf], paint: Paint) -> Result<Option<RuleFiles>, Stop> {
    if paths.is_empty() {
        return Ok(None);
    }
    let files = RuleFiles::read(paths, &[])?;
    tell_passed_over(&files, paint)?;
    Ok(Some(files))
}

/// What rules say of a format; `layer` is the name of the file that its layer is to have.
///
/// # Errors
/// Where its manifest cannot be read.
pub fn of(place: &Place, plan: &Plan, rules: &RuleFiles, layer: Option<&str>) -> Result<PageDetection, Stop> {
    let name = plan.name().unwrap_or("a format");
    let assessment = rules.detection.assess(plan, &place.facts(plan)?, false);
    let can = assessment.told().filter(|rule| !rule.verdict.is_never());
    let mut entries: Vec<RuleEntry> = can.map(entry).collect();
    entries.sort_by(|left, right| left.name.cmp(&right.name));
    let possible = assessment.told().filter(|rule| !matches!(rule.verdict, Verdict::NoValue(_)));
    let has_technique = possible.into_iter().any(|rule| rule.about.techniques().next().is_some());
    let layer = layer.filter(|_| has_technique);
    let table = RuleTable { rules: entries, waits: waits(&assessment), layer: layer.map(str::to_owned) };
    Ok(PageDetection { table, layer: layer.map(|_| navigator::layer(name, &assessment)) })
}

fn entry(rule: &Assessed) -> RuleEntry {
    let about = &rule.about;
    let effort = about.effort.as_ref().or(about.level.as_ref()).cloned().unwrap_or_default();
    let description = about.description.as_deref().unwrap_or_default();
    let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
    RuleEntry { name: about.title.clone(), description, effort }
}

fn waits(assessment: &Assessment) -> Vec<(String, Vec<String>)> {
    let title = |number: &usize| {
        let rule = assessment.rules.iter().find(|rule| rule.number == *number && rule.is_told)?;
        Some(rule.about.title.clone())
    };
    let wait = assessment.waits.iter().map(|wait| (wait.field.clone(), wait.rules.iter().filter_map(title).collect()));
    wait.filter(|(_, rules): &(String, Vec<String>)| !rules.is_empty()).collect()
}
