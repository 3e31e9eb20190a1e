//! The engines that run patterns: in linear time, or with a bound on backtracking.

mod bounded;
mod counted;
mod fault;
mod groups;
#[cfg_attr(target_family = "wasm", path = "no_jit.rs")]
mod jit;
mod linear;
#[cfg_attr(target_family = "wasm", expect(dead_code, reason = "only PCRE2 reads it"))]
mod notation;
mod pike_vm;
mod prefilter;
mod regular;
mod size;
mod translate;

pub(super) use bounded::Bounded;
pub use groups::Groups;
pub(super) use linear::{LARGEST_OF_SPEC, LARGEST_PROGRAM};
pub(super) use regular::Regular;
pub(super) use translate::{EnginePattern, translate};
