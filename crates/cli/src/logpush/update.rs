//! `weir logpush update`: changes a job.

use super::connection::{Connection, REFUSED, Whose, print};
use super::dataset::Dataset;
use super::key::Target;
use super::options::Options;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use serde_json::Value;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_logpush::{Answer, Change, Destination, Mistake, Owner, change_body, check_dataset, endpoint};

const LONG_ABOUT: &str = "\
Change a job. Options that you do not give stay as they are. With a format the job asks for the fields that the format needs now; a \
job of another dataset is refused.

The API takes the options of a job (fields, times, share) as a whole: to change one, weir reads the job first and \
keeps the others. Deprecated `logpull_options` become `output_options`.";

const EXAMPLES: &str = "\
Examples:
  weir logpush update 146 --account ID --disabled
  weir logpush update 146 specs/cloudflare/access_requests --account ID --timestamps rfc3339ns
  weir logpush update 146 --account ID \\
      --destination https://intake.example.com/plain/batch --key-env INTAKE_KEY

Exit codes: 1 where the API refuses; 2 for wrong usage, nothing to change, a number out of its range, no key or token, \
or an API that cannot be reached.";

/// Change a Logpush job
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The job's id
    job: u64,
    /// A format's directory, to ask for the fields that it needs
    format: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    options: Options,
    /// Print the request instead of sending it; the job is still read if necessary
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
///
/// # Errors
/// Where the format, the arguments or the API cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let dataset = match &arguments.format {
        None => None,
        Some(path) => match Dataset::at(path, arguments.options.all_fields, paint)? {
            None => return Ok(Outcome::Unusable),
            found => found,
        },
    };
    let owner = owner(arguments, dataset.as_ref())?;
    let change = change(arguments, dataset.as_ref(), destination(arguments)?)?;
    // Before the API is asked: what is wrong with the change needs no job.
    change_body(&change, None)?;
    let permissions = dataset.as_ref().map_or(&[][..], |dataset| &dataset.contract.permissions);
    let current = match change.has_options() {
        false => None,
        true => match arguments.connection.send(&endpoint::show(&owner, arguments.job), permissions, paint)? {
            None => return Ok(REFUSED),
            answer => answer,
        },
    };
    let current = current.as_ref();
    // What is wrong is told in words of the API, which may have anything in them.
    let clean = |mistake: Mistake| {
        let text = mistake.to_string();
        Stop::Because(current.map_or(text.clone(), |answer| answer.clean(&text)))
    };
    if let (Some(current), Some(dataset)) = (current, &dataset) {
        check_dataset(arguments.job, current.expose(), &dataset.contract).map_err(clean)?;
    }
    let body = change_body(&change, current.map(Answer::expose)).map_err(clean)?;
    if arguments.dry_run {
        let request = endpoint::update(&owner, arguments.job, body).expose(&arguments.connection.api);
        print(&if let Some(answer) = current { answer.hide(&request) } else { request })?;
        return Ok(Outcome::Well);
    }
    send(arguments, &owner, body, permissions, paint)
}

fn owner(arguments: &Arguments, dataset: Option<&Dataset>) -> Result<Owner, Stop> {
    match dataset {
        Some(dataset) => arguments.whose.owner_of(&dataset.contract),
        None => arguments.whose.owner(),
    }
}

fn destination(arguments: &Arguments) -> Result<Option<Destination>, Stop> {
    let target = &arguments.target;
    Ok(match (target.is_named(), arguments.dry_run) {
        (false, _) => None,
        (true, false) => Some(target.sent()?),
        (true, true) => Some(target.shown()?.0),
    })
}

fn change(arguments: &Arguments, dataset: Option<&Dataset>, destination: Option<Destination>) -> Result<Change, Stop> {
    let options = &arguments.options;
    Ok(Change {
        destination,
        name: options.name.clone(),
        enabled: options.enabled(),
        limits: options.limits(),
        filter: options.filter(dataset.map(|dataset| &dataset.contract))?,
        fields: dataset.map(|dataset| dataset.fields.clone()),
        timestamps: options.timestamps,
        sample_rate: options.sample_rate,
    })
}

fn send(
    arguments: &Arguments,
    owner: &Owner,
    body: Value,
    permissions: &[String],
    paint: Paint,
) -> Result<Outcome, Stop> {
    let request = endpoint::update(owner, arguments.job, body);
    let Some(answer) = arguments.connection.send(&request, permissions, paint)? else { return Ok(REFUSED) };
    print(&if arguments.target.show_key { answer.with_keys() } else { answer.shown() })?;
    writeln!(io::stderr(), "job {} was changed", arguments.job)?;
    Ok(Outcome::Well)
}
