//! The parser that pest makes from `template.pest`.
#![allow(missing_docs, unreachable_pub, reason = "the derive's own enum cannot be documented or narrowed")]

#[derive(pest_derive::Parser)]
#[grammar = "expr/template.pest"]
pub(super) struct Grammar;
