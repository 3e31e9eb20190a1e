//! The endpoints of the API: which method and path each question has.

use crate::destination::encode;
use crate::mistake::Mistake;
use crate::request::Request;
use crate::scope::Scope;
use serde_json::Value;
use weir_dataset::Contract;

/// The account or zone whose jobs are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    scope: Scope,
    id: String,
}

impl Owner {
    /// The account or zone with an id.
    ///
    /// # Errors
    /// Where the id is none: it has up to 32 letters and digits.
    pub fn new(scope: Scope, id: &str) -> Result<Owner, Mistake> {
        let is_id = !id.is_empty() && id.len() <= 32 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_id { Ok(Owner { scope, id: id.to_owned() }) } else { Err(Mistake::Id(id.to_owned())) }
    }

    /// Refuses the owner for a dataset that is in the other scope.
    ///
    /// # Errors
    /// [`Mistake::Scope`], and those of [`Scope::of`].
    pub fn fits(&self, contract: &Contract) -> Result<(), Mistake> {
        let (dataset, scope) = (contract.name.clone(), Scope::of(contract)?);
        if self.scope == scope { Ok(()) } else { Err(Mistake::Scope { dataset, scope }) }
    }

    fn path(&self, rest: &str) -> String {
        format!("/{}s/{}/logpush/{rest}", self.scope.name(), self.id)
    }
}

/// Creates a job ([`job_body`](crate::job_body)).
pub fn create(owner: &Owner, body: Value) -> Request {
    Request::with_body("POST", owner.path("jobs"), body)
}

/// Lists all jobs.
pub fn list(owner: &Owner) -> Request {
    Request::without_body("GET", owner.path("jobs"))
}

/// Lists the jobs of a dataset.
pub fn list_of(owner: &Owner, contract: &Contract) -> Request {
    Request::without_body("GET", owner.path(&format!("datasets/{}/jobs", encode(&contract.name))))
}

/// Shows a job.
pub fn show(owner: &Owner, job: u64) -> Request {
    Request::without_body("GET", owner.path(&format!("jobs/{job}")))
}

/// Changes a job ([`change_body`](crate::change_body)).
pub fn update(owner: &Owner, job: u64, body: Value) -> Request {
    Request::with_body("PUT", owner.path(&format!("jobs/{job}")), body)
}

/// Deletes a job.
pub fn delete(owner: &Owner, job: u64) -> Request {
    Request::without_body("DELETE", owner.path(&format!("jobs/{job}")))
}

/// Lists the fields of a dataset.
pub fn fields(owner: &Owner, contract: &Contract) -> Request {
    Request::without_body("GET", owner.path(&format!("datasets/{}/fields", encode(&contract.name))))
}

/// Asks whether Logpush can push to a destination.
pub fn validate_destination(owner: &Owner, body: Value) -> Request {
    Request::with_body("POST", owner.path("validate/destination"), body)
}

/// Asks whether a job pushes to a destination already.
pub fn validate_exists(owner: &Owner, body: Value) -> Request {
    Request::with_body("POST", owner.path("validate/destination/exists"), body)
}

/// Asks whether the options of a job are valid ([`origin_body`](crate::origin_body)).
pub fn validate_origin(owner: &Owner, body: Value) -> Request {
    Request::with_body("POST", owner.path("validate/origin"), body)
}
