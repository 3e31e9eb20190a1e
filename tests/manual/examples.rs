//! The examples of a page.
//!
//! - `jinja expression`: lines `expression → result`, the result as Python's `repr` has it, `undefined`, or `fails: kind`;
//!   a line `given layer = JSON` says what the layer holds in the lines behind it.
//! - `yaml format`, then perhaps `yaml fields`, then pairs of an input (`text input` is a message, `json event` an event)
//!   and its `json output`; `text report` is what the run says behind the output. `text findings` is what `weir check`
//!   says; a format without it has none.

use crate::blocks::{self, Block, Page};
use crate::engine;
use weir::{Format, Input};

/// Runs the examples of a page; tells how many there were.
pub fn check(page: &Page, wrong: &mut Vec<String>) -> usize {
    let mut run = Run { page, wrong, ran: 0, spec: None };
    for block in blocks::of(page) {
        match block.kind {
            "" => {}
            "expression" => run.expressions(&block),
            "format" => run.format(block.text, block.line),
            kind => run.part(kind, &block),
        }
    }
    run.finish();
    run.ran
}

struct Run<'p> {
    page: &'p Page,
    wrong: &'p mut Vec<String>,
    ran: usize,
    spec: Option<Spec>,
}

/// A format with what is known of it so far.
struct Spec {
    line: usize,
    parser: String,
    fields: String,
    input: Option<(bool, String)>,
    report: Option<Vec<String>>,
    explained: bool,
}

impl Run<'_> {
    fn fail(&mut self, line: usize, reason: &str) {
        self.wrong.push(format!("{}:{line}: {reason}", self.page.path.display()));
    }

    fn expressions(&mut self, block: &Block<'_>) {
        let mut given = Vec::new();
        for (line, text) in (block.line + 1..).zip(block.text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            if let Some((layer, json)) = text.strip_prefix("given ").and_then(|rest| rest.split_once(" = ")) {
                given.push((layer.to_owned(), json.to_owned()));
                continue;
            }
            let Some((expression, expected)) = text.rsplit_once(" → ") else {
                self.fail(line, "no `→`");
                continue;
            };
            self.ran += 1;
            let found = engine::evaluate(&given, expression.trim());
            if found != expected.trim() {
                self.fail(line, &format!("{text}\n  got {found}"));
            }
        }
    }

    fn format(&mut self, parser: String, line: usize) {
        self.finish();
        let (fields, input, report) = (String::new(), None, None);
        self.spec = Some(Spec { line, parser, fields, input, report, explained: false });
    }

    fn part(&mut self, kind: &str, block: &Block<'_>) {
        let Some(spec) = &mut self.spec else { return self.fail(block.line, "there is no format before it") };
        match kind {
            "fields" => spec.fields.clone_from(&block.text),
            "input" | "event" => spec.input = Some((kind == "event", block.text.clone())),
            "output" => self.output(block),
            "report" => self.report(block),
            "findings" => self.findings(block),
            _ => self.fail(block.line, &format!("`{kind}` is no kind of block")),
        }
    }

    fn output(&mut self, block: &Block<'_>) {
        self.ran += 1;
        let Some(spec) = &mut self.spec else { return };
        let format = spec.compile();
        let (is_event, text) = spec.input.clone().unwrap_or_default();
        let input = if is_event { Input::Event(text.as_bytes()) } else { Input::Message(text.as_bytes()) };
        let result = engine::run(&format, input).and_then(|outcome| Ok((outcome, blocks::json(&block.text)?)));
        match result {
            Ok((outcome, expected)) => {
                spec.report = Some(outcome.report);
                if outcome.event != expected {
                    self.fail(block.line, &format!("got {:#}", outcome.event));
                }
            }
            Err(reason) => self.fail(block.line, &reason),
        }
    }

    fn report(&mut self, block: &Block<'_>) {
        self.ran += 1;
        let found = self.spec.as_mut().and_then(|spec| spec.report.take()).unwrap_or_default().join("\n");
        if found != block.text {
            self.fail(block.line, &format!("the report says\n{found}"));
        }
    }

    fn findings(&mut self, block: &Block<'_>) {
        self.ran += 1;
        let Some(spec) = &mut self.spec else { return };
        spec.explained = true;
        let found = engine::findings(&spec.compile());
        if found.trim_end() != block.text.trim_end() {
            self.fail(block.line, &format!("found\n{found}"));
        }
    }

    /// A format that nothing was said about has no findings.
    fn finish(&mut self) {
        let Some(spec) = self.spec.take() else { return };
        let format = spec.compile();
        if !spec.explained && !format.findings.is_empty() {
            self.fail(spec.line, &engine::findings(&format));
        }
    }
}

impl Spec {
    fn compile(&self) -> Format {
        engine::read(&self.parser, &self.fields)
    }
}
