//! The floors: what reading and writing cost without any mapping.

use crate::contest::{Contender, Within};
use std::hint::black_box;

/// The floors for a format whose records are JSON; otherwise only the first of them.
pub fn all(is_json: bool) -> Vec<Box<dyn Contender>> {
    let mut floors: Vec<Box<dyn Contender>> = vec![Box::new(Within::new(COPY, copy))];
    if is_json {
        floors.push(Box::new(Within::new(PARSE, parse)));
        floors.push(Box::new(Within::new(PLAIN_PARSE, plain_parse)));
    }
    floors
}

/// Each line is written as the `message` of an event, and nothing else is done.
pub const COPY: &str = "copy";
/// The same, and each line is parsed as JSON with SIMD; what was parsed is dropped.
pub const PARSE: &str = "parse";
/// The same with the parser that is not made for speed.
pub const PLAIN_PARSE: &str = "parse (serde_json)";

fn copy(line: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
    out.extend_from_slice(b"{\"message\":");
    sonic_rs::to_writer(&mut *out, text).map_err(|error| error.to_string())?;
    out.push(b'}');
    Ok(())
}

fn parse(line: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    black_box(sonic_rs::from_slice::<sonic_rs::Value>(line).map_err(|error| error.to_string())?);
    copy(line, out)
}

fn plain_parse(line: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    black_box(serde_json::from_slice::<serde_json::Value>(line).map_err(|error| error.to_string())?);
    copy(line, out)
}
