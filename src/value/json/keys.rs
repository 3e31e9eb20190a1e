//! The keys that are read by name, found without a walk over them.

use super::marks::shorter;

/// Keys by their ends: a table without collisions, made for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys {
    ends: Box<[Ends]>,
    /// The number of the key for each place; [`Keys::NONE`] where there is none.
    places: Box<[u16]>,
    multiplier: u64,
    shift: u32,
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
            (Some(first), Some(last)) => Ends { first: u64::from_le_bytes(*first), last: u64::from_le_bytes(*last), length },
            _ => Ends { first: shorter(key), last: 0, length },
        }
    }

    #[inline]
    fn place(self, multiplier: u64, shift: u32) -> usize {
        let mixed = self.first ^ self.last.rotate_left(29) ^ self.length as u64;
        (mixed.wrapping_mul(multiplier) >> shift) as usize
    }
}

impl Keys {
    const NONE: u16 = u16::MAX;
    /// How many multipliers are tried. Keys with the same ends have none.
    const TRIES: u64 = 200;
    /// Fewer keys are compared one by one.
    const FEW: usize = 3;

    /// A table of distinct keys; `None` where they are few, or too much alike.
    pub fn new<'k>(keys: impl Iterator<Item = &'k str>) -> Option<Self> {
        let ends: Box<[Ends]> = keys.map(|key| Ends::of(key.as_bytes())).collect();
        if ends.len() < Self::FEW || ends.len() >= usize::from(Self::NONE) {
            return None;
        }
        // Of eight times as many places, one try in a few has no collision for as many keys as a format reads.
        let bits = (8 * ends.len()).next_power_of_two().trailing_zeros().min(20);
        (1..=Self::TRIES).find_map(|seed| {
            let multiplier = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let places = Self::places(&ends, multiplier, u64::BITS - bits)?;
            Some(Keys { ends: ends.clone(), places, multiplier, shift: u64::BITS - bits })
        })
    }

    fn places(ends: &[Ends], multiplier: u64, shift: u32) -> Option<Box<[u16]>> {
        let mut places = vec![Self::NONE; 1 << (u64::BITS - shift)];
        for (number, ends) in ends.iter().enumerate() {
            let place = &mut places[ends.place(multiplier, shift)];
            if *place != Self::NONE {
                return None;
            }
            *place = number as u16;
        }
        Some(places.into())
    }

    /// The number of the only key that this one may be. Up to sixteen bytes, it is that one.
    #[inline(always)]
    pub fn candidate(&self, key: &str) -> Option<usize> {
        let ends = Ends::of(key.as_bytes());
        let number = usize::from(*self.places.get(ends.place(self.multiplier, self.shift))?);
        (*self.ends.get(number)? == ends).then_some(number)
    }

    /// The longest key of which the ends are all.
    pub const WHOLE: usize = 16;
}

#[cfg(test)]
mod tests {
    use super::Keys;

    #[test]
    fn each_key_is_found_and_no_other() {
        let keys: Vec<String> = (0..300).map(|number| format!("{}{}", "Name".repeat(number % 5), number * 7)).collect();
        let table = Keys::new(keys.iter().map(String::as_str));
        let table = table.as_ref().expect("keys that differ at their ends");
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(table.candidate(key), Some(number), "{key}");
            for other in [format!("{key}a"), format!("a{key}"), key[1..].to_owned()] {
                let found = table.candidate(&other).map(|found| &keys[found]);
                assert!(found.is_none_or(|found| *found == other || other.len() > Keys::WHOLE), "{other}");
            }
        }
    }

    #[test]
    fn keys_with_the_same_ends_have_no_table() {
        assert_eq!(Keys::new(["first eight, a, last eight", "first eight, b, last eight", "c"].into_iter()), None);
        assert_eq!(Keys::new(["a", "b"].into_iter()), None);
    }
}
