//! Text in UTF-16, known by its byte order mark, read as UTF-8.

use std::io::{self, Cursor, ErrorKind, Read};

/// How many bytes are read at once.
const CHUNK: usize = 64 << 10;

/// The longest mark, and how much of a text shows that it is UTF-16 without one.
const LONGEST: usize = 4;

/// A source whose text is UTF-8: UTF-16 is decoded by its mark, all else stays as it is.
///
/// # Errors
/// Where the source cannot be read, or is UTF-32 or UTF-16 without a mark.
pub fn as_utf8(mut source: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut first = Vec::with_capacity(LONGEST);
    // Byte by byte and no further than needed: on a slow pipe a short record must not wait for the next.
    while is_open(&first) && source.by_ref().take(1).read_to_end(&mut first)? > 0 {}
    match *first.as_slice() {
        [0xff, 0xfe, 0, 0] | [0, 0, 0xfe, 0xff] => Err(refused("UTF-32", "UTF-32")),
        [0, b'!'..=b'~', 0, b'\t'..=b'~'] => Err(refused("UTF-16 without a byte order mark", "UTF-16BE")),
        [b'!'..=b'~', 0, b'\t'..=b'~', 0] => Err(refused("UTF-16 without a byte order mark", "UTF-16LE")),
        [mark @ (0xff | 0xfe), other @ (0xff | 0xfe), ..] if mark != other => {
            let rest = Cursor::new(first[2..].to_vec()).chain(source);
            Ok(Box::new(Utf16::new(Box::new(rest), mark == 0xfe)))
        }
        _ => Ok(Box::new(Cursor::new(first).chain(source))),
    }
}

/// Whether more bytes must be seen to know what these begin.
fn is_open(first: &[u8]) -> bool {
    matches!(
        first,
        [] | [0 | 0xff | 0xfe | b'!'..=b'~']
            | [0xff, 0xfe]
            | [0xff, 0xfe, 0]
            | [0, 0]
            | [0, 0, 0xfe]
            | [0, b'!'..=b'~']
            | [b'!'..=b'~', 0]
            | [0, b'!'..=b'~', 0]
            | [b'!'..=b'~', 0, _]
    )
}

fn refused(found: &str, name: &str) -> io::Error {
    let reason = format!("this looks like {found}; convert it to UTF-8 first: iconv -f {name} -t UTF-8");
    io::Error::new(ErrorKind::InvalidData, reason)
}

/// Decodes as it reads; what is no character becomes U+FFFD.
struct Utf16 {
    source: Box<dyn Read>,
    is_big: bool,
    /// Bytes that were read and not decoded: half a unit, or the first half of a pair.
    held: Vec<u8>,
    decoded: Cursor<Vec<u8>>,
    ended: bool,
}

impl Utf16 {
    fn new(source: Box<dyn Read>, is_big: bool) -> Self {
        Utf16 { source, is_big, held: Vec::new(), decoded: Cursor::default(), ended: false }
    }

    /// Reads and decodes more.
    fn fill(&mut self) -> io::Result<()> {
        let length = self.held.len();
        self.held.resize(length + CHUNK, 0);
        let read = self.source.read(&mut self.held[length..]);
        self.held.truncate(length + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        let ready = if self.ended { self.held.len() } else { self.whole() };
        let units = self.held[..ready].chunks(2).map(|pair| match (pair, self.is_big) {
            ([first, second], true) => u16::from_be_bytes([*first, *second]),
            ([first, second], false) => u16::from_le_bytes([*first, *second]),
            _ => 0xdc00,
        });
        let text: String = char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect();
        self.held.drain(..ready);
        self.decoded = Cursor::new(text.into_bytes());
        Ok(())
    }

    /// How many bytes are whole characters: no half unit, and no first half of a pair, at the end.
    fn whole(&self) -> usize {
        let whole = self.held.len() / 2 * 2;
        let is_half = match self.held[..whole] {
            [.., first, second] => matches!(if self.is_big { first } else { second }, 0xd8..=0xdb),
            _ => false,
        };
        if is_half { whole - 2 } else { whole }
    }
}

impl Read for Utf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.decoded.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.ended {
                return Ok(read);
            }
            self.fill()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::as_utf8;
    use std::io::{self, Read};

    /// Gives its bytes a few at a time.
    struct Drip(Vec<u8>, usize);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let many = self.1.min(self.0.len()).min(buffer.len());
            buffer[..many].copy_from_slice(&self.0[..many]);
            self.0.drain(..many);
            Ok(many)
        }
    }

    fn read(bytes: &[u8], drip: usize) -> io::Result<String> {
        let mut text = String::new();
        as_utf8(Box::new(Drip(bytes.to_vec(), drip)))?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn both_orders_are_read_however_their_bytes_come() {
        let text = "caf\u{e9} \u{1f600}\r\nx\u{0}\n";
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let marked = utf16(&format!("\u{feff}{text}"), bytes);
            for drip in [1, 2, 3, 1000] {
                assert_eq!(read(&marked, drip).expect("UTF-16"), text, "{drip}");
            }
        }
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        assert_eq!(read(b"\xff\xfeA\0\x00\xd8B\0", 1).expect("UTF-16"), "A\u{fffd}B");
        assert_eq!(read(b"\xff\xfeA\0\x00\xd8", 1).expect("UTF-16"), "A\u{fffd}");
        assert_eq!(read(b"\xff\xfeA\0B", 1).expect("UTF-16"), "A\u{fffd}");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in ["", "a", "a\u{0}", "\u{0}", "\u{0}a", "\u{feff}ab", "a\u{0}b", "ab\u{0}\u{0}", "a\u{0}\u{0}\u{0}"]
        {
            assert_eq!(read(text.as_bytes(), 1).expect("text"), text);
        }
    }

    #[test]
    fn without_a_mark_the_reason_is_said() {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let fault = read(&utf16("{\"a\":1}", bytes), 1).expect_err("no mark");
            assert!(fault.to_string().contains("UTF-16 without a byte order mark"), "{fault}");
        }
        assert!(read(b"\xff\xfe\0\0a\0\0\0", 1).is_err());
    }
}
