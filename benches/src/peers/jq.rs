//! jq, as jaq runs it: jaq compiles the program once and is the faster of the two.

use crate::contest::{Contender, Within};
use jaq_core::data::JustLut;
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, unwrap_valr};
use jaq_json::{Val, write};

/// A program that takes the line as text and gives the event.
///
/// # Errors
/// Where it does not compile.
pub fn peer(program: &str) -> Result<Box<dyn Contender>, String> {
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let file = File { code: program, path: () };
    let modules = Loader::new(defs).load(&arena, file).map_err(|errors| format!("jq: {errors:?}"))?;
    let filter = Compiler::default().with_funs(funs).compile(modules).map_err(|errors| format!("jq: {errors:?}"))?;
    let layout = write::Pp::default();
    Ok(Box::new(Within::new(super::JQ, move |line, out| {
        let text = std::str::from_utf8(line).map_err(|error| error.to_string())?;
        let context = Ctx::<JustLut<Val>>::new(&filter.lut, Vars::new([]));
        let event = filter.id.run((context, Val::from(text.to_owned()))).map(unwrap_valr).next();
        let event = event.ok_or("jq: no event")?.map_err(|error| format!("jq: {error}"))?;
        write::write(out, &layout, 0, &event).map_err(|error| error.to_string())
    })))
}
