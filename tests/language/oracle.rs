//! What minijinja gives, with the methods of Python's types: an engine that nobody here wrote.

use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};

/// What the oracle gives: a value as `repr` shows it, or its error.
pub type Answer = Result<String, String>;

/// The answer for an expression; `None` where the oracle does not know the question.
pub fn expression(expression: &str, context: &str) -> Option<Answer> {
    let environment = environment();
    let value = environment.compile_expression_owned(expression.to_owned()).and_then(|code| code.eval(names(context)));
    answer(value.map(|value| repr(&value)))
}

/// The answer for a template, whose value is always text there.
pub fn template(template: &str, context: &str) -> Option<Answer> {
    answer(environment().render_str(template, names(context)).map(|text| quoted(&text)))
}

/// Whether an answer is the expected result. A template's text stands for the value that it shows; tuples are lists there.
pub fn agrees(answer: &Answer, result: Option<&str>) -> bool {
    match (answer, result) {
        (Err(_), None) => true,
        (Ok(found), Some(result)) => {
            let lists = as_lists(result);
            let nothing = found == "''" && result == "Undefined";
            nothing || found == result || *found == lists || *found == quoted(&lists)
        }
        _ => false,
    }
}

/// What the oracle has no word for is no answer.
fn answer(found: Result<String, Error>) -> Option<Answer> {
    match found {
        Ok(found) => Some(Ok(found)),
        Err(error) => match error.kind() {
            ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownMethod
            | ErrorKind::SyntaxError => None,
            _ => Some(Err(error.to_string())),
        },
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment
}

fn names(context: &str) -> Value {
    serde_json::from_str::<serde_json::Value>(context).map(|names| Value::from(Serde(names))).unwrap_or_default()
}

fn repr(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined => "Undefined".to_owned(),
        ValueKind::None => "None".to_owned(),
        ValueKind::Bool => if value.is_true() { "True" } else { "False" }.to_owned(),
        ValueKind::String => quoted(value.as_str().unwrap_or_default()),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Vec<String> = value.try_iter().into_iter().flatten().map(|item| repr(&item)).collect();
            format!("[{}]", items.join(", "))
        }
        ValueKind::Map => {
            let keys = value.try_iter().into_iter().flatten();
            let entries: Vec<String> = keys
                .map(|key| format!("{}: {}", repr(&key), repr(&value.get_item(&key).unwrap_or_default())))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        _ => value.to_string(),
    }
}

fn quoted(text: &str) -> String {
    weir::value::text::Repr(weir::value::Value::Text(text)).to_string()
}

fn as_lists(result: &str) -> String {
    result.replace(",)", "]").replace('(', "[").replace(')', "]")
}
