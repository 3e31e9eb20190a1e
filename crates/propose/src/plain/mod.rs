//! Patterns for lines of text: lines are cut into tokens, those of one kind are laid over each other, and what differs
//! becomes a value with a name.

mod cells;
mod naming;
mod template;
mod token;
mod words;

use crate::step::{Property, Step};
use std::collections::BTreeMap;
use template::{Column, Template, shared_start, templates};
use token::{Kind, NOTATIONS, Token, tokens};
use words::Words;

/// The most kinds of lines that get a pattern of their own.
const MOST: usize = 25;

/// The longest line that is looked at, in bytes.
const LONGEST: usize = 4000;

/// Patterns for lines.
#[derive(Debug)]
pub struct Lines {
    /// What all lines begin with.
    start: String,
    /// What may be behind it, by name.
    kinds: Vec<(String, String)>,
    /// What all lines end with.
    end: String,
}

impl Lines {
    /// The entry that reads the lines.
    pub fn step(&self, name: &str, input: &str) -> Step {
        let names: Vec<String> = self.kinds.iter().map(|(name, _)| format!("%{{{name}}}")).collect();
        let rest = match names.as_slice() {
            [] => String::new(),
            [one] => self.kinds.first().map_or(one.clone(), |(_, pattern)| pattern.clone()),
            names => format!("(?:{})", names.join("|")),
        };
        let pattern = format!("{}{rest}{}", self.start, self.end);
        let step = Step::new(name, "grok.match", input).with("pattern", Property::Text(pattern));
        match self.kinds.len() {
            0 | 1 => step,
            _ => step.with("custom_patterns", Property::Map(self.kinds.clone())),
        }
    }

    /// Leaves out kinds of lines, by name.
    pub fn without(mut self, names: &[String]) -> Self {
        self.kinds.retain(|(name, _)| !names.contains(name));
        self
    }

    /// How many kinds of lines there are.
    pub fn kinds(&self) -> usize {
        // Where there are several, the last takes what is new.
        self.kinds.len().saturating_sub(1).max(1)
    }
}

/// Patterns for whole lines; what fits none of them is `text`, behind what all lines begin with.
pub fn lines(texts: &[String]) -> Option<Lines> {
    let texts: Vec<&str> =
        texts.iter().map(String::as_str).filter(|text| text.len() <= LONGEST && !text.contains('\n')).collect();
    let lines: Vec<Vec<Token<'_>>> = texts.iter().map(|text| tokens(text)).collect();
    if lines.is_empty() {
        return None;
    }
    let mut whole = templates(&lines);
    let words = Words::of(&lines, &whole);
    if let [template] = whole.as_mut_slice() {
        words.mark(&mut template.columns);
        let pattern = pattern(&template.columns, &mut Names::default());
        return Some(Lines { start: String::new(), kinds: vec![("LINE_1".to_owned(), pattern)], end: String::new() });
    }
    if let Some(pattern) = cells::pattern(&texts) {
        return Some(Lines { start: String::new(), kinds: vec![("LINE_1".to_owned(), pattern)], end: String::new() });
    }
    let shared = shared_start(&lines);
    let mut names = Names::default();
    let mut start = start_of(&lines, shared);
    words.mark(&mut start);
    let start = pattern(&start, &mut names);
    let rests: Vec<Vec<Token<'_>>> = lines.iter().map(|line| line[shared..].to_vec()).collect();
    let mut found = templates(&rests);
    let words = Words::of(&rests, &found);
    found.iter_mut().for_each(|template| words.mark(&mut template.columns));
    // What says most is tried first; a line that two patterns fit then goes by the one with more words.
    found.sort_by_key(|template| std::cmp::Reverse((letters(template), template.lines)));
    found.truncate(MOST);
    let mut kinds: Vec<(String, String)> = Vec::new();
    for template in &found {
        let pattern = pattern(&template.columns, &mut names.clone());
        if !pattern.is_empty() && !kinds.iter().any(|(_, known)| *known == pattern) {
            kinds.push((format!("LINE_{}", kinds.len() + 1), pattern));
        }
    }
    let rest = names.clone().fresh("text".to_owned());
    kinds.push(("OTHER".to_owned(), format!("%{{GREEDYDATA:{rest}}}")));
    Some(Lines { start, kinds, end: String::new() })
}

/// A pattern for what is before JSON or pairs, which are `text` and begin as `begins`; nothing where it is of many kinds. What is new
/// is `head`.
pub fn header(heads: &[String], begins: &str) -> Option<Lines> {
    let lines: Vec<Vec<Token<'_>>> = heads.iter().map(|head| tokens(head)).collect();
    let mut found = templates(&lines);
    if found.is_empty() || found.len() > 4 {
        return None;
    }
    let words = Words::of(&lines, &found);
    let mut kinds: Vec<(String, String)> = Vec::new();
    for template in &mut found {
        words.mark(&mut template.columns);
        let pattern = pattern(&template.columns, &mut Names::default());
        kinds.push((format!("HEAD_{}", kinds.len() + 1), pattern));
    }
    let mut start = start_of(&lines, shared_start(&lines));
    words.mark(&mut start);
    let start = pattern(&start, &mut Names::default());
    if found.len() > 1 && !start.is_empty() {
        kinds.push(("HEAD_OTHER".to_owned(), format!("{start}%{{DATA:head}}(?={begins})")));
    }
    Some(Lines { start: String::new(), kinds, end: "%{GREEDYDATA:text}".to_owned() })
}

/// The columns that all lines begin with.
fn start_of(lines: &[Vec<Token<'_>>], shared: usize) -> Vec<Column> {
    (0..shared).filter_map(|place| Column::over(lines.iter().filter_map(|line| line.get(place)))).collect()
}

/// How many letters all lines of a template have alike.
fn letters(template: &Template) -> usize {
    template.columns.iter().filter(|column| column.texts.len() == 1).map(|column| column.texts[0].len()).sum()
}

/// Names that a pattern has given, each with how often.
#[derive(Clone, Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn fresh(&mut self, name: String) -> String {
        let count = self.0.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name}_{count}") }
    }
}

/// The pattern of columns.
fn pattern(columns: &[Column], names: &mut Names) -> String {
    let mut out = String::new();
    for (place, column) in columns.iter().enumerate() {
        match column.kind() {
            Some(Kind::Space) if column.texts.len() > 1 || column.texts.iter().any(|text| text.len() > 1) => {
                out.push_str(r"\s+");
            }
            Some(Kind::Space | Kind::Mark(_)) => out.push_str(&regex::escape(&column.texts[0])),
            Some(Kind::Word) if column.is_same_word() && !naming::is_value(columns, place) => {
                out.push_str(&regex::escape(&column.texts[0]));
            }
            _ => value(columns, place, names, &mut out),
        }
    }
    out
}

fn value(columns: &[Column], place: usize, names: &mut Names, out: &mut String) {
    let column = &columns[place];
    let name = names.fresh(naming::name(columns, place));
    let next = columns.get(place + 1).and_then(Column::kind);
    let ends_at_mark = matches!(next, Some(Kind::Mark(_)));
    let anything = if ends_at_mark { "DATA" } else { "NOTSPACE" };
    let grok = match column.kinds.as_slice() {
        [Kind::Moment(notation)] => {
            out.push_str(&format!("(?<{name}>{})", NOTATIONS[*notation].1));
            return;
        }
        [Kind::Quoted] => return out.push_str(&format!("\"%{{DATA:{name}}}\"")),
        [Kind::Apostrophes] => return out.push_str(&format!("'%{{DATA:{name}}}'")),
        [Kind::Ip] => "IP",
        [Kind::Level] => "LOGLEVEL",
        [Kind::Int] => "INT",
        [Kind::Float] => "NUMBER",
        [Kind::Uuid] => "UUID",
        [Kind::Mac] => "MAC",
        kinds if kinds.iter().all(|kind| matches!(kind, Kind::Int | Kind::Float)) => "NUMBER",
        kinds if kinds.iter().all(|kind| matches!(kind, Kind::Ip | Kind::Host)) => "IPORHOST",
        _ => anything,
    };
    // Two values without anything between: only the second can take what it likes.
    let grok = if grok == "NOTSPACE" && next.is_some() && next != Some(Kind::Space) { "DATA" } else { grok };
    out.push_str(&format!("%{{{grok}:{name}}}"));
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::step::Property;

    fn pattern_of(texts: &[&str]) -> String {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        let step = lines(&texts).expect("a pattern").step("line", "original.message");
        let Property::Text(pattern) = &step.properties[0].1 else { return String::new() };
        pattern.clone()
    }

    #[test]
    fn lines_of_one_kind_become_one_pattern() {
        let pattern = pattern_of(&[
            "Accepted password for ada from 192.0.2.7 port 50122 ssh2",
            "Failed password for bob from 2001:db8::9 port 22 ssh2",
        ]);
        assert_eq!(
            pattern,
            "%{NOTSPACE:action} password for %{NOTSPACE:user} from %{IP:source_ip} port %{INT:source_port} ssh2"
        );
        let pattern = pattern_of(&["2024-05-14 08:30:12,123 WARN [worker-1] took 12ms for \"x y\""]);
        assert!(
            pattern.ends_with("%{LOGLEVEL:level} \\[%{DATA:word}\\] took %{INT:duration_ms}ms for \"%{DATA:word_2}\""),
            "{pattern}"
        );
    }

    #[test]
    fn a_word_in_front_of_a_value_is_no_value() {
        let pattern = pattern_of(&[
            "Teardown for outside:192.0.2.7/443 to inside:198.51.100.2/50 duration 0:00:01 by authenticating user ada",
        ]);
        assert_eq!(
            pattern,
            "Teardown for outside:%{IP:source_ip}/%{INT:source_port} to inside:%{IP:destination_ip}/%{INT:destination_port} duration %{INT:duration}:%{INT:number}:%{INT:number_2} by authenticating user %{NOTSPACE:user}"
        );
    }

    #[test]
    fn lines_of_many_kinds_share_a_start_and_what_is_new_is_text() {
        let pattern = pattern_of(&["[4] link eth0 up", "[5] fan 7 stopped after 3 s", "[6] shutting down"]);
        assert_eq!(pattern, "\\[%{INT:number}\\] (?:%{LINE_1}|%{LINE_2}|%{LINE_3}|%{OTHER})");
    }
}
