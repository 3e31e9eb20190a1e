//! The literals that a regex needs, found in its syntax: `uap-core/literals.tsv` has them, and this test compares.

use super::candidates::fold;
use super::catalogue::catalogue;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// More alternatives than this say as little as none.
const MOST: usize = 512;

/// How many sets are kept for a regex, the longest literals first.
const SETS: usize = 4;

/// Of each of these sets, one is in every text that has a match.
type Needed = Vec<Vec<String>>;

#[test]
fn the_literals_are_those_of_the_regexes() {
    let lines: Vec<String> = catalogue()
        .iter()
        .flatten()
        .map(|definition| {
            let regex = definition.get("regex").expect("each has one");
            let ignores_case = definition.get("regex_flag").is_some();
            let syntax = ParserBuilder::new().case_insensitive(ignores_case).build().parse(&regex).expect("a regex");
            let sets: Vec<String> = needed(&syntax).iter().take(SETS).map(|set| set.join("\t")).collect();
            sets.join("\t\t") + "\n"
        })
        .collect();
    let lines = lines.concat();
    let table = include_str!("../uap-core/literals.tsv");
    assert!(table == lines, "src/infer/uap-core/literals.tsv is to be:\n{lines}");
    let without = lines.lines().filter(|line| line.is_empty()).count();
    assert!(without * 50 < lines.lines().count(), "{without} regexes have no literal");
}

fn needed(syntax: &Hir) -> Needed {
    let mut sets = match syntax.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => exact(syntax).map(|text| vec![text]).into_iter().collect(),
        HirKind::Capture(group) => needed(&group.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Alternation(ways) => {
            let best = ways.iter().map(|way| needed(way).into_iter().next());
            best.collect::<Option<Vec<_>>>().map(|sets| sets.concat()).into_iter().collect()
        }
        HirKind::Concat(parts) => {
            let (mut sets, mut run) = (Needed::new(), String::new());
            for part in parts {
                match exact(part) {
                    Some(text) => run.push_str(&text),
                    None => {
                        sets.push(vec![std::mem::take(&mut run)]);
                        sets.extend(needed(part));
                    }
                }
            }
            sets.push(vec![run]);
            sets
        }
        _ => Needed::new(),
    };
    let shortest = |set: &Vec<String>| set.iter().map(String::len).min().unwrap_or(0);
    sets.retain(|set| shortest(set) > 0 && set.len() <= MOST);
    sets.sort_by_key(|set| (std::cmp::Reverse(shortest(set)), set.len()));
    sets.dedup();
    sets
}

/// The one text that a part matches but for case.
fn exact(syntax: &Hir) -> Option<String> {
    match syntax.kind() {
        HirKind::Literal(literal) => Some(fold(std::str::from_utf8(&literal.0).ok()?)),
        HirKind::Class(Class::Unicode(class)) => {
            let few = class.ranges().len() <= 3 && class.ranges().iter().all(|range| range.len() == 1);
            let mut letters = class.ranges().iter().map(|range| fold(&range.start().to_string()));
            let first = letters.next().filter(|_| few)?;
            letters.all(|letter| letter == first).then_some(first)
        }
        HirKind::Capture(group) => exact(&group.sub),
        HirKind::Concat(parts) => parts.iter().map(exact).collect::<Option<Vec<_>>>().map(|parts| parts.concat()),
        _ => None,
    }
}
