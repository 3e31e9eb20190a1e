//! The parser that pest makes from `template.pest`.
// The derive's own enum cannot be documented or narrowed.
#![allow(missing_docs, unreachable_pub)]

#[derive(pest_derive::Parser)]
#[grammar = "expr/template.pest"]
pub(super) struct Grammar;
