//! `kv.parse-kv`: pairs of a key and a value.
//!
//! The rules were derived from 408 recorded uses in 24 formats; the numbers count the events that tell.
//! - Separators are regular expressions; text that is none stands for itself (1).
//! - A value ends where its item ends (18). Where a blank separates items it goes on up to the next key (37), since
//!   unquoted values hold blanks; where the separator is written as plain blanks, up to the next word before a value
//!   separator, and quotes are ordinary letters (1).
//! - A quoted value may hold separators (77), if the item ends behind its closing quote; a quote behind a backslash
//!   closes nothing, and the backslash stays (2). Otherwise quotes are ordinary letters (2).
//! - An item without a value separator is passed over (17); a blank at the end of the separator behind it then belongs to
//!   the next key, so that `a: 1, b, c: 2` has ` c` and not `c` where `,\s` separates (1; no event contradicts). Of equal
//!   keys the last one counts (8).
//! - White space around the text (13) and around values (12) goes, inside quotes too; around other keys as well.
//! - Text without a pair gives an empty dict: the stages behind it still run (17).

use super::made::{KeyReader, Made};
use super::separator::{Finder, Separator};
use super::{Entry, Example, Extractor, Properties, Property, is_space, trim, unquote};
use crate::diagnostic::Diagnostics;
use crate::value::{Arena, Fault, Value};
use memchr::memchr2;

pub(super) const ENTRIES: &[Entry] = &[Entry {
    name: "kv.parse-kv",
    properties: &[
        Property {
            name: "item_sep",
            required: false,
            summary: "What separates the pairs: a pattern, `\\s` by default.",
        },
        Property {
            name: "value_sep",
            required: false,
            summary: "What separates key and value: a pattern, `=` by default.",
        },
        Property {
            name: "groups",
            required: false,
            summary: "Accepted without effect: the recorded events of the one public use are those without it.",
        },
        Property {
            name: "reversed",
            required: false,
            summary: "Accepted without effect: no recorded event tells what it is for.",
        },
    ],
    summary: "Reads pairs of a key and a value; all values are text.",
    examples: &[
        Example {
            properties: "{}",
            input: r#"action=deny user="Jane Doe" path=C:\Program Files port=443"#,
            result: r#"{"action": "deny", "user": "Jane Doe", "path": "C:\\Program Files", "port": "443"}"#,
        },
        Example {
            properties: "{item_sep: ',\\s', value_sep: ':\\s'}",
            input: r#"Source: 192.0.2.1, Reason: "late, but allowed", Port: 443"#,
            result: r#"{"Source": "192.0.2.1", "Reason": "late, but allowed", "Port": "443"}"#,
        },
        Example {
            properties: "{item_sep: ';'}",
            input: r#"a=1;b="x;y";;c=;a=2"#,
            result: r#"{"a": "2", "b": "x;y", "c": ""}"#,
        },
    ],
    compile,
}];

fn compile(properties: &Properties<'_>, findings: &mut Diagnostics) -> Option<Box<dyn Extractor>> {
    let item = properties.text_or("item_sep", r"\s", findings);
    let value = properties.text_or("value_sep", "=", findings);
    let (item, value) = (item?, Separator::new(value?));
    let (item, extent) = (Separator::new(item), Extent::of(item));
    Some(Box::new(KeyValue { item, value, extent }))
}

#[derive(Debug)]
struct KeyValue {
    item: Separator,
    value: Separator,
    extent: Extent,
}

/// How far a value reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// To the end of its item.
    Item,
    /// To the item separator before the next key.
    Key,
    /// To the next word before a value separator.
    Word,
}

impl Extent {
    fn of(item: &str) -> Self {
        if item.chars().all(|letter| letter == ' ') {
            Extent::Word
        } else if Separator::new(item).is_blank() {
            Extent::Key
        } else {
            Extent::Item
        }
    }
}

impl KeyReader for KeyValue {
    fn read<'a>(&self, text: &'a str, made: &Made<'_, 'a>) -> Result<(), Fault> {
        let mut pairs = Pairs::new(self, made.job().arena, trim(text));
        while let Some((key, value)) = pairs.next()? {
            made.job().arena.spend(1)?;
            made.set(key, Value::Text(trim(value)))?;
        }
        Ok(())
    }
}

/// Walks over the pairs of a text.
struct Pairs<'k, 'a> {
    text: &'a str,
    extent: Extent,
    items: Finder<'k, 'a>,
    values: Finder<'k, 'a>,
    closings: [Closing; 2],
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    /// Pairs are searched from this byte on.
    At(usize),
    /// A key was found ahead.
    Key(KeyAhead),
    Done,
}

/// A key that is found, with the place where the value before it ends.
#[derive(Clone, Copy)]
struct KeyAhead {
    before: usize,
    start: usize,
    end: usize,
    value: usize,
}

type Pair<'a> = (&'a str, &'a str);

impl<'k, 'a> Pairs<'k, 'a> {
    fn new(extractor: &'k KeyValue, arena: &'a Arena, text: &'a str) -> Self {
        Pairs {
            text,
            extent: extractor.extent,
            items: Finder::new(&extractor.item, arena, text),
            values: Finder::new(&extractor.value, arena, text),
            closings: [Closing::default(); 2],
            state: State::At(0),
        }
    }

    fn next(&mut self) -> Result<Option<Pair<'a>>, Fault> {
        match (self.state, self.extent) {
            (State::Done, _) => Ok(None),
            (State::At(at), Extent::Item) => self.item(at),
            (State::At(at), _) => match self.key(at, true)? {
                Some(key) => self.run(key).map(Some),
                None => Ok(None),
            },
            (State::Key(key), _) => self.run(key).map(Some),
        }
    }

    /// The first item from a byte on that has a key and a value.
    fn item(&mut self, mut at: usize) -> Result<Option<Pair<'a>>, Fault> {
        let mut blanks = 0;
        while let Some(separator) = self.values.find(at)? {
            let item = self.items.find(at)?;
            let past = item.as_ref().is_some_and(|item| item.start < separator.start);
            if !past && separator.start > at {
                let value = self.item_value(separator.end)?;
                let key = self.text[at - blanks..separator.start].trim_end_matches(is_space);
                return Ok(Some((if blanks == 0 { trim(key) } else { key }, value)));
            }
            let Some(item) = item else { break };
            let separator = &self.text[item.clone()];
            blanks = separator.len() - separator.trim_end_matches(' ').len();
            at = item.end;
        }
        self.state = State::Done;
        Ok(None)
    }

    /// The value that begins at a byte and ends with its item.
    fn item_value(&mut self, at: usize) -> Result<&'a str, Fault> {
        if let Some((quoted, next)) = self.quoted(at)? {
            self.state = State::At(next);
            return Ok(quoted);
        }
        let (end, next) =
            self.items.find(at)?.map_or((self.text.len(), self.text.len()), |item| (item.start, item.end));
        self.state = State::At(next);
        Ok(unquote(&self.text[at..end]))
    }

    /// The pair of a key whose value goes on up to the next key.
    fn run(&mut self, key: KeyAhead) -> Result<Pair<'a>, Fault> {
        let from = match self.extent {
            Extent::Word => key.value,
            _ => self.quoted(key.value)?.map_or(key.value, |(quoted, _)| key.value + quoted.len() + 2),
        };
        let next = self.key(from, false)?;
        let value = &self.text[key.value..next.map_or(self.text.len(), |next| next.before)];
        self.state = next.map_or(State::Done, State::Key);
        let value = if self.extent == Extent::Word { value } else { unquote(value) };
        Ok((trim(&self.text[key.start..key.end]), value))
    }

    /// The next key from a byte on, which is itself the start of a key where nothing came before.
    fn key(&mut self, mut from: usize, mut fresh: bool) -> Result<Option<KeyAhead>, Fault> {
        while let Some(separator) = self.values.find(from)? {
            let start = match self.extent {
                Extent::Word => Some(self.word(from, separator.start)),
                _ => self.last_item(from, separator.start, fresh)?,
            };
            if let Some((before, start)) = start.filter(|(_, start)| *start < separator.start) {
                return Ok(Some(KeyAhead { before, start, end: separator.start, value: separator.end }));
            }
            (from, fresh) = (separator.end, false);
        }
        Ok(None)
    }

    /// The last item that begins in a range: where its separator begins, and where it ends.
    fn last_item(&mut self, from: usize, to: usize, fresh: bool) -> Result<Option<(usize, usize)>, Fault> {
        let mut last = fresh.then_some((from, from));
        let mut from = from;
        while let Some(item) = self.items.find(from)?.filter(|item| item.end <= to) {
            last = Some((item.start, item.end));
            from = item.end;
        }
        Ok(last)
    }

    /// Where the word begins that ends at `to`.
    fn word(&self, from: usize, to: usize) -> (usize, usize) {
        let in_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        let start = from + self.text[from..to].trim_end_matches(in_word).len();
        (start, start)
    }

    /// The text in quotes that begins at a byte and is a whole item, with the start of the next item.
    fn quoted(&mut self, at: usize) -> Result<Option<(&'a str, usize)>, Fault> {
        let Some(closing) = self.closing(at) else { return Ok(None) };
        Ok(self.items.end_at(closing + 1)?.map(|next| (&self.text[at + 1..closing], next)))
    }

    /// Where the quote at a byte is closed.
    fn closing(&mut self, at: usize) -> Option<usize> {
        let quote = *self.text.as_bytes().get(at)?;
        let known = match quote {
            b'"' => &mut self.closings[0],
            b'\'' => &mut self.closings[1],
            _ => return None,
        };
        if !known.covers(at) {
            *known = Closing { from: at, at: closing_quote(self.text.as_bytes(), at), searched: true };
        }
        known.at
    }
}

/// The last search for a closing quote. It is kept since a quote that is not closed would otherwise be searched to the
/// end of the text for each item.
#[derive(Clone, Copy, Default)]
struct Closing {
    from: usize,
    at: Option<usize>,
    searched: bool,
}

impl Closing {
    fn covers(self, at: usize) -> bool {
        self.searched && self.from <= at && self.at.is_none_or(|closing| at < closing)
    }
}

fn closing_quote(text: &[u8], opening: usize) -> Option<usize> {
    let quote = text[opening];
    let mut at = opening + 1;
    loop {
        at += memchr2(quote, b'\\', text.get(at..)?)?;
        if text[at] == quote {
            return Some(at);
        }
        at += 2;
    }
}
