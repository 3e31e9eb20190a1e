//! `weir logpush job`: the request that creates a job.

use super::connection::{Connection, REFUSED, Whose, print};
use super::dataset::Dataset;
use super::key::Target;
use super::options::Options;
use crate::stop::{Outcome, Stop};
use crate::terminal::Paint;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use weir_logpush::{Destination, Form, Job, Limits, Owner, Request, endpoint, job_body, job_of};

const LONG_ABOUT: &str = "\
Print the request that creates the Logpush job of a format's dataset: method, URL and body, as JSON or as a curl \
command. With --apply, send it and print the job that was made.

The job asks for every field of the contract, but for those that the format leaves out and does not read. Unless told \
otherwise it runs at once, writes times as rfc3339, and makes the smallest pushes that the API allows (5,000,000 \
bytes, 1,000 records), which receivers for ordinary senders take.

What is printed has a placeholder for the key, the variable that holds it: `$INTAKE_KEY` or that of --key-env. What is \
sent has the key. The header's value is percent-encoded, as Logpush decodes it.";

const EXAMPLES: &str = "\
Examples:
  weir logpush job specs/cloudflare/access_requests --account ID \\
      --destination https://intake.example.com/plain/batch
  weir logpush job specs/cloudflare/http_requests --zone ID \\
      --destination https://intake.example.com/plain/batch --key-env INTAKE_KEY --apply
  weir logpush job specs/cloudflare/dns_logs --zone ID \\
      --destination https://logs.example.com/ --no-key --timestamps rfc3339ns --curl
  weir logpush job specs/cloudflare/gateway_http --account ID \\
      --destination https://intake.example.com/plain/batch \\
      --filter '{\"where\":{\"key\":\"Action\",\"operator\":\"eq\",\"value\":\"block\"}}' | jq .body

Exit codes: 1 where the API refuses; 2 for wrong usage, a number out of its range, a format that cannot be used, no \
key or token, or an API that cannot be reached.";

/// Print or send the request that creates the Logpush job of a format's dataset
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// A format's directory, with a dataset.yml
    format: PathBuf,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    options: Options,
    /// Write the options in their deprecated form, `logpull_options`
    #[arg(long)]
    legacy: bool,
    /// Print the request as a curl command, which reads token and key from the environment
    #[arg(long, conflicts_with = "apply")]
    curl: bool,
    /// Send the request to the API
    #[arg(long)]
    apply: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
///
/// # Errors
/// Where the format, the arguments or the API cannot be used, or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let Some(dataset) = Dataset::at(&arguments.format, arguments.options.all_fields, paint)? else {
        return Ok(Outcome::Unusable);
    };
    let owner = arguments.whose.owner_of(&dataset.contract)?;
    if arguments.apply {
        let request = request(arguments, &dataset, &owner, arguments.target.sent()?)?;
        return apply(arguments, &dataset, &request, paint);
    }
    let (destination, key) = arguments.target.shown()?;
    let request = request(arguments, &dataset, &owner, destination)?;
    let Connection { api, token_env } = &arguments.connection;
    match arguments.curl {
        true => writeln!(io::stdout(), "{}", request.curl(api, token_env, key))?,
        false => print(&request.expose(api))?,
    }
    Ok(Outcome::Well)
}

fn request(arguments: &Arguments, dataset: &Dataset, owner: &Owner, destination: Destination) -> Result<Request, Stop> {
    let options = &arguments.options;
    let usual = Job::to(destination);
    let limits = options.limits();
    let job = Job {
        name: options.name.clone(),
        enabled: options.enabled().unwrap_or(usual.enabled),
        timestamps: options.timestamps.unwrap_or(usual.timestamps),
        limits: Limits {
            bytes: limits.bytes.or(usual.limits.bytes),
            records: limits.records.or(usual.limits.records),
            interval_seconds: limits.interval_seconds,
        },
        filter: options.filter(Some(&dataset.contract))?,
        sample_rate: options.sample_rate,
        form: if arguments.legacy { Form::Legacy } else { Form::Output },
        ..usual
    };
    let fields: Vec<&str> = dataset.fields.iter().map(String::as_str).collect();
    Ok(endpoint::create(owner, job_body(&dataset.contract, &fields, &job)?))
}

fn apply(arguments: &Arguments, dataset: &Dataset, request: &Request, paint: Paint) -> Result<Outcome, Stop> {
    let Some(answer) = arguments.connection.send(request, &dataset.contract.permissions, paint)? else {
        return Ok(REFUSED);
    };
    print(&if arguments.target.show_key { answer.with_keys() } else { answer.shown() })?;
    let job = job_of(&answer)?;
    let state = if job.enabled { "runs" } else { "does not run yet" };
    writeln!(io::stderr(), "job {} was created and {state}", job.id)?;
    Ok(Outcome::Well)
}
