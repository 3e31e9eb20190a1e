//! What the fields of the base taxonomy hold, in words of our own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The rows of `descriptions.tsv`. A row of `*.name` is for every side of the second table, whose words take the place
/// of `{}`.
static ROWS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| rows(include_str!("descriptions.tsv")));

/// The sides of a connection and other things that have the same fields.
static SIDES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| rows(include_str!("sides.tsv")));

fn rows(table: &'static str) -> BTreeMap<&'static str, &'static str> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t')).collect()
}

/// What a field holds; `None` where no row says.
pub fn of(name: &str) -> Option<String> {
    if let Some(says) = ROWS.get(name) {
        return Some((*says).to_owned());
    }
    let sides = name.match_indices('.').rev().map(|(dot, _)| (&name[..dot], &name[dot + 1..]));
    sides.into_iter().find_map(|(side, rest)| {
        let says = ROWS.get(&*format!("*.{rest}"))?;
        Some(says.replace("{}", SIDES.get(side)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use weir::taxonomy::Taxonomy;

    #[test]
    fn every_row_is_of_a_base_field() {
        let is_field = |name: &str| match name.strip_prefix("*.") {
            Some(rest) => SIDES.keys().any(|side| Taxonomy::base().get(&format!("{side}.{rest}")).is_some()),
            None => Taxonomy::base().get(name).is_some(),
        };
        let wrong: Vec<_> = ROWS.keys().filter(|name| !is_field(name)).collect();
        assert!(wrong.is_empty(), "no base fields: {wrong:?}");
        assert!(ROWS.len() > 100 && SIDES.len() == 6);
    }

    #[test]
    fn a_side_stands_in_its_sentence() {
        assert_eq!(of("source.ip").as_deref(), Some("IP address of the source"));
        assert_eq!(of("source.nat.port").as_deref(), Some("Port of the source after translation"));
        assert_eq!(of("sauce.ip"), None);
    }
}
