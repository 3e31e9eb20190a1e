//! The fields that are known, in layers: the base taxonomy, then a module's and a format's declarations.

use super::{Field, FieldType, Origin};
use hashbrown::HashSet;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, LazyLock};

/// Fields by name. Cloning and layering are cheap: a layer shares the ones below it.
#[derive(Clone, Debug, Default)]
pub struct Taxonomy {
    layer: Arc<FieldLayer>,
}

#[derive(Debug, Default)]
struct FieldLayer {
    fields: BTreeMap<Box<str>, Field>,
    /// The names that fields of this layer lie under.
    containers: HashSet<Box<str>>,
    below: Option<Taxonomy>,
}

static BASE: LazyLock<Taxonomy> = LazyLock::new(|| Taxonomy::default().with(read_base(include_str!("base.tsv"))));

impl Taxonomy {
    /// The fields that every format has.
    pub fn base() -> &'static Taxonomy {
        &BASE
    }

    /// These fields over the ones known; the later of two declarations of one name counts.
    pub fn with(&self, declarations: impl IntoIterator<Item = Field>) -> Taxonomy {
        let fields: BTreeMap<_, _> = declarations.into_iter().map(|field| (Box::from(&*field.name), field)).collect();
        let containers = fields.keys().flat_map(|name| above(name)).map(Box::from).collect();
        Taxonomy { layer: Arc::new(FieldLayer { fields, containers, below: Some(self.clone()) }) }
    }

    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.layers().find_map(|layer| layer.fields.get(name))
    }

    /// All fields under `prefix.`, ordered by name; the field `prefix` itself is not among them.
    pub fn below(&self, prefix: &str) -> impl Iterator<Item = &Field> {
        let from = format!("{prefix}.");
        // `/` is the character after `.`: the range holds all names that begin with `prefix.` and no other.
        let to = format!("{prefix}/");
        self.merged(Bound::Included(from.as_str()), Bound::Excluded(to.as_str())).into_values()
    }

    /// Whether any field lies under `prefix.`.
    pub fn is_container(&self, prefix: &str) -> bool {
        self.layers().any(|layer| layer.containers.contains(prefix))
    }

    /// All fields, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.merged(Bound::Unbounded, Bound::Unbounded).into_values()
    }

    fn merged(&self, from: Bound<&str>, to: Bound<&str>) -> BTreeMap<&str, &Field> {
        let mut found = BTreeMap::new();
        for layer in self.layers() {
            for (name, field) in layer.fields.range::<str, _>((from, to)) {
                found.entry(&**name).or_insert(field);
            }
        }
        found
    }

    /// The layers, the latest first.
    fn layers(&self) -> impl Iterator<Item = &FieldLayer> {
        std::iter::successors(Some(&*self.layer), |layer| layer.below.as_ref().map(|below| &*below.layer))
    }
}

/// `a` and `a.b` for `a.b.c`.
fn above(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').map(|(at, _)| &name[..at])
}

/// Reads `base.tsv`. A row of another shape is passed over here; `tests/taxonomy.rs` checks that there is none.
fn read_base(table: &'static str) -> impl Iterator<Item = Field> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(read_row)
}

fn read_row(line: &'static str) -> Option<Field> {
    let mut columns = line.split('\t');
    let (name, kind, many, origin) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    let origin = if origin == "ecs" { Origin::Ecs } else { Origin::Platform };
    Some(Field { many: many == "many", ..Field::new(name, FieldType::parse(kind)?, origin) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_base_table_is_read() {
        let rows = include_str!("base.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(Taxonomy::base().iter().count(), rows);
        assert!(rows > 1_700);
    }

    #[test]
    fn the_later_layer_counts_and_shares_the_base() {
        let own = Taxonomy::base().with([
            Field::new("source.ip", FieldType::Keyword, Origin::Module),
            Field::new("acme.level", FieldType::Long, Origin::Format),
        ]);
        assert_eq!(own.get("source.ip").map(|field| field.kind), Some(FieldType::Keyword));
        assert_eq!(own.get("destination.ip").map(|field| field.kind), Some(FieldType::Ip));
        assert_eq!(Taxonomy::base().get("source.ip").map(|field| field.kind), Some(FieldType::Ip));
        assert_eq!(own.iter().count(), Taxonomy::base().iter().count() + 1);
    }

    #[test]
    fn below_a_prefix_are_its_fields_only() {
        let own = Taxonomy::default().with(
            ["a", "a.b", "a.c.d", "a-b.c", "ab.c", "a/b"]
                .map(|name| Field::new(name, FieldType::Keyword, Origin::Format)),
        );
        let names: Vec<_> = own.below("a").map(|field| &*field.name).collect();
        assert_eq!(names, ["a.b", "a.c.d"]);
        assert!(own.is_container("a") && own.is_container("a.c") && own.is_container("a-b"));
        assert!(!own.is_container("a.b") && !own.is_container("a/b") && !own.is_container(""));
    }
}
