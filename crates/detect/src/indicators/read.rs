//! The text of a feed → indicators: what it is, its first bytes tell.

use super::store::Indicators;
use super::{list, misp, stix};

impl Indicators {
    /// Reads a file, whose name tells where indicators come from. Its first bytes tell what it is: JSON of STIX or MISP, else a
    /// CSV file where its first line names columns, else a list with a value on each line.
    pub fn read(&mut self, name: &str, text: &str) {
        let text = text.trim_start_matches('\u{feff}');
        match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => match stix::is_stix(text) {
                true => stix::read(self, name, text),
                false => misp::read(self, name, text),
            },
            _ => list::read(self, name, text),
        }
    }
}
