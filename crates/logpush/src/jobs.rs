//! What the API tells of jobs and of checks, read into types.

use crate::answer::Answer;
use crate::failure::Failure;
use crate::hiding::Secrets;
use crate::shown::clean;
use serde_json::Value;

/// A job as the API tells it. Texts are without secrets and control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobState {
    /// Its id.
    pub id: u64,
    /// What it pushes.
    pub dataset: String,
    /// What people call it.
    pub name: Option<String>,
    /// Whether it runs.
    pub enabled: bool,
    /// Where it pushes to, without keys.
    pub destination: String,
    /// When it last succeeded, as the API writes it.
    pub last_complete: Option<String>,
    /// When it last failed.
    pub last_error: Option<String>,
    /// Why it last failed.
    pub error_message: Option<String>,
}

/// The jobs of a list.
///
/// # Errors
/// Where the answer holds no list of jobs.
pub fn jobs_of(answer: &Answer) -> Result<Vec<JobState>, Failure> {
    let (jobs, shown) = (answer.expose().as_array(), answer.shown());
    let jobs = jobs.zip(shown.as_array()).and_then(|(jobs, shown)| jobs.iter().zip(shown).map(job).collect());
    jobs.ok_or(Failure::Lacks("list of jobs"))
}

/// The one job of an answer.
///
/// # Errors
/// Where the answer holds no job.
pub fn job_of(answer: &Answer) -> Result<JobState, Failure> {
    job((answer.expose(), &answer.shown())).ok_or(Failure::Lacks("job"))
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it holds.
    pub holds: bool,
    /// What the API says about it.
    pub message: Option<String>,
}

impl Verdict {
    /// Reads whether a destination or an origin is valid.
    ///
    /// # Errors
    /// Where the answer does not say.
    pub fn valid(answer: &Answer) -> Result<Verdict, Failure> {
        Verdict::read(answer, "valid").ok_or(Failure::Lacks("`valid`"))
    }

    /// Reads whether a destination exists already.
    ///
    /// # Errors
    /// Where the answer does not say.
    pub fn exists(answer: &Answer) -> Result<Verdict, Failure> {
        Verdict::read(answer, "exists").ok_or(Failure::Lacks("`exists`"))
    }

    fn read(answer: &Answer, name: &str) -> Option<Verdict> {
        let result = answer.shown();
        Some(Verdict { holds: result.get(name)?.as_bool()?, message: text(&result, "message") })
    }
}

/// A job needs an id and a dataset; the rest may be absent or null.
fn job((told, json): (&Value, &Value)) -> Option<JobState> {
    let id = told.get("id")?;
    // Documented as a number; the pages of receivers show a text.
    let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
    Some(JobState {
        id,
        dataset: text(json, "dataset")?,
        name: text(json, "name"),
        enabled: json["enabled"].as_bool().unwrap_or(false),
        destination: text(json, "destination_conf").unwrap_or_default(),
        last_complete: text(json, "last_complete"),
        last_error: text(json, "last_error"),
        error_message: text(json, "error_message"),
    })
}

fn text(json: &Value, name: &str) -> Option<String> {
    json[name].as_str().filter(|text| !text.is_empty()).map(|text| clean(text, &Secrets::default()))
}
