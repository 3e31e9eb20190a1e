//! A JSON document → constants with places: what YAML gives for the same document, without YAML's forms of plain text.
//!
//! JSON is not read as YAML here, though it nearly is: YAML 1.1 reads `1e5` as text, allows no pair of surrogates in
//! escapes, no key longer than 1,024 characters and fewer characters in text.
//!
//! Why so: `docs/decisions/0021`.

use super::findings::{JSON_SYNTAX, YAML_DEPTH, YAML_TOO_LARGE, YAML_VALUE};
use super::json::Part;
use super::yaml::{DEPTH, LONGEST, unique};
use crate::diagnostic::{Diagnostics, SourceId, Span};
use crate::value::text::DIGITS;
use crate::value::{Constant, ConstantKind};

/// Reads a JSON document, with the bounds of a YAML document; `None` with a finding where it cannot be read.
pub fn read(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Constant> {
    if text.len() > LONGEST {
        findings.push(YAML_TOO_LARGE.at(Span::new(source, 0, 0), &[&text.len().to_string()]));
        return None;
    }
    if let Err(finding) = Part::document(text, source) {
        findings.push(*finding);
        return None;
    }
    Walk { text, at: 0, source, findings }.value(0)
}

/// A walk over text that is known to be JSON: each step may rely on what must come next, and stops where it does not.
struct Walk<'t, 'f> {
    text: &'t str,
    at: usize,
    source: SourceId,
    findings: &'f mut Diagnostics,
}

impl<'t> Walk<'t, '_> {
    fn value(&mut self, depth: usize) -> Option<Constant> {
        let first = self.peek()?;
        let start = self.at;
        let kind = match first {
            b'{' => ConstantKind::Map(self.members(depth + 1)?),
            b'[' => ConstantKind::List(self.items(depth + 1)?),
            b'"' => ConstantKind::Text(self.string()?.into()),
            _ => self.word()?,
        };
        Some(Constant { span: self.span(start), kind })
    }

    fn members(&mut self, depth: usize) -> Option<Vec<(Constant, Constant)>> {
        let mut members = Vec::new();
        self.open(depth)?;
        while self.peek()? != b'}' {
            let start = self.at;
            let kind = ConstantKind::Text(self.string()?.into());
            let key = Constant { span: self.span(start), kind };
            self.pass(b':');
            members.push((key, self.value(depth)?));
            self.pass(b',');
        }
        self.at += 1;
        Some(unique(Vec::new(), members, self.findings))
    }

    fn items(&mut self, depth: usize) -> Option<Vec<Constant>> {
        let mut items = Vec::new();
        self.open(depth)?;
        while self.peek()? != b']' {
            items.push(self.value(depth)?);
            self.pass(b',');
        }
        self.at += 1;
        Some(items)
    }

    fn open(&mut self, depth: usize) -> Option<()> {
        let start = self.at;
        self.at += 1;
        if depth > DEPTH {
            self.findings.push(YAML_DEPTH.at(self.span(start), &[&DEPTH.to_string()]));
            return None;
        }
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        let mut is_escaped = false;
        let end = self.text.get(start + 1..)?.bytes().position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        })?;
        self.at = start + end + 2;
        let text = serde_json::from_str(&self.text[start..self.at]);
        // Half of a pair of surrogates is no character: the one thing that a look at the form lets pass.
        let reason = "an escape that stands for no character";
        text.map_err(|_| self.findings.push(JSON_SYNTAX.at(self.span(start), &[reason]))).ok()
    }

    fn word(&mut self) -> Option<ConstantKind> {
        let start = self.at;
        let rest = &self.text[start..];
        let ends = |byte: u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
        self.at += rest.bytes().position(ends).unwrap_or(rest.len());
        let word = &self.text[start..self.at];
        Some(match word {
            "null" => ConstantKind::Null,
            "true" => ConstantKind::Bool(true),
            "false" => ConstantKind::Bool(false),
            "-0" => ConstantKind::Int(0),
            _ if word.contains(['.', 'e', 'E']) => ConstantKind::Float(word.parse().ok()?),
            _ => match word.parse() {
                Ok(value) => ConstantKind::Int(value),
                Err(_) if word.trim_start_matches('-').len() <= DIGITS => ConstantKind::BigInt(word.into()),
                Err(_) => {
                    self.findings.push(YAML_VALUE.at(self.span(start), &["an integer"]).help("quotes make it text"));
                    ConstantKind::Text(word.into())
                }
            },
        })
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes behind a mark where it is next, and to what follows.
    fn pass(&mut self, mark: u8) {
        if self.peek() == Some(mark) {
            self.at += 1;
        }
        self.peek();
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.source, start as u32, self.at as u32)
    }
}
