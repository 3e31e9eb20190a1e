//! A JSON document whose wanted parts go to cells, without a dict for them.

use super::cursor::Read;
use super::key_order::KeyOrder;
use super::projection::{Child, Projection};
use super::reader::Reader;
use crate::value::Value;
use std::cell::Cell;

/// A dict whose parts go to cells.
pub(super) struct Part<'p, 'a> {
    projection: &'p Projection,
    /// The cells of the parts, by their numbers.
    cells: &'p [Cell<Value<'a>>],
    order: &'p KeyOrder,
    /// How many cells of the document are before these.
    before: usize,
    depth: usize,
}

impl<'p, 'a> Part<'p, 'a> {
    /// A whole document.
    pub(super) fn document(projection: &'p Projection, cells: &'p [Cell<Value<'a>>], order: &'p KeyOrder) -> Self {
        Part { projection, cells, order, before: 0, depth: 0 }
    }
}

impl<'a> Reader<'a> {
    /// A value whose parts go to cells.
    ///
    /// PERF: `benches/guard.sh` (access_requests): the place is kept in a register while members come as most documents have them,
    /// without space, their keys and texts without escapes; 140 instructions a member, their values included, instead of 330.
    pub(super) fn part(&mut self, part: &Part<'_, 'a>) -> Read<Value<'a>> {
        let Part { projection, cells, order, before, depth } = *part;
        if self.cursor.peek() != Some(b'{') || projection.is_whole() {
            return self.value(projection, depth);
        }
        if self.opens(b'}', depth)? {
            let (mut place, mut guess) = (self.cursor.place, order.below(before));
            loop {
                let child;
                (child, place) = self.child(projection, guess, place)?;
                if let Some(child) = child {
                    guess = order.behind(before + child.projection.number());
                }
                match (self.cursor.plain_string(place), child) {
                    (Some((text, end)), Some(child)) if child.projection.nodes() == 0 => {
                        cells[child.projection.number()].set(Value::Text(text));
                        place = end;
                    }
                    (Some((_, end)), None) => place = end,
                    _ => {
                        self.cursor.place = place;
                        self.cursor.space();
                        self.member(child, part)?;
                        place = self.cursor.place;
                    }
                }
                let bytes = self.cursor.text.as_bytes();
                if bytes.get(place) == Some(&b',') && bytes.get(place + 1) == Some(&b'"') {
                    place += 1;
                    continue;
                }
                self.cursor.place = place;
                if !self.cursor.goes_on(b'}')? {
                    break;
                }
                place = self.cursor.place;
            }
        }
        Ok(Value::Map(self.arena.map()))
    }

    /// What is read by the key at a place, and where the colon behind it ends. The guess is tried first, and then is what
    /// was right.
    #[inline(always)]
    fn child<'w>(
        &mut self,
        projection: &'w Projection,
        guess: &Cell<u16>,
        place: usize,
    ) -> Read<(Option<&'w Child>, usize)> {
        if let Some(child) = projection.nth(guess.get().into())
            && let Some(end) = child.quoted.end(self.cursor.text.as_bytes(), place)
        {
            return Ok((Some(child), end));
        }
        self.cursor.place = place;
        let found = projection.place(self.key()?);
        // Of more parts than can be counted so, some are never guessed.
        found.inspect(|found| guess.set(*found as u16));
        Ok((found.and_then(|found| projection.nth(found)), self.cursor.place))
    }

    /// Reads or passes over the value of a member.
    #[inline(never)]
    fn member(&mut self, child: Option<&Child>, part: &Part<'_, 'a>) -> Read<()> {
        let Part { cells, order, before, depth, .. } = *part;
        let Some(child) = child else { return self.cursor.skip() };
        let cell = &cells[child.projection.number()];
        if child.projection.nodes() == 0 {
            cell.set(self.value(&child.projection, depth + 1)?);
            return Ok(());
        }
        let inner = child.projection.cells(cells);
        // The last of two equal keys counts, with nothing of the first.
        inner.iter().for_each(|cell| cell.set(Value::Undefined));
        let before = before + child.projection.number() + 1;
        cell.set(self.part(&Part { projection: &child.projection, cells: inner, order, before, depth: depth + 1 })?);
        Ok(())
    }
}
