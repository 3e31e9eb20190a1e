//! What Python hands in: records, times, texts with their names.

use crate::options::Now;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use weir_author::NamedText;

/// A text, with the name under which findings show it or without.
#[derive(FromPyObject)]
pub enum TextArgument {
    Named(String, String),
    #[pyo3(transparent)]
    Plain(String),
}

impl TextArgument {
    pub fn named(self, name: &str) -> NamedText {
        match self {
            TextArgument::Named(name, text) => (name, text),
            TextArgument::Plain(text) => (name.to_owned(), text),
        }
    }
}

/// A record: text or bytes.
pub fn record(record: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = record.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    if let Ok(text) = record.cast::<PyString>() {
        // A lone surrogate has no UTF-8; the engine replaces it as it does in JSON.
        return Ok(text.to_string_lossy().into_owned().into_bytes());
    }
    let kind = record.get_type().name()?;
    Err(PyTypeError::new_err(format!("a record is str or bytes, not {kind}")))
}

/// A time: `None` for the clock's, seconds since 1970, or a datetime that says its time zone.
pub fn now(time: Option<&Bound<'_, PyAny>>) -> PyResult<Now> {
    let Some(time) = time else { return Ok(Now::Clock) };
    if let Ok(seconds) = time.extract::<i64>() {
        return Ok(Now::At(seconds));
    }
    if let Ok(seconds) = time.extract::<f64>() {
        return whole(seconds);
    }
    if !time.hasattr("timestamp")? || !time.hasattr("tzinfo")? {
        let kind = time.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "now is None, seconds since 1970-01-01T00:00:00Z or a datetime, not {kind}"
        )));
    }
    if time.getattr("tzinfo")?.is_none() {
        return Err(PyValueError::new_err("now is a datetime without a time zone; datetime.now(timezone.utc) has one"));
    }
    whole(time.call_method0("timestamp")?.extract()?)
}

/// As [`now`], and a column's name: each record has a time of its own there.
pub fn now_or_column(time: Option<&Bound<'_, PyAny>>) -> PyResult<Now> {
    match time.map(|time| time.cast::<PyString>()) {
        Some(Ok(column)) => Ok(Now::Column(column.to_string_lossy().into_owned())),
        _ => now(time),
    }
}

fn whole(seconds: f64) -> PyResult<Now> {
    const LAST: f64 = 253_402_300_799.0;
    if seconds.is_finite() && seconds.abs() <= LAST {
        return Ok(Now::At(seconds.floor() as i64));
    }
    Err(PyValueError::new_err(format!(
        "now is {seconds}; it is seconds since 1970-01-01T00:00:00Z, within the year 9999"
    )))
}
