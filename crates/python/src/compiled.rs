//! What runs: the plans of a format or a module, with the columns of their events.

use crate::texts::{FormatTexts, Texts};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use weir::diagnostic::{self, Diagnostic, Diagnostics, Severity, SourceId, Sources};
use weir::run::{EventPart, EventParts};
use weir::taxonomy::Field;
use weir::{EventView, Input, Plan, Record, Report, Scratch, Status};
use weir_author::NamedText;
use weir_author::finding::first_error;
use weir_author::pairs::{self, FormatResult, PairResult, Results};
use weir_columns::{Binding, Columns};
use weir_dataset::{Contract, Router, read_contract, read_routing};
use weir_formats::{Place, Trouble, Unread, Unrouted, route};

/// How many formats this process compiled, so that a test can tell that none was compiled twice.
pub static COMPILED: AtomicUsize = AtomicUsize::new(0);

/// What runs. It never changes.
pub struct Compiled {
    pub texts: Texts,
    pub members: Vec<Member>,
    /// Finds the member of a record; none where there is one for all.
    router: Option<Router>,
    pub columns: Columns,
    /// Everything that was found.
    pub findings: Vec<Finding>,
}

/// A format of those that run.
pub struct Member {
    /// The dataset's name, or the format's.
    pub name: String,
    pub plan: Plan,
    pub binding: Binding,
    contract: Option<Contract>,
    /// Finds records of which nothing was read.
    unread: Unread,
    /// How many values an event has in parts of whose record nothing was read, at most.
    values_of_nothing: usize,
    /// What of it does not compile, in one line.
    first_error: Option<String>,
}

/// What was found, as a tool tells it.
#[derive(Clone)]
pub struct Finding {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub code: String,
    pub severity: &'static str,
    pub title: String,
    pub help: Option<String>,
    /// With its source line, in plain text.
    pub rendered: String,
    /// Whether it keeps a part of the format, or all of it, from running.
    pub is_error: bool,
}

impl Compiled {
    /// Compiles texts.
    ///
    /// # Errors
    /// The findings, where nothing runs of a format, or records cannot be routed.
    pub fn new(texts: Texts) -> Result<Self, Vec<Finding>> {
        let (mut findings, mut plans, mut contracts) = (Vec::new(), Vec::new(), Vec::new());
        let (mut errors, mut unread) = (Vec::new(), Vec::new());
        for one in &texts.formats {
            COMPILED.fetch_add(1, Ordering::Relaxed);
            let format = weir::compile(&one.text);
            findings.extend(format.findings.iter().map(|found| Finding::of(found, &format.sources)));
            contracts.push(one.contract.as_ref().and_then(|text| contract(text, &mut findings)));
            errors.push(first_error(&format));
            unread.extend(format.plan.as_ref().map(|plan| Unread::of(format.spec.as_ref(), plan)));
            plans.push(format.plan);
        }
        let Some(plans) = plans.into_iter().collect::<Option<Vec<Plan>>>() else { return Err(findings) };
        let router = match &texts.module {
            None => None,
            Some(routing) => Some(router(&contracts, routing.as_ref(), &mut findings).ok_or_else(|| findings.clone())?),
        };
        let columns = Columns::without_ids(&fields(&plans));
        findings.extend(columns.left_out().iter().map(|left| {
            let title = format!(
                "the column `{}` has this name but for the case: `{}` is in `rest`",
                left.because_of, left.name
            );
            Finding::of_columns("column-case", title)
        }));
        let members = plans.into_iter().zip(contracts).zip(errors).zip(unread).zip(&texts.formats);
        let members = members.map(|((((plan, contract), first_error), unread), one)| {
            let name = name(&plan, contract.as_ref(), one);
            let binding = columns.bind(&plan);
            let values_of_nothing = values_of_nothing(&plan, &binding);
            Member { name, plan, binding, contract, unread, values_of_nothing, first_error }
        });
        Ok(Compiled { members: members.collect(), router, columns, findings, texts })
    }

    /// The member of a record.
    ///
    /// # Errors
    /// Where none fits, or several do.
    pub fn of(&self, input: Input<'_>) -> Result<usize, Unrouted> {
        self.router.as_ref().map_or(Ok(0), |router| route(router, input))
    }

    /// Runs the recorded pairs that lie beside the formats.
    ///
    /// # Errors
    /// Where they are not known to lie anywhere, or cannot be read, in words.
    pub fn test(&self) -> Result<Results, String> {
        let mut results = Results::default();
        for (member, texts) in self.members.iter().zip(&self.texts.formats) {
            let folder =
                texts.folder.as_ref().ok_or("a format that was made of texts has no recorded pairs beside it")?;
            let place = Place::at(folder).map_err(|error| error.to_string())?;
            let mut pairs = Vec::new();
            for (path, text) in place.folder().map_err(|error| error.to_string())?.pairs {
                let name = Path::new(&path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let result = pairs::run(&member.plan, &path, &text).result;
                pairs.push(PairResult { pair: name, ..result });
            }
            results.add(FormatResult::of(place.name(), member.first_error.clone(), pairs));
        }
        Ok(results)
    }

    /// Whether records are routed.
    pub fn is_module(&self) -> bool {
        self.router.is_some()
    }
}

impl Member {
    /// Why nothing was read of a record, if so, as `weir run` tells it.
    pub fn unread(&self, record: &Record<'_>, view: &EventView<'_, '_>, report: &Report) -> Option<Trouble> {
        let nothing = |line: &[u8]| self.unread.nothing(&self.plan, self.contract.as_ref(), record, line);
        match (report.status(), view.parts()) {
            (Status::Failure, _) => None,
            (Status::Partial, _) => self.unread.no_object(record.input),
            (Status::Success, None) => self.unread.no_object(record.input).or_else(|| nothing(view.line())),
            (Status::Success, Some(parts)) => self.unread.no_object(record.input).or_else(|| {
                // An event with more values than one of nothing has needs no closer look.
                if values(&parts) > self.values_of_nothing {
                    return None;
                }
                let mut line = Vec::new();
                self.plan.run(&mut Scratch::default(), record, &mut line);
                nothing(&line)
            }),
        }
    }
}

fn values_of_nothing(plan: &Plan, binding: &Binding) -> usize {
    let count = |message: &&str| {
        let record = Record { input: Input::Message(message.as_bytes()), now: 0, event_id: None };
        let mut count = 0;
        plan.run_batch_in_parts(&mut Scratch::default(), binding.keys(), &[record], |view, _| {
            count = view.parts().map_or(0, |parts| values(&parts));
        });
        count
    };
    ["", "{}", "null"].iter().map(count).max().unwrap_or_default()
}

fn values(parts: &EventParts<'_>) -> usize {
    parts.parts.iter().filter(|part| matches!(part, EventPart::Value(..))).count()
}

/// The fields of all plans. Of a field that several declare the first one's type counts; it is a list where any says so. What another type
/// holds goes to `rest` where it does not fit.
pub fn fields<'p>(plans: impl IntoIterator<Item = &'p Plan>) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let mut places = HashMap::new();
    for field in plans.into_iter().flat_map(Plan::outputs) {
        let at = *places.entry(field.name.clone()).or_insert(fields.len());
        match fields.get_mut(at) {
            Some(known) => known.many |= field.many,
            None => fields.push(field),
        }
    }
    fields
}

fn name(plan: &Plan, contract: Option<&Contract>, texts: &FormatTexts) -> String {
    let folder = || texts.folder.as_ref()?.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = contract.map(|contract| contract.name.clone()).or_else(|| plan.name().map(str::to_owned));
    name.or_else(folder).unwrap_or_default()
}

fn contract(text: &NamedText, findings: &mut Vec<Finding>) -> Option<Contract> {
    told(text, findings, read_contract).flatten()
}

/// Decides by contracts; nothing where one of them, or what the module says, cannot be read.
fn router(contracts: &[Option<Contract>], routing: Option<&NamedText>, findings: &mut Vec<Finding>) -> Option<Router> {
    let all: Option<Vec<&Contract>> = contracts.iter().map(Option::as_ref).collect();
    let all = all?;
    let names: Vec<&str> = all.iter().map(|contract| &*contract.name).collect();
    let preferred = match routing {
        None => Vec::new(),
        Some(text) => told(text, findings, |text, source, found| read_routing(text, source, &names, found))?,
    };
    Some(Router::new(all.iter().copied()).prefer(preferred.iter().map(String::as_str)).0)
}

/// What is read of a text; nothing where something is wrong with it.
fn told<T>(
    (name, text): &NamedText,
    findings: &mut Vec<Finding>,
    read: impl FnOnce(&str, SourceId, &mut Diagnostics) -> T,
) -> Option<T> {
    let (mut sources, mut found) = (Sources::new(), Diagnostics::new());
    let source = sources.add(&**name, &**text);
    let value = read(text, source, &mut found);
    findings.extend(found.iter().map(|one| Finding::of(one, &sources)));
    (!found.has_errors()).then_some(value)
}

impl Finding {
    fn of(found: &Diagnostic, sources: &Sources) -> Self {
        let shown = weir_author::Finding::of(found, sources);
        Finding {
            file: shown.file.to_owned(),
            line: shown.line,
            column: shown.column,
            code: shown.code.to_owned(),
            severity: shown.severity,
            title: shown.title.to_owned(),
            help: shown.help.map(str::to_owned),
            rendered: diagnostic::render(found, sources, true, false),
            is_error: found.severity == Severity::Error,
        }
    }

    fn of_columns(code: &str, title: String) -> Self {
        let rendered = format!("warning[{code}]: {title}");
        let (file, code) = (String::new(), code.to_owned());
        Finding { file, line: 0, column: 0, code, severity: "warning", title, help: None, rendered, is_error: false }
    }
}
