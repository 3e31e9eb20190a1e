//! An extractor as a spec uses it: one function that reads an input into a [`ResultSink`], and what is known of its results.

use super::sink::{Observed, ResultSink};
use crate::diagnostic::Span;
use crate::json::{KeyOrder, Projection};
use crate::value::{Arena, Constant, Fault, Value, text};
use std::fmt;
use std::sync::Arc;

/// The function of an extractor, with what it has from the spec's properties.
pub trait Extractor: fmt::Debug + Send + Sync {
    /// Reads the input into the sink, and gives the result: a dict for most extractors, text for a date. Where the sink has
    /// cells and the whole is not wanted, only those are read afterwards, and whether the result is a dict.
    ///
    /// # Errors
    /// Parse, where the input cannot be read; type, where it is not text; limit.
    fn extract<'a>(&self, input: Value<'a>, sink: &ResultSink<'_, 'a>) -> Result<Value<'a>, Fault>;

    /// The same extractor, knowing which parts of its results anyone reads, so that the others cost nothing. `None` where
    /// it is told with each input.
    fn narrowed(&self, wanted: &Projection) -> Option<Arc<dyn Extractor>> {
        let _ = wanted;
        None
    }

    /// Whether such an input counts as if the entry's filter had not let it through: no failure, and no layer.
    fn passes_over(&self, input: Value<'_>) -> bool {
        let _ = input;
        false
    }

    /// Why the values of [`CompiledExtractor::templates`] leave nothing to run. The entry fails then, and what an earlier
    /// entry of the same name wrote stays.
    fn refuses(&self, properties: &[Value<'_>]) -> Option<Fault> {
        let _ = properties;
        None
    }
}

/// One use of an extractor.
#[derive(Clone, Debug)]
pub struct CompiledExtractor {
    /// Properties whose values are made for each event, from a template or a bare path. Their values are
    /// [`ResultSink::properties`], in the same order.
    pub templates: Vec<Constant>,
    /// What its results can have.
    pub keys: ResultKeys,
    /// The alternatives of which an input takes one; most extractors have none.
    pub alternatives: Vec<InputAlternative>,
    /// What runs.
    pub function: Arc<dyn Extractor>,
}

/// What the results of an extractor can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultKeys {
    /// Any key that the input has.
    Any,
    /// No key: the result is text.
    None,
    /// These.
    These {
        /// The paths to the values, key by key.
        paths: Vec<Vec<Box<str>>>,
        /// The keys that the spec's author named: for a "did you mean".
        named: Vec<String>,
    },
}

/// One of several ways in which an extractor reads its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputAlternative {
    /// Its text in the spec.
    pub text: String,
    /// Its place in the spec.
    pub span: Span,
}

impl CompiledExtractor {
    /// An extractor that has nothing but its function.
    pub(super) fn new(function: impl Extractor + 'static) -> Self {
        let (templates, alternatives) = (Vec::new(), Vec::new());
        CompiledExtractor { templates, keys: ResultKeys::Any, alternatives, function: Arc::new(function) }
    }

    /// What runs where only a part of the results is read.
    pub fn narrowed(&self, wanted: &Projection) -> Arc<dyn Extractor> {
        self.function.narrowed(wanted).unwrap_or_else(|| Arc::clone(&self.function))
    }

    /// Whether the result can have something under these keys, one below the other.
    pub fn gives(&self, keys: &[&str]) -> bool {
        match &self.keys {
            ResultKeys::Any => true,
            ResultKeys::None => keys.is_empty(),
            ResultKeys::These { paths, .. } => {
                let is_on_the_way = |path: &[Box<str>]| path.iter().zip(keys).all(|(own, asked)| **own == **asked);
                paths.iter().any(|path| keys.len() <= path.len() && is_on_the_way(path))
            }
        }
    }

    /// The keys that the spec's author named.
    pub fn named(&self) -> &[String] {
        match &self.keys {
            ResultKeys::These { named, .. } => named,
            _ => &[],
        }
    }

    /// What someone who looks on should know of how an input was read: what of it is in no part of the result, and what
    /// looks like a mistake.
    pub fn remarks(&self, input: Value<'_>) -> Vec<String> {
        self.observed(input, &[]).remarks.take()
    }

    /// The place in `alternatives` of the one that an input takes, with the values of `templates`.
    pub fn alternative(&self, input: Value<'_>, properties: &[Value<'_>]) -> Option<usize> {
        self.observed(input, properties).alternative.get()
    }

    /// What is seen of the function as it reads a text once more, with a budget of its own.
    fn observed(&self, input: Value<'_>, properties: &[Value<'_>]) -> Observed {
        let (arena, order, observed) = (Arena::default(), KeyOrder::default(), Observed::default());
        let properties = properties.iter().map(|value| arena.text(&text::Str(*value).to_string()).map(Value::Text));
        if let (Some(text), Ok(properties)) = (input.as_text(), properties.collect::<Result<Vec<_>, _>>()) {
            let sink =
                ResultSink { properties: &properties, observed: Some(&observed), ..ResultSink::new(&arena, &order) };
            // A failure is known from the first time.
            let _ = self.function.extract(Value::Text(text), &sink);
        }
        observed
    }
}
