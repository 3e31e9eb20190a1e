//! The account or zone that is meant, and the API that is asked.

use super::variable::variable;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use serde_json::Value;
use std::env;
use std::io::{self, Write};
use weir_dataset::Contract;
use weir_logpush::{Answer, Api, Failure, Owner, PATIENCE, PUBLIC_API, Request, Scope, Secret};

/// Whose jobs are meant.
#[derive(Args)]
pub struct Whose {
    /// The account, for datasets of an account
    #[arg(long, value_name = "ID", conflicts_with = "zone")]
    account: Option<String>,
    /// The zone, for datasets of a zone
    #[arg(long, value_name = "ID")]
    zone: Option<String>,
}

impl Whose {
    /// The account or zone that was named.
    ///
    /// # Errors
    /// Where none was, or its id is none.
    pub fn owner(&self) -> Result<Owner, Stop> {
        match (&self.account, &self.zone) {
            (Some(id), _) => Ok(Owner::new(Scope::Account, id)?),
            (_, Some(id)) => Ok(Owner::new(Scope::Zone, id)?),
            _ => Err(Stop::Because("give the account with --account ID, or the zone with --zone ID".into())),
        }
    }

    /// The account or zone that was named, for a dataset which is there.
    ///
    /// # Errors
    /// As [`Whose::owner`], and where the dataset is in the other.
    pub fn owner_of(&self, contract: &Contract) -> Result<Owner, Stop> {
        let scope = Scope::of(contract)?.name();
        if self.account.is_none() && self.zone.is_none() {
            let name = &contract.name;
            return Err(Stop::Because(format!("`{name}` is a dataset of the {scope}: give it with --{scope} ID")));
        }
        let owner = self.owner()?;
        let with_flag = |mistake| Stop::Because(format!("{mistake}; give it with --{scope} ID"));
        owner.fits(contract).map_err(with_flag)?;
        Ok(owner)
    }
}

/// The API that is asked.
#[derive(Args)]
pub struct Connection {
    /// The address of the API
    #[arg(long, value_name = "URL", default_value = PUBLIC_API)]
    pub api: String,
    /// The environment variable that holds the token of the API
    #[arg(long, value_name = "NAME", default_value = "CLOUDFLARE_API_TOKEN", value_parser = variable)]
    pub token_env: String,
}

impl Connection {
    /// Sends a request. `None`, after telling why, where the API refused; `permissions` are those of the dataset, where
    /// it is known.
    ///
    /// # Errors
    /// Where there is no token, no answer, or one that is none of the API.
    pub fn send(&self, request: &Request, permissions: &[String], paint: Paint) -> Result<Option<Answer>, Stop> {
        match self.open()?.send(request) {
            Ok(answer) => {
                let message = terminal::yellow("the API says:", paint.stderr);
                answer.messages.iter().try_for_each(|note| writeln!(io::stderr(), "{message} {note}"))?;
                Ok(Some(answer))
            }
            Err(failure) => {
                let help = failure.help(permissions).map(|help| format!("\n  help: {help}")).unwrap_or_default();
                let text = format!("{failure}{help}");
                let Failure::Refused { .. } = failure else { return Err(Stop::Because(text)) };
                writeln!(io::stderr(), "{} {text}", terminal::red("error:", paint.stderr))?;
                Ok(None)
            }
        }
    }

    fn open(&self) -> Result<Api, Stop> {
        let name = &self.token_env;
        let no_token = || {
            Stop::Because(format!(
                "there is no token: {name} is not set. Set it, or give another variable with --token-env"
            ))
        };
        let token = env::var(name).ok().filter(|token| !token.is_empty()).ok_or_else(no_token)?;
        Ok(Api::new(&self.api, Secret::new(token), PATIENCE)?)
    }
}

/// What came of a request that was refused.
pub const REFUSED: Outcome = Outcome::Failed;

/// Prints JSON to standard output, laid out.
///
/// # Errors
/// Where standard output is closed.
pub fn print(json: &Value) -> Result<(), Stop> {
    writeln!(io::stdout(), "{json:#}")?;
    Ok(())
}
