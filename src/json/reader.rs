//! Values of a JSON document, built in an arena as far as they are wanted.
//!
//! Why so: `docs/decisions/0072`.

use super::cursor::{Cursor, JsonDialect, Read, Stopped};
use super::projection::Projection;
use super::structural;
use crate::value::{Arena, Fault, FaultCode, Value};
use bumpalo::collections::String as ArenaString;

/// How deep a document may nest.
pub const DEPTH: usize = 256;

/// What was read can be wrapped and written.
const _: () = assert!(DEPTH < crate::value::NESTING);

/// For how many bytes of a document its index takes one.
const INDEXED: usize = 8;

/// A document that is read in one walk, as Python reads it.
pub(super) struct Reader<'a> {
    pub(super) arena: &'a Arena,
    pub(super) cursor: Cursor<'a, 'a>,
    /// What stopped it, where that is not the grammar.
    fault: Option<Fault>,
}

impl<'a> Reader<'a> {
    /// The value of a whole document, read by `read`. A byte order mark before it is passed over.
    pub(super) fn document(
        arena: &'a Arena,
        text: &'a str,
        read: impl FnOnce(&mut Self) -> Read<Value<'a>>,
    ) -> Result<Value<'a>, Fault> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        arena.owe(text.len() / INDEXED);
        let index = structural::index(text.as_bytes(), arena.bump());
        let mut reader = Reader { arena, cursor: Cursor::new(text, index, JsonDialect::Python), fault: None };
        let value = read(&mut reader).and_then(|value| reader.cursor.end().map(|()| value));
        value.map_err(|Stopped| reader.explain())
    }

    #[cold]
    fn explain(self) -> Fault {
        self.fault.unwrap_or_else(|| Fault::new(FaultCode::Parse, self.cursor.error().to_string()))
    }

    /// Stops because of a fault.
    #[cold]
    fn stop<T>(&mut self, fault: Fault) -> Read<T> {
        self.fault = Some(fault);
        Err(Stopped)
    }

    /// A value, from its first byte on.
    pub(super) fn value(&mut self, projection: &Projection, depth: usize) -> Read<Value<'a>> {
        if self.cursor.peek() == Some(b'"') { self.string().map(Value::Text) } else { self.other(projection, depth) }
    }

    /// A value that is no string.
    fn other(&mut self, projection: &Projection, depth: usize) -> Read<Value<'a>> {
        match self.cursor.peek() {
            Some(b'{') => self.map(projection, depth),
            Some(b'[') => self.list(depth),
            _ => self.scalar(),
        }
    }

    fn map(&mut self, projection: &Projection, depth: usize) -> Read<Value<'a>> {
        let map = self.arena.map_with_capacity(projection.named());
        let mut goes_on = self.opens(b'}', depth)?;
        while goes_on {
            let key = self.key()?;
            self.cursor.space();
            match projection.below(key) {
                Some(below) => {
                    let value = self.value(below, depth + 1)?;
                    if let Err(fault) = map.insert(self.arena, Value::Text(key), value) {
                        return self.stop(fault);
                    }
                }
                None => self.cursor.skip()?,
            }
            goes_on = self.cursor.goes_on(b'}')?;
        }
        Ok(Value::Map(map))
    }

    fn list(&mut self, depth: usize) -> Read<Value<'a>> {
        let list = self.arena.list_with_capacity(0);
        let mut goes_on = self.opens(b']', depth)?;
        while goes_on {
            let item = self.value(&Projection::WHOLE, depth + 1)?;
            if let Err(fault) = list.push(self.arena, item) {
                return self.stop(fault);
            }
            goes_on = self.cursor.goes_on(b']')?;
        }
        Ok(Value::List(list))
    }

    /// Takes an opening bracket, which stands here; whether anything is inside.
    #[inline]
    pub(super) fn opens(&mut self, close: u8, depth: usize) -> Read<bool> {
        if depth >= DEPTH { self.too_deep() } else { Ok(self.cursor.opens(close)) }
    }

    #[cold]
    fn too_deep<T>(&mut self) -> Read<T> {
        self.stop(Fault::new(FaultCode::Limit, format!("the document nests deeper than {DEPTH}")))
    }

    /// A key with the colon behind it.
    #[inline]
    pub(super) fn key(&mut self) -> Read<&'a str> {
        let key = self.string()?;
        if !self.cursor.takes(b':') {
            self.cursor.colon()?;
        }
        Ok(key)
    }

    /// A string from its quote on, borrowed where it has no escape.
    #[inline]
    pub(super) fn string(&mut self) -> Read<&'a str> {
        if let Some((text, end)) = self.cursor.plain_string(self.cursor.place) {
            self.cursor.place = end;
            return Ok(text);
        }
        self.escaped_string()
    }

    #[inline(never)]
    fn escaped_string(&mut self) -> Read<&'a str> {
        let start = self.cursor.open_string()?;
        let mut text = ArenaString::with_capacity_in(2 * start.len() + 16, self.arena.bump());
        text.push_str(start);
        self.cursor.unescape(&mut text)?;
        match self.arena.spend(text.len() as u64) {
            Ok(()) => Ok(text.into_bump_str()),
            Err(fault) => self.stop(fault),
        }
    }

    fn scalar(&mut self) -> Read<Value<'a>> {
        match self.cursor.peek() {
            Some(b't') => self.cursor.word("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.cursor.word("false").map(|()| Value::Bool(false)),
            Some(b'n') => self.cursor.word("null").map(|()| Value::None),
            _ => self.cursor.number(),
        }
    }
}
