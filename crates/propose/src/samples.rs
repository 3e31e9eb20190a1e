//! A draft out of sample records alone.

use crate::decision::Decision;
use crate::draft::{self, Draft, Parts};
use crate::leaf::{self, Leaf};
use crate::mapping::{self, Origin};
use crate::moment;
use crate::probe;
use crate::shape::{self, Recipe};
use crate::text::Parser;
use serde_json::Value;

/// The most samples that are looked at.
const MOST: usize = 1000;

/// Writes the first draft of a format for records of any shape. `name` is the format's, in small letters, digits and `_`;
/// `uuid` becomes that of the format; `samples` are raw records, of which the first 1,000 are looked at.
///
/// # Errors
/// Where the name cannot be one, or there are no records.
pub fn from_samples(name: &str, uuid: &str, samples: &[String]) -> Result<Draft, String> {
    draft::expect_name(name)?;
    let samples: Vec<String> = samples.iter().filter(|sample| !sample.trim().is_empty()).take(MOST).cloned().collect();
    if samples.is_empty() {
        return Err("there are no records to look at".to_owned());
    }
    if !are_text(&samples) {
        return Err("the records are no text: is the file compressed, or of a format of its own?".to_owned());
    }
    let Recipe { steps, words, records, by_context } = shape::find(&samples);
    let results = probe::results(&steps, &records);
    let (mut leaves, mut ignored) = (Vec::new(), Vec::new());
    for (place, step) in steps.iter().enumerate() {
        let of_step: Vec<&Value> = results.iter().filter_map(|results| results[place].as_ref()).collect();
        let mut found = leaf::leaves(&step.result(), &of_step);
        found.retain(|leaf| is_wanted(leaf, step.extractor, &steps));
        found.iter_mut().for_each(|leaf| leaf.is_named_by_context = by_context.contains(&step.name));
        leaves.extend(found);
        ignored.extend(leaf::words_for_nothing(&of_step));
    }
    ignored.sort_unstable();
    ignored.dedup();
    let moments = moment::moments(&leaves);
    let (mapping, mut decisions) = mapping::map(name, &leaves, moments, Origin::Samples);
    decisions.extend(few(records.len()));
    draft::draft(Parts {
        name,
        uuid,
        parser: Parser { steps: &steps, ignored: &ignored, origin: Origin::Samples },
        mapping: &mapping,
        decisions,
        samples: &records,
        more_files: Vec::new(),
        shape: words,
    })
}

/// Whether samples are text: control characters, and bytes that are no UTF-8, are rare in it.
fn are_text(samples: &[String]) -> bool {
    let is_none = |letter: &char| (letter.is_control() && !letter.is_whitespace()) || *letter == '\u{fffd}';
    let all = samples.iter().map(|sample| sample.chars().count()).sum::<usize>();
    10 * samples.iter().flat_map(|sample| sample.chars()).filter(is_none).count() <= all
}

/// Whether a leaf is a value of the record: not a text that another entry reads, the name of a pattern, or a label's value
/// that stands under its label as well.
fn is_wanted(leaf: &Leaf, extractor: &str, steps: &[shape::Step]) -> bool {
    let key = leaf.path.last().map_or("", String::as_str);
    let is_pattern = || key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let is_label = || {
        let numbered = key.strip_suffix("Label").unwrap_or(key);
        let kind = numbered.trim_end_matches(|letter: char| letter.is_ascii_digit());
        kind.len() < numbered.len()
            && ["cs", "cn", "cfp", "c6a", "flexString", "flexDate", "deviceCustomDate"].contains(&kind)
    };
    let is_read = |step: &shape::Step| step.input == leaf.read || step.input == format!("{{{{{} | trim}}}}", leaf.read);
    !steps.iter().any(is_read)
        && !(extractor.starts_with("grok.") && (is_pattern() || (leaf.values.is_empty() && key != "text")))
        && !(extractor.starts_with("cef.") && is_label())
}

/// With few samples much is not seen.
fn few(records: usize) -> Option<Decision> {
    (records < 10).then(|| Decision {
        field: String::new(),
        question: format!(
            "Only {records} records were looked at. Are there others, with other fields? Then start over with them."
        ),
    })
}
