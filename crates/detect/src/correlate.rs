//! Correlations over a stream of events: windows over the events' own time, in bounded memory.
//!
//! Events may come late by as much as a window is long; what is older than the window behind the newest event of its group
//! is forgotten. Where there are more groups or entries than may be kept, the oldest are, and that is counted.

use crate::findings::{NO_RULE, RULE_TOO_LARGE};
use crate::rule::{About, Correlation, CorrelationKind};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use weir::diagnostic::Diagnostics;

/// Correlations that belong together, bound to the rules of a set.
#[derive(Debug, Default)]
pub struct Correlations {
    all: Vec<BoundCorrelation>,
    /// The fields that are read of events.
    fields: Vec<String>,
    /// The rules of the set whose matches are not told by themselves.
    silent: HashSet<u32>,
}

#[derive(Debug)]
struct BoundCorrelation {
    correlation: Correlation,
    members: Vec<Member>,
    /// The number of the field whose values are counted.
    counted: Option<usize>,
}

/// What a correlation is about.
#[derive(Debug)]
struct Member {
    source: MemberSource,
    /// The numbers of the fields that must be alike.
    group: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MemberSource {
    Rule(u32),
    Correlation(usize),
}

/// What was seen so far. One for all events of a stream.
#[derive(Debug)]
pub struct CorrelationState {
    groups: HashMap<(usize, Vec<String>), VecDeque<Seen>>,
    /// How many events all groups have together.
    entries: usize,
    most: usize,
    forgotten: u64,
}

#[derive(Clone, Debug)]
struct Seen {
    time: i64,
    member: usize,
    value: Option<String>,
}

/// A correlation that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlated {
    /// Its number.
    pub number: usize,
    /// The values of its groups' fields.
    pub group: Vec<(String, String)>,
    /// The time of the first event that it is about, in milliseconds since 1970-01-01T00:00:00Z.
    pub since: i64,
    /// How many events, values or rules were counted.
    pub count: usize,
}

/// An event as correlations read it.
pub trait CorrelatedEvent {
    /// Its time, in milliseconds since 1970-01-01T00:00:00Z.
    fn time(&self) -> i64;
    /// The text of a field by its number among [`Correlations::fields`]; the first, where it has several values.
    fn text(&self, field: usize) -> Option<String>;
}

/// How deep correlations over correlations nest at most.
const DEEPEST: usize = 20;

/// How many matches of one group an order is sought in.
const LONGEST_ORDER: usize = 1000;

impl CorrelationState {
    /// How many events are remembered at most, over all groups, where nobody says otherwise.
    pub const MOST: usize = 1_000_000;

    /// A state that remembers at most so many events.
    pub fn new(most: usize) -> Self {
        CorrelationState { groups: HashMap::new(), entries: 0, most: most.max(1), forgotten: 0 }
    }

    /// How many events were forgotten before their time.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// How many events are remembered.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Forgets the half of the groups whose last event is the oldest.
    fn make_room(&mut self) {
        if self.entries < self.most {
            return;
        }
        let mut last: Vec<i64> = self.groups.values().filter_map(|seen| seen.back().map(|seen| seen.time)).collect();
        last.sort_unstable();
        let border = last.get(last.len() / 2).copied().unwrap_or(i64::MAX);
        let before = self.entries;
        self.groups.retain(|_, seen| seen.back().is_some_and(|seen| seen.time > border));
        self.entries = self.groups.values().map(VecDeque::len).sum();
        self.forgotten += (before - self.entries) as u64;
    }
}

impl Default for CorrelationState {
    fn default() -> Self {
        CorrelationState::new(Self::MOST)
    }
}

impl Correlations {
    /// Binds correlations to the rules of a set, which are named by id or name. What is about something that is not there is
    /// passed over, with a finding.
    pub fn new(correlations: &[Correlation], rules: &[&About], findings: &mut Diagnostics) -> Self {
        let mut bound = Correlations::default();
        let mut silent = HashSet::new();
        let mut spoken = HashSet::new();
        for (number, correlation) in ordered(correlations, findings).into_iter().enumerate() {
            let mut members = Vec::new();
            for name in &correlation.rules {
                let rule =
                    rules.iter().position(|rule| rule.is_called(name)).map(|rule| MemberSource::Rule(rule as u32));
                let other = || bound.all.iter().position(|other| other.correlation.about.is_called(name));
                match rule.or_else(|| other().map(MemberSource::Correlation)) {
                    Some(source) => members.push((name, source)),
                    None => findings.push(NO_RULE.at(correlation.span, &[name])),
                }
            }
            let told = if correlation.generates { &mut spoken } else { &mut silent };
            told.extend(members.iter().filter_map(|(_, source)| match source {
                MemberSource::Rule(rule) => Some(*rule),
                MemberSource::Correlation(_) => None,
            }));
            if members.len() < correlation.rules.len() {
                // It can be about nothing, and nothing else takes its number.
                members.clear();
            }
            let members =
                members.into_iter().map(|(name, source)| Member { source, group: bound.group(&correlation, name) });
            let members = members.collect();
            let counted = correlation.field.as_ref().map(|field| bound.field(field));
            debug_assert_eq!(number, bound.all.len(), "one for each");
            bound.all.push(BoundCorrelation { correlation, members, counted });
        }
        bound.silent = silent.difference(&spoken).copied().collect();
        bound
    }

    /// The names of the fields that are read of events, by number.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// What the correlation of a number says of itself.
    pub fn about(&self, number: usize) -> &Arc<About> {
        &self.all[number].correlation.about
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a rule's matches are told by themselves, and not only through a correlation.
    pub fn tells(&self, rule: u32) -> bool {
        !self.silent.contains(&rule)
    }

    /// Whether a correlation that holds is told by itself, and not only through another one.
    pub fn tells_correlation(&self, number: usize) -> bool {
        !self.all.iter().any(|other| other.correlation.silences(self.about(number)))
    }

    /// Takes the matches of one event, and gives the correlations that hold with it.
    pub fn take(&self, state: &mut CorrelationState, matches: &[u32], event: &impl CorrelatedEvent) -> Vec<Correlated> {
        let mut found: Vec<Correlated> = Vec::new();
        // Those that others are about come first.
        for (number, bound) in self.all.iter().enumerate() {
            for (member, Member { source, group }) in bound.members.iter().enumerate() {
                let is_there = match source {
                    MemberSource::Rule(rule) => matches.contains(rule),
                    MemberSource::Correlation(other) => found.iter().any(|correlated| correlated.number == *other),
                };
                if is_there {
                    found.extend(bound.take(number, member, group, state, event));
                }
            }
        }
        found
    }

    fn group(&mut self, correlation: &Correlation, rule: &str) -> Vec<usize> {
        let numbers = correlation.group_by.iter().map(|name| {
            let alias = correlation.aliases.iter().find(|(alias, of, _)| alias == name && of == rule);
            self.field(alias.map_or(&**name, |(_, _, field)| field))
        });
        numbers.collect()
    }

    fn field(&mut self, name: &str) -> usize {
        self.fields.iter().position(|known| known == name).unwrap_or_else(|| {
            self.fields.push(name.to_owned());
            self.fields.len() - 1
        })
    }
}

/// Correlations in an order in which each comes after those that it is about. One of a circle is passed over.
fn ordered(correlations: &[Correlation], findings: &mut Diagnostics) -> Vec<Correlation> {
    let mut ordered: Vec<Correlation> = Vec::new();
    let mut rest: Vec<&Correlation> = correlations.iter().collect();
    for _ in 0..DEEPEST {
        let waits = |correlation: &Correlation, rest: &[&Correlation]| {
            correlation.rules.iter().any(|name| rest.iter().any(|other| other.about.is_called(name)))
        };
        let (later, now): (Vec<&Correlation>, Vec<&Correlation>) =
            rest.iter().partition(|correlation| waits(correlation, &rest));
        ordered.extend(now.into_iter().cloned());
        rest = later;
    }
    for correlation in rest {
        let most = DEEPEST.to_string();
        findings.push(RULE_TOO_LARGE.at(correlation.span, &["the chain of correlations", &most, "links"]));
    }
    ordered
}

impl BoundCorrelation {
    fn take(
        &self,
        number: usize,
        member: usize,
        group: &[usize],
        state: &mut CorrelationState,
        event: &impl CorrelatedEvent,
    ) -> Option<Correlated> {
        let values: Vec<String> = group.iter().map(|field| event.text(*field)).collect::<Option<_>>()?;
        let value = match self.counted {
            Some(field) => Some(event.text(field)?),
            None => None,
        };
        state.make_room();
        let time = event.time();
        let seen = state.groups.entry((number, values.clone())).or_default();
        let before = seen.len();
        self.forget_alike(seen, member, value.as_deref());
        insert(seen, Seen { time, member, value });
        let newest = seen.back().map_or(time, |seen| seen.time);
        while seen.front().is_some_and(|first| first.time < newest - self.correlation.timespan * 1000) {
            seen.pop_front();
        }
        let count = self.count(seen);
        let since = seen.front().map_or(time, |seen| seen.time);
        let holds = self.correlation.bounds.iter().all(|bound| bound.holds(count as f64));
        state.entries = state.entries + seen.len() - before;
        if !holds {
            return None;
        }
        // It is reported once, and counts from zero.
        state.entries -= seen.len();
        state.groups.remove(&(number, values.clone()));
        let group = self.correlation.group_by.iter().cloned().zip(values).collect();
        Some(Correlated { number, group, since, count })
    }

    /// Of what counts once, only the newest is remembered; of an order, no more than [`LONGEST_ORDER`].
    fn forget_alike(&self, seen: &mut VecDeque<Seen>, member: usize, value: Option<&str>) {
        match self.correlation.kind {
            CorrelationKind::EventCount => {}
            CorrelationKind::ValueCount => seen.retain(|other| other.value.as_deref() != value),
            CorrelationKind::Temporal => seen.retain(|other| other.member != member),
            CorrelationKind::TemporalOrdered => {
                if seen.back().is_some_and(|last| last.member == member) {
                    seen.pop_back();
                }
                if seen.len() >= LONGEST_ORDER {
                    seen.pop_front();
                }
            }
        }
    }

    fn count(&self, seen: &VecDeque<Seen>) -> usize {
        match self.correlation.kind {
            CorrelationKind::TemporalOrdered => in_order(seen),
            _ => seen.len(),
        }
    }
}

/// How many of the rules were seen one after the other, in their order, from the first on.
fn in_order(seen: &VecDeque<Seen>) -> usize {
    let mut next = 0;
    for seen in seen {
        if seen.member == next {
            next += 1;
        }
    }
    next
}

/// Puts an entry where its time is: nearly always the end.
fn insert(seen: &mut VecDeque<Seen>, entry: Seen) {
    let place = seen.iter().rposition(|other| other.time <= entry.time).map_or(0, |place| place + 1);
    seen.insert(place, entry);
}
