//! The literals that a regex needs, found in its syntax: `uap-core/literals.tsv` has them, and this test compares.

use super::catalogue::catalogue;
use super::folded::{END, START, fold};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// More texts than this say as little as none.
const MOST: usize = 512;

/// How many texts neighbouring parts may have together and still be taken for one.
const FEW: usize = 10;

/// How many sets are kept for a regex, the longest texts first.
const SETS: usize = 3;

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
            // `ua_parser` reads `\d` as the digits of ASCII.
            let regex = regex.replace(r"\d", "[0-9]");
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
        HirKind::Capture(group) => needed(&group.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Alternation(ways) => {
            let best = ways.iter().map(|way| needed(way).into_iter().next());
            best.collect::<Option<Vec<_>>>().map(|sets| sets.concat()).into_iter().chain(few(syntax)).collect()
        }
        HirKind::Concat(parts) => {
            let (mut sets, mut run) = (Needed::new(), nothing());
            for part in parts {
                match few(part).and_then(|texts| joined(&run, &texts)) {
                    Some(longer) => run = longer,
                    None => {
                        sets.push(joined(&run, &ends(part, Side::Start)).unwrap_or(run));
                        sets.extend(needed(part));
                        run = ends(part, Side::End);
                    }
                }
            }
            sets.push(run);
            sets
        }
        _ => few(syntax).into_iter().collect(),
    };
    let shortest = |set: &Vec<String>| set.iter().map(String::len).min().unwrap_or(0);
    for set in &mut sets {
        set.sort_unstable();
        set.dedup();
    }
    sets.retain(|set| shortest(set) > 0 && set.len() <= MOST);
    sets.sort_by_key(|set| (std::cmp::Reverse(shortest(set)), set.len()));
    let mut kept = Needed::new();
    for set in sets {
        let implied = |by: &Vec<String>| by.iter().all(|text| set.iter().any(|part| text.contains(part)));
        if !kept.iter().any(implied) {
            kept.push(set);
        }
    }
    kept
}

/// All texts, folded, that a part matches, where they are few.
fn few(syntax: &Hir) -> Option<Vec<String>> {
    let mut texts = match syntax.kind() {
        HirKind::Look(Look::Start) => vec![START.to_string()],
        HirKind::Look(Look::End) => vec![END.to_string()],
        HirKind::Empty | HirKind::Look(_) => nothing(),
        HirKind::Literal(literal) => vec![fold(std::str::from_utf8(&literal.0).ok()?)],
        HirKind::Class(Class::Unicode(class)) => {
            let characters = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            // A tab or a line's end would end a text of the table.
            let few = class.ranges().iter().map(|range| range.len()).sum::<usize>() <= FEW;
            (few && !characters.clone().any(char::is_control))
                .then(|| characters.map(|character| fold(&character.to_string())).collect())?
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Capture(group) => few(&group.sub)?,
        HirKind::Repetition(repetition) => {
            let mut texts = few(&repetition.sub)?;
            let once = repetition.max == Some(1) || texts.iter().all(String::is_empty);
            if repetition.min == 0 {
                texts.push(String::new());
            }
            Some(texts).filter(|_| once)?
        }
        HirKind::Concat(parts) => parts.iter().try_fold(nothing(), |texts, part| joined(&texts, &few(part)?))?,
        HirKind::Alternation(ways) => ways.iter().map(few).collect::<Option<Vec<_>>>()?.concat(),
    };
    texts.sort_unstable();
    texts.dedup();
    Some(texts).filter(|texts| texts.len() <= FEW)
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Start,
    End,
}

/// Texts, folded, one of which is at that side of whatever a part matches.
fn ends(syntax: &Hir, side: Side) -> Vec<String> {
    if let Some(texts) = few(syntax) {
        return texts;
    }
    match syntax.kind() {
        HirKind::Capture(group) => ends(&group.sub, side),
        HirKind::Repetition(repetition) if repetition.min > 0 => ends(&repetition.sub, side),
        HirKind::Alternation(ways) => ways.iter().flat_map(|way| ends(way, side)).collect(),
        HirKind::Concat(parts) => {
            let mut texts = nothing();
            for place in 0..parts.len() {
                let part = &parts[if side == Side::Start { place } else { parts.len() - 1 - place }];
                let more = ends(part, side);
                let longer = if side == Side::Start { joined(&texts, &more) } else { joined(&more, &texts) };
                let Some(longer) = longer else { break };
                texts = longer;
                if few(part).is_none() {
                    break;
                }
            }
            texts
        }
        _ => nothing(),
    }
}

fn nothing() -> Vec<String> {
    vec![String::new()]
}

/// Each text of one part before each of the next, where they stay few.
fn joined(texts: &[String], next: &[String]) -> Option<Vec<String>> {
    let pairs = texts.iter().flat_map(|text| next.iter().map(move |next| format!("{text}{next}")));
    (texts.len() == 1 || next.len() == 1 || texts.len() * next.len() <= FEW).then(|| pairs.collect())
}
