//! The keys that are read by name, found without a walk over them.

use super::structural::shorter;

/// KeyTable by their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct KeyTable {
    ends: Box<[Ends]>,
    /// The number of a key at the place of its ends or, where that is taken, behind it; [`KeyTable::NONE`] where there is none.
    places: Box<[u16]>,
}

/// The first and the last eight bytes of a key, or all of a shorter one, and its length. Up to sixteen bytes, that is all
/// of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

impl Ends {
    #[inline]
    fn of(key: &[u8]) -> Self {
        let length = key.len();
        match (key.first_chunk(), key.last_chunk()) {
            (Some(first), Some(last)) => {
                Ends { first: u64::from_le_bytes(*first), last: u64::from_le_bytes(*last), length }
            }
            _ => Ends { first: shorter(key), last: 0, length },
        }
    }

    /// A place among so many, a power of two.
    #[inline(always)]
    fn place(self, places: usize) -> usize {
        let mixed = self.first ^ self.last.rotate_left(29) ^ self.length as u64;
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & (places - 1)
    }
}

impl KeyTable {
    const NONE: u16 = u16::MAX;
    /// Fewer keys are compared one by one.
    const FEW: usize = 3;
    /// The longest key of which the ends are all.
    const WHOLE: usize = 16;

    /// A table of distinct keys; `None` where they are few, or too many.
    pub fn new<'k>(keys: impl Iterator<Item = &'k str>) -> Option<Self> {
        let ends: Box<[Ends]> = keys.map(|key| Ends::of(key.as_bytes())).collect();
        if ends.len() < Self::FEW || ends.len() >= usize::from(Self::NONE) {
            return None;
        }
        // Most keys have a place of their own among four times as many.
        let mut places = vec![Self::NONE; (4 * ends.len()).next_power_of_two()];
        for (number, ends) in ends.iter().enumerate() {
            let mut place = ends.place(places.len());
            while places[place] != Self::NONE {
                place = (place + 1) & (places.len() - 1);
            }
            places[place] = number as u16;
        }
        Some(KeyTable { ends, places: places.into() })
    }

    /// The number of a key; `is_it` tells whether a number is that of the key, where its ends do not.
    #[inline(always)]
    pub fn find(&self, key: &str, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let ends = Ends::of(key.as_bytes());
        let mut place = ends.place(self.places.len());
        loop {
            // There is always a place without a number.
            let number = usize::from(*self.places.get(place)?);
            if *self.ends.get(number)? == ends && (key.len() <= Self::WHOLE || is_it(number)) {
                return Some(number);
            }
            place = (place + 1) & (self.places.len() - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KeyTable;

    #[test]
    fn each_key_is_found_and_no_other() {
        let keys: Vec<String> = (0..300)
            .map(|number| format!("{}{}{}", number * 7, "Name".repeat(number % 5), ["", " the same end"][number % 2]))
            .chain(["first eight, a, last eight".to_owned(), "first eight, b, last eight".to_owned()])
            .collect();
        let table = KeyTable::new(keys.iter().map(String::as_str)).expect("a table");
        let find = |key: &str| table.find(key, |number| keys[number] == key);
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(find(key), Some(number), "{key}");
            for other in [format!("{key}a"), format!("a{key}"), key[1..].to_owned()] {
                assert_eq!(find(&other), keys.iter().position(|key| *key == other), "{other}");
            }
        }
        assert_eq!(find("first eight, c, last eight"), None);
    }

    #[test]
    fn few_keys_have_no_table() {
        assert_eq!(KeyTable::new(["a", "b"].into_iter()), None);
    }
}
