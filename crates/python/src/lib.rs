//! weir in Python: records in, events out as dicts, JSON or typed Arrow columns.
//!
//! A thin surface over the engine. Follow a table with a finger: `format` (what Python calls) → `work` (tables in, batches out)
//! → `runs` (records to their formats) → `rows` (events into columns) → `arrow` (what Python gets).
//!
//! Why so: `docs/decisions/0191`, `docs/decisions/0193`.

mod arguments;
mod arrow;
mod compiled;
mod ddl;
mod format;
mod guard;
mod messages;
mod options;
mod report;
mod rows;
mod runs;
mod texts;
mod work;

use pyo3::exceptions::{PyUserWarning, PyValueError};
use pyo3::prelude::*;
use std::ffi::OsString;
use std::sync::atomic::Ordering;

pyo3::create_exception!(
    weir,
    FormatError,
    PyValueError,
    "A format that does not compile; `findings` says all that is wrong."
);
pyo3::create_exception!(
    weir,
    FormatWarning,
    PyUserWarning,
    "Parts of a format that do not compile, and so do not run."
);

/// Runs the command line and gives its exit code.
#[pyfunction]
fn command_line(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
    arrow::detached(py, || weir_cli::run(arguments))
}

/// How many formats this process has compiled.
#[pyfunction]
fn compilations() -> usize {
    compiled::COMPILED.load(Ordering::Relaxed)
}

#[pymodule(gil_used = false)]
fn _weir(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("FormatError", module.py().get_type::<FormatError>())?;
    module.add("FormatWarning", module.py().get_type::<FormatWarning>())?;
    module.add_class::<format::Format>()?;
    module.add_class::<arrow::PySchema>()?;
    module.add_class::<arrow::Batch>()?;
    module.add_class::<arrow::Batches>()?;
    module.add_class::<report::PyFinding>()?;
    module.add_class::<report::PyField>()?;
    module.add_class::<report::TestReport>()?;
    module.add_function(wrap_pyfunction!(format::load, module)?)?;
    module.add_function(wrap_pyfunction!(format::rebuilt, module)?)?;
    module.add_function(wrap_pyfunction!(command_line, module)?)?;
    module.add_function(wrap_pyfunction!(compilations, module)?)?;
    Ok(())
}
