//! Every operator, coercion and truth test of the language, once: Python's semantics.

mod access;
mod arithmetic;
mod calculate;
mod compare;
mod key;
mod number;

pub use access::{attribute, iterate, length, nothing_below, slice, subscript};
pub use arithmetic::{arithmetic, concat, negate};
pub use calculate::Arithmetic;
pub use compare::{equal, order, truth};
pub use key::{Key, check_hashable, contains, same_key};
pub use number::DIGITS;

pub(super) use number::{Number, big_value, digits_of};

use super::{Arena, Fault, FaultCode, NESTING};

/// The fault of an operator whose operand is undefined. Which name was missing, the caller knows.
fn undefined() -> Fault {
    Fault::known(&(FaultCode::Undefined, "an operand is undefined"))
}

/// Whether a walk may enter a collection with so many items, so deep below where it began.
///
/// Lists may hold themselves or share their items, and a walk over such lists is endless or exponential. The collection's
/// own arena pays for it; a walk that goes too deep uses up the budget, so that the event fails as soon as it goes on.
fn affordable(arena: &Arena, depth: usize, items: usize) -> bool {
    let cost = if depth < NESTING { 1 + items as u64 } else { u64::MAX };
    arena.spend(cost).is_ok()
}
