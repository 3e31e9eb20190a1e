//! Events → one tree of constants: aliases copied, merge keys merged, the last of duplicate keys kept.

use super::keys::unique;
use super::offsets::Offsets;
use super::scalar::ScalarKind;
use super::syntax;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceId, Span};
use crate::spec::findings::{
    YAML_ALIAS, YAML_DEPTH, YAML_EXPANSION, YAML_KEY, YAML_MERGE, YAML_SECOND_DOCUMENT, YAML_TAG, YAML_VALUE,
};
use crate::value::{Constant, ConstantKind};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::collections::HashMap;

/// How deep a document may nest, aliases followed.
pub const DEPTH: usize = 100;

/// How much anchors and aliases may copy: bytes of text, and [`NODE`] for each value.
pub const EXPANSION: usize = 16 << 20;

/// What a value counts for in [`EXPANSION`], beside its text: about what it takes in memory.
pub const NODE: usize = 48;

/// The first document of a text; null where there is none.
pub(super) fn document(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Constant> {
    let offsets = Offsets::new(text);
    let mut parser = Parser::new_from_str(text);
    let mut builder = YamlBuilder::new(text, source, findings);
    let mut documents = 0;
    while let Some(event) = parser.next_event() {
        let (event, marks) = match event {
            Ok(event) => event,
            Err(error) => {
                let finding = syntax::finding(text, source, offsets.byte(error.marker().index()), error.info());
                builder.findings.push(finding);
                return None;
            }
        };
        let range = (offsets.byte(marks.start.index()), offsets.byte(marks.end.index()));
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
        }
        if documents == 2 {
            builder.findings.push(YAML_SECOND_DOCUMENT.at(builder.span(range.0, range.1), &[]));
            break;
        }
        builder.event(event, range).ok()?;
    }
    let end = text.len();
    Some(builder.root.take().unwrap_or_else(|| Constant { span: builder.span(end, end), kind: ConstantKind::Null }))
}

/// The reading cannot go on; a finding says why.
struct YamlStop;

/// A collection whose end was not met yet.
struct OpenNode {
    items: OpenItems,
    anchor: usize,
    start: usize,
    /// The levels below, aliases followed: a leaf has none.
    height: usize,
}

enum OpenItems {
    List(Vec<Constant>),
    Map(OpenPairs),
}

#[derive(Default)]
struct OpenPairs {
    /// What merge keys brought; the mapping's own keys win.
    merged: Vec<(Constant, Constant)>,
    own: Vec<(Constant, Constant)>,
    key: Option<OpenKey>,
}

/// A key whose value was not met yet.
enum OpenKey {
    /// A plain `<<`.
    Merge,
    Ordinary(Constant),
}

/// A value that aliases can stand for.
struct Anchored {
    value: Constant,
    height: usize,
    weight: usize,
}

struct YamlBuilder<'t, 'f> {
    text: &'t str,
    source: SourceId,
    findings: &'f mut Diagnostics,
    open: Vec<OpenNode>,
    anchors: HashMap<usize, Anchored>,
    copied: usize,
    /// Where the last event ended.
    last: usize,
    root: Option<Constant>,
}

impl<'t, 'f> YamlBuilder<'t, 'f> {
    fn new(text: &'t str, source: SourceId, findings: &'f mut Diagnostics) -> Self {
        let (open, anchors) = (Vec::new(), HashMap::new());
        YamlBuilder { text, source, findings, open, anchors, copied: 0, last: 0, root: None }
    }

    fn event(&mut self, event: Event<'_>, (start, end): (usize, usize)) -> Result<(), YamlStop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.scalar_span(start, end, style, tag.is_some() || anchor != 0);
                self.last = span.end as usize;
                if style == ScalarStyle::Plain && tag.is_none() && text == "<<" && self.expects_key() {
                    return self.merge_key();
                }
                let value = self.scalar(&text, style, tag.as_deref(), span);
                self.finish(value, 0, anchor)
            }
            Event::Alias(anchor) => {
                self.last = end;
                self.alias(anchor, self.span(start, end))
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(OpenItems::List(Vec::new()), "seq", anchor, tag.as_deref(), (start, end))
            }
            Event::MappingStart(anchor, tag) => {
                self.open(OpenItems::Map(OpenPairs::default()), "map", anchor, tag.as_deref(), (start, end))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(start, end),
            _ => Ok(()),
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start as u32, end.max(start) as u32)
    }

    fn stop(&mut self, finding: Diagnostic) -> Result<(), YamlStop> {
        self.findings.push(finding);
        Err(YamlStop)
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(OpenNode { items: OpenItems::Map(OpenPairs { key: None, .. }), .. }))
    }

    fn merge_key(&mut self) -> Result<(), YamlStop> {
        if let Some(OpenNode { items: OpenItems::Map(pairs), .. }) = self.open.last_mut() {
            pairs.key = Some(OpenKey::Merge);
        }
        Ok(())
    }

    /// The parser's range begins at a tag or anchor, and for a block scalar at its first letter: a span holds the
    /// scalar with its quotes or block indicator, and no white space after it.
    fn scalar_span(&self, start: usize, end: usize, style: ScalarStyle, has_properties: bool) -> Span {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let start = match (block, has_properties) {
            (true, _) => syntax::block_indicator(self.text, self.last).filter(|at| *at <= end).unwrap_or(start),
            (false, true) => syntax::after_properties(self.text, start).min(end),
            (false, false) => start,
        };
        let kept = self.text.get(start..end).map_or(0, |scalar| scalar.trim_end().len());
        self.span(start, start + kept)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Constant {
        let kind = match tag {
            // `!` alone leaves it to the form, even of a quoted text: so does PyYAML.
            Some(tag) if is_unspecific(tag) => ScalarKind::of_plain(text),
            Some(tag) => core_name(tag).and_then(ScalarKind::of_tag).unwrap_or_else(|| {
                self.findings.push(YAML_TAG.at(span, &[&tag_text(tag)]));
                ScalarKind::Text
            }),
            None if style == ScalarStyle::Plain => ScalarKind::of_plain(text),
            None => ScalarKind::Text,
        };
        let value = kind.value(text).unwrap_or_else(|| {
            self.findings.push(YAML_VALUE.at(span, &[kind.name()]).help("quotes make it text"));
            ConstantKind::Text(text.into())
        });
        Constant { span, kind: value }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), YamlStop> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return self.stop(YAML_ALIAS.at(span, &[]));
        };
        let height = anchored.height;
        self.copied = self.copied.saturating_add(anchored.weight);
        if self.copied > EXPANSION {
            return self.stop(YAML_EXPANSION.at(span, &[]));
        }
        let value = anchored.value.clone();
        if self.open.len() + height > DEPTH {
            return self.stop(YAML_DEPTH.at(span, &[&DEPTH.to_string()]));
        }
        self.finish(value, height, 0)
    }

    fn open(
        &mut self,
        items: OpenItems,
        expected: &str,
        anchor: usize,
        tag: Option<&Tag>,
        (start, end): (usize, usize),
    ) -> Result<(), YamlStop> {
        self.last = end;
        let tagged = self.text.get(start..end).map_or("", str::trim_end);
        let span = self.span(start, start + tagged.len());
        if let Some(tag) = tag.filter(|tag| !is_unspecific(tag) && core_name(tag) != Some(expected)) {
            self.findings.push(YAML_TAG.at(span, &[&tag_text(tag)]));
        }
        if self.open.len() >= DEPTH {
            return self.stop(YAML_DEPTH.at(span, &[&DEPTH.to_string()]));
        }
        let start = if tag.is_some() || anchor != 0 { syntax::after_properties(self.text, start) } else { start };
        self.open.push(OpenNode { items, anchor, start, height: 0 });
        Ok(())
    }

    /// `]` and `}` belong to the collection; the end of a block collection is the end of what is in it.
    fn close(&mut self, start: usize, end: usize) -> Result<(), YamlStop> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let bracketed = matches!(self.text.get(start..end), Some(text) if text.starts_with([']', '}']));
        if bracketed {
            self.last = start + 1;
        }
        let span = self.span(open.start, self.last);
        let kind = match open.items {
            OpenItems::List(items) => ConstantKind::List(items),
            OpenItems::Map(pairs) => ConstantKind::Map(unique(pairs.merged, pairs.own, self.findings)),
        };
        self.finish(Constant { span, kind }, open.height + 1, open.anchor)
    }

    /// Puts a whole value where it belongs.
    fn finish(&mut self, value: Constant, height: usize, anchor: usize) -> Result<(), YamlStop> {
        if anchor != 0 {
            self.anchor(anchor, &value, height)?;
        }
        let Some(parent) = self.open.last_mut() else {
            self.root.get_or_insert(value);
            return Ok(());
        };
        parent.height = parent.height.max(height);
        match &mut parent.items {
            OpenItems::List(items) => items.push(value),
            OpenItems::Map(pairs) => match pairs.key.take() {
                None => return self.key(value),
                Some(OpenKey::Ordinary(key)) => pairs.own.push((key, value)),
                Some(OpenKey::Merge) => return self.merge(value),
            },
        }
        Ok(())
    }

    fn anchor(&mut self, anchor: usize, value: &Constant, height: usize) -> Result<(), YamlStop> {
        let weight = weight(value);
        self.copied = self.copied.saturating_add(weight);
        if self.copied > EXPANSION {
            return self.stop(YAML_EXPANSION.at(value.span, &[]));
        }
        self.anchors.insert(anchor, Anchored { value: value.clone(), height, weight });
        Ok(())
    }

    /// A key must be hashable. A collection here is nearly always a template that was not quoted: `{{ a }}` is a
    /// mapping in a mapping.
    fn key(&mut self, key: Constant) -> Result<(), YamlStop> {
        if matches!(key.kind, ConstantKind::List(_) | ConstantKind::Map(_)) {
            let mut finding = YAML_KEY.at(key.span, &[key.type_name()]);
            if self.text[..key.span.start as usize].ends_with('{') {
                finding = syntax::bare_template(finding, self.text, self.source, key.span.start as usize);
            }
            return self.stop(finding);
        }
        if let Some(OpenNode { items: OpenItems::Map(pairs), .. }) = self.open.last_mut() {
            pairs.key = Some(OpenKey::Ordinary(key));
        }
        Ok(())
    }

    /// A mapping, or a list of mappings of which the first wins.
    fn merge(&mut self, value: Constant) -> Result<(), YamlStop> {
        let span = value.span;
        let mappings = match value.kind {
            ConstantKind::Map(entries) => vec![Some(entries)],
            ConstantKind::List(items) => items.into_iter().rev().map(entries).collect(),
            _ => vec![None],
        };
        let Some(OpenNode { items: OpenItems::Map(pairs), .. }) = self.open.last_mut() else { return Ok(()) };
        let mut all_mappings = true;
        for mapping in mappings {
            all_mappings &= mapping.is_some();
            pairs.merged.extend(mapping.unwrap_or_default());
        }
        if !all_mappings {
            self.findings.push(YAML_MERGE.at(span, &[]));
        }
        Ok(())
    }
}

fn entries(value: Constant) -> Option<Vec<(Constant, Constant)>> {
    match value.kind {
        ConstantKind::Map(entries) => Some(entries),
        _ => None,
    }
}

/// What a copy of a value takes.
fn weight(value: &Constant) -> usize {
    let inside = match &value.kind {
        ConstantKind::Text(text) | ConstantKind::BigInt(text) => text.len(),
        ConstantKind::List(items) => items.iter().map(weight).sum(),
        ConstantKind::Map(entries) => entries.iter().map(|(key, value)| weight(key) + weight(value)).sum(),
        _ => 0,
    };
    inside + NODE
}

const CORE: &str = "tag:yaml.org,2002:";

/// The name of a tag of YAML's core: `str` for `!!str` and `!<tag:yaml.org,2002:str>`.
fn core_name(tag: &Tag) -> Option<&str> {
    match &*tag.handle {
        CORE => Some(&tag.suffix),
        "" => tag.suffix.strip_prefix(CORE),
        _ => None,
    }
}

fn is_unspecific(tag: &Tag) -> bool {
    tag.handle.is_empty() && tag.suffix == "!"
}

fn tag_text(tag: &Tag) -> String {
    match core_name(tag) {
        Some(name) => format!("!!{name}"),
        None => format!("{}{}", tag.handle, tag.suffix),
    }
}
