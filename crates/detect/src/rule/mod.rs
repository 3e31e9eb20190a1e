//! Rules as Sigma's specification has them: text → [`Rule`], [`Correlation`], [`Filter`], with a place for everything.

mod collection;
mod condition;
mod correlation;
mod modifier;
mod naming;
pub(crate) mod reader;
mod test;
mod text;

pub use collection::{Documents, read};
pub use condition::{Condition, Named, fitting};
pub use correlation::{Bound, Correlation, CorrelationKind};
pub use modifier::{MODIFIERS, Modifier};
pub(crate) use naming::Naming;
pub use test::{Around, Case, Network, Number, Order, Prefix, Test, TimePart};
pub use text::{Piece, TextPattern, lower_into, lowered};

use std::collections::BTreeMap;
use std::sync::Arc;
use weir::diagnostic::{Diagnostics, SourceId, Span};

/// A rule about single events.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it says of itself.
    pub about: Arc<About>,
    /// Which events it is about.
    pub log_source: LogSource,
    /// What it looks for, by name.
    pub detections: Vec<Detection>,
    /// Which of the detections must hold: one of these conditions.
    pub conditions: Vec<Condition>,
    /// What correlations read of its events: the fields as the rule would name them, and the fields that these are.
    pub correlated: BTreeMap<String, Vec<String>>,
}

/// What a rule or correlation says of itself.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// A UUID, usually.
    pub id: Option<String>,
    /// Another name, by which correlations refer to it.
    pub name: Option<String>,
    /// What it is called.
    pub title: String,
    /// What it finds.
    pub description: Option<String>,
    /// `stable`, `test`, `experimental`, …
    pub status: Option<String>,
    /// `informational`, `low`, `medium`, `high`, `critical`.
    pub level: Option<String>,
    /// Such as `attack.t1059.001`.
    pub tags: Vec<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Where more is to be read.
    pub references: Vec<String>,
    /// How much work it is to put to use: `elementary`, `intermediate`, `advanced`, `master`; no key of Sigma's.
    pub effort: Option<String>,
    /// What else looks like it.
    pub false_positives: Vec<String>,
    /// Where it stands.
    pub span: Span,
}

impl About {
    /// The id and the name, by which others refer to it; each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let name = self.name.as_deref().filter(|name| self.id.as_deref() != Some(*name));
        self.id.as_deref().into_iter().chain(name)
    }

    /// Whether someone means it by an id or a name.
    pub fn is_called(&self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }

    /// The ids of ATT&CK's techniques among the tags, such as `T1059.001`.
    pub fn techniques(&self) -> impl Iterator<Item = String> {
        self.tags.iter().filter_map(|tag| {
            let id = tag.strip_prefix("attack.t")?;
            let is_id = |id: &str| id.len() >= 4 && id.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
            is_id(id).then(|| format!("T{id}"))
        })
    }
}

/// Which events a rule is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSource {
    /// A kind of event that several products have: `process_creation`, `webserver`.
    pub category: Option<String>,
    /// `windows`, `aws`.
    pub product: Option<String>,
    /// A log of the product: `security`, `cloudtrail`.
    pub service: Option<String>,
}

impl LogSource {
    /// Whether what this names is what the other names, too: what it leaves open fits all.
    pub fn fits(&self, other: &LogSource) -> bool {
        let fits = |own: &Option<String>, other: &Option<String>| own.is_none() || own == other;
        fits(&self.category, &other.category)
            && fits(&self.product, &other.product)
            && fits(&self.service, &other.service)
    }
}

impl std::fmt::Display for LogSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [("product", &self.product), ("category", &self.category), ("service", &self.service)];
        let named = parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        f.write_str(&named.collect::<Vec<_>>().join(" "))
    }
}

/// A named part of what a rule looks for.
#[derive(Clone, Debug)]
pub struct Detection {
    /// Its name.
    pub name: String,
    /// What it looks for.
    pub search: Search,
    /// Where it stands.
    pub span: Span,
}

/// What a detection looks for.
#[derive(Clone, Debug)]
pub enum Search {
    /// All of these.
    All(Vec<Search>),
    /// One of these.
    Any(Vec<Search>),
    /// What one field has.
    Item(Item),
}

/// What is looked for in one field.
#[derive(Clone, Debug)]
pub struct Item {
    /// The field; `None` for keywords, which are sought in the whole event.
    pub field: Option<String>,
    /// The values, each with the forms that it may have.
    pub values: Vec<Vec<Test>>,
    /// Whether all values must be found, or one.
    pub all: bool,
    /// Whether it must not be so.
    pub negated: bool,
    /// Where the field is named.
    pub span: Span,
}

impl Search {
    /// How many parts a rule may have: what is asked, counted as often as its condition asks it.
    pub const MOST: usize = 500_000;

    /// How many questions there are in it.
    pub fn size(&self) -> usize {
        match self {
            Search::All(parts) | Search::Any(parts) => 1 + parts.iter().map(Search::size).sum::<usize>(),
            Search::Item(item) => 1 + item.values.iter().map(Vec::len).sum::<usize>(),
        }
    }

    /// All items.
    pub fn items(&self) -> Vec<&Item> {
        match self {
            Search::All(parts) | Search::Any(parts) => parts.iter().flat_map(Search::items).collect(),
            Search::Item(item) => vec![item],
        }
    }

    /// Whether something holds of it and of all that is in it.
    pub fn all(&self, holds: &dyn Fn(&Search) -> bool) -> bool {
        holds(self)
            && match self {
                Search::All(parts) | Search::Any(parts) => parts.iter().all(|part| part.all(holds)),
                Search::Item(_) => true,
            }
    }

    /// The same with each item replaced.
    pub fn map(self, change: &mut dyn FnMut(Item) -> Search) -> Search {
        match self {
            Search::All(parts) => Search::All(parts.into_iter().map(|part| part.map(change)).collect()),
            Search::Any(parts) => Search::Any(parts.into_iter().map(|part| part.map(change)).collect()),
            Search::Item(item) => change(item),
        }
    }
}

impl Rule {
    /// Whether it looks for indicators, which are no rule's values but a set of their own.
    pub fn is_about_indicators(&self) -> bool {
        let items = self.detections.iter().flat_map(|detection| detection.search.items());
        let mut tests = items.flat_map(|item| item.values.iter().flatten());
        tests.any(is_indicators)
    }

    /// Whether it looks for indicators and for nothing else: then it says as what they are told. Its conditions are not asked, so
    /// that one with more would say what is not so.
    pub fn is_indicator_rule(&self) -> bool {
        let is_plain = |search: &Search| match search {
            Search::Item(item) => !item.negated && item.values.iter().flatten().all(is_indicators),
            Search::All(parts) => parts.len() == 1,
            Search::Any(_) => true,
        };
        let all = |search: &Search| search.all(&is_plain);
        self.log_source == LogSource::default()
            && self.detections.iter().all(|detection| all(&detection.search))
            && self.conditions.iter().all(Condition::is_one_of)
    }

    /// The fields that it reads, each once; those that it compares with, too.
    pub fn fields(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for item in self.detections.iter().flat_map(|detection| detection.search.items()) {
            let others = item.values.iter().flatten().filter_map(|test| match test {
                Test::Field { name, .. } => Some(&**name),
                _ => None,
            });
            for field in item.field.as_deref().into_iter().chain(others) {
                if !found.contains(&field) {
                    found.push(field);
                }
            }
        }
        found
    }
}

/// The placeholder that stands for all indicators: `url.domain|expand: '%indicators%'`.
const INDICATORS: &str = "indicators";

fn is_indicators(test: &Test) -> bool {
    matches!(test, Test::Text(text, _) if text.placeholders().any(|name| name == INDICATORS))
}

/// The rule as which indicators are told.
const INDICATOR_RULE: &str = include_str!("../../../../specs/rules/indicators_of_compromise.yml");

/// What the rule says of itself as which indicators are told where the user has none.
pub fn indicator_rule() -> Arc<About> {
    let (mut documents, mut findings) = (Documents::default(), Diagnostics::new());
    read(INDICATOR_RULE, SourceId::default(), &mut documents, &mut findings);
    debug_assert!(findings.is_empty(), "{findings:?}");
    documents.rules.pop().map(|rule| rule.about).unwrap_or_default()
}

/// Excludes from rules what is harmless at one place (Sigma's filters).
#[derive(Clone, Debug)]
pub struct Filter {
    /// What it says of itself.
    pub about: Arc<About>,
    /// The rules that it is about: their ids or names; `None` stands for any.
    pub rules: Option<Vec<String>>,
    /// The events that it is about.
    pub log_source: LogSource,
    /// What it looks for.
    pub detections: Vec<Detection>,
    /// What must hold beside the rule's own condition.
    pub condition: Condition,
}

impl Filter {
    /// Whether it is about a rule.
    pub fn is_about(&self, rule: &Rule) -> bool {
        let is_named = self.rules.as_ref().is_none_or(|names| names.iter().any(|name| rule.about.is_called(name)));
        is_named && self.log_source.fits(&rule.log_source)
    }

    /// Puts what it looks for into a rule.
    pub fn apply(&self, rule: &mut Rule, number: usize) {
        let renamed = |name: &str| format!("_filter_{number}_{name}");
        for detection in &self.detections {
            rule.detections.push(Detection { name: renamed(&detection.name), ..detection.clone() });
        }
        let own = self.condition.renamed(&renamed);
        for condition in &mut rule.conditions {
            let before = std::mem::replace(condition, Condition::Any(Vec::new()));
            *condition = Condition::All(vec![before, own.clone()]);
        }
    }
}
