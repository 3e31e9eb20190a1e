//! The memory and the work that one event may use.
//!
//! Why so: `docs/decisions/0005`.

use super::{Fault, FaultCode};
use bumpalo::Bump;
use bumpalo::collections::String as ArenaString;
use std::cell::Cell;
use std::fmt;

/// Holds everything that is built while one event runs, and stops it when it has used up its budget.
///
/// The budget counts bytes built and steps taken alike, so that a loop and a text that grows without end meet the same
/// bound. In steady state an arena allocates nothing: [`Arena::reset`] keeps its memory.
pub struct Arena {
    bump: Bump,
    left: Cell<u64>,
    budget: u64,
    dates_ahead: Cell<u32>,
    /// How many steps of patterns are free yet.
    free: Cell<u64>,
    /// Whether patterns may run as machine code.
    is_native: Cell<bool>,
}

impl Arena {
    /// The default budget: 64 Mi bytes and steps.
    pub const BUDGET: u64 = 64 << 20;
    /// How many steps the patterns of an event may take before they cost anything.
    pub const FREE: u64 = 16 << 20;
    /// What an arena keeps between events, in bytes; memory beyond it is given back.
    const KEPT: usize = 4 << 20;

    /// An empty arena with a budget in bytes and steps.
    pub fn new(budget: u64) -> Self {
        let (dates_ahead, free, is_native) = (Cell::new(0), Cell::new(Self::FREE), Cell::new(true));
        Arena { bump: Bump::new(), left: Cell::new(budget), budget, dates_ahead, free, is_native }
    }

    /// Forgets all values and restores the budget.
    pub fn reset(&mut self) {
        if self.bump.allocated_bytes() > Self::KEPT {
            self.bump = Bump::new();
        } else {
            self.bump.reset();
        }
        self.left.set(self.budget);
        self.dates_ahead.set(0);
        self.free.set(Self::FREE);
    }

    /// Says whether patterns may run as machine code while the next events run; at first they may.
    pub fn set_native(&self, is_native: bool) {
        self.is_native.set(is_native);
    }

    /// Whether patterns may run as machine code.
    pub fn is_native(&self) -> bool {
        self.is_native.get()
    }

    /// Notes a date that names no year and so came to lie ahead of the reference time.
    #[cold]
    pub fn note_date_ahead(&self) {
        self.dates_ahead.set(self.dates_ahead.get().saturating_add(1));
    }

    /// How many of them the event had.
    pub fn dates_ahead(&self) -> u32 {
        self.dates_ahead.get()
    }

    /// The allocator below, for collections that live as long as the event.
    pub fn bump(&self) -> &Bump {
        &self.bump
    }

    /// Takes `amount` bytes or steps off the budget.
    ///
    /// # Errors
    /// [`FaultCode::Limit`] once the budget is used up; it stays used up until [`Arena::reset`].
    pub fn spend(&self, amount: u64) -> Result<(), Fault> {
        let left = self.left.get();
        if left < amount {
            self.left.set(0);
            return Err(Fault::new(
                FaultCode::Limit,
                format!("the event has used up its budget of {} bytes and steps", self.budget),
            ));
        }
        self.left.set(left - amount);
        Ok(())
    }

    /// Takes off the budget what was made already: it is little, and where the budget does not pay it, it pays nothing
    /// more.
    #[inline]
    pub fn owe(&self, bytes: usize) {
        self.left.set(self.left.get().saturating_sub(bytes as u64));
    }

    /// Whether there are so many free steps for patterns; they are taken off then. What cannot count its steps asks with
    /// the most that they can be.
    #[inline]
    pub fn affords(&self, most: u64) -> bool {
        let left = self.free.get().checked_sub(most);
        left.inspect(|left| self.free.set(*left)).is_some()
    }

    /// Takes steps of patterns off the free ones, and what is missing off the budget.
    ///
    /// # Errors
    /// As [`Arena::spend`].
    #[inline]
    pub fn labour(&self, steps: u64) -> Result<(), Fault> {
        let free = self.free.get();
        self.free.set(free.saturating_sub(steps));
        if steps > free { self.spend(steps - free) } else { Ok(()) }
    }

    /// Whether the budget is used up.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// Whether there is budget left: what the budget stopped has no result.
    ///
    /// # Errors
    /// [`FaultCode::Limit`], where the budget is used up.
    #[inline]
    pub fn goes_on(&self) -> Result<(), Fault> {
        if self.is_spent() { self.spend(1) } else { Ok(()) }
    }

    /// Whether the budget would pay `amount` bytes or steps; it is not taken off.
    ///
    /// # Errors
    /// [`FaultCode::Limit`], where it would not; the budget is used up then, as by [`Arena::spend`].
    pub fn check(&self, amount: u64) -> Result<(), Fault> {
        self.spend(amount)?;
        self.left.set(self.left.get() + amount);
        Ok(())
    }

    /// Does something that is not the event's own work and gives back what it takes off the budget.
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let left = self.left.get();
        let result = work();
        self.left.set(left);
        result
    }

    /// Copies text into the arena.
    ///
    /// # Errors
    /// [`FaultCode::Limit`] when the budget is used up.
    pub fn text(&self, text: &str) -> Result<&str, Fault> {
        self.spend(text.len() as u64)?;
        Ok(self.bump.alloc_str(text))
    }

    /// Joins texts in the arena.
    ///
    /// # Errors
    /// [`FaultCode::Limit`] when the budget is used up.
    pub fn concat(&self, parts: &[&str]) -> Result<&str, Fault> {
        let size = parts.iter().map(|part| part.len()).sum();
        self.spend(size as u64)?;
        let mut text = ArenaString::with_capacity_in(size, &self.bump);
        parts.iter().for_each(|part| text.push_str(part));
        Ok(text.into_bump_str())
    }

    /// A text again and again, up to a size in bytes that is a multiple of its own.
    ///
    /// # Errors
    /// [`FaultCode::Limit`] when the budget is used up.
    pub fn repeat(&self, part: &str, size: usize) -> Result<&str, Fault> {
        self.spend(size as u64)?;
        let mut text = ArenaString::with_capacity_in(size, &self.bump);
        while !part.is_empty() && text.len() + part.len() <= size {
            text.push_str(part);
        }
        Ok(text.into_bump_str())
    }

    /// Formats into the arena.
    ///
    /// # Errors
    /// [`FaultCode::Limit`] when the budget is used up.
    pub fn format(&self, arguments: fmt::Arguments<'_>) -> Result<&str, Fault> {
        let mut writer = ArenaText { text: ArenaString::new_in(&self.bump), arena: self, fault: None };
        match fmt::write(&mut writer, arguments) {
            Ok(()) => Ok(writer.text.into_bump_str()),
            Err(_) => Err(writer.fault.unwrap_or_else(|| Fault::new(FaultCode::Value, "the value cannot be shown"))),
        }
    }
}

impl Default for Arena {
    fn default() -> Self {
        Arena::new(Self::BUDGET)
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").field("left", &self.left.get()).finish_non_exhaustive()
    }
}

/// Text that grows in the arena and pays for each byte.
struct ArenaText<'a> {
    text: ArenaString<'a>,
    arena: &'a Arena,
    fault: Option<Fault>,
}

impl fmt::Write for ArenaText<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Err(fault) = self.arena.spend(text.len() as u64) {
            self.fault = Some(fault);
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}
