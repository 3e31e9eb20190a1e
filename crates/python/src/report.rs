//! What a format says of itself, as Python reads it.

use crate::compiled::Finding;
use pyo3::prelude::*;
use pyo3::types::PyList;
use weir_author::pairs::Results;

/// A mistake, or what is odd, in the texts of a format.
#[pyclass(frozen, get_all, name = "Finding", module = "weir")]
pub struct PyFinding {
    file: String,
    line: u32,
    column: u32,
    code: String,
    severity: &'static str,
    title: String,
    help: Option<String>,
    rendered: String,
}

impl From<&Finding> for PyFinding {
    fn from(finding: &Finding) -> Self {
        let Finding { file, line, column, code, severity, title, help, rendered, .. } = finding.clone();
        PyFinding { file, line, column, code, severity, title, help, rendered }
    }
}

#[pymethods]
impl PyFinding {
    fn __str__(&self) -> &str {
        &self.rendered
    }

    fn __repr__(&self) -> String {
        let PyFinding { file, line, column, code, severity, title, .. } = self;
        format!("<Finding {severity} {code} at {file}:{line}:{column}: {title}>")
    }
}

/// A field that events can have.
#[pyclass(frozen, get_all, name = "Field", module = "weir")]
pub struct PyField {
    pub name: String,
    pub r#type: String,
    pub many: bool,
}

#[pymethods]
impl PyField {
    fn __repr__(&self) -> String {
        let PyField { name, r#type, many } = self;
        format!("<Field {name}: {type}{}>", if *many { ", many" } else { "" })
    }
}

/// What came of the recorded pairs.
#[pyclass(frozen, name = "TestReport", module = "weir")]
pub struct TestReport {
    results: Results,
}

impl From<Results> for TestReport {
    fn from(results: Results) -> Self {
        TestReport { results }
    }
}

#[pymethods]
impl TestReport {
    /// How many pairs gave what they expect.
    #[getter]
    fn passed(&self) -> usize {
        self.results.passed
    }

    /// How many pairs there are.
    #[getter]
    fn total(&self) -> usize {
        self.results.total
    }

    /// Whether there are pairs and all of them pass.
    #[getter]
    fn ok(&self) -> bool {
        self.results.total > 0 && !self.results.formats.iter().any(|format| format.is_wrong())
    }

    /// The pairs, as `weir test --format json` tells them, each with its format.
    #[getter]
    fn pairs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let json = weir_author::pairs::json(&self.results).unwrap_or_default();
        let results = py.import("json")?.call_method1("loads", (json,))?;
        let all = PyList::empty(py);
        for format in results.get_item("formats")?.try_iter()? {
            let format = format?;
            for pair in format.get_item("pairs")?.try_iter()? {
                let pair = pair?;
                pair.set_item("format", format.get_item("format")?)?;
                all.append(pair)?;
            }
        }
        Ok(all)
    }

    fn __bool__(&self) -> bool {
        self.ok()
    }

    fn __repr__(&self) -> String {
        format!("<TestReport {} of {} pairs pass>", self.results.passed, self.results.total)
    }

    fn __str__(&self) -> String {
        let mut shown = format!("{} of {} pairs pass", self.results.passed, self.results.total);
        let pairs = self.results.formats.iter().flat_map(|format| &format.pairs);
        for pair in pairs.filter(|pair| !pair.passed) {
            let differences = pair.differences.len();
            let why = pair.error.clone().unwrap_or_else(|| format!("{differences} differences"));
            shown += &format!("\n  {}: {why}", pair.pair);
        }
        shown
    }
}
