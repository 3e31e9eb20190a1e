//! Renamed fields: which of the new names stands for which of those that are gone.

use std::collections::BTreeSet;
use weir::diagnostic::nearest;

/// How many names of each side are compared; more are no renaming.
const MOST: usize = 100;

/// Pairs of a name that is gone and a new one, by their places; each is in one pair at most. Names are near where a few
/// edits lie between them, or where they share half of their words; where no more are gone than are new, a third is enough.
pub fn renamed(gone: &[&str], new: &[&str], fits: &dyn Fn(&str, &str) -> bool) -> Vec<(usize, usize)> {
    let least = if gone.len() <= new.len() { 33 } else { 50 };
    let mut pairs = Vec::new();
    for (old_place, old) in gone.iter().enumerate().take(MOST) {
        for (new_place, new) in new.iter().enumerate().take(MOST) {
            let near = nearness(old, new);
            if near >= least && fits(old, new) {
                pairs.push((near, old_place, new_place));
            }
        }
    }
    pairs.sort_by_key(|(near, old, new)| (u32::MAX - near, *old, *new));
    let (mut taken, mut found) = ((BTreeSet::new(), BTreeSet::new()), Vec::new());
    for (_, old, new) in pairs {
        if !taken.0.contains(&old) && !taken.1.contains(&new) {
            taken.0.insert(old);
            taken.1.insert(new);
            found.push((old, new));
        }
    }
    found
}

/// How near two names are, in percent: the share of their words that both have. Names whose other words differ by a few
/// edits are as near as equal ones.
fn nearness(old: &str, new: &str) -> u32 {
    let (left, right) = (words(old), words(new));
    let rest = |mine: &BTreeSet<String>, other: &BTreeSet<String>| -> String {
        mine.difference(other).map(String::as_str).collect()
    };
    let (was, is) = (rest(&left, &right), rest(&right, &left));
    if was == is || nearest(&is, [&*was]).is_some() {
        return 100;
    }
    let shared = left.intersection(&right).count();
    (100 * shared / left.union(&right).count().max(1)) as u32
}

/// The words of a name, in small letters: `ClientIPAddress` and `client_ip_address` are `client`, `ip` and `address`.
pub fn words(name: &str) -> BTreeSet<String> {
    split(name).into_iter().collect()
}

/// The words of a name in their order; see [`words`].
pub fn split(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().take(crate::profile::LONGEST_NAME).collect();
    let mut found = Vec::new();
    let mut word = String::new();
    for (place, letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        let after = letters.get(place + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(|letter| !letter.is_uppercase())
                || after.is_some_and(|letter| letter.is_lowercase()));
        if (begins || !letter.is_alphanumeric()) && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{renamed, split};

    #[test]
    fn names_fall_into_words() {
        for (name, expected) in [
            ("ClientIPAddress", "client ip address"),
            ("client_ip-address", "client ip address"),
            ("JA3Hash", "ja3 hash"),
            ("edgeStartTimestampMs", "edge start timestamp ms"),
            ("URL", "url"),
            ("", ""),
        ] {
            assert_eq!(split(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn near_names_are_paired_and_far_ones_are_not() {
        let any = |_: &str, _: &str| true;
        assert_eq!(renamed(&["ClientIP"], &["New", "ClientIPAddress"], &any), [(0, 1)]);
        assert_eq!(renamed(&["UserEmail"], &["Email"], &any), [(0, 0)]);
        assert_eq!(renamed(&["Country"], &["Widget"], &any), []);
        assert_eq!(renamed(&["ClientIP"], &["ClientAddress", "Widget"], &any), [(0, 0)]);
        assert_eq!(
            renamed(&["ClientIP", "ClientPort", "ClientASN"], &["ClientFoo"], &any),
            [],
            "too many may be meant"
        );
        assert_eq!(renamed(&["ClientIP"], &["ClientIPs"], &|_, _| false), [], "of another type");
    }
}
