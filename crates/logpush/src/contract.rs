//! The contract of a dataset, `dataset.yml`: as much of it as a job needs.

use crate::mistake::Mistake;
use serde::Deserialize;

/// What is known of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// The dataset's name in the API, as in `http_requests`.
    pub name: String,
    /// Where its jobs are.
    pub scope: Scope,
    /// What the token must be allowed to do, in the words of the dashboard.
    pub permissions: Vec<String>,
    /// All fields, in the contract's order.
    pub fields: Vec<String>,
    /// Fields to which the format gives no field of its own, each with the reason. The format may read them all the
    /// same.
    pub left_out: Vec<(String, String)>,
}

/// Where the jobs of a dataset are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// In an account.
    Account,
    /// In a zone.
    Zone,
}

impl Scope {
    /// `account` or `zone`.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Account => "account",
            Scope::Zone => "zone",
        }
    }

    /// `an account` or `a zone`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Scope::Account => "an account",
            Scope::Zone => "a zone",
        }
    }

    /// The one that it is not.
    pub(crate) fn other(self) -> Scope {
        match self {
            Scope::Account => Scope::Zone,
            Scope::Zone => Scope::Account,
        }
    }
}

impl Contract {
    /// Reads the text of a `dataset.yml`.
    ///
    /// # Errors
    /// Where it is no contract, or a name could not stand in a request.
    pub fn parse(text: &str) -> Result<Contract, Mistake> {
        let written: Written = serde_yaml::from_str(text).map_err(|error| Mistake::Contract(error.to_string()))?;
        let contract = Contract {
            name: written.name,
            scope: written.scope,
            permissions: written.permissions,
            fields: keys(&written.fields)?,
            left_out: reasons(&written.left_out)?,
        };
        if contract.fields.is_empty() {
            return Err(Mistake::Contract("it has no fields".to_owned()));
        }
        let unusable = contract.fields.iter().chain([&contract.name]).find(|name| !is_name(name)).cloned();
        unusable.map_or(Ok(contract), |name| Err(Mistake::Name(name)))
    }
}

/// A contract as it is written. What a job does not need is passed over.
#[derive(Deserialize)]
struct Written {
    name: String,
    scope: Scope,
    permissions: Vec<String>,
    fields: serde_yaml::Mapping,
    #[serde(default)]
    left_out: serde_yaml::Mapping,
}

fn keys(mapping: &serde_yaml::Mapping) -> Result<Vec<String>, Mistake> {
    mapping.keys().map(text).collect()
}

fn reasons(mapping: &serde_yaml::Mapping) -> Result<Vec<(String, String)>, Mistake> {
    mapping.iter().map(|(name, reason)| Ok((text(name)?, text(reason)?))).collect()
}

fn text(value: &serde_yaml::Value) -> Result<String, Mistake> {
    let no_text = || Mistake::Contract(format!("{value:?} is no text"));
    value.as_str().map(str::to_owned).ok_or_else(no_text)
}

/// Whether a name can stand in a path and in the list of `logpull_options`.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
}
