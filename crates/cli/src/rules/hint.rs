//! What rules wait for, as a hint about a format.

use crate::stop::Stop;
use weir::diagnostic::{Diagnostic, Span};
use weir_formats::{Place, RuleFiles};

/// The field that most rules wait for, said at the start of the spec; nothing where none waits.
///
/// # Errors
/// Where the format cannot be read.
pub fn hint(place: &Place, rules: &RuleFiles) -> Result<Option<Diagnostic>, Stop> {
    let format = weir::compile(&place.text()?);
    let Some(plan) = &format.plan else { return Ok(None) };
    Ok(rules.detection.assess(plan, &place.facts(plan)?, false).hint(Span::default()))
}
