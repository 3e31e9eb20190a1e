//! Third-party rules, attacks and formats beside the repository; without them the tests say so and pass.

#[path = "../beside/mod.rs"]
mod beside;

mod attacks;
mod sigmahq;
mod soundness;
