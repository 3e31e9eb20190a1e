//! Expressions and templates beside Jinja: every filter, test and method on values of every type, expressions made at
//! random, and each template that Jinja's own tests render.

use crate::chance::Chance;
use crate::python;
use crate::tally::Tally;
use serde_json::{Value, json};
use std::path::Path;
use std::thread;

const PEER: &str = "jinja2";

/// How many expressions are made at random.
const MADE: usize = 10_000;

/// Values of every type, by names.
const NAMES: &str = r#"{"dict": {"x": 1, "y": 2}, "deep": {"b": {"c": 1}}, "list": [3, 1, 2], "none": null,
    "text": "héllo wörld", "empty": "", "zero": 0, "half": 1.5, "yes": true, "rows": [{"k": "v", "m": 1}, {"k": "w"}],
    "mixed": ["b", null, 1], "digits": "42", "minus": -7, "lines": "one\ntwo\n\nthree",
    "pairs": [["a", 1], ["b", 2]], "markup": "<b>x & y</b>", "nulls": [{"k": null}, {"k": 2}], "cases": ["B", "a", "b"]}"#;

const VALUES: [&str; 20] = [
    "dict",
    "deep",
    "list",
    "none",
    "text",
    "empty",
    "zero",
    "half",
    "yes",
    "rows",
    "mixed",
    "digits",
    "minus",
    "(10 ** 22 + 7)",
    "lines",
    "pairs",
    "markup",
    "nulls",
    "cases",
    "missing",
];

const ARGUMENTS: [&str; 18] = [
    "",
    "1",
    "'a'",
    "none",
    "true",
    "0",
    "-1",
    "'x', 'y'",
    "2, 'z'",
    "'k'",
    "'k', 0",
    "attribute='k'",
    "default=0",
    "'lower'",
    "[1]",
    "missing",
    "1.5",
    "'o', 1, 3",
];

/// Loops, formats and what else no filter is.
const TEMPLATES: [&str; 16] = [
    "{% for i in list %}{% set outer = loop %}{% for j in cases %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "{% for i in list %}{% set o = loop %}{% for j in list %}{{ o.changed(i) }}{{ o.cycle('a', 'b') }}{% endfor %}{% endfor %}",
    "{% for i in list %}{% with o = loop %}{{ o.last }},{{ o.nextitem }};{% endwith %}{% endfor %}",
    "{% for i in [1, 1, 2, none] %}{{ loop.changed(i) }}{{ loop.changed() }} {% endfor %}",
    "{% for i in rows recursive %}{{ i.k }}{% if i.c %}({{ loop(i.c) }}){% endif %}{{ loop.depth }} {% endfor %}",
    "{{ text | attr('upper')() }}",
    "{{ dict | attr('get')('x', 0) + 1 }} ",
    "{{ 'a {} b'.format(missing) }}",
    "{{ 'a {n} b'.format(n=missing) }}",
    "{{ 'a {:>3} b'.format(missing) }}",
    "{{ '{0[k]}'.format(rows[0]) }}",
    "{{ '{0.k}'.format(rows[0]) }}",
    "{{ '%s|%s' % (none, missing) }}",
    "{{ ' [1, 2]' }}",
    "{{ '[1, 2]' | safe | upper }}",
    "{% if yes %}{{ '[1,' }}{% endif %}2]",
];

#[test]
fn filters_tests_and_methods_are_jinjas() {
    let Some(entries) = python::ask(PEER, "jinja_values.py", &[json!({"entries": true})]) else { return };
    let of = |kind: &str| texts(&entries[0][kind]);
    let mut expressions = Vec::new();
    for value in VALUES {
        for argument in ARGUMENTS {
            let given = if argument.is_empty() { String::new() } else { format!("({argument})") };
            expressions.extend(of("filters").iter().map(|name| format!("{value} | {name}{given}")));
            expressions.extend(of("tests").iter().map(|name| format!("{value} is {name}{given}")));
            expressions.extend(of("methods").iter().map(|name| format!("{value}.{name}({argument})")));
        }
    }
    let mut chance = Chance::new(3);
    expressions.extend((0..MADE).map(|_| made(&mut chance, 4)));
    let questions = expressions.iter().map(|expression| json!({"expression": expression, "names": NAMES}));
    let templates = TEMPLATES.iter().map(|template| json!({"template": template, "names": NAMES}));
    let mut tally = Tally::new(PEER);
    compare(&questions.chain(templates).collect::<Vec<_>>(), &mut tally);
    tally.finish();
}

#[test]
fn jinjas_own_tests_give_the_same() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers").join("jinja2-source");
    let Some(templates) = python::ask(PEER, "jinja_suite.py", &[json!({"folder": folder})]) else { return };
    let templates = templates[0].as_array().cloned().unwrap_or_default();
    assert!(templates.len() > 350, "Jinja's tests render more than {} templates", templates.len());
    // Text without a tag is an expression here.
    let has_tag = |template: &Value| ["{{", "{%", "{#"].iter().any(|tag| written(template).contains(tag));
    let templates: Vec<Value> = templates.into_iter().filter(has_tag).collect();
    let mut tally = Tally::new("jinja2-suite");
    compare(&templates, &mut tally);
    tally.finish();
}

fn compare(questions: &[Value], tally: &mut Tally) {
    // Both take half a minute, and do so at the same time.
    let (ours, theirs) = thread::scope(|scope| {
        let theirs = scope.spawn(|| python::ask(PEER, "jinja_values.py", questions));
        let names = |question: &Value| question["names"].as_str().unwrap_or("{}").to_owned();
        let ours = questions.iter().map(|question| weir::evaluate(written(question), &names(question), 0));
        (ours.collect::<Vec<_>>(), theirs.join().expect("no panic"))
    });
    let Some(theirs) = theirs else { return };
    for ((question, ours), theirs) in questions.iter().zip(ours).zip(&theirs) {
        let reason = || theirs["error"].as_str().or(theirs["syntax"].as_str()).unwrap_or_default();
        let (ours, theirs) = match (&ours, theirs["value"].as_str()) {
            (Ok(ours), Some(theirs)) => (ours.clone(), theirs.to_owned()),
            (Ok(ours), None) => (ours.clone(), format!("fails: {}", reason())),
            (Err(fault), Some(theirs)) => (format!("fails: {fault}"), theirs.to_owned()),
            (Err(_), None) => ("fails".to_owned(), "fails".to_owned()),
        };
        tally.take(written(question), &ours, &theirs, || difference(written(question), &ours, &theirs));
    }
}

/// Which known difference it is.
fn difference(written: &str, ours: &str, theirs: &str) -> Option<&'static str> {
    const STATEMENTS: [&str; 10] =
        ["macro", "call", "include", "import", "from", "extends", "block", "autoescape", "trans", "debug"];
    const METHODS: [&str; 6] = ["as_integer_ratio", "bit_count", "conjugate", "encode", "hex", "to_bytes"];
    let has = |part: &str| written.contains(part);
    let statement = |name: &&str| ["{% ", "{%- ", "{%"].iter().any(|tag| has(&format!("{tag}{name}")));
    let filter = |name: &str| has(&format!("| {name}")) || has(&format!("|{name}"));
    Some(match () {
        () if theirs.contains("<built-in method") || has("attr('lower')") || has("groupby('lower')") => {
            "methods-are-called"
        }
        () if has(".__class__") => "no-classes",
        () if filter("random") || filter("urlize") => "no-links-and-nothing-random",
        () if filter("safe") => "safe-leaves-values",
        () if filter("tojson") => "compact-json",
        () if has(" is sameas") => "identity",
        () if has("divisibleby(missing)") || ours.contains("not all arguments converted") => "percent-of-undefined",
        () if has("10 ** 22") && filter("round") => "large-integers-and-tens",
        () if filter("wordwrap") => "arguments-that-are-not-used",
        () if METHODS.iter().any(|name| has(&format!(".{name}("))) => "methods-left-out",
        () if STATEMENTS.iter().any(statement) => "statements-left-out",
        () => return None,
    })
}

/// An expression of operators, filters and tests, so many deep. What Jinja's grammar reads in ways of its own, such as `not`
/// behind an operator, stands in brackets.
fn made(chance: &mut Chance, depth: usize) -> String {
    const LEAVES: [&str; 28] = [
        "deep",
        "list",
        "none",
        "text",
        "empty",
        "zero",
        "half",
        "yes",
        "dict",
        "digits",
        "minus",
        "cases",
        "missing",
        "1",
        "0",
        "2",
        "-3",
        "1.5",
        "'a'",
        "''",
        "[1, 2]",
        "{'x': 1}",
        "(1, 2)",
        "dict.x",
        "list[0]",
        "missing.x",
        "text[::2]",
        "list[1:]",
    ];
    const OPERATORS: [&str; 17] =
        ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", ">", "<=", ">=", "in", "not in", "and", "or"];
    const FILTERS: [&str; 20] = [
        "lower",
        "upper",
        "length",
        "first",
        "last",
        "int",
        "float",
        "string",
        "list",
        "default(1)",
        "join",
        "abs",
        "trim",
        "title",
        "sort",
        "sum",
        "round",
        "max",
        "min",
        "d(0, true)",
    ];
    const TESTS: [&str; 9] = ["defined", "none", "string", "number", "odd", "iterable", "mapping", "not none", "lower"];
    const KEYS: [&str; 4] = ["0", "-1", "'x'", "none"];
    if depth == 0 || chance.below(7) == 0 {
        return chance.pick(&LEAVES).to_owned();
    }
    let inner = made(chance, depth - 1);
    match chance.below(8) {
        0 => format!("(not ({inner}))"),
        1 => format!("({inner}) | {}", chance.pick(&FILTERS)),
        2 => format!("(({inner}) is {})", chance.pick(&TESTS)),
        3 => format!("({inner})[{}]", chance.pick(&KEYS)),
        4 => format!("({inner} if {} else {})", made(chance, depth - 1), made(chance, depth - 1)),
        _ => format!("{inner} {} {}", chance.pick(&OPERATORS), made(chance, depth - 1)),
    }
}

fn written(question: &Value) -> &str {
    question["expression"].as_str().or(question["template"].as_str()).unwrap_or_default()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
