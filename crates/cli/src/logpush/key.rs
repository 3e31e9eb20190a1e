//! The destination of a job and the key in it: the real one to be sent, or with a placeholder to be shown.
//!
//! Why so: `docs/decisions/0045`.

use super::variable::variable;
use crate::stop::Stop;
use clap::Args;
use std::env;
use std::io::{self, Write};
use weir_logpush::{DEFAULT_HEADER, Destination, Secret};

/// The variable that stands for a key whose variable was not named.
const PLACEHOLDER: &str = "INTAKE_KEY";

/// Where a job pushes to.
#[derive(Args)]
pub struct Target {
    /// The receiver's URL; its query parameters stay
    #[arg(long, value_name = "URL")]
    destination: Option<String>,
    /// The environment variable that holds the receiver's key
    #[arg(long, value_name = "NAME", value_parser = variable, conflicts_with = "key")]
    key_env: Option<String>,
    /// The receiver's key itself; others on this machine can read arguments, so better use --key-env
    #[arg(long, value_name = "KEY", hide_possible_values = true)]
    key: Option<String>,
    /// The header that carries the key
    #[arg(long, value_name = "NAME", default_value = DEFAULT_HEADER)]
    header: String,
    /// The receiver needs no key
    #[arg(long, conflicts_with_all = ["key", "key_env"])]
    no_key: bool,
    /// Print keys, too
    #[arg(long)]
    pub show_key: bool,
}

impl Target {
    /// Whether a destination was named.
    pub fn is_named(&self) -> bool {
        self.destination.is_some()
    }

    /// The destination as it is sent.
    ///
    /// # Errors
    /// Where there is no destination or no key, or they cannot be used.
    pub fn sent(&self) -> Result<Destination, Stop> {
        let destination = self.parsed()?;
        if self.has_own_key(&destination) {
            return Ok(destination);
        }
        let no_key = "there is no key for the receiver: put it into a variable and give its name with --key-env, or use --no-key";
        let key = self.key()?.ok_or_else(|| Stop::Because(no_key.into()))?;
        Ok(destination.with_key(&self.header, &key)?)
    }

    /// The destination as it is printed, and the variable that stands in it for the key.
    ///
    /// # Errors
    /// As [`Target::sent`], but a key is needed only where it is to be shown.
    pub fn shown(&self) -> Result<(Destination, Option<&str>), Stop> {
        if self.show_key {
            return Ok((self.sent()?, None));
        }
        let destination = self.parsed()?;
        if self.has_own_key(&destination) {
            return Ok((destination.masked(), None));
        }
        let variable = self.key_env.as_deref().unwrap_or(PLACEHOLDER);
        if let Some(key) = self.key().unwrap_or_default() {
            destination.with_key(&self.header, &key)?;
            if !key.is_plain() {
                writeln!(io::stderr(), "the key has characters that a URL encodes: ${variable} must hold it encoded")?;
            }
        }
        Ok((destination.masked().with_placeholder(&self.header, &format!("${variable}"))?, Some(variable)))
    }

    fn parsed(&self) -> Result<Destination, Stop> {
        let none = || Stop::Because("there is no destination: give the receiver with --destination URL".into());
        Ok(Destination::parse(self.destination.as_deref().ok_or_else(none)?)?)
    }

    fn has_own_key(&self, destination: &Destination) -> bool {
        let given = self.key.is_some() || self.key_env.is_some();
        self.no_key || (!given && destination.has_header(&self.header))
    }

    fn key(&self) -> Result<Option<Secret>, Stop> {
        match (&self.key, &self.key_env) {
            (Some(key), _) => Ok(Some(Secret::new(key))),
            (None, None) => Ok(None),
            (None, Some(name)) => {
                let key = env::var(name).ok().filter(|key| !key.is_empty());
                let no_key = || Stop::Because(format!("there is no key for the receiver: {name} is not set"));
                key.map(|key| Some(Secret::new(key))).ok_or_else(no_key)
            }
        }
    }
}
