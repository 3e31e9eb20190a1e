//! "Did you mean": the known word nearest to an unknown one.

/// The known word with the fewest edits (a swap of neighbours counts once), where that is at most a third of its length.
/// Case and the difference between `-` and `_` count half.
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    const LONGEST: usize = 64;
    /// Who has more words than this cannot be helped.
    const MOST: usize = 10_000;
    let letters: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if letters.len() > LONGEST {
        return None;
    }
    known
        .into_iter()
        .take(MOST)
        .filter(|candidate| candidate.chars().count().abs_diff(letters.len()) * 3 <= letters.len().max(3))
        .map(|candidate| (distance(&letters, &candidate.chars().collect::<Vec<_>>()), candidate))
        .filter(|(edits, candidate)| *edits * 3 <= 2 * candidate.chars().count().max(3))
        .min_by_key(|(edits, candidate)| (*edits, *candidate))
        .map(|(_, candidate)| candidate)
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
    use super::nearest;

    #[test]
    fn finds_a_swap_a_slip_and_another_case_but_nothing_far() {
        let known = ["filter", "filters", "raise_errors", "json.parse-json"];
        assert_eq!(nearest("filer", known), Some("filter"));
        assert_eq!(nearest("fitler", known), Some("filter"));
        assert_eq!(nearest("Filter", known), Some("filter"));
        assert_eq!(nearest("raise-errors", known), Some("raise_errors"));
        assert_eq!(nearest("dictionary", known), None);
    }
}
