//! A JSON document → constants with places: what YAML gives for the same document, without YAML's forms of plain text.
//!
//! JSON is not read as YAML here, though it nearly is: YAML 1.1 reads `1e5` as text, allows no pair of surrogates in
//! escapes, no key longer than 1,024 characters and fewer characters in text.
//!
//! Why so: `docs/decisions/0021`.

use super::findings::{JSON_SYNTAX, YAML_DEPTH, YAML_TOO_LARGE, YAML_VALUE};
use super::json::JsonPart;
use super::yaml::{DEPTH, LONGEST, unique};
use crate::diagnostic::{Diagnostics, SourceId, Span};
use crate::json::{self, Cursor, Error, Read, Stopped, raw};
use crate::value::text::DIGITS;
use crate::value::{Constant, ConstantKind};
use std::borrow::Cow;

/// Reads a JSON document, with the bounds of a YAML document; `None` with a finding where it cannot be read.
pub fn read(text: &str, source: SourceId, findings: &mut Diagnostics) -> Option<Constant> {
    if text.len() > LONGEST {
        findings.push(YAML_TOO_LARGE.at(Span::new(source, 0, 0), &[&text.len().to_string()]));
        return None;
    }
    if let Err(finding) = JsonPart::document(text, source) {
        findings.push(*finding);
        return None;
    }
    // The text is JSON: all that can stop the walk has its finding.
    json::walk(text, |cursor| DocumentReader { cursor, source, findings }.value(0)).ok()
}

/// A walk over text that is known to be JSON.
struct DocumentReader<'c, 't, 'i, 'f> {
    cursor: &'c mut Cursor<'t, 'i>,
    source: SourceId,
    findings: &'f mut Diagnostics,
}

impl DocumentReader<'_, '_, '_, '_> {
    fn value(&mut self, depth: usize) -> Read<Constant> {
        let start = self.cursor.place();
        let kind = match self.cursor.peek() {
            Some(b'{') => ConstantKind::Map(self.members(depth + 1)?),
            Some(b'[') => ConstantKind::List(self.items(depth + 1)?),
            Some(b'"') => ConstantKind::Text(self.string()?.into()),
            _ => self.word()?,
        };
        Ok(Constant { span: self.span(start), kind })
    }

    fn members(&mut self, depth: usize) -> Read<Vec<(Constant, Constant)>> {
        let mut members = Vec::new();
        let mut goes_on = self.opens(b'}', depth)?;
        while goes_on {
            let start = self.cursor.place();
            let kind = ConstantKind::Text(self.string()?.into());
            let key = Constant { span: self.span(start), kind };
            self.cursor.colon()?;
            members.push((key, self.value(depth)?));
            goes_on = self.cursor.goes_on(b'}')?;
        }
        Ok(unique(Vec::new(), members, self.findings))
    }

    fn items(&mut self, depth: usize) -> Read<Vec<Constant>> {
        let mut items = Vec::new();
        let mut goes_on = self.opens(b']', depth)?;
        while goes_on {
            items.push(self.value(depth)?);
            goes_on = self.cursor.goes_on(b']')?;
        }
        Ok(items)
    }

    /// Takes an opening bracket; whether anything is inside.
    fn opens(&mut self, close: u8, depth: usize) -> Read<bool> {
        let start = self.cursor.place();
        let is_open = self.cursor.opens(close);
        if depth > DEPTH {
            let place = Span::new(self.source, start as u32, start as u32 + 1);
            self.findings.push(YAML_DEPTH.at(place, &[&DEPTH.to_string()]));
            return Err(Stopped);
        }
        Ok(is_open)
    }

    fn string(&mut self) -> Read<String> {
        let start = self.cursor.place();
        let text = raw::string(self.cursor.raw()?);
        // Half of a pair of surrogates is no character: the one thing that a look at the form lets pass.
        text.map(Cow::into_owned).map_err(|Error { problem, .. }| {
            self.findings.push(JSON_SYNTAX.at(self.span(start), &[problem.text()]));
            Stopped
        })
    }

    fn word(&mut self) -> Read<ConstantKind> {
        let start = self.cursor.place();
        let word = self.cursor.raw()?;
        Ok(match word {
            "null" => ConstantKind::Null,
            "true" => ConstantKind::Bool(true),
            "false" => ConstantKind::Bool(false),
            _ if word.contains(['.', 'e', 'E']) => ConstantKind::Float(word.parse().unwrap_or(f64::NAN)),
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

    fn span(&self, start: usize) -> Span {
        Span::new(self.source, start as u32, self.cursor.place() as u32)
    }
}
