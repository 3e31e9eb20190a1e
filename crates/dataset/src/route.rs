//! Routing: which contract a record was written under, decided by the fields it has.
//!
//! Why so: `docs/decisions/0035`.

use crate::glance::Glance;
use crate::names::ByName;
use crate::record::{Fit, Observed, RawRecord, Unreadable};
use crate::{Contract, ValueType};
use std::collections::HashMap;

/// How many fields that only the best contract knows outweigh one that only another knows.
const OUTWEIGHS: usize = 3;

/// Room for the names of most records.
const MOST_NAMES: usize = 128;

/// A decision compiled from contracts; it never changes and can be shared between threads.
#[derive(Debug, Default)]
pub struct Router {
    names: Vec<String>,
    /// By contract, its rank among those that win where several fit; nothing where none was given.
    ranks: Vec<Option<usize>>,
    /// By name, the place of a field in `documented`.
    fields: HashMap<String, usize, ByName>,
    /// By field, the contracts that document it.
    documented: Vec<Documented>,
}

/// The contracts that document a field, and as what.
type Documented = Vec<(usize, ValueType)>;

/// Where a record belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The one contract that it fits, by its place.
    Dataset(usize),
    /// It fits several contracts equally well, by their places.
    Ambiguous(Vec<usize>),
    /// It has no field that any contract documents, or more that the nearest one does not.
    Unknown {
        /// The nearest contract, where there is one.
        nearest: Option<usize>,
        /// How many of its fields that one documents.
        known: usize,
        /// How many fields it has.
        of: usize,
    },
    /// It has no fields.
    Unreadable(Unreadable),
}

/// What the names of a record say.
enum Weighed {
    /// They are of one contract.
    Clear(usize),
    /// These contracts document the same of them.
    Alike(Vec<usize>),
    /// They speak for several.
    Ambiguous(Vec<usize>),
    /// They are of no contract; the nearest, and how many it documents.
    Unknown(Option<usize>, usize),
}

/// What two contracts have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The places of the two contracts.
    pub pair: (usize, usize),
    /// How many fields only the first documents, and only the second.
    pub own: (usize, usize),
    /// The fields of both whose types cannot tell them apart: a record with these alone is ambiguous.
    pub shared: Vec<String>,
    /// How many fields of both have types that tell them apart.
    pub told_apart: usize,
}

impl Overlap {
    /// Whether a whole record of each of the two can be told from the other.
    pub fn is_distinct(&self) -> bool {
        (self.own.0 > 0 && self.own.1 > 0) || self.told_apart > 0
    }
}

impl Router {
    /// Compiles contracts; their places count from 0 in their order.
    pub fn new<'c>(contracts: impl IntoIterator<Item = &'c Contract>) -> Self {
        let mut router = Router::default();
        for (place, contract) in contracts.into_iter().enumerate() {
            router.names.push(contract.name.clone());
            router.ranks.push(None);
            for field in contract.fields.iter().chain(&contract.retired) {
                let next = router.documented.len();
                let at = *router.fields.entry(field.name.clone()).or_insert(next);
                if at == next {
                    router.documented.push(Documented::new());
                }
                router.documented[at].push((place, field.kind));
            }
        }
        router
    }

    /// The same, where of several contracts that a record fits the one wins that comes first in a list of names. Names that
    /// no contract has are given back.
    pub fn prefer<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> (Self, Vec<&'n str>) {
        let mut unknown = Vec::new();
        for (rank, name) in names.into_iter().enumerate() {
            let places: Vec<usize> = (0..self.names.len()).filter(|place| self.names[*place] == name).collect();
            for place in &places {
                self.ranks[*place].get_or_insert(rank);
            }
            if places.is_empty() {
                unknown.push(name);
            }
        }
        (self, unknown)
    }

    /// The contracts that a record fits, or the preferred one of them.
    fn preferred(&self, rivals: Vec<usize>) -> Route {
        let ranked = rivals.iter().filter_map(|place| Some((self.ranks[*place]?, *place)));
        ranked.min().map_or(Route::Ambiguous(rivals), |(_, place)| Route::Dataset(place))
    }

    /// The name of the contract at a place.
    pub fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", |name| name)
    }

    /// Finds the contract of a record.
    ///
    /// Nearly all records are decided by their names at a glance. A record that is not is read, and the reason is told; so
    /// one whose names are clear and whose values are no JSON goes to its format, and fails there.
    pub fn route(&self, record: &str) -> Route {
        if let Some(place) = self.at_a_glance(record) {
            return Route::Dataset(place);
        }
        match RawRecord::read(record) {
            Ok(record) => self.route_fields(&record),
            Err(unreadable) => Route::Unreadable(unreadable),
        }
    }

    /// The contract of a record whose names decide.
    ///
    /// PERF: counted in `docs/mechanisms.md`, shallow scan. Nothing is decided before the last name: a field at the end may speak against what
    /// all before it say.
    fn at_a_glance(&self, record: &str) -> Option<usize> {
        let mut glance = Glance::at(record);
        let mut seen = vec![false; self.documented.len()];
        let (mut known, mut of) = (Vec::with_capacity(MOST_NAMES), 0);
        for name in glance.by_ref() {
            of += 1;
            let Some(&field) = self.fields.get(name) else { continue };
            // Of equal names the last counts, and all of them count once: that is for the exact reader. Unknown names may
            // count twice here, which can only keep a record from being decided.
            if std::mem::replace(&mut seen[field], true) {
                return None;
            }
            known.push(&self.documented[field]);
        }
        match self.weigh(&known, of) {
            Weighed::Clear(place) if glance.is_whole() => Some(place),
            _ => None,
        }
    }

    /// Finds the contract that knows most of a record's fields.
    ///
    /// It has to know more than half of them, and against each other contract more must speak for it than against it. What
    /// speaks for it are the fields that it alone of the two knows; a field that only the other knows speaks against it, and
    /// three are needed to outweigh one. Where two contracts know the same fields, a value that fits the type of one only
    /// decides. Nothing else does: what cannot be told apart is ambiguous.
    pub fn route_fields(&self, record: &RawRecord<'_>) -> Route {
        let (known, values): (Vec<&Documented>, Vec<&str>) = record
            .members()
            .filter_map(|(name, value)| Some((&self.documented[*self.fields.get(name)?], value)))
            .unzip();
        match self.weigh(&known, record.members().len()) {
            Weighed::Clear(place) => Route::Dataset(place),
            Weighed::Alike(rivals) => match by_type(&rivals, &known, &values).as_slice() {
                [only] => Route::Dataset(*only),
                [] => self.preferred(rivals),
                fitting => self.preferred(fitting.to_vec()),
            },
            Weighed::Ambiguous(rivals) => self.preferred(rivals),
            Weighed::Unknown(nearest, known) => Route::Unknown { nearest, known, of: record.members().len() },
        }
    }

    /// What the names of a record say: those that are known, of so many.
    fn weigh(&self, known: &[&Documented], of: usize) -> Weighed {
        let counts = self.counts(known.iter().copied());
        let Some((best, &count)) = counts.iter().enumerate().max_by_key(|(place, count)| (**count, usize::MAX - place))
        else {
            return Weighed::Unknown(None, 0);
        };
        if 2 * count <= of {
            return Weighed::Unknown((count > 0).then_some(best), count);
        }
        let knows_best = |contracts: &&Documented| contracts.iter().any(|(place, _)| *place == best);
        let shared = self.counts(known.iter().copied().filter(knows_best));
        let stands = |place: usize| {
            let (own, other) = (count - shared[place], counts[place] - shared[place]);
            own == 0 || OUTWEIGHS * other > own
        };
        let rivals: Vec<usize> = (0..counts.len()).filter(|place| counts[*place] > 0 && stands(*place)).collect();
        match rivals.as_slice() {
            [only] => Weighed::Clear(*only),
            _ if rivals.iter().all(|place| counts[*place] == count && shared[*place] == count) => {
                Weighed::Alike(rivals)
            }
            _ => Weighed::Ambiguous(rivals),
        }
    }

    /// How many of the fields each contract documents.
    fn counts<'a>(&self, fields: impl Iterator<Item = &'a Documented>) -> Vec<usize> {
        let mut counts = vec![0; self.names.len()];
        for (place, _) in fields.flatten() {
            counts[*place] += 1;
        }
        counts
    }

    /// What each two contracts have in common, those with the most first. Pairs without a field in common are left out.
    pub fn overlaps(&self) -> Vec<Overlap> {
        let documented = self.counts(self.documented.iter());
        let mut shared: HashMap<(usize, usize), (usize, Vec<String>)> = HashMap::new();
        for (name, field) in &self.fields {
            let contracts = &self.documented[*field];
            for (at, (first, left)) in contracts.iter().enumerate() {
                for (second, right) in &contracts[at + 1..] {
                    let (count, alike) = shared.entry((*first, *second)).or_default();
                    *count += 1;
                    if !tell_apart(*left, *right) {
                        alike.push(name.clone());
                    }
                }
            }
        }
        let overlap = |(pair, (count, mut alike)): ((usize, usize), (usize, Vec<String>))| {
            alike.sort();
            let own = (documented[pair.0] - count, documented[pair.1] - count);
            Overlap { pair, own, told_apart: count - alike.len(), shared: alike }
        };
        let mut overlaps: Vec<Overlap> = shared.into_iter().map(overlap).collect();
        overlaps.sort_by(|a, b| (b.shared.len(), a.pair).cmp(&(a.shared.len(), b.pair)));
        overlaps
    }

    /// How many fields only the contract at a place documents.
    pub fn own_fields(&self, place: usize) -> usize {
        self.documented.iter().filter(|contracts| matches!(contracts.as_slice(), [(only, _)] if *only == place)).count()
    }
}

/// Of contracts that know the same fields, those that fit all values.
fn by_type(rivals: &[usize], known: &[&Documented], values: &[&str]) -> Vec<usize> {
    let mut misfits = vec![0_usize; rivals.len()];
    for (contracts, value) in known.iter().zip(values) {
        let observed = Observed::of(value);
        for (misfit, rival) in misfits.iter_mut().zip(rivals) {
            let kind = contracts.iter().find(|(place, _)| place == rival).map(|(_, kind)| *kind);
            // A scalar in another notation than documented is a change of the source and no sign of another dataset.
            let is_told = |kind: ValueType| {
                let mut others = contracts.iter().filter(|(place, _)| rivals.contains(place));
                others.any(|(_, other)| tell_apart(kind, *other))
            };
            let is_misfit = |kind: ValueType| observed.is_filled && observed.fit(kind) == Fit::Other && is_told(kind);
            *misfit += usize::from(kind.is_some_and(is_misfit));
        }
    }
    rivals.iter().zip(&misfits).filter(|(_, misfits)| **misfits == 0).map(|(at, _)| *at).collect()
}

/// Whether a filled value of one type is none of the other, but for notations in which sources write both.
fn tell_apart(left: ValueType, right: ValueType) -> bool {
    let group = |kind: ValueType| match kind {
        ValueType::Unknown => 0,
        // A moment is text or a number, and a number may come as text.
        ValueType::Text | ValueType::Time | ValueType::Int | ValueType::Float => 1,
        ValueType::Object => 2,
        ValueType::Texts => 3,
        ValueType::Ints => 4,
        ValueType::Objects => 5,
        ValueType::Bool => 6,
    };
    // A boolean may come as 0 or 1.
    let is_bit = |kind: ValueType, other: ValueType| kind == ValueType::Bool && matches!(other, ValueType::Int);
    left != right
        && ![group(left), group(right)].contains(&0)
        && group(left) != group(right)
        && !is_bit(left, right)
        && !is_bit(right, left)
}

#[cfg(test)]
mod tests {
    use super::{Route, Router};
    use crate::{Contract, DocumentedField, ValueType};

    fn contract(name: &str, fields: &[(&str, &str)]) -> Contract {
        let mut contract = Contract::named(name);
        for (name, kind) in fields {
            let kind = ValueType::parse(kind).expect("a type");
            contract.document(DocumentedField { name: (*name).to_owned(), kind, values: Vec::new() });
        }
        contract
    }

    /// `a` and `b` share three fields, `c` is `a` with another type of `S2`, and `d` is part of `b`.
    fn router() -> Router {
        Router::new(&[
            contract("a", &[("S1", "string"), ("S2", "string"), ("S3", "int"), ("A1", "string"), ("A2", "string")]),
            contract("b", &[("S1", "string"), ("S2", "string"), ("S3", "int"), ("B1", "string"), ("B2", "string")]),
            contract("c", &[("S1", "string"), ("S2", "object"), ("S3", "int"), ("A1", "string"), ("A2", "string")]),
            contract("d", &[("B1", "string"), ("B2", "string")]),
        ])
    }

    #[test]
    fn a_record_goes_where_its_fields_say_and_nowhere_else() {
        let unknown = |nearest, known, of| Route::Unknown { nearest, known, of };
        let table: &[(&str, &str, Route)] = &[
            ("a field of one contract", r#"{"S1":"x","B1":"y"}"#, Route::Dataset(1)),
            ("fields of two contracts", r#"{"S1":"x","S3":1}"#, Route::Ambiguous(vec![0, 1, 2])),
            ("another type decides", r#"{"A1":"x","S2":{"k":1}}"#, Route::Dataset(2)),
            ("another type decides for the other", r#"{"A1":"x","S2":"text"}"#, Route::Dataset(0)),
            ("a scalar of another type decides nothing", r#"{"S3":"x"}"#, Route::Ambiguous(vec![0, 1, 2])),
            ("an empty value decides nothing", r#"{"A1":"x","S2":null}"#, Route::Ambiguous(vec![0, 2])),
            ("values that fit none", r#"{"A1":{"k":1}}"#, Route::Ambiguous(vec![0, 2])),
            ("part of a larger contract", r#"{"B1":"x","B2":"y"}"#, Route::Ambiguous(vec![1, 3])),
            ("evidence for two", r#"{"S1":"x","A1":"y","B1":"z"}"#, Route::Ambiguous(vec![0, 1, 2, 3])),
            ("a new field", r#"{"S1":"x","B1":"y","New":1}"#, Route::Dataset(1)),
            ("as many new as known", r#"{"B1":"y","S1":1,"N1":1,"N2":1}"#, unknown(Some(1), 2, 4)),
            ("nothing known", r#"{"content":"tests"}"#, unknown(None, 0, 1)),
            ("nothing at all", "{}", unknown(None, 0, 0)),
            ("a name written twice counts once", r#"{"S1":"x","B1":1,"B1":2,"N":1,"M":1}"#, unknown(Some(1), 2, 4)),
            ("names are compared as they are", r#"{"s1":"x","b1":"y"}"#, unknown(None, 0, 2)),
            ("an escaped name", r#"{"\u0042\u0031":"x","S2":"y"}"#, Route::Dataset(1)),
        ];
        for (name, record, expected) in table {
            assert_eq!(&router().route(record), expected, "{name}");
        }
    }

    #[test]
    fn a_boolean_is_told_from_text_and_a_moment() {
        let router = Router::new(&[
            contract("flags", &[("Open", "bool"), ("Half", "bool"), ("F1", "string")]),
            contract("words", &[("Open", "string"), ("Half", "int"), ("W1", "string")]),
        ]);
        for (record, expected) in [
            (r#"{"Open":true}"#, Route::Dataset(0)),
            (r#"{"Open":"half"}"#, Route::Dataset(1)),
            (r#"{"Open":"true"}"#, Route::Ambiguous(vec![0, 1])),
            (r#"{"Open":""}"#, Route::Ambiguous(vec![0, 1])),
            (r#"{"Half":1}"#, Route::Ambiguous(vec![0, 1])),
            (r#"{"Half":true}"#, Route::Ambiguous(vec![0, 1])),
        ] {
            assert_eq!(router.route(record), expected, "{record}");
        }
    }

    #[test]
    fn of_several_that_fit_the_first_preferred_one_wins() {
        let (router, unknown) = router().prefer(["c", "none", "b", "c", "a"]);
        assert_eq!(unknown, ["none"]);
        for (record, expected) in [
            (r#"{"S1":"x","S3":1}"#, Route::Dataset(2)),
            (r#"{"A1":"x","S2":null}"#, Route::Dataset(2)),
            (r#"{"B1":"x","B2":"y"}"#, Route::Dataset(1)),
            (r#"{"S1":"x","A1":"y","B1":"z"}"#, Route::Dataset(2)),
            (r#"{"A1":"x","S2":"text"}"#, Route::Dataset(0)),
            (r#"{"S1":"x","B1":"y"}"#, Route::Dataset(1)),
            (r#"{"content":"tests"}"#, Route::Unknown { nearest: None, known: 0, of: 1 }),
        ] {
            assert_eq!(router.route(record), expected, "{record}");
        }
        let (router, _) =
            Router::new(&[contract("a", &[("S", "string")]), contract("b", &[("S", "string")])]).prefer(["none"]);
        assert_eq!(router.route(r#"{"S":1}"#), Route::Ambiguous(vec![0, 1]));
    }

    #[test]
    fn what_is_no_object_goes_nowhere() {
        for record in ["", "test", "[]", "[{\"B1\":1}]", "1", "null", "\"B1\"", "{\"B1\":", "{\"B1\":1}{\"B1\":1}"] {
            assert!(matches!(router().route(record), Route::Unreadable(_)), "{record}");
        }
        assert_eq!(Router::default().route("{\"a\":1}"), Route::Unknown { nearest: None, known: 0, of: 1 });
    }

    #[test]
    fn overlaps_say_which_records_are_ambiguous_and_which_contracts_are() {
        let overlaps = router().overlaps();
        let of = |pair| overlaps.iter().find(|overlap| overlap.pair == pair).expect("an overlap");
        assert_eq!(of((0, 1)).shared, ["S1", "S2", "S3"]);
        assert_eq!(of((0, 2)).shared, ["A1", "A2", "S1", "S3"], "the types of S2 differ");
        assert!(of((0, 1)).is_distinct() && !of((1, 3)).is_distinct());
        assert!(overlaps.iter().all(|overlap| overlap.pair != (0, 3)), "nothing in common");
    }

    #[test]
    fn deep_and_wide_records_cost_what_their_text_costs() {
        let deep = format!("{{\"B1\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Router::new(&[contract("b", &[("B1", "unknown")])]).route(&deep), Route::Dataset(0));
        let wide: Vec<String> = (0..100_000).map(|number| format!("\"f{number}\":{{}}")).collect();
        let wide = format!("{{\"B1\":1,{}}}", wide.join(","));
        assert_eq!(router().route(&wide), Route::Unknown { nearest: Some(1), known: 1, of: 100_001 });
    }
}
