//! Places: bytes of a text as lines and columns of the protocol, and paths as URIs.

use lsp_types::{Position, PositionEncodingKind, Range, Uri};
use std::path::{Path, PathBuf};
use url::Url;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Units of UTF-16: what all editors can.
    #[default]
    Utf16,
    /// Bytes.
    Utf8,
}

impl Encoding {
    /// What a client that offers these gets.
    pub fn of(offered: Option<&[PositionEncodingKind]>) -> Self {
        let offers = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if offers { Encoding::Utf8 } else { Encoding::Utf16 }
    }

    /// Its name.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf8 => PositionEncodingKind::UTF8,
        }
    }

    fn width(self, letter: char) -> usize {
        match self {
            Encoding::Utf16 => letter.len_utf16(),
            Encoding::Utf8 => letter.len_utf8(),
        }
    }

    /// The place of a byte; a byte past the end is the end.
    pub fn position(self, text: &str, byte: usize) -> Position {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &text[..byte];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column: usize = before[start..].chars().map(|letter| self.width(letter)).sum();
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        Position::new(line as u32, column as u32)
    }

    /// The places of bytes.
    pub fn range(self, text: &str, bytes: std::ops::Range<usize>) -> Range {
        Range::new(self.position(text, bytes.start), self.position(text, bytes.end))
    }

    /// The byte of a place; behind the end of a line it is that end.
    pub fn byte(self, text: &str, position: Position) -> usize {
        let mut start = 0;
        for _ in 0..position.line {
            match text[start..].find('\n') {
                Some(newline) => start += newline + 1,
                None => return text.len(),
            }
        }
        let end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let mut column = 0;
        for (at, letter) in text[start..end].char_indices() {
            if column >= position.character as usize || letter == '\r' {
                return start + at;
            }
            column += self.width(letter);
        }
        end
    }
}

/// The path of a URI; nothing for what is no file.
pub fn path(uri: &Uri) -> Option<PathBuf> {
    Url::parse(uri.as_str()).ok()?.to_file_path().ok()
}

/// The URI of a path.
pub fn uri(path: &Path) -> Option<Uri> {
    Url::from_file_path(path).ok()?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Encoding, path, uri};
    use lsp_types::Position;
    use std::path::Path;

    #[test]
    fn a_column_counts_units_of_utf_16_and_a_byte_finds_its_way_back() {
        let text = "a: 🦀é\r\nb: 🦀x\n";
        for (byte, utf16, utf8) in [(3, (0, 3), (0, 3)), (7, (0, 5), (0, 7)), (9, (0, 6), (0, 9)), (18, (1, 5), (1, 7))]
        {
            for (encoding, (line, column)) in [(Encoding::Utf16, utf16), (Encoding::Utf8, utf8)] {
                assert_eq!(encoding.position(text, byte), Position::new(line, column), "{byte}");
                assert_eq!(encoding.byte(text, Position::new(line, column)), byte);
            }
        }
        assert_eq!(Encoding::Utf16.byte(text, Position::new(0, 99)), 9);
        assert_eq!(Encoding::Utf16.byte(text, Position::new(99, 0)), text.len());
        assert_eq!(Encoding::Utf16.position(text, 5), Position::new(0, 3));
    }

    #[test]
    fn a_path_with_a_space_and_an_accent_is_one_uri_and_back() {
        let known = Path::new("/tmp/a b/é#/parser.yml");
        assert_eq!(uri(known).and_then(|uri| path(&uri)).as_deref(), Some(known));
    }
}
