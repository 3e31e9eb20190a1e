//! Pipelines that come with weir: which events of a product a rule's log source means.

use super::{Pipeline, read};
use weir::diagnostic::{Diagnostics, Sources};

const WINDOWS: &str = include_str!("windows.yml");

/// The pipelines that come with weir. They name fields as rules do: what maps the names comes behind them.
pub fn shipped() -> Vec<Pipeline> {
    let mut sources = Sources::new();
    let texts = [("windows.yml", WINDOWS)];
    let mut pipelines = Vec::new();
    for (name, text) in texts {
        let mut findings = Diagnostics::new();
        let source = sources.add(name, text);
        pipelines.extend(read(text, source, &mut findings));
        debug_assert!(findings.is_empty(), "{name}: {findings:?}");
    }
    pipelines
}
