//! An event's own values, as the engine has them when a run ends.

use crate::error::Error;
use crate::json;
use crate::value::{Read, Value};
use weir::value::Value as Native;

/// A value of the engine.
pub(crate) struct Own<'a>(pub Native<'a>);

impl Value for Own<'_> {
    fn read(&self) -> Read<'_> {
        match self.0 {
            Native::Text(text) => Read::Text(text.into()),
            Native::Int(integer) => Read::Integer(integer),
            Native::BigInt(digits) => json::number(digits),
            Native::Float(float) if float.is_finite() => Read::Float(float),
            Native::Bool(boolean) => Read::Boolean(boolean),
            Native::List(_) => Read::List,
            Native::Map(_) => Read::Dict,
            Native::Undefined | Native::None | Native::Float(_) | Native::Match(_) => Read::Other,
        }
    }

    fn each_item(&self, visit: &mut dyn FnMut(&dyn Value)) {
        if let Native::List(list) = self.0 {
            list.iter().for_each(|item| visit(&Own(item)));
        }
    }

    fn each_member(&self, visit: &mut dyn FnMut(&str, &dyn Value) -> Result<(), Error>) -> Result<(), Error> {
        let Native::Map(map) = self.0 else { return Ok(()) };
        map.iter().try_for_each(|(key, value)| visit(&weir::json::key(key), &Own(value)))
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        // The engine tells an event in parts only where it is sure that all of it can be written.
        let written = weir::json::write(out, self.0);
        debug_assert!(written.is_ok(), "{written:?}");
    }

    /// The parts of an event have their size.
    fn size(&self) -> usize {
        0
    }
}
