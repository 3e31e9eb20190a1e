//! The expression language: text → [`Template`], which prints back to text. Nothing here runs; a plan lowers it.
//!
//! Why so: `docs/decisions/0006`.

mod ast;
mod blocks;
mod error;
mod expression;
mod grammar;
mod literal;
mod parse;
mod print;
mod print_expression;
mod reason;
mod rule;
mod scan;
mod statement;

pub use ast::{Argument, Arguments, Arithmetic, Comparison, Expr, ExprKind, Literal, Node, Target, Template, Unary};
pub use error::{LONGEST_TEMPLATE, MOST_BRACKETS, MOST_LEVELS, SyntaxError};
pub use parse::{parse_expression, parse_template};
