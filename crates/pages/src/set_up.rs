//! How records get here: the Logpush job of a dataset, derived from its contract.

use crate::document::{Block, Line};
use weir::Format;
use weir_dataset::Contract;
use weir_logpush::{
    DEFAULT_HEADER, Destination, Job, Mistake, Owner, PUBLIC_API, Request, Scope, endpoint, job_body, requested,
};

/// Where the job of the page pushes to; its reader puts in the host.
const RECEIVER: &str = "https://intake.example.com/plain/batch";

/// The environment variables of the page's commands: the token, and the key of the intake.
const TOKEN: &str = "CLOUDFLARE_API_TOKEN";
const KEY: &str = "INTAKE_KEY";

/// Stands for an id where requests are made, which take letters and digits only.
const ANY_ID: &str = "ID";

/// The section on setting up Logpush; nothing for a dataset that is neither an account's nor a zone's.
///
/// # Errors
/// Where the contract cannot be made a request of.
pub fn section(contract: &Contract, format: &Format) -> Result<Vec<Block>, Mistake> {
    let scope = match Scope::of(contract) {
        Err(Mistake::NoScope(_)) => return Ok(Vec::new()),
        scope => scope?,
    };
    let mut blocks = vec![Block::Heading(2, "Set up Logpush".into())];
    blocks.extend(token(contract, scope));
    blocks.extend(job(contract, scope, format)?);
    blocks.extend(endpoints(contract, scope)?);
    Ok(blocks)
}

fn token(contract: &Contract, scope: Scope) -> Vec<Block> {
    let title = title(scope);
    let row = |permission: &String| {
        let (group, level) = permission.rsplit_once(' ').unwrap_or((permission, ""));
        vec![Line::text(title), Line::text(group), Line::text(level)]
    };
    let id = match scope {
        Scope::Account => {
            "the account's id: it is on the overview page of the account and in the dashboard's addresses"
        }
        Scope::Zone => "the zone's id: the overview page of the site shows it under API",
    };
    let token = "An API token with these permissions. In the Cloudflare dashboard it is made under My Profile, API Tokens, \
                 as a custom token.";
    let others = format!("Further {id}; the key of the intake; and the address of the host that receives its records.");
    vec![
        Block::Heading(3, "What you need".into()),
        Block::Paragraph(Line::prose(token)),
        Block::Table(vec!["Scope", "Group", "Level"], contract.permissions.iter().map(row).collect()),
        Block::Paragraph(Line::prose(&others)),
    ]
}

fn job(contract: &Contract, scope: Scope, format: &Format) -> Result<Vec<Block>, Mistake> {
    let requested = requested(contract, Some(format));
    let destination = Destination::parse(RECEIVER)?.with_placeholder(DEFAULT_HEADER, &format!("${KEY}"))?;
    let body = job_body(contract, &requested.fields, &Job::to(destination))?;
    let request = endpoint::create(&owner(scope)?, body);
    let command = with_variables(&request.curl(PUBLIC_API, TOKEN, Some(KEY)), scope);
    let (id, count) = (id_variable(scope), requested.fields.len());
    let says = format!(
        "This request creates the job, for {count} fields of the dataset `{}`. The shell reads `{TOKEN}`, `{id}` and \
         `{KEY}` from its environment; put your host in the place of `intake.example.com`. A key with other characters \
         than letters, digits and `-._~` must be percent-encoded.",
        contract.name
    );
    let answer = "The answer has `\"success\": true`, and the id of the job under `result.id`.";
    let mut blocks = vec![
        Block::Heading(3, "Create the job".into()),
        Block::Paragraph(Line::prose(&says)),
        Block::Code("sh", command),
        Block::Paragraph(Line::prose(answer)),
    ];
    if !requested.others.is_empty() {
        let rows = requested.others.iter().map(|(name, reason)| vec![Line::code(*name), Line::text(*reason)]);
        blocks.push(Block::Paragraph(Line::text("The job does not ask for all fields.")));
        blocks.push(Block::Table(vec!["Not asked for", "Why"], rows.collect()));
    }
    Ok(blocks)
}

fn endpoints(contract: &Contract, scope: Scope) -> Result<Vec<Block>, Mistake> {
    let owner = owner(scope)?;
    let body = || serde_json::Value::Null;
    let rows: [(Request, &str); 6] = [
        (endpoint::show(&owner, 0), "Shows a job, and when it last succeeded or failed"),
        (endpoint::list_of(&owner, contract), "Lists the jobs of this dataset"),
        (endpoint::fields(&owner, contract), "Lists the fields that the dataset has today"),
        (endpoint::update(&owner, 0, body()), "Changes a job: its fields, its destination, whether it runs"),
        (endpoint::validate_destination(&owner, body()), "Asks whether Logpush can push to a destination"),
        (endpoint::delete(&owner, 0), "Deletes a job"),
    ];
    let rows = rows.map(|(request, says)| {
        let shown = request.expose(PUBLIC_API);
        let [method, url] = ["method", "url"].map(|key| shown[key].as_str().unwrap_or_default().to_owned());
        let url = url.replace(&format!("/{ANY_ID}/"), &format!("/<{}>/", id_variable(scope)));
        vec![Line::code(method), Line::code(url.replace("/jobs/0", "/jobs/<JOB_ID>")), Line::text(says)]
    });
    Ok(vec![
        Block::Heading(3, "Useful endpoints".into()),
        Block::Table(vec!["Method", "Address", "What it does"], rows.into()),
    ])
}

fn owner(scope: Scope) -> Result<Owner, Mistake> {
    Owner::new(scope, ANY_ID)
}

/// The command with the id out of the environment: the shell joins quoted texts that stand side by side.
fn with_variables(command: &str, scope: Scope) -> String {
    command.replacen(&format!("/{ANY_ID}/"), &format!("/'\"${}\"'/", id_variable(scope)), 1)
}

fn id_variable(scope: Scope) -> &'static str {
    match scope {
        Scope::Account => "ACCOUNT_ID",
        Scope::Zone => "ZONE_ID",
    }
}

fn title(scope: Scope) -> &'static str {
    match scope {
        Scope::Account => "Account",
        Scope::Zone => "Zone",
    }
}
