//! Indicators of compromise: read from STIX bundles, MISP events, CSV files and plain lists, and held against events.
//!
//! Text → [`Indicators`] → [`IndicatorSet`], which is immutable and shared → [`IndicatorMatcher`], for the fields of one plan.
//! Why so: `docs/decisions/0124`.

mod harmless;
pub mod kind;
mod list;
mod matcher;
mod misp;
mod pattern;
mod read;
mod set;
mod stix;
mod store;
mod value;

pub use matcher::{Hit, IndicatorMatcher};
pub use set::{Found, IndicatorSet};
pub use store::{IndicatorAbout, Indicators, Refusal, Validity};
