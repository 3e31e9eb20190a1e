//! A format that is being worked on: its files, what is known of them, and the answers about them.

use crate::check::check;
use crate::folder::{Files, folder, is_pair};
use crate::lines::tally;
use crate::question::{Ask, Question};
use crate::record::{Asked, look, steps, story};
use crate::rules::rules;
use crate::styled::Places;
use crate::words::{proposals, said, words};
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
use std::collections::BTreeMap;
use weir::Scratch;
use weir_author::FormatFolder;
use weir_author::assist::Assistant;
use weir_author::explain::Explained;
use weir_author::json::quoted;
use weir_author::pairs::{NOW, Runner, new_pair};

/// A format that is being worked on.
#[derive(Default)]
pub struct Studio {
    /// Whether a page told its files.
    is_told: bool,
    files: Files,
    folder: FormatFolder,
    /// What is known of the files as they are.
    known: Option<Assistant>,
    /// What was known of files before, of which something compiled: it knows what an author may write while the spec is half typed.
    useful: Option<Assistant>,
}

/// Why there is no answer, in words.
type Refused = Cow<'static, str>;

impl Studio {
    /// Answers a question of the page; both are JSON. What cannot be answered has an `error` in words. Where the page told of
    /// changes to files of which nothing is known here, the answer is `{"forgotten": true}`: the page tells all of them then.
    pub fn answer(&mut self, question: &[u8]) -> String {
        let question: Question = match serde_json::from_slice(question) {
            Ok(question) => question,
            Err(error) => return json!({ "error": format!("the question cannot be read: {error}") }).to_string(),
        };
        self.is_told |= question.files.contains_key("");
        if !self.is_told {
            return json!({ "forgotten": true }).to_string();
        }
        self.take(question.files);
        self.answer_to(&question.ask).unwrap_or_else(|error| json!({ "error": error }).to_string())
    }

    /// Takes changes of files.
    fn take(&mut self, changes: BTreeMap<String, Option<String>>) {
        if changes.is_empty() {
            return;
        }
        self.useful = self.known.take().filter(Assistant::is_useful).or_else(|| self.useful.take());
        for (path, text) in changes {
            match text {
                Some(text) => drop(self.files.insert(path, text)),
                // It comes first.
                None if path.is_empty() => {
                    self.files.clear();
                    self.useful = None;
                }
                None => drop(self.files.remove(&path)),
            }
        }
        self.folder = folder(&self.files);
    }

    fn answer_to(&mut self, ask: &Ask) -> Result<String, Refused> {
        let scratch = &mut Scratch::default();
        let Studio { files, folder, known, useful, .. } = self;
        let is_about_a_place = matches!(ask, Ask::Complete { .. } | Ask::Hover { .. });
        let knows = known.as_ref().is_some_and(Assistant::is_useful);
        let assistant = match useful {
            Some(useful) if is_about_a_place && !knows => &*useful,
            _ => known.get_or_insert_with(|| Assistant::new(folder.clone())),
        };
        let known = &assistant.answers;
        let format = &known.format;
        match ask {
            Ask::Check => written(&check(known, files.keys().map(String::as_str).filter(|path| is_pair(path)))),
            Ask::Complete { offset } => written(&proposals(assistant, &folder.parser.1, *offset)),
            Ask::Hover { offset } => written(&said(assistant, &folder.parser.1, *offset)),
            Ask::Words => written(&words(&format.taxonomy)),
            Ask::Lines { text } => written(&tally(folder, format, text, scratch)),
            Ask::Look(asked) => {
                written(&look(format, &Asked::of(asked, files)?.record(), scratch).map_err(|error| refused(&error))?)
            }
            Ask::Steps(asked) => {
                let text = steps(format, &Asked::of(asked, files)?.record()).map_err(|error| refused(&error))?;
                written(&json!({ "text": Places::of(&format.sources).shown(&text) }))
            }
            Ask::Explain { field, record } => {
                let explained =
                    Explained::of(format, &Asked::of(record, files)?.record()).map_err(|error| refused(&error))?;
                let told = explained.field(field);
                written(&story(format, &explained, field, (&told.text, told.is_known)))
            }
            Ask::Rules { rules: text, record } => {
                let asked = Asked::of(record, files)?;
                written(&rules(folder, format, text, &asked.record()).ok_or("the format does not compile")?)
            }
            Ask::Keep { message } => {
                let input = format!("{{\"message\":{}}}", quoted(message));
                self.record(&new_pair(&input), "")
            }
            Ask::Accept { file } => {
                let text = files.get(file).ok_or("there is no such pair")?.clone();
                self.record(&text, file)
            }
        }
    }

    /// The text of a pair with what comes out now. As `weir test --accept`, it records nothing of a format that does not compile.
    fn record(&mut self, text: &str, name: &str) -> Result<String, Refused> {
        let scratch = &mut Scratch::default();
        let Studio { folder, known, .. } = self;
        let known = &known.get_or_insert_with(|| Assistant::new(folder.clone())).answers;
        if let Some(error) = &known.pairs.error {
            return Err(format!("{error}; a pair would record that").into());
        }
        let plan = known.format.plan.as_ref().ok_or("the format does not compile")?;
        let (result, recorded) = Runner { plan, now: NOW, scratch, coverage: None }.record(name, text);
        match (recorded, result.error) {
            (Some(text), _) => written(&json!({ "text": text })),
            (None, Some(error)) => Err(error.into()),
            (None, None) => written(&json!({ "text": text })),
        }
    }
}

fn written(answer: &impl Serialize) -> Result<String, Refused> {
    serde_json::to_string(answer).map_err(|error| error.to_string().into())
}

fn refused(error: &weir_author::Error) -> Refused {
    error.to_string().into()
}
