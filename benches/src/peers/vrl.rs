//! VRL, the language of Vector: the record is parsed, fields are assigned, the event is encoded.

use crate::contest::{Contender, Within};
use ::vrl::compiler::{TargetValue, TimeZone, compile, runtime::Runtime};
use ::vrl::value::{KeyString, ObjectMap, Secrets, Value};

/// A program that reads `.message` and gives the event as text.
///
/// # Errors
/// Where it does not compile.
pub fn peer(program: &str) -> Result<Box<dyn Contender>, String> {
    let program = compile(program, &::vrl::stdlib::all()).map_err(|findings| format!("VRL: {findings:#?}"))?.program;
    let (mut runtime, zone) = (Runtime::default(), TimeZone::default());
    Ok(Box::new(Within::new(super::VRL, move |line, out| {
        let message = Value::Bytes(bytes::Bytes::copy_from_slice(line));
        let mut target = TargetValue {
            value: Value::Object(ObjectMap::from([(KeyString::from("message"), message)])),
            metadata: Value::Object(ObjectMap::new()),
            secrets: Secrets::default(),
        };
        let event = runtime.resolve(&mut target, &program, &zone).map_err(|error| format!("VRL: {error}"))?;
        runtime.clear();
        out.extend_from_slice(event.as_bytes().ok_or("VRL: the program gives no text")?);
        Ok(())
    })))
}
