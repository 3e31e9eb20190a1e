//! A reader's position, which stands in two slots that are written in turn.

use super::{BLOCK_BYTES, HIGHEST, Identity, array_at, close, is_whole, put, u64_at};

/// How many slots a file of a position has, a block each.
pub const SLOTS: u64 = 2;

const MAGIC: [u8; 8] = *b"weirpos1";
const COVERED: usize = 68;
const ENDING: &str = ".position";
const LONGEST_NAME: usize = 64;

/// Where a reader goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Whose position this is.
    pub identity: Identity,
    /// Counts the times that it was written: the higher one holds, and stands in the slot of its parity.
    pub generation: u64,
    /// The block from which on nothing was read.
    pub next: u64,
    /// How many entries of the log are before it.
    pub number: u64,
}

impl Position {
    /// The slot as it is written.
    pub fn encode(&self) -> Vec<u8> {
        let mut block = vec![0; BLOCK_BYTES];
        put(&mut block, 0, MAGIC);
        put(&mut block, 8, self.identity.log);
        put(&mut block, 24, self.identity.mark);
        put(&mut block, 40, self.generation.to_le_bytes());
        put(&mut block, 48, self.next.to_le_bytes());
        put(&mut block, 56, self.number.to_le_bytes());
        close(&mut block[..COVERED]);
        block
    }

    /// The position in a slot, if it is undamaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..COVERED)?;
        let position = Position {
            identity: Identity { log: array_at(bytes, 8), mark: array_at(bytes, 24) },
            generation: u64_at(bytes, 40),
            next: u64_at(bytes, 48),
            number: u64_at(bytes, 56),
        };
        // So low that what is stored after it has room.
        let is_low = [position.generation, position.next].iter().all(|value| *value < HIGHEST / 2);
        let is_low = is_low && position.number <= position.next;
        (bytes[..8] == MAGIC && is_whole(bytes) && is_low).then_some(position)
    }
}

/// The position that holds out of a file's bytes, and how many of the slots are damaged.
pub fn choose_position(bytes: &[u8]) -> (Option<Position>, usize) {
    let slots = bytes.chunks(BLOCK_BYTES).take(SLOTS as usize).filter_map(Position::decode);
    let (mut chosen, mut whole) = (None::<Position>, 0);
    for slot in slots {
        whole += 1;
        chosen = chosen.filter(|other| other.generation > slot.generation).or(Some(slot));
    }
    (chosen, SLOTS as usize - whole)
}

/// The name of the file with a reader's position.
pub fn position_name(reader: &str) -> String {
    format!("{reader}{ENDING}")
}

/// The reader whose position is in the file with this name, if it is one.
pub fn reader_of(name: &str) -> Option<&str> {
    name.strip_suffix(ENDING).filter(|reader| is_reader_name(reader))
}

/// Whether this can be the name of a reader: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
pub fn is_reader_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(generation: u64) -> Position {
        Position { identity: Identity::of([5; 32]), generation, next: 90 + generation, number: generation }
    }

    #[test]
    fn the_younger_slot_holds_and_the_older_one_where_it_is_damaged() {
        let bytes = [position(4).encode(), position(3).encode()].concat();
        assert_eq!(choose_position(&bytes), (Some(position(4)), 0));
        for bit in 0..COVERED * 8 {
            for (slot, left) in [(0, 3), (BLOCK_BYTES, 4)] {
                let mut changed = bytes.clone();
                changed[slot + bit / 8] ^= 1 << (bit % 8);
                assert_eq!(choose_position(&changed), (Some(position(left)), 1), "bit {bit} of the slot at {slot}");
            }
        }
        assert_eq!(choose_position(&bytes[..30]), (None, 2));
        assert_eq!(choose_position(&[]), (None, 2));
    }

    #[test]
    fn a_reader_has_a_plain_name() {
        assert_eq!(reader_of("parquet-2.position"), Some("parquet-2"));
        for other in ["", "A", "a/b", "..", "é", &"a".repeat(65)] {
            assert!(!is_reader_name(other), "{other}");
        }
    }
}
