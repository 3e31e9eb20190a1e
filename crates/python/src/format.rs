//! `weir.Format`: a format, or the formats of a module, ready to run.

use crate::arguments::{TextArgument, now, now_or_column, record};
use crate::arrow::{Batches, PySchema, detached};
use crate::compiled::{Compiled, Finding, fields};
use crate::ddl::Dialect;
use crate::options::{Keep, Now, Options, result_fields};
use crate::report::{PyField, PyFinding, TestReport};
use crate::texts::{FormatTexts, Texts};
use crate::work::{Work, input_schema};
use crate::{FormatError, FormatWarning};
use arrow_schema::{DataType, Field, Schema};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use pyo3_arrow::PyField as ArrowField;
use pyo3_arrow::input::AnyArray;
use std::path::PathBuf;
use std::sync::Arc;
use weir::FormatText;
use weir_author::NamedText;

/// A format, or the formats of a module, ready to run.
#[pyclass(frozen, name = "Format", module = "weir")]
pub struct Format(Arc<Compiled>);

/// The texts of one format, as they are pickled: spec, declarations of fields, contract, folder.
type Pickled = (NamedText, Vec<NamedText>, Option<NamedText>, Option<PathBuf>);

/// What is pickled.
type State = (Vec<Pickled>, bool, Option<NamedText>);

impl Format {
    fn compile(py: Python<'_>, texts: Texts) -> PyResult<Self> {
        match detached(py, || Compiled::new(texts))? {
            Ok(compiled) => Ok(Format(Arc::new(compiled))),
            Err(findings) => Err(format_error(py, &findings)),
        }
    }

    fn options(column: &str, typed: bool, keep: Keep, prefix: &str, now: Now) -> Options {
        Options { column: column.to_owned(), typed, keep, prefix: prefix.to_owned(), now }
    }
}

/// Which columns of an input are kept: all, none, or these.
#[derive(FromPyObject)]
pub enum Kept {
    #[pyo3(transparent)]
    Whether(bool),
    #[pyo3(transparent)]
    These(Vec<String>),
}

impl From<Kept> for Keep {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Whether(true) => Keep::All,
            Kept::Whether(false) => Keep::These(Vec::new()),
            Kept::These(names) => Keep::These(names),
        }
    }
}

/// The error of findings that keep a format from running: it says them all, and has them.
fn format_error(py: Python<'_>, findings: &[Finding]) -> PyErr {
    let errors = findings.iter().filter(|finding| finding.is_error);
    let rendered: Vec<&str> = errors.map(|finding| &*finding.rendered).collect();
    let error = FormatError::new_err(match rendered.is_empty() {
        true => "a contract of the module's datasets cannot be read, so no record can be routed".to_owned(),
        false => rendered.join("\n"),
    });
    let list = shown(py, findings).and_then(|list| error.value(py).setattr("findings", list));
    list.map_or_else(|other| other, |()| error)
}

fn shown<'py>(py: Python<'py>, findings: &[Finding]) -> PyResult<Bound<'py, PyList>> {
    let all: Vec<PyFinding> = findings.iter().map(PyFinding::from).collect();
    let all = all.into_iter().map(|finding| Bound::new(py, finding)).collect::<PyResult<Vec<_>>>()?;
    PyList::new(py, all)
}

/// Reads and compiles the format at a path, or all formats of the module there.
///
/// A path is a format's directory or its `parser.yml`, or a directory of formats with a `dataset.yml` each: then every
/// record goes to the format of its dataset. Parts of a format that do not compile do not run: a `FormatWarning` says
/// which, and with `strict` it is a `FormatError`.
#[pyfunction]
#[pyo3(signature = (path, *, strict=false))]
#[expect(clippy::needless_pass_by_value, reason = "Python gives a path to own")]
pub fn load(py: Python<'_>, path: PathBuf, strict: bool) -> PyResult<Format> {
    let texts = detached(py, || Texts::load(&path))?.map_err(|error| PyOSError::new_err(error.to_string()))?;
    let format = Format::compile(py, texts)?;
    let errors: Vec<Finding> = format.0.findings.iter().filter(|finding| finding.is_error).cloned().collect();
    if errors.is_empty() {
        return Ok(format);
    }
    if strict {
        return Err(format_error(py, &errors));
    }
    let rendered: Vec<&str> = errors.iter().map(|error| &*error.rendered).collect();
    let warning = format!("parts that do not compile do not run:\n{}", rendered.join("\n"));
    py.import("warnings")?.call_method1("warn", (warning, py.get_type::<FormatWarning>(), 2))?;
    Ok(format)
}

/// A format out of what was pickled.
#[pyfunction]
pub fn rebuilt(py: Python<'_>, state: State) -> PyResult<Format> {
    let (formats, is_module, routing) = state;
    let one = |(parser, fields, contract, folder): Pickled| FormatTexts {
        text: FormatText { parser, fields },
        contract,
        folder,
    };
    let texts = Texts { formats: formats.into_iter().map(one).collect(), module: is_module.then_some(routing) };
    Format::compile(py, texts)
}

#[pymethods]
impl Format {
    #[new]
    #[pyo3(signature = (parser, fields=Vec::new(), contract=None))]
    fn new(
        py: Python<'_>,
        parser: TextArgument,
        fields: Vec<TextArgument>,
        contract: Option<TextArgument>,
    ) -> PyResult<Self> {
        let text = FormatText {
            parser: parser.named("parser.yml"),
            fields: fields.into_iter().map(|text| text.named("fields.yml")).collect(),
        };
        let contract = contract.map(|text| text.named("dataset.yml"));
        let formats = vec![FormatTexts { text, contract, folder: None }];
        Format::compile(py, Texts { formats, module: None })
    }

    /// The name of the format; of a module, nothing.
    #[getter]
    fn name(&self) -> Option<&str> {
        match &self.0.members[..] {
            [one] if !self.0.is_module() => Some(&one.name),
            _ => None,
        }
    }

    /// The names of the datasets that records are routed to: of one format, its own name alone.
    #[getter]
    fn datasets(&self) -> Vec<&str> {
        self.0.members.iter().map(|member| &*member.name).collect()
    }

    /// All that was found in the texts.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        shown(py, &self.0.findings)
    }

    /// The fields that events can have.
    #[getter]
    fn fields(&self) -> Vec<PyField> {
        let all = fields(self.0.members.iter().map(|member| &member.plan));
        let one = |field: weir::taxonomy::Field| PyField {
            r#type: field.kind.name().to_owned(),
            many: field.many,
            name: field.name.into_owned(),
        };
        all.into_iter().map(one).collect()
    }

    /// The event of a record, as a dict. What is wrong with a record is in its event: nothing is raised for it.
    #[pyo3(signature = (record, *, now=None))]
    fn run<'py>(
        &self,
        py: Python<'py>,
        record: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // Python's own reader builds dicts faster than any other could.
        py.import("json")?.call_method1("loads", (self.run_json(py, record, now)?,))
    }

    /// The event of a record, as one line of JSON: the bytes that `weir run` prints.
    #[pyo3(signature = (record, *, now=None))]
    fn run_json<'py>(
        &self,
        py: Python<'py>,
        record: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (record, now) = (self::record(record)?, self::now(now)?.seconds());
        let line = detached(py, || self.0.line(&record, now))?;
        Ok(PyBytes::new(py, &line))
    }

    /// The events of records, each as one line of JSON.
    #[pyo3(signature = (records, *, now=None))]
    fn run_lines<'py>(
        &self,
        py: Python<'py>,
        records: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let now = self::now(now)?.seconds();
        let records = records.try_iter()?.map(|one| record(&one?)).collect::<PyResult<Vec<_>>>()?;
        let lines = detached(py, || self.0.lines(&records, now))?;
        Ok(lines.iter().map(|line| PyBytes::new(py, line)).collect())
    }

    /// Runs the records in a column of Arrow data, and gives batches: what is kept of the input, then the result.
    #[pyo3(
        signature = (data, column="message", *, typed=true, keep=Kept::Whether(true), prefix="", now=None),
        text_signature = "($self, data, column='message', *, typed=True, keep=True, prefix='', now=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "they are those of the method in Python, which have names there")]
    fn run_arrow(
        &self,
        py: Python<'_>,
        data: AnyArray,
        column: &str,
        typed: bool,
        keep: Kept,
        prefix: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Batches> {
        let options = Format::options(column, typed, keep.into(), prefix, now_or_column(now)?);
        let reader = data.into_reader()?;
        let compiled = Arc::clone(&self.0);
        let work = detached(py, || Work::new(compiled, options, reader))?.map_err(PyValueError::new_err)?;
        Ok(Batches::new(work))
    }

    /// The schema that `run_arrow` gives for an input of this schema, or for the messages alone.
    #[pyo3(
        signature = (input=None, column="message", *, typed=true, keep=Kept::Whether(true), prefix="", now=None),
        text_signature = "($self, input=None, column='message', *, typed=True, keep=True, prefix='', now=None)"
    )]
    fn schema(
        &self,
        input: Option<ArrowField>,
        column: &str,
        typed: bool,
        keep: Kept,
        prefix: &str,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PySchema> {
        let mut options = Format::options(column, typed, keep.into(), prefix, now_or_column(now)?);
        let input = match input {
            Some(field) => input_schema(&field.into_inner(), column),
            None => {
                options.keep = Keep::These(Vec::new());
                if let Now::Column(_) = options.now {
                    options.now = Now::Clock;
                }
                Schema::new(vec![Field::new(column, DataType::Utf8, true)])
            }
        };
        let (_, schema) = options.schema(&self.0, &input).map_err(PyValueError::new_err)?;
        Ok(PySchema(schema))
    }

    /// The type of a result as a database writes it, for functions in SQL: one struct.
    #[pyo3(signature = (dialect="spark", *, typed=true))]
    fn ddl(&self, dialect: &str, typed: bool) -> PyResult<String> {
        let known = Dialect::parse(dialect);
        let known = known.ok_or_else(|| {
            PyValueError::new_err(format!("there is no dialect {dialect:?}; there are \"spark\" and \"duckdb\""))
        })?;
        let options = Format::options("message", typed, Keep::All, "", Now::Clock);
        Ok(known.dict(&result_fields(&self.0, &options)))
    }

    /// Runs the recorded pairs that lie beside the format.
    fn test(&self, py: Python<'_>) -> PyResult<TestReport> {
        let results = detached(py, || self.0.test())?;
        results.map(TestReport::from).map_err(PyOSError::new_err)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (State,))> {
        let one = |one: &FormatTexts| {
            let FormatText { parser, fields } = one.text.clone();
            (parser, fields, one.contract.clone(), one.folder.clone())
        };
        let texts = &self.0.texts;
        let formats = texts.formats.iter().map(one).collect();
        let state = (formats, texts.module.is_some(), texts.module.clone().flatten());
        // Python remembers what it built: `docs/decisions/0193`.
        Ok((py.import("weir")?.getattr("_rebuild")?, (state,)))
    }

    fn __repr__(&self) -> String {
        match self.name() {
            Some(name) => format!("<Format {name}>"),
            None => format!("<Format of {} datasets>", self.0.members.len()),
        }
    }
}
