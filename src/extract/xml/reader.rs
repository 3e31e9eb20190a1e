//! XML as a stream of tokens. They point into the document; only text with references or carriage returns is made again.
//!
//! What XML 1.0 does not allow and senders write all the same passes where it can be read in one way only: `<` in a value of an
//! attribute, attributes without white space between them, any letters in a name but for its first.

use crate::extract::text::short;
use crate::value::text::is_space;
use crate::value::{Arena, Fault, FaultCode};
use bumpalo::collections::String as ArenaString;
use memchr::{memchr, memchr3, memmem};

/// What comes next in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag, with the element's name. Its attributes follow, by [`XmlReader::attribute`].
    Open(&'a str),
    /// The end of an element, with the name in its end tag; without, where it is empty: `<name/>`.
    Close(Option<&'a str>),
    /// Text between tags.
    Text(Text<'a>),
    /// The document is over.
    End,
}

/// A piece of text as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text<'a> {
    /// It stands for itself.
    Plain(&'a str),
    /// It has references, or line ends that count as one line feed; in the value of an attribute, white space that counts as blanks.
    Written(&'a str, TextPlace),
}

/// What text is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextPlace {
    Element,
    /// A section in which `&` is a letter.
    CData,
    Attribute,
}

/// Whether a byte ends a name.
static ENDS_NAME: [bool; 256] = {
    let (mut ends, mut byte) = ([false; 256], 0);
    while byte < 128_u8 {
        ends[byte as usize] = byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'=');
        byte += 1;
    }
    ends
};

/// Reads a document, token by token.
#[derive(Debug)]
pub(super) struct XmlReader<'a> {
    text: &'a str,
    at: usize,
    /// Whether the start tag that was read last is that of an empty element.
    is_empty: bool,
}

impl<'a> XmlReader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        XmlReader { text, at: 0, is_empty: false }
    }

    /// The byte that is read next.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next token. After [`Token::Open`] the attributes are to be read first.
    ///
    /// # Errors
    /// Parse.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Fault> {
        if std::mem::take(&mut self.is_empty) {
            return Ok(Token::Close(None));
        }
        loop {
            let token = match self.rest() {
                [] => Token::End,
                [b'<', b'/', ..] => Token::Close(Some(self.end_tag()?)),
                [b'<', b'!', b'[', ..] => Token::Text(self.cdata()?),
                [b'<', b'!', b'-', b'-', ..] => {
                    self.pass("<!--", "-->", "a comment")?;
                    continue;
                }
                [b'<', b'!', ..] => {
                    self.declaration()?;
                    continue;
                }
                [b'<', b'?', ..] => {
                    self.pass("<?", "?>", "a processing instruction")?;
                    continue;
                }
                [b'<', ..] => Token::Open(self.start_tag()?),
                _ => Token::Text(self.text_between()),
            };
            return Ok(token);
        }
    }

    /// The next attribute of the start tag, its name and its value as it is written; none after the last one.
    ///
    /// # Errors
    /// Parse.
    pub(super) fn attribute(&mut self) -> Result<Option<(&'a str, Text<'a>)>, Fault> {
        self.skip_space();
        match self.rest() {
            [b'>', ..] => {
                self.at += 1;
                return Ok(None);
            }
            [b'/', b'>', ..] => {
                (self.at, self.is_empty) = (self.at + 2, true);
                return Ok(None);
            }
            _ => {}
        }
        let name = self.name();
        self.skip_space();
        if self.rest().first() != Some(&b'=') || name.is_empty() {
            return Err(self.unclosed_or(|| format!("the attribute `{}` has no value", short(name))));
        }
        self.at += 1;
        self.skip_space();
        let quote = match self.rest() {
            [quote @ (b'"' | b'\''), ..] => *quote,
            _ => return Err(self.unclosed_or(|| format!("the value of `{}` is not in quotes", short(name)))),
        };
        self.at += 1;
        let end = memchr(quote, self.rest())
            .ok_or_else(|| parse_fault(format!("the value of `{}` is not closed", short(name))))?;
        let value = self.ahead(end);
        self.at += end + 1;
        // All bytes, without an early end: that goes by vectors.
        let is_plain = !value.bytes().fold(false, |is_changed, byte| is_changed | (byte == b'&') | (byte < b' '));
        Ok(Some((name, if is_plain { Text::Plain(value) } else { Text::Written(value, TextPlace::Attribute) })))
    }

    /// The text of the element of which the start tag was read, and passes over it and its end tag, if there is nothing else in it.
    ///
    /// PERF: `benches/guard.sh` (windows_event): most elements are such.
    pub(super) fn leaf(&mut self, name: &str) -> Option<Text<'a>> {
        if std::mem::take(&mut self.is_empty) {
            return Some(Text::Plain(""));
        }
        let begin = self.at;
        let text = self.text_between();
        let (tag, end) = (self.rest(), name.len() + 2);
        let is_end = tag.get(end) == Some(&b'>') && tag[..2] == *b"</" && tag[2..end] == *name.as_bytes();
        if !is_end {
            self.at = begin;
            return None;
        }
        self.at += end + 1;
        Some(text)
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// The text of a length from here on, which ends where a letter does.
    fn ahead(&self, length: usize) -> &'a str {
        &self.text[self.at..self.at + length]
    }

    fn skip_space(&mut self) {
        while self.rest().first().is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// What there is up to white space or what ends a name; nothing where that is there at once.
    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.iter().position(|byte| ENDS_NAME[usize::from(*byte)]).unwrap_or(rest.len());
        let name = self.ahead(length);
        self.at += length;
        name
    }

    fn start_tag(&mut self) -> Result<&'a str, Fault> {
        self.at += 1;
        let name = self.name();
        // What stands before a document, such as the priority of a syslog line, `<13>`, is no element.
        let is_first = |first: char| first.is_ascii_alphabetic() || matches!(first, '_' | ':') || !first.is_ascii();
        match name.starts_with(is_first) {
            true => Ok(name),
            false => Err(self.unclosed_or(|| format!("`{}` is not a valid element name", short(name)))),
        }
    }

    fn end_tag(&mut self) -> Result<&'a str, Fault> {
        self.at += 2;
        let end = memchr(b'>', self.rest()).ok_or_else(|| parse_fault("an end tag is not closed"))?;
        let name = self.ahead(end);
        self.at += end + 1;
        Ok(name.trim_end_matches(is_space))
    }

    fn text_between(&mut self) -> Text<'a> {
        let bytes = self.rest();
        let (length, is_plain) = match memchr3(b'<', b'&', b'\r', bytes) {
            Some(at) if bytes[at] == b'<' => (at, true),
            Some(at) => (memchr(b'<', &bytes[at..]).map_or(bytes.len(), |more| at + more), false),
            None => (bytes.len(), true),
        };
        let text = self.ahead(length);
        self.at += length;
        if is_plain { Text::Plain(text) } else { Text::Written(text, TextPlace::Element) }
    }

    fn cdata(&mut self) -> Result<Text<'a>, Fault> {
        let content = self.pass("<![CDATA[", "]]>", "a CDATA section")?;
        let is_plain = !content.contains('\r');
        Ok(if is_plain { Text::Plain(content) } else { Text::Written(content, TextPlace::CData) })
    }

    /// Passes over what stands between a beginning and an end, and gives it.
    fn pass(&mut self, begin: &str, end: &str, what: &str) -> Result<&'a str, Fault> {
        if !self.rest().starts_with(begin.as_bytes()) {
            return Err(parse_fault(format!("`{begin}` is not whole")));
        }
        self.at += begin.len();
        let length =
            memmem::find(self.rest(), end.as_bytes()).ok_or_else(|| parse_fault(format!("{what} is not closed")))?;
        let inner = self.ahead(length);
        self.at += length + end.len();
        Ok(inner)
    }

    /// Passes over `<!DOCTYPE …>`, with the declarations in it.
    fn declaration(&mut self) -> Result<(), Fault> {
        let mut open = 0_usize;
        for (at, byte) in self.rest().iter().enumerate() {
            match byte {
                b'<' => open += 1,
                b'>' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.at += at + 1;
                return Ok(());
            }
        }
        Err(parse_fault("a document type is not closed"))
    }

    /// Why a tag cannot be read: the document ends in it, or else this.
    #[cold]
    fn unclosed_or(&self, reason: impl FnOnce() -> String) -> Fault {
        if self.rest().is_empty() { parse_fault("a tag is not closed") } else { parse_fault(reason()) }
    }
}

impl<'a> Text<'a> {
    /// What it stands for.
    ///
    /// # Errors
    /// Parse, where a reference is unknown or not closed; limit.
    pub(super) fn read(self, arena: &'a Arena) -> Result<&'a str, Fault> {
        match self {
            Text::Plain(text) => Ok(text),
            Text::Written(text, inside) => written(text, inside, arena),
        }
    }
}

#[cold]
fn written<'a>(text: &str, inside: TextPlace, arena: &'a Arena) -> Result<&'a str, Fault> {
    arena.spend(text.len() as u64)?;
    let mut read = ArenaString::with_capacity_in(text.len(), arena.bump());
    let mut rest = text;
    while let Some(at) = rest.find(|letter| is_changed(letter, inside)) {
        read.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        rest = match rest.as_bytes()[at] {
            b'&' => {
                let (name, after) =
                    after.split_once(';').ok_or_else(|| parse_fault(format!("`&{}` has no `;`", short(after))))?;
                read.push(reference(name).ok_or_else(|| parse_fault(format!("unknown entity `&{}`", short(name))))?);
                after
            }
            b'\r' => {
                read.push(if inside == TextPlace::Attribute { ' ' } else { '\n' });
                after.strip_prefix('\n').unwrap_or(after)
            }
            _ => {
                read.push(' ');
                after
            }
        };
    }
    read.push_str(rest);
    Ok(read.into_bump_str())
}

/// Whether a letter does not stand for itself.
fn is_changed(letter: char, inside: TextPlace) -> bool {
    match letter {
        '\r' => true,
        '&' => inside != TextPlace::CData,
        '\n' | '\t' => inside == TextPlace::Attribute,
        _ => false,
    }
}

/// The letter of a reference: one by number, or one that every document has.
fn reference(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, base) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
            let is_number = digits.bytes().all(|byte| char::from(byte).is_digit(base));
            let number = u32::from_str_radix(digits, base).ok().filter(|number| is_number && *number != 0)?;
            char::from_u32(number)?
        }
    })
}

#[cold]
pub(super) fn parse_fault(reason: impl Into<String>) -> Fault {
    Fault::new(FaultCode::Parse, reason)
}
