//! Arrow data as Python hands it on: schemas, batches, streams of them.

use crate::guard::guarded;
use crate::work::Work;
use arrow_array::cast::AsArray;
use arrow_array::{Array, StructArray};
use arrow_schema::{ArrowError, Field, SchemaRef};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::ffi::{to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule};
use std::sync::{Mutex, PoisonError};

/// The schema of batches. Any Arrow library reads it: `pyarrow.schema(schema)`.
#[pyclass(frozen, name = "Schema", module = "weir")]
pub struct PySchema(pub SchemaRef);

#[pymethods]
impl PySchema {
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.0.as_ref())?)
    }

    /// The names of the columns.
    #[getter]
    fn names(&self) -> Vec<&str> {
        self.0.fields().iter().map(|field| &**field.name()).collect()
    }

    fn __len__(&self) -> usize {
        self.0.fields().len()
    }

    fn __repr__(&self) -> String {
        format!("<Schema {}>", self.names().join(", "))
    }
}

/// Some rows. Any Arrow library reads it: `pyarrow.record_batch(batch)`, `polars.DataFrame(batch)`.
#[pyclass(frozen, name = "Batch", module = "weir")]
pub struct Batch {
    schema: SchemaRef,
    rows: StructArray,
}

#[pymethods]
impl Batch {
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let field = Field::new_struct("", self.schema.fields().clone(), false);
        Ok(to_array_pycapsules(py, field.into(), &self.rows, requested_schema)?)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.schema.as_ref())?)
    }

    /// The schema.
    #[getter]
    fn schema(&self) -> PySchema {
        PySchema(self.schema.clone())
    }

    /// How many rows there are.
    #[getter]
    fn num_rows(&self) -> usize {
        self.rows.len()
    }

    fn __len__(&self) -> usize {
        self.rows.len()
    }

    fn __repr__(&self) -> String {
        format!("<Batch {} rows, {} columns>", self.rows.len(), self.schema.fields().len())
    }
}

/// Batches, each run when it is asked for. Any Arrow library reads all that are left: `pyarrow.table(batches)`.
#[pyclass(frozen, name = "Batches", module = "weir")]
pub struct Batches {
    schema: SchemaRef,
    work: Mutex<Option<Work>>,
}

impl Batches {
    pub fn new(work: Work) -> Self {
        Batches { schema: work.schema().clone(), work: Mutex::new(Some(work)) }
    }
}

#[pymethods]
impl Batches {
    fn __iter__(own: PyRef<'_, Self>) -> PyRef<'_, Self> {
        own
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Batch>> {
        let next = py.detach(|| {
            let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
            work.as_mut().and_then(Iterator::next)
        });
        let rows = next.transpose().map_err(|error| failure(&error))?;
        Ok(rows.map(|rows| Batch { schema: self.schema.clone(), rows: rows.as_struct().clone() }))
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let work = py.detach(|| self.work.lock().unwrap_or_else(PoisonError::into_inner).take());
        let work =
            work.ok_or_else(|| PyValueError::new_err("these batches were handed on already: run the data again"))?;
        Ok(to_stream_pycapsule(py, Box::new(work), requested_schema)?)
    }

    /// The schema of each batch.
    #[getter]
    fn schema(&self) -> PySchema {
        PySchema(self.schema.clone())
    }

    fn __repr__(&self) -> String {
        format!("<Batches of {}>", PySchema(self.schema.clone()).names().join(", "))
    }
}

/// What went wrong, as Python is told it.
pub fn failure(error: &ArrowError) -> PyErr {
    match error {
        ArrowError::InvalidArgumentError(reason) => PyValueError::new_err(reason.clone()),
        ArrowError::ComputeError(reason) => PyRuntimeError::new_err(reason.clone()),
        other => PyValueError::new_err(other.to_string()),
    }
}

/// Work without the interpreter's lock; a panic in it is an error.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| guarded(work)).map_err(PyRuntimeError::new_err)
}
