//! Comments that let a finding be: `# weir: allow CODE because …`, on its line or the line above.
//!
//! Why so: `docs/decisions/0171`.

use super::kinds::{ALLOW_WITHOUT_REASON, UNUSED_ALLOW, kinds};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use weir::diagnostic::{Diagnostic, Diagnostics, Edit, Fix, Severity, SourceId, Sources, Span};

/// What a comment begins with.
const MARK: &str = "weir: allow";

/// A code that a comment allows on some lines.
#[derive(Debug)]
struct Allowed {
    code: String,
    lines: RangeInclusive<u32>,
    /// The code in the comment.
    span: Span,
    /// The whole comment, with its line where it has one of its own.
    comment: Span,
    has_reason: bool,
}

/// The findings that no comment of the texts allows.
pub fn left(findings: &Diagnostics, sources: &Sources) -> Diagnostics {
    Comments::of(sources).left(findings, sources)
}

/// As [`left`], and says which comments give no reason, and which allow nothing: but for the text named `shared`, whose findings
/// are found in several places.
pub(super) fn checked(findings: &Diagnostics, sources: &Sources, shared: Option<&str>) -> Diagnostics {
    let mut comments = Comments::of(sources);
    let mut left = comments.left(findings, sources);
    comments.check(shared, &mut left);
    left
}

/// The comments of some texts, and which of them were of use: by the text's name and the code's place in it.
struct Comments<'s> {
    by_source: Vec<(&'s str, Vec<Allowed>)>,
    used: BTreeSet<(&'s str, u32)>,
}

impl<'s> Comments<'s> {
    fn of(sources: &'s Sources) -> Self {
        let texts = (0..).map(SourceId).map_while(|id| Some((id, sources.get(id)?)));
        let by_source = texts.map(|(id, source)| (&*source.name, allowed(id, &source.text))).collect();
        Comments { by_source, used: BTreeSet::new() }
    }

    fn left(&mut self, findings: &Diagnostics, sources: &Sources) -> Diagnostics {
        let mut left = Diagnostics::new();
        for finding in findings {
            if !self.allow(finding, sources) {
                left.push(finding.clone());
            }
        }
        left
    }

    fn allow(&mut self, finding: &Diagnostic, sources: &Sources) -> bool {
        let Some((name, all)) = self.by_source.get(finding.span().source.0 as usize) else { return false };
        if all.is_empty() || finding.severity == Severity::Error {
            return false;
        }
        let line = sources.locate(finding.span()).map_or(0, |(_, position)| position.line);
        let found = all.iter().find(|allowed| allowed.code == finding.code.0 && allowed.lines.contains(&line));
        found.is_some_and(|found| {
            self.used.insert((name, found.span.start));
            true
        })
    }

    fn check(&self, shared: Option<&str>, findings: &mut Diagnostics) {
        // A text that was read twice is told of once.
        let mut told = BTreeSet::new();
        let all = self.by_source.iter().flat_map(|(name, all)| all.iter().map(move |allowed| (*name, allowed)));
        for (name, allowed) in all.filter(|(name, allowed)| told.insert((*name, allowed.span.start))) {
            if !allowed.has_reason {
                let help = format!("write `# {MARK} {} because …`", allowed.code);
                findings.push(ALLOW_WITHOUT_REASON.at(allowed.span, &[&allowed.code]).help(help));
            } else if shared != Some(name) && !self.used.contains(&(name, allowed.span.start)) {
                findings.push(unused(allowed));
            }
        }
    }
}

/// A comment that allows nothing: its code is misspelt, or nothing is left to allow.
fn unused(allowed: &Allowed) -> Diagnostic {
    let finding = UNUSED_ALLOW.at(allowed.span, &[&allowed.code]);
    match kinds().any(|kind| kind.code == allowed.code) {
        true => finding.fix(Fix::certain("remove the comment", Edit::all(allowed.comment, ""))).unsure(),
        false => finding.suggest(&allowed.code, kinds().map(|kind| kind.code)),
    }
}

/// What the comments of a YAML text allow.
fn allowed(source: SourceId, text: &str) -> Vec<Allowed> {
    let mut found = Vec::new();
    if !text.to_ascii_lowercase().contains("weir:") {
        return found;
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        if let Some(comment) = comment(line) {
            let is_alone = line[..comment].trim().is_empty();
            let first = if is_alone { next(&lines, index) } else { index };
            let last = first + rest_of_scalar(&lines, first);
            let place = |from: usize, to: usize| Span::new(source, (start + from) as u32, (start + to) as u32);
            let written = line.trim_end().len();
            let whole = if is_alone { place(0, line.len()) } else { place(line[..comment].trim_end().len(), written) };
            let (codes, reason) = parts(&line[..written], comment);
            let has_reason = !reason.is_empty();
            found.extend(codes.into_iter().map(|(at, code)| Allowed {
                lines: first as u32 + 1..=last as u32 + 1,
                span: place(at, at + code.len()),
                comment: whole,
                has_reason,
                code,
            }));
        }
        start += line.len();
    }
    found
}

/// Where the comment of a line begins that allows something, with or without a blank or a capital.
fn comment(line: &str) -> Option<usize> {
    line.match_indices('#').map(|(at, _)| at).find(|at| {
        let is_comment = line[..*at].is_empty() || line[..*at].ends_with([' ', '\t']);
        let text = line[at + 1..].trim_start().to_ascii_lowercase();
        is_comment && text.strip_prefix("weir:").is_some_and(|text| text.trim_start().starts_with("allow"))
    })
}

/// The codes of a comment with their places in the line, and the reason.
fn parts(line: &str, comment: usize) -> (Vec<(usize, String)>, &str) {
    let from = comment + line[comment..].to_ascii_lowercase().find("allow").map_or(0, |at| at + "allow".len());
    let rest = &line[from..];
    let (codes, reason) = rest.split_once("because").unwrap_or((rest, ""));
    let mut at = from;
    let mut found = Vec::new();
    for part in codes.split_inclusive([' ', ',', '\t']) {
        let code = part.trim_end_matches([' ', ',', '\t']);
        // What is no code is a reason that does not begin with `because`.
        if !code.is_empty() && !code.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            break;
        }
        if !code.is_empty() {
            found.push((at, code.to_owned()));
        }
        at += part.len();
    }
    (found, reason.trim_matches([' ', '…', '.', ':', '\t']))
}

/// The next line that is neither blank nor a comment.
fn next(lines: &[&str], index: usize) -> usize {
    let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    (index + 1..lines.len()).find(|next| says(lines[*next])).unwrap_or(index)
}

/// How many lines a block or a quoted text goes on for that begins in a line: no comment can stand in it.
fn rest_of_scalar(lines: &[&str], first: usize) -> usize {
    let line = lines[first].trim_end();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_block = line.rsplit(' ').next().is_some_and(|last| last.starts_with(['|', '>']) && last.len() <= 3);
    let value = line.split_once(": ").map_or(line.trim_start_matches([' ', '-']), |(_, value)| value.trim_start());
    let is_open = |quote: char| value.starts_with(quote) && (value.len() == 1 || !value.ends_with(quote));
    if !is_block && !is_open('"') && !is_open('\'') {
        return 0;
    }
    let goes_on = |next: &&&str| next.trim().is_empty() || indent(next) > indent(line);
    lines[first + 1..].iter().take_while(goes_on).count()
}

#[cfg(test)]
mod tests {
    use super::allowed;
    use weir::diagnostic::SourceId;

    #[test]
    fn a_comment_allows_on_its_line_or_on_the_next_with_all_of_a_block() {
        for (text, lines) in [
            ("a: b # weir: allow x because y\n", 1..=1),
            ("# weir: allow x because y\n\n# more\na: b\nc: d\n", 4..=4),
            ("# weir: allow x because y\na: >-\n  b\n\n  c\nd: e\n", 2..=5),
            ("# weir: allow x because y\na: \"b\n  c\"\nd: e\n", 2..=3),
            ("# weir: allow x because y", 1..=1),
        ] {
            let found = allowed(SourceId(0), text);
            assert_eq!(
                found.iter().map(|allowed| (&*allowed.code, &allowed.lines)).collect::<Vec<_>>(),
                [("x", &lines)],
                "{text}"
            );
        }
    }

    #[test]
    fn codes_stand_before_the_reason() {
        let text = "a: b  #  weir: allow one-code, two  because it is é.\n";
        let found = allowed(SourceId(0), text);
        let codes: Vec<_> =
            found.iter().map(|allowed| &text[allowed.span.start as usize..allowed.span.end as usize]).collect();
        assert_eq!(codes, ["one-code", "two"]);
        assert!(found.iter().all(|allowed| allowed.has_reason));
        assert!(!allowed(SourceId(0), "a: b # weir: allow one because …")[0].has_reason);
        assert!(!allowed(SourceId(0), "a: b # weir: allow one")[0].has_reason);
        for text in ["a: b # weir:allow one because y", "a: b # Weir: allow one because y"] {
            assert_eq!(allowed(SourceId(0), text).len(), 1, "{text}");
        }
        let found = allowed(SourceId(0), "a: b # weir: allow one - since it is so");
        assert!(found.len() == 1 && !found[0].has_reason, "one finding");
        assert!(allowed(SourceId(0), "a: b# weir: allow one\nc: weir: allow x").is_empty());
    }
}
