//! What the questions share: the inputs, weir over them, and what the machine was.
//!
//! The questions are `speed.rs`, how fast weir is beside what people use, and `guard.rs`, whether it became slower or
//! allocates more.
//!
//! Why so: `docs/decisions/0030`.

pub mod allocations;
pub mod instructions;
pub mod records;
pub mod workload;

#[cfg(feature = "peers")]
pub mod commands;
#[cfg(feature = "peers")]
pub mod contest;
#[cfg(feature = "peers")]
pub mod corpus;
#[cfg(feature = "peers")]
pub mod equal;
#[cfg(feature = "peers")]
pub mod formats;
#[cfg(feature = "peers")]
pub mod machine;
#[cfg(feature = "peers")]
pub mod page;
#[cfg(feature = "peers")]
pub mod pattern;
#[cfg(feature = "peers")]
pub mod peers;
#[cfg(feature = "peers")]
pub mod programs;
#[cfg(feature = "peers")]
pub mod results;
