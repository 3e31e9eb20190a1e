//! VRL, the language of Vector: the record is parsed, fields are assigned, the event is encoded.

use super::{Peer, mapping};
use crate::contest::Within;
use ::vrl::compiler::{Program, TargetValue, TimeZone, compile, runtime::Runtime};
use ::vrl::value::{KeyString, ObjectMap, Secrets, Value};

/// Formats whose record VRL can parse in several ways: each way is a program `mappings/FORMAT.WAY.vrl` that stands before the mapping.
const WAYS: [(&str, &[&str]); 1] = [("grok", &["parse_grok", "parse_regex"])];

/// The contenders of a format: one for each way, and one that parses user agents too where events have some. None where the
/// format has no mapping.
///
/// # Errors
/// Where a program does not compile.
pub fn peers(format: &str) -> Result<Vec<Peer>, String> {
    let Some(fields) = mapping(format, "vrl") else { return Ok(Vec::new()) };
    let ways = WAYS.iter().find(|(name, _)| *name == format).map_or(&[""][..], |(_, ways)| ways);
    let mut peers = Vec::new();
    for (place, way) in ways.iter().enumerate() {
        let parsed = mapping(format, &format!("{way}.vrl")).unwrap_or_default();
        let name = if place == 0 { super::VRL.to_owned() } else { format!("{}, {way}", super::VRL) };
        peers.push(peer(&name, &format!("{parsed}{fields}"), false)?);
        if place + 1 == ways.len() && fields.contains(".user_agent") {
            let agents = mapping("user_agent", "vrl").unwrap_or_default();
            peers.push(peer(&format!("{name}, user agents"), &format!("{parsed}{fields}{agents}"), true)?);
        }
    }
    Ok(peers)
}

/// A program that reads `.message` and makes the event of it, which is then encoded.
fn peer(name: &str, program: &str, parses_agents: bool) -> Result<Peer, String> {
    let program = format!("{program}\nencode_json(.)");
    let compiled = compile(&program, &::vrl::stdlib::all());
    let program = compiled.map_err(|findings| format!("{name}: {findings:#?}"))?.program;
    Ok(Peer { contender: Box::new(Within::new(name, runner(program))), parses_agents })
}

fn runner(program: Program) -> impl FnMut(&[u8], &mut Vec<u8>) -> Result<(), String> {
    let (mut runtime, zone) = (Runtime::default(), TimeZone::default());
    move |line, out| {
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
    }
}
