//! What can go wrong with a request that was sent, and what helps.

use crate::answer::Note;

/// A request that did not succeed. No text holds a token or a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer came.
    #[error("{url} cannot be reached: {reason}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// Why not.
        reason: String,
    },
    /// The API refused, and said so in its envelope.
    #[error("the API refused (HTTP {status}): {}", reasons(notes))]
    Refused {
        /// The status of the answer.
        status: u16,
        /// Its errors.
        notes: Vec<Note>,
    },
    /// The answer leads elsewhere, and the token must not go there.
    #[error(
        "{url} redirects to another address (HTTP {status}); weir does not follow, because it would send the token there"
    )]
    Redirected {
        /// What was asked.
        url: String,
        /// The status of the answer.
        status: u16,
    },
    /// The answer is no envelope.
    #[error("{url} answered HTTP {status} with {what}, which is not an answer of the API")]
    Strange {
        /// What was asked.
        url: String,
        /// The status of the answer.
        status: u16,
        /// What came instead.
        what: String,
    },
    /// The result has another shape than the documented one.
    #[error("the answer of the API has no {0}")]
    Lacks(&'static str),
}

fn reasons(notes: &[Note]) -> String {
    match notes {
        [] => "it does not say why".to_owned(),
        notes => notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}

/// Codes of the API with what helps. `{}` stands for the permissions that a dataset needs.
const CODES: &[(i64, &str)] = &[
    (1004, "the token lacks a permission: {}"),
    (10000, "the token is unknown, has expired or does not allow this: {}"),
    (9109, "the token is not valid, or not for this account or zone"),
    (6003, "this does not look like a token"),
    (7003, "there is no such account or zone: check the id, and whether it belongs to an account or a zone"),
];

/// Statuses with what helps where no code says more.
const STATUSES: &[(u16, &str)] = &[
    (401, "the token is not accepted: {}"),
    (403, "the token does not allow this: {}"),
    (404, "there is no such job, account or zone, or the token does not allow you to see it"),
    (429, "too many requests: wait some minutes"),
];

impl Failure {
    /// What the user can do, where that is known. `permissions` are those of the dataset, if one is known.
    pub fn help(&self, permissions: &[String]) -> Option<String> {
        let needs = match permissions {
            [] => "every call needs Logs Edit; Access, Gateway and DEX datasets also Zero Trust: PII Read".to_owned(),
            permissions => format!("this dataset needs {}", permissions.join(" and ")),
        };
        let text = match self {
            Failure::Refused { status, notes } => {
                let by_code = |note: &Note| CODES.iter().find(|(code, _)| *code == note.code).map(|(_, help)| *help);
                notes.iter().find_map(by_code).or_else(|| by_status(*status))
            }
            Failure::Strange { status, .. } => by_status(*status),
            _ => None,
        };
        text.map(|text| text.replace("{}", &needs))
    }
}

fn by_status(status: u16) -> Option<&'static str> {
    let known = STATUSES.iter().find(|(known, _)| *known == status).map(|(_, help)| *help);
    known.or((500..600).contains(&status).then_some("the API has a problem: try again later"))
}
