//! What is odd in a spec whose words are all known: conditions that never hold, branches that are never taken, values that
//! are set and overwritten or read before they are set.
//!
//! Nothing here changes the plan. Each check walks the spec beside its parsed templates, and says only what holds for
//! every event.

mod braces;
mod branches;
mod categories;
mod conditions;
mod dictionaries;
mod fact;
pub mod findings;
mod keys;
mod marks;
mod names;
mod nulls;
mod order;
mod overwrites;
mod results;
mod scene;
mod timeline;
mod values;
mod variables;

pub use keys::{KeyRead, inputs_read, keys_read};

use crate::diagnostic::{Diagnostics, Sources};
use crate::plan::Compiled;
use crate::spec::Spec;
use crate::taxonomy::Taxonomy;
use scene::Scene;
use timeline::Timeline;

/// Runs all checks of what a spec does.
pub fn check(spec: &Spec, taxonomy: &Taxonomy, sources: &Sources, compiled: &Compiled, findings: &mut Diagnostics) {
    let parsed = &compiled.templates;
    let scene = &mut Scene::new(spec, taxonomy, sources, parsed, &compiled.plan.tree.entries, findings);
    let mut written: Vec<_> = parsed.iter().collect();
    written.sort_by_key(|(span, _)| **span);
    let filters = scene.filters();
    for (span, written) in written {
        branches::check(scene, *span, written, filters.contains(span));
        variables::check(scene, *span, written);
    }
    let timeline = Timeline::of(scene);
    conditions::check(scene, &timeline);
    dictionaries::check(scene);
    braces::check(scene);
    categories::check(scene);
    marks::check(scene);
    nulls::check(scene);
    order::check(scene, &timeline);
    results::check(scene, &timeline);
    overwrites::check(scene, &timeline);
}
