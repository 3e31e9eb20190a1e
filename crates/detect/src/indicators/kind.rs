//! Kinds of indicators: what feeds call them, how their values are compared, and the fields that they are held against.

use std::sync::LazyLock;
use weir::Plan;

/// Kind, how it is compared, paths of STIX, types of MISP, and fields: a name, `*.` and the end of one, or `type:`.
const TABLE: &str = include_str!("kinds.tsv");

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| TABLE.lines().filter_map(Kind::read).collect());

/// The number of a kind in [`all`].
pub type KindId = u8;

/// A kind of indicator.
#[derive(Debug)]
pub struct Kind {
    /// Its name, as CSV files may have it.
    pub name: &'static str,
    /// How its values are compared.
    pub compare: Compare,
    stix: Vec<&'static str>,
    misp: Vec<&'static str>,
    fields: Vec<&'static str>,
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// An address in a network.
    Address,
    /// A domain, or one below it.
    Domain,
    /// A URL; case counts behind its host.
    Url,
    /// An address of a mailbox, without case.
    Email,
    /// Text, without case.
    Text,
}

/// All kinds, by number.
pub fn all() -> &'static [Kind] {
    &KINDS
}

/// The kind of a name.
pub fn named(name: &str) -> Option<KindId> {
    position(|kind| kind.name == name)
}

/// The kind of a path of STIX, such as `ipv4-addr:value`. Feeds write keys with dashes and without (`SHA256`, `SHA-256`).
pub fn of_stix(path: &str) -> Option<KindId> {
    let plain = |path: &str| path.replace(['-', '"'], "").to_ascii_lowercase();
    let path = plain(path);
    position(|kind| kind.stix.iter().any(|known| plain(known) == path))
}

/// The kind of a column's name, where a value of it alone says something: not a port, a size or a name.
pub fn of_column(name: &str) -> Option<KindId> {
    const ALONE: &[&str] = &["address", "domain", "url", "email", "md5", "sha1", "sha256", "sha512", "ssdeep"];
    let known = named(name).or_else(|| of_misp(name)).or_else(|| of_stix(name));
    known.filter(|kind| ALONE.contains(&all()[usize::from(*kind)].name))
}

/// The kind of an attribute's type of MISP.
pub fn of_misp(name: &str) -> Option<KindId> {
    position(|kind| kind.misp.contains(&name))
}

fn position(is: impl Fn(&Kind) -> bool) -> Option<KindId> {
    all().iter().position(is).map(|number| number as KindId)
}

impl Kind {
    fn read(line: &'static str) -> Option<Kind> {
        let mut columns = line.split('\t');
        let name = columns.next()?;
        let compare = match columns.next()? {
            "address" => Compare::Address,
            "domain" => Compare::Domain,
            "url" => Compare::Url,
            "email" => Compare::Email,
            _ => Compare::Text,
        };
        let mut list = || columns.next().unwrap_or_default().split(',').filter(|word| !word.is_empty()).collect();
        Some(Kind { name, compare, stix: list(), misp: list(), fields: list() })
    }

    /// The type of object that STIX has for a value of it.
    pub fn object(&self, value: &str) -> &'static str {
        let is_v6 = self.compare == Compare::Address && value.contains(':');
        let path = self.stix.get(usize::from(is_v6)).or(self.stix.first());
        path.and_then(|path| path.split(':').next()).unwrap_or_default()
    }

    /// Whether it is held against a field of a plan's events. What stands below `related` is a copy.
    pub fn is_about(&self, name: &str, plan: &Plan) -> bool {
        !name.starts_with("related.") && self.fields.iter().any(|field| is_meant(field, name, plan))
    }
}

fn is_meant(field: &str, name: &str, plan: &Plan) -> bool {
    if let Some(kind) = field.strip_prefix("type:") {
        return plan.field(name).is_some_and(|field| field.kind.name() == kind);
    }
    match field.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => name == field,
    }
}

#[cfg(test)]
mod tests {
    use super::{all, named, of_misp, of_stix};

    #[test]
    fn each_kind_is_found_by_its_names() {
        assert!(all().len() > 25 && all().iter().all(|kind| !kind.fields.is_empty() && !kind.stix.is_empty()));
        assert_eq!(of_stix("file:hashes.sha-256"), named("sha256"));
        assert_eq!(of_stix("file:hashes.SHA256"), named("sha256"));
        assert_eq!(super::of_column("port"), None, "a port alone is no indicator");
        assert_eq!(of_misp("ip-dst"), named("address"));
        assert_eq!(of_misp("btc"), None);
    }
}
