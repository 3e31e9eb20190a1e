//! A set of indicators: which of them a value is, in a look or two at a table, however many there are.

use super::kind::{self, Compare, KindId};
use super::pattern::Pattern;
use super::store::{IndicatorAbout, Indicators, Stored, Validity};
use super::value::{below, domain, small, url};
use crate::rule::{Network, Prefix};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::BuildHasher;

/// A set of indicators, immutable and shared.
#[derive(Debug)]
pub struct IndicatorSet {
    values: String,
    stored: Vec<Stored>,
    abouts: Vec<IndicatorAbout>,
    patterns: Vec<(Pattern, u32, Validity)>,
    /// By kind, the indicators by their values.
    tables: Vec<Table>,
    hasher: DefaultHashBuilder,
    left_out: usize,
}

/// The indicators of one kind: the numbers of the stored, by the hashes of their values.
#[derive(Debug, Default)]
struct Table {
    numbers: HashTable<u32>,
    /// The kinds and lengths of the networks.
    prefixes: BTreeSet<Prefix>,
}

/// An indicator that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'s> {
    /// What it says of itself.
    pub about: &'s IndicatorAbout,
    /// The type of object that STIX has for it, such as `domain-name`; `pattern` for one of several conditions.
    pub object: &'static str,
    /// Its value; empty for a pattern.
    pub value: &'s str,
    /// When it holds.
    pub validity: Validity,
}

/// The number of an indicator: of a value, or behind them of a pattern.
pub type IndicatorId = u32;

impl Indicators {
    /// Makes a set of them, without those that warning lists call harmless.
    pub fn build(mut self) -> IndicatorSet {
        let left_out = self.leave_out_harmless();
        IndicatorSet::new(self, left_out)
    }
}

impl IndicatorSet {
    fn new(indicators: Indicators, left_out: usize) -> Self {
        let Indicators { values, stored, abouts, patterns, .. } = indicators;
        let mut counts = vec![0; kind::all().len()];
        stored.iter().for_each(|stored| counts[usize::from(stored.kind)] += 1);
        let table = |count| Table { numbers: HashTable::with_capacity(count), prefixes: BTreeSet::new() };
        let tables = counts.into_iter().map(table).collect();
        let mut set =
            IndicatorSet { values, stored, abouts, patterns, tables, hasher: DefaultHashBuilder::default(), left_out };
        for number in 0..set.stored.len() {
            set.enter(number as u32);
        }
        set
    }

    fn enter(&mut self, number: u32) {
        let IndicatorSet { values, stored, tables, hasher, .. } = self;
        let entry = stored[number as usize];
        let hash = |number: &u32| hash_of(hasher, stored[*number as usize], values);
        let table = &mut tables[usize::from(entry.kind)];
        table.prefixes.extend(network(entry, values).map(|network| network.prefix()));
        table.numbers.insert_unique(hash(&number), number, hash);
    }

    /// How many indicators there are.
    pub fn len(&self) -> usize {
        self.stored.len() + self.patterns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many were left out because a warning list calls them harmless.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The kinds of which there are values.
    pub fn kinds(&self) -> impl Iterator<Item = KindId> {
        (0..).zip(&self.tables).filter(|(_, table)| !table.numbers.is_empty()).map(|(kind, _)| kind)
    }

    /// The patterns that are more than values, in the order of their numbers behind those of the values.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().map(|(pattern, ..)| pattern)
    }

    /// The number of a pattern.
    pub(super) fn of_pattern(&self, number: usize) -> IndicatorId {
        (self.stored.len() + number) as IndicatorId
    }

    /// An indicator by its number.
    pub fn get(&self, number: IndicatorId) -> Found<'_> {
        let about = |about: u32| &self.abouts[about as usize];
        match self.stored.get(number as usize) {
            Some(stored) => Found {
                about: about(stored.about),
                object: kind::all()[usize::from(stored.kind)].object(stored.value(&self.values)),
                value: stored.value(&self.values),
                validity: stored.validity,
            },
            None => {
                let (_, of, validity) = &self.patterns[number as usize - self.stored.len()];
                Found { about: about(*of), object: "pattern", value: "", validity: *validity }
            }
        }
    }

    /// Tells the indicators of a kind that a value of an event is.
    pub fn find(&self, kind: KindId, value: &str, found: &mut dyn FnMut(IndicatorId)) {
        let table = &self.tables[usize::from(kind)];
        match kind::all()[usize::from(kind)].compare {
            Compare::Address => {
                let Ok(address) = value.trim().parse() else { return };
                for prefix in &table.prefixes {
                    let Some(network) = Network::around(address, *prefix) else { continue };
                    let is_it = |stored: Stored| self::network(stored, &self.values) == Some(network);
                    self.each(table, self.hasher.hash_one(network), is_it, found);
                }
            }
            Compare::Domain => {
                if let Some(name) = domain(value) {
                    below(&name).for_each(|name| self.text(table, name, found));
                }
            }
            Compare::Url => self.text(table, &url(value), found),
            Compare::Email | Compare::Text => self.text(table, &small(value), found),
        }
    }

    fn text(&self, table: &Table, text: &str, found: &mut dyn FnMut(IndicatorId)) {
        self.each(table, self.hasher.hash_one(text), |stored| stored.value(&self.values) == text, found);
    }

    fn each(&self, table: &Table, hash: u64, is_it: impl Fn(Stored) -> bool, found: &mut dyn FnMut(IndicatorId)) {
        let numbers = table.numbers.iter_hash(hash);
        numbers.filter(|number| is_it(self.stored[**number as usize])).for_each(|number| found(*number));
    }
}

fn network(stored: Stored, values: &str) -> Option<Network> {
    let compare = kind::all()[usize::from(stored.kind)].compare;
    (compare == Compare::Address).then(|| Network::read(stored.value(values))).flatten()
}

fn hash_of(hasher: &DefaultHashBuilder, stored: Stored, values: &str) -> u64 {
    match network(stored, values) {
        Some(network) => hasher.hash_one(network),
        None => hasher.hash_one(stored.value(values)),
    }
}

/// Text as an event has it: cut where it is too long to be a value.
pub(super) fn shown(value: &str) -> Cow<'_, str> {
    const MOST: usize = 512;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &value[..end])),
        None => Cow::Borrowed(value),
    }
}
