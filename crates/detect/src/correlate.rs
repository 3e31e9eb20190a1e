//! Correlations over a stream of events: windows over the events' own time, in bounded memory.
//!
//! Events may come late by as much as a window is long; what is older than the window behind the newest event of its group
//! is forgotten. Where there are more groups or entries than may be kept, the oldest are, and that is counted.

use crate::rule::{About, Correlation, CorrelationKind, Naming};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

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
}

/// What a correlation is about.
#[derive(Debug)]
struct Member {
    /// Its place among those that the correlation names.
    place: usize,
    source: MemberSource,
    /// The numbers of the fields that must be alike: each is the first of several that the event has.
    group: Vec<Vec<usize>>,
    /// Those of the field whose values are counted.
    counted: Option<Vec<usize>>,
}

/// A rule that correlations may be about.
#[derive(Clone, Copy, Debug)]
pub struct CorrelatedRule<'r> {
    /// What it says of itself.
    pub about: &'r About,
    /// The fields of its events by the names that it has for them; a name that is not there is a field.
    pub fields: &'r BTreeMap<String, Vec<String>>,
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

    /// Forgets the older half of a group that has most events, else the half of the groups whose last event is the oldest.
    fn make_room(&mut self) {
        if self.entries < self.most {
            return;
        }
        let before = self.entries;
        let longest = self.groups.values_mut().max_by_key(|seen| seen.len());
        match longest.filter(|seen| seen.len() > before / 2) {
            Some(longest) => drop(longest.drain(..longest.len().div_ceil(2))),
            None => self.forget_silent_groups(),
        }
        self.entries = self.groups.values().map(VecDeque::len).sum();
        self.forgotten += (before - self.entries) as u64;
    }

    fn forget_silent_groups(&mut self) {
        let last = |seen: &VecDeque<Seen>| seen.back().map_or(i64::MIN, |seen| seen.time);
        let mut times: Vec<i64> = self.groups.values().map(last).collect();
        times.sort_unstable();
        let border = times.get(times.len() / 2).copied().unwrap_or(i64::MIN);
        // Where many have the time of the border, as many of them stay as make a half.
        let mut stay = (times.len() / 2).saturating_sub(times.iter().filter(|time| **time > border).count());
        self.groups.retain(|_, seen| match last(seen).cmp(&border) {
            Ordering::Equal if stay > 0 => {
                stay -= 1;
                true
            }
            order => order == Ordering::Greater,
        });
    }
}

impl Default for CorrelationState {
    fn default() -> Self {
        CorrelationState::new(Self::MOST)
    }
}

impl Correlations {
    /// Binds correlations to the rules of a set, which are named by id or name. One that cannot hold with these rules takes no
    /// match, and silences none.
    pub fn new(correlations: &[Correlation], rules: &[CorrelatedRule<'_>]) -> Self {
        let naming = Naming::new(rules.iter().map(|rule| rule.about), correlations);
        let mut bound = Correlations::default();
        // By the number of a correlation as it was given, its number here, where it can hold.
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        for number in naming.in_order().0 {
            let correlation = &correlations[number];
            let source = |name: &String| {
                let other = || naming.correlation(name).and_then(|other| numbers.get(&other).copied());
                let rule = naming.rule(name).map(|rule| MemberSource::Rule(rule as u32));
                rule.or_else(|| other().map(MemberSource::Correlation))
            };
            let sources: Vec<Option<MemberSource>> = correlation.rules.iter().map(source).collect();
            if !correlation.can_hold(&sources.iter().map(Option::is_some).collect::<Vec<_>>()) {
                continue;
            }
            let mut members = Vec::new();
            for (place, (name, source)) in correlation.rules.iter().zip(&sources).enumerate() {
                let Some(source) = *source else { continue };
                let mut fields = |field: &String| bound.places(naming.fields(correlation, name, field), rules);
                let group = correlation.group_by.iter().map(&mut fields).collect();
                let counted = correlation.field.as_ref().map(&mut fields);
                members.push(Member { place, source, group, counted });
            }
            numbers.insert(number, bound.all.len());
            bound.all.push(BoundCorrelation { correlation: correlation.clone(), members });
        }
        bound.silent = bound.silent_rules();
        bound
    }

    /// The rules that are about nothing but correlations without `generate`.
    fn silent_rules(&self) -> HashSet<u32> {
        let rules = |generates: bool| {
            let correlations = self.all.iter().filter(move |bound| bound.correlation.generates == generates);
            correlations.flat_map(|bound| &bound.members).filter_map(|member| match member.source {
                MemberSource::Rule(rule) => Some(rule),
                MemberSource::Correlation(_) => None,
            })
        };
        let spoken: HashSet<u32> = rules(true).collect();
        rules(false).filter(|rule| !spoken.contains(rule)).collect()
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
        let is_about = |other: &BoundCorrelation| other.correlation.is_about(self.about(number));
        !self.all.iter().any(|other| !other.correlation.generates && is_about(other))
    }

    /// Takes the matches of one event, and gives the correlations that hold with it.
    pub fn take(&self, state: &mut CorrelationState, matches: &[u32], event: &impl CorrelatedEvent) -> Vec<Correlated> {
        let mut found: Vec<Correlated> = Vec::new();
        // Those that others are about come first.
        for (number, bound) in self.all.iter().enumerate() {
            for member in &bound.members {
                let is_there = match member.source {
                    MemberSource::Rule(rule) => matches.contains(&rule),
                    MemberSource::Correlation(other) => found.iter().any(|correlated| correlated.number == other),
                };
                if is_there {
                    found.extend(bound.take(number, member, state, event));
                }
            }
        }
        found
    }

    /// The numbers of what rules call a field, each once.
    fn places(&mut self, names: Vec<(usize, &str)>, rules: &[CorrelatedRule<'_>]) -> Vec<usize> {
        let mut found = Vec::new();
        for (rule, name) in names {
            let own = [name.to_owned()];
            for field in rules[rule].fields.get(name).map_or(&own[..], |fields| fields) {
                let number = self.field(field);
                if !found.contains(&number) {
                    found.push(number);
                }
            }
        }
        found
    }

    fn field(&mut self, name: &str) -> usize {
        self.fields.iter().position(|known| known == name).unwrap_or_else(|| {
            self.fields.push(name.to_owned());
            self.fields.len() - 1
        })
    }
}

impl BoundCorrelation {
    fn take(
        &self,
        number: usize,
        member: &Member,
        state: &mut CorrelationState,
        event: &impl CorrelatedEvent,
    ) -> Option<Correlated> {
        let first = |fields: &Vec<usize>| fields.iter().find_map(|field| event.text(*field));
        let values: Vec<String> = member.group.iter().map(first).collect::<Option<_>>()?;
        let value = match &member.counted {
            Some(fields) => Some(first(fields)?),
            None => None,
        };
        let member = member.place;
        state.make_room();
        let time = event.time();
        let seen = state.groups.entry((number, values.clone())).or_default();
        let before = seen.len();
        self.forget_alike(seen, member, value.as_deref());
        let place = insert(seen, Seen { time, member, value });
        if self.correlation.kind == CorrelationKind::TemporalOrdered {
            forget_repeated(seen, place);
        }
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

/// Puts an entry where its time is, and tells the place: nearly always the end.
fn insert(seen: &mut VecDeque<Seen>, entry: Seen) -> usize {
    let place = seen.iter().rposition(|other| other.time <= entry.time).map_or(0, |place| place + 1);
    seen.insert(place, entry);
    place
}

/// Of matches of one rule that follow each other, by time, only the newest is remembered.
fn forget_repeated(seen: &mut VecDeque<Seen>, place: usize) {
    let member = seen[place].member;
    if seen.get(place + 1).is_some_and(|next| next.member == member) {
        seen.remove(place);
    } else if place > 0 && seen[place - 1].member == member {
        seen.remove(place - 1);
    }
}
