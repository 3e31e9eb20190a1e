//! Passing over a value of any depth, with its grammar checked.

use super::cursor::{Cursor, Read};

impl<'t> Cursor<'t, '_> {
    /// Passes over a value from its first byte on; its text.
    pub(crate) fn raw(&mut self) -> Read<&'t str> {
        let start = self.place;
        self.skip()?;
        Ok(self.since(start))
    }

    /// Passes over a value from its first byte on, and checks its grammar.
    pub(super) fn skip(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'"') => self.skip_string(),
            Some(b'{' | b'[') => self.skip_nested(),
            _ => self.skip_scalar(),
        }
    }

    /// It does not call itself: what is passed over may nest as deep as it likes.
    fn skip_nested(&mut self) -> Read<()> {
        let mut open = Brackets::default();
        loop {
            // Here a value begins.
            match self.peek() {
                Some(b'"') => self.skip_string()?,
                Some(bracket @ (b'{' | b'[')) => {
                    if self.opens(bracket + 2) {
                        open.push(bracket == b'{');
                        self.skip_key(bracket == b'{')?;
                        continue;
                    }
                }
                _ => self.skip_scalar()?,
            }
            // Here a value ended.
            loop {
                let Some(is_object) = open.last() else { return Ok(()) };
                if self.goes_on(if is_object { b'}' } else { b']' })? {
                    self.skip_key(is_object)?;
                    break;
                }
                open.pop();
            }
        }
    }

    fn skip_key(&mut self, is_object: bool) -> Read<()> {
        if !is_object {
            return Ok(());
        }
        self.skip_string()?;
        self.colon()
    }

    fn skip_scalar(&mut self) -> Read<()> {
        match self.peek() {
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => self.skip_number(),
        }
    }
}

/// The brackets that are open, a bit for each: whether it is an object's.
#[derive(Default)]
struct Brackets {
    /// The innermost ones, the last one lowest.
    inner: u64,
    /// How many there are.
    depth: usize,
    /// The others, each integer full.
    outer: Vec<u64>,
}

impl Brackets {
    const BITS: usize = u64::BITS as usize;

    #[inline]
    fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(Self::BITS) {
            self.outer.push(self.inner);
        }
        self.inner = self.inner << 1 | u64::from(is_object);
        self.depth += 1;
    }

    #[inline]
    fn pop(&mut self) {
        self.depth -= 1;
        self.inner >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(Self::BITS) {
            self.inner = self.outer.pop().unwrap_or_default();
        }
    }

    #[inline]
    fn last(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.inner & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Brackets;

    #[test]
    fn brackets_close_in_the_order_in_which_they_were_opened() {
        let is_object = |depth: usize| depth.is_multiple_of(3) || depth.is_multiple_of(64);
        let mut open = Brackets::default();
        for round in [1, 64, 65, 200, 128] {
            (0..round).for_each(|depth| open.push(is_object(depth)));
            for depth in (0..round).rev() {
                assert_eq!(open.last(), Some(is_object(depth)), "{depth} of {round}");
                open.pop();
            }
            assert_eq!(open.last(), None);
        }
    }
}
