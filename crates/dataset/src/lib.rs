//! Datasets: what a source documents about its records, and what records say to that.
//!
//! A [`Contract`] lists the fields of a dataset. A [`Router`] finds the contract that a record was written under; a
//! [`Profile`] gathers what records have; [`validate()`] compares a profile with a contract, [`drift()`] two profiles with
//! each other. Nothing here reads a file or a clock, or prints.

mod contract;
mod drift;
mod glance;
mod mapped;
mod names;
mod profile;
mod record;
mod rename;
mod route;
mod validate;

pub use contract::{
    CONTRACT_KEYS, Contract, DocumentedField, FIELD_KEYS, FINDINGS, SCOPES, ValueType, read_contract, read_routing,
};
pub use drift::{Change, ChangeKind, Drift, drift};
pub use mapped::mapped_fields;
pub use profile::{FieldProfile, Profile, Profiles, Shapes};
pub use record::{Fit, Observed, RawRecord, Shape, Unreadable};
pub use rename::split;
pub use route::{Overlap, Route, Router};
pub use validate::{FieldShare, Finding, FindingKind, Validation, validate};
