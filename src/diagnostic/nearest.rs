//! "Did you mean": the known word nearest to an unknown one.

/// The known word that is nearest to an unknown one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near<'w> {
    /// The known word.
    pub word: &'w str,
    /// Whether it is surely meant: it is one edit away, case and marks aside, and no other is as near.
    pub is_certain: bool,
}

/// The known word with the fewest edits (a swap of neighbours counts once), where that is at most a third of its length.
/// Case and the difference between `-` and `_` count half.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    near(word, known).map(|near| near.word)
}

/// As [`nearest`], and whether it is surely meant.
pub fn near<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<Near<'w>> {
    const LONGEST: usize = 64;
    /// Who has more words than this cannot be helped.
    const MOST: usize = 10_000;
    /// A word of three letters is near to many.
    const SHORTEST: usize = 4;
    let letters: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if letters.len() > LONGEST {
        return None;
    }
    let candidates = known
        .into_iter()
        .take(MOST)
        .filter(|candidate| candidate.chars().count().abs_diff(letters.len()) * 3 <= letters.len().max(3))
        .map(|candidate| match candidate.eq_ignore_ascii_case(word) {
            // Case alone is one slip, however many letters it is.
            true => (usize::from(candidate != word), candidate),
            false => (distance(&letters, &candidate.chars().collect::<Vec<_>>()), candidate),
        })
        .filter(|(edits, candidate)| *edits * 3 <= 2 * candidate.chars().count().max(3));
    let mut best: Option<(usize, &str)> = None;
    let mut is_alone = true;
    for (edits, candidate) in candidates {
        match best {
            Some((fewest, known)) if (edits, candidate) >= (fewest, known) => {
                is_alone &= edits > fewest || candidate == known;
            }
            Some((fewest, _)) => {
                is_alone = edits < fewest;
                best = Some((edits, candidate));
            }
            None => best = Some((edits, candidate)),
        }
    }
    best.map(|(edits, word)| Near { word, is_certain: is_alone && edits <= 3 && letters.len() >= SHORTEST })
}

/// Half-edits between two words: optimal string alignment over three rows.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).map(|column| 2 * column).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![2 * (row + 1)];
        for (column, b) in right.iter().enumerate() {
            let mut cost = (above[column] + difference(*a, *b)).min(above[column + 1] + 2).min(current[column] + 2);
            let swapped = row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b;
            if swapped {
                cost = cost.min(before[column - 1] + 2);
            }
            current.push(cost);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[right.len()]
}

fn difference(a: char, b: char) -> usize {
    let alike = a.eq_ignore_ascii_case(&b) || (matches!(a, '-' | '_') && matches!(b, '-' | '_'));
    match (a == b, alike) {
        (true, _) => 0,
        (_, true) => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::{near, nearest};

    #[test]
    fn finds_a_swap_a_slip_and_another_case_but_nothing_far() {
        let known = ["filter", "filters", "raise_errors", "json.parse-json"];
        assert_eq!(nearest("filer", known), Some("filter"));
        assert_eq!(nearest("fitler", known), Some("filter"));
        assert_eq!(nearest("Filter", known), Some("filter"));
        assert_eq!(nearest("raise-errors", known), Some("raise_errors"));
        assert_eq!(nearest("dictionary", known), None);
    }

    #[test]
    fn a_word_is_certain_where_it_is_near_and_no_other_is_as_near() {
        let is_certain = |word, known: &[&'static str]| near(word, known.iter().copied()).map(|near| near.is_certain);
        assert_eq!(is_certain("user.nme", &["user.name", "user.id"]), Some(true));
        assert_eq!(is_certain("host.i", &["host.ip", "host.id"]), Some(false));
        assert_eq!(is_certain("host.i", &["host.id", "host.ip", "host.iq"]), Some(false));
        assert_eq!(is_certain("host.ipp", &["host.iq", "host.ip", "host.ip"]), Some(true));
        assert_eq!(is_certain("iq", &["ip"]), Some(false));
        assert_eq!(is_certain("sourceIp", &["source.ip"]), Some(true));
        assert_eq!(is_certain("device.name", &["service.name"]), Some(false));
        assert_eq!(is_certain("observer.vendr.nme.x", &["observer.vendor.name"]), Some(false));
        assert_eq!(is_certain("dictionary", &["host"]), None);
    }
}
