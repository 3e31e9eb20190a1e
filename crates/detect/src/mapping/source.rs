//! Which log sources of rules a format is: by its names and by what its events always say.

use crate::rule::LogSource;
use weir::Plan;
use weir::plan::FieldReach;
use weir::possible::PossibleValues;

/// What is known of a format beside its plan.
#[derive(Clone, Debug, Default)]
pub struct FormatFacts {
    /// Its names and those of its module, as manifests and folders have them.
    pub names: Vec<String>,
}

/// Products, services and categories, with the words of formats that are such; a format needs all words of one entry.
const WORDS: &str = include_str!("sources.tsv");

/// Kinds of event that rules of all products are about, and the fields that their events have.
const CATEGORIES: &[(&str, &[&str])] = &[
    ("webserver", &["http.request.method", "url.path|url.original|url.full"]),
    (
        "proxy",
        &[
            "url.domain|url.original|url.full",
            "source.ip|client.ip|user.name",
            "http.request.method|user_agent.original",
        ],
    ),
    ("dns", &["dns.question.name"]),
    ("firewall", &["source.ip", "destination.ip", "destination.port"]),
    ("antivirus", &["threat.indicator.name|file.name|rule.name", "file.hash.sha256|file.path|file.name"]),
    ("authentication", &["user.name", "event.outcome|action.outcome"]),
];

/// The log sources that a format is: its products, each with a service where one is named, and kinds of event.
pub fn sources_of(facts: &FormatFacts, plan: &Plan, values: &PossibleValues<'_>) -> Vec<LogSource> {
    let text = words_of(facts, values);
    let mut found: Vec<LogSource> = Vec::new();
    for line in WORDS.lines().filter(|line| line.starts_with("product\t")) {
        let product = line.split('\t').nth(1).unwrap_or_default();
        if is_named("product", product, &text) {
            found.push(LogSource { product: Some(product.to_owned()), ..LogSource::default() });
        }
    }
    for category in categories(plan) {
        found.push(LogSource { category: Some(category.to_owned()), ..LogSource::default() });
    }
    found.dedup();
    found
}

fn categories(plan: &Plan) -> Vec<&'static str> {
    let has =
        |fields: &&[&str]| fields.iter().all(|field| field.split('|').any(|one| plan.reach(one) == FieldReach::Set));
    CATEGORIES.iter().filter(|(_, fields)| has(fields)).map(|(name, _)| *name).collect()
}

/// Whether a format has the events that a log source means. A product that is named must be the format's own; a category
/// alone is a matter of fields.
pub fn source_of(facts: &FormatFacts, plan: &Plan, values: &PossibleValues<'_>) -> impl Fn(&LogSource) -> bool + use<> {
    let text = words_of(facts, values);
    let categories = categories(plan);
    move |source| {
        let is_product = source.product.as_deref().is_none_or(|product| is_named("product", product, &text));
        let is_service =
            source.service.as_deref().is_none_or(|service| is_windows(source) || is_named("service", service, &text));
        let is_category = source.category.as_deref().is_none_or(|category| {
            source.product.is_some() && !CATEGORIES.iter().any(|(name, _)| *name == category)
                || categories.contains(&category)
        });
        is_product && is_service && is_category
    }
}

/// The event log of Windows has all of its services: the channel says which.
fn is_windows(source: &LogSource) -> bool {
    source.product.as_deref() == Some("windows")
}

/// The words that a format is called by, and those that its events always have.
fn words_of(facts: &FormatFacts, values: &PossibleValues<'_>) -> String {
    const TELLING: &[&str] = &[
        "observer.vendor",
        "observer.product",
        "observer.type",
        "cloud.provider",
        "event.dataset",
        "os.family",
        "host.os.type",
    ];
    let mut text = facts.names.join(" ");
    for field in TELLING {
        let found = values.of(field);
        if !found.others && found.known.len() == 1 {
            text.extend([" ".to_owned(), found.known.into_iter().collect::<String>()]);
        }
    }
    format!(" {} ", text.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), " "))
}

fn is_named(kind: &str, name: &str, text: &str) -> bool {
    let has = |word: &str| text.contains(&format!(" {word} "));
    let entries = WORDS.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        (columns.next() == Some(kind) && columns.next() == Some(name)).then(|| columns.next().unwrap_or_default())
    });
    let mut entries = entries.peekable();
    if entries.peek().is_none() {
        let words = name.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), " ");
        return words.split_whitespace().all(has);
    }
    entries.into_iter().any(|words| words.split(' ').all(has))
}
