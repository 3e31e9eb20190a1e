//! Grok patterns: those that are known by name, what they stand for, and what becomes of a text.

mod reach;

pub use reach::{Reach, reach};

use crate::json::Json;
use std::ops::Range;
use weir::diagnostic::{Diagnostic, Diagnostics, Sources, Span};
use weir::extract::{self, Properties, ResultSink};
use weir::json::KeyOrder;
use weir::pattern::Pattern;
use weir::value::{Arena, Constant, ConstantKind, Value};

/// What became of a text.
#[derive(Debug)]
pub enum Matched {
    /// What each name stands for.
    All(Json),
    /// All of the text does not match.
    Not {
        /// Why.
        reason: String,
        /// How far the pattern got, where that can be found.
        reach: Option<Reach>,
        /// The first part of the text that does match.
        inside: Option<Range<usize>>,
    },
}

/// Matches all of a text with a pattern, as `grok.match` does.
///
/// # Errors
/// Where the pattern cannot be used: what is wrong with it, and the pattern as a source to show that in.
pub fn matched(pattern: &str, text: &str) -> Result<Matched, (Vec<Diagnostic>, Sources)> {
    let mut sources = Sources::new();
    let source = sources.add("pattern", pattern);
    let span = Span::new(source, 0, pattern.len() as u32);
    let constant = |text: &str| Constant { kind: ConstantKind::Text(text.into()), span };
    let entries = [(constant("pattern"), constant(pattern))];
    let mut findings = Diagnostics::new();
    let compile = extract::find("grok.match").map(|extractor| extractor.compile);
    let compiled = compile.and_then(|compile| compile(&Properties { span, entries: &entries }, &mut findings));
    let Some(compiled) = compiled else { return Err((findings.iter().cloned().collect(), sources)) };
    let (arena, order) = (Arena::default(), KeyOrder::default());
    Ok(match compiled.function.extract(Value::Text(text), &ResultSink::new(&arena, &order)) {
        Ok(value) => {
            let mut written = Vec::new();
            // Texts and numbers of a text are JSON.
            let read = weir::json::write(&mut written, value).ok().and_then(|()| Json::read(&written).ok());
            Matched::All(read.unwrap_or_else(|| Json::Object(Vec::new())))
        }
        Err(fault) => {
            let reason = fault.reason().to_owned();
            Matched::Not { reason, reach: reach(pattern, &[], text), inside: inside(&arena, pattern, text) }
        }
    })
}

/// Where in a text a pattern matches first; a match of nothing is none.
fn inside(arena: &Arena, pattern: &str, text: &str) -> Option<Range<usize>> {
    let (expanded, _) = extract::expanded_grok(pattern, &[])?;
    let groups = Pattern::new(&expanded).ok()?.search(arena, text, 0, false).ok()??;
    Some(groups.whole()).filter(|place| !place.is_empty())
}
