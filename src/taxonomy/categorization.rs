//! The allowed values of the event categorisation fields, as ECS gives them.

use std::sync::LazyLock;

/// One allowed value of a categorisation field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// `event.kind`, `event.category`, `event.type` or `event.outcome`.
    pub field: &'static str,
    /// The value.
    pub value: &'static str,
    /// For `event.category`: the values of `event.type` that go with it.
    pub types: Vec<&'static str>,
}

static CATEGORIES: LazyLock<Vec<Category>> = LazyLock::new(|| {
    let lines = include_str!("categorization.tsv").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(read_row).collect()
});

/// The allowed values of a field; none where the field is free.
pub fn allowed(field: &str) -> impl Iterator<Item = &'static str> {
    CATEGORIES.iter().filter(move |category| category.field == field).map(|category| category.value)
}

/// Whether a field may have this value; a field that is free may have any.
pub fn allows(field: &str, value: &str) -> bool {
    let mut values = allowed(field).peekable();
    values.peek().is_none() || values.any(|known| known == value)
}

/// The event types that go with a category; `None` where the category is not known.
pub fn types_of(category: &str) -> Option<&'static [&'static str]> {
    let found = CATEGORIES.iter().find(|known| known.field == "event.category" && known.value == category);
    found.map(|known| &*known.types)
}

fn read_row(line: &'static str) -> Option<Category> {
    let mut columns = line.split('\t');
    let (field, value) = (columns.next()?, columns.next()?);
    Some(Category { field, value, types: columns.next().unwrap_or_default().split_whitespace().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_has_its_types_and_a_free_field_takes_anything() {
        assert_eq!(allowed("event.outcome").collect::<Vec<_>>(), ["failure", "success", "unknown"]);
        assert!(types_of("session").is_some_and(|types| types.contains(&"start")));
        assert!(types_of("sessions").is_none());
        assert!(allows("event.kind", "alert") && !allows("event.kind", "alarm") && allows("event.action", "x"));
    }

    #[test]
    fn the_types_of_each_category_are_types() {
        for category in allowed("event.category") {
            assert!(types_of(category).into_iter().flatten().all(|kind| allows("event.type", kind)), "{category}");
        }
    }
}
