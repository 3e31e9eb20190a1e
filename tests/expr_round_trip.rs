//! Every tree prints to text that parses to the same tree; no text makes the parser panic, hang or recurse without end.

#![allow(clippy::panic, reason = "a test fails by it")]

use proptest::prelude::*;
use std::time::{Duration, Instant};
use weir::expr::{
    Argument, Arguments, Arithmetic, Comparison, Expr, ExprKind, LONGEST_TEMPLATE, Literal, Node, Target, Template,
    Unary, parse_expression, parse_template,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_printed_tree_parses_to_itself(nodes in nodes()) {
        let tree = Template { nodes };
        let printed = tree.to_string();
        let again = parse_template(&printed);
        prop_assert_eq!(again.as_ref(), Ok(&tree), "{}", printed);
        prop_assert_eq!(again.map(|tree| tree.to_string()), Ok(printed));
    }

    #[test]
    fn a_printed_expression_parses_to_itself(value in expression()) {
        let printed = value.to_string();
        let again = parse_expression(&printed);
        prop_assert_eq!(again.as_ref(), Ok(&value), "{}", printed);
    }

    #[test]
    fn spans_are_parts_of_the_text(value in expression()) {
        let printed = format!("é {{{{ {value} }}}}");
        let tree = parse_template(&printed).expect("it prints what parses");
        let Some(Node::Output(value)) = tree.nodes.last() else { panic!("{printed}") };
        let part = printed.get(value.start as usize..value.end as usize).expect("a part of the text");
        prop_assert_eq!(&parse_expression(part).expect("an expression"), value);
    }

    #[test]
    fn any_text_gives_a_tree_or_an_error_within_it(text in any_text()) {
        if let Err(error) = parse_template(&text) {
            prop_assert!(text.get(error.start as usize..error.end as usize).is_some(), "{:?}", error);
        }
        if let Err(error) = parse_expression(&text) {
            prop_assert!(text.get(error.start as usize..error.end as usize).is_some(), "{:?}", error);
        }
    }
}

#[test]
fn hostile_text_is_refused_soon_and_without_a_deep_stack() {
    const MANY: usize = 100_000;
    let around = |open: &str, inside: &str, close: &str, count: usize| {
        format!("{{{{ {}{inside}{} }}}}", open.repeat(count), close.repeat(count))
    };
    let texts = [
        around("(", "a", ")", MANY),
        around("[", "a", "]", MANY),
        around("{1:", "a", "}", MANY),
        around("f(", "a", ")", MANY),
        around("a[", "a", "]", MANY),
        around("f(a=", "a", ")", MANY),
        around("(", "a", ",)", MANY),
        around("(", "", "", MANY),
        around("", "", ")", MANY),
        around("not ", "a", "", MANY),
        around("- ", "a", "", MANY),
        around("-", "a", "", MANY),
        around("", "a", ".b", MANY),
        around("", "a", ".0", MANY),
        around("", "a", "|f", MANY),
        around("", "a", "()", MANY),
        around("", "a", " is b()", MANY),
        around("", "a", " is b is", MANY),
        around("", "a", "[0]", MANY),
        around("", "a", "+a", MANY),
        around("", "a", "**a", MANY),
        around("", "a", " and a", MANY),
        around("", "a", " or not a", MANY),
        around("", "a", " if b else c", 70_000),
        around("", "a", " if b", MANY),
        format!("{}{}", "{% if a %}".repeat(40_000), "{% endif %}".repeat(40_000)),
        "{% if a %}".repeat(MANY),
        "{% for a in b %}".repeat(60_000),
        "{% filter a %}{% with a = 1 %}".repeat(30_000),
        format!("{{% for {}a{} in b %}}", "(".repeat(MANY), ")".repeat(MANY)),
        "{{ ".repeat(MANY),
        "{{ (".repeat(MANY),
        "{{ 'a".repeat(MANY + 1),
        "{% raw %}{% endraw".repeat(50_000),
        "{# ".repeat(MANY),
        format!("{{{{ {} }}}}", "9".repeat(MANY)),
        format!("{{{{ 0x{} }}}}", "f".repeat(MANY)),
        "a".repeat(LONGEST_TEMPLATE + 1),
    ];
    on_a_small_stack(move || {
        for text in &texts {
            let start = Instant::now();
            let shown = text.get(..40).unwrap_or(text);
            assert!(parse_template(text).is_err(), "{shown} parses");
            assert!(start.elapsed() < Duration::from_secs(2), "{shown} took {:?}", start.elapsed());
        }
    });
}

#[test]
fn what_lies_within_the_bounds_parses_soon() {
    let texts = [
        format!("{{{{ {}a{} }}}}", "(".repeat(60), ")".repeat(60)),
        format!("{{{{ {}a{} }}}}", "[a[f(".repeat(20), ")]]".repeat(20)),
        format!("{{{{ {}a{} }}}}", "{a:".repeat(60), "}".repeat(60)),
        format!("{{{{ a{} }}}}", " or a.b|f(1)".repeat(200)),
        format!("{{{{ a{} }}}}", " ~ a.b|f(1)".repeat(10_000)),
        format!("{{{{ [{}] }}}}", "{'a': 'b'},".repeat(10_000)),
        format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}b".repeat(10_000)),
        format!("{}{}", "{% if a %}".repeat(60), "{% endif %}".repeat(60)),
        format!("{{{{ f({}) }}}}", (0..20_000).map(|at| format!("a{at}=1,")).collect::<String>()),
        "{{ a }}b{# c #}{% set d = e %}".repeat(20_000),
        "{ } { ".repeat(100_000),
        format!("{{{{ a{} }}}}", " + a".repeat(500)),
        format!("{{{{ a{} }}}}", "|f".repeat(500)),
        format!("{{{{ {}a }}}}", "not ".repeat(500)),
        format!("{{{{ a{} }}}}", " if b else a".repeat(250)),
    ];
    on_a_small_stack(move || {
        for text in &texts {
            let start = Instant::now();
            let shown = text.get(..40).unwrap_or(text);
            let tree = parse_template(text).unwrap_or_else(|error| panic!("{shown}: {error:?}"));
            assert_eq!(parse_template(&tree.to_string()).as_ref(), Ok(&tree), "{shown}");
            assert!(start.elapsed() < Duration::from_secs(5), "{shown} took {:?}", start.elapsed());
        }
    });
}

/// Runs with less stack than any thread has by default: what the parser uses is a fraction of what there is.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).expect("a thread starts");
    thread.join().expect("nothing panics");
}

fn any_text() -> impl Strategy<Value = String> {
    let tokens = prop::sample::select(vec![
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        "raw",
        "endraw",
        "if",
        "elif",
        "else",
        "endif",
        "for",
        "endfor",
        "in",
        "set",
        "endset",
        "with",
        "endwith",
        "filter",
        "endfilter",
        "do",
        "break",
        "not",
        "and",
        "or",
        "is",
        "a",
        "b.c",
        "recursive",
        "1",
        "2.5",
        "0x",
        "'t'",
        "\"",
        "'",
        "\\",
        "\\x",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "|",
        "=",
        "==",
        "<",
        "~",
        "*",
        "**",
        "/",
        "%",
        "&&",
        "||",
        "!",
        "?",
        "é",
        "\u{2028}",
        "😀",
        " ",
        "\n",
        "\r",
        "\t",
        "null",
        "true",
    ]);
    prop_oneof![
        prop::collection::vec(tokens, 0..40).prop_map(|tokens| tokens.concat()),
        prop::collection::vec(any::<char>(), 0..40).prop_map(|letters| letters.into_iter().collect()),
        "[{}%#\"'a-c \\\\(]{0,30}",
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("recursive".to_owned()),
        Just("é_1".to_owned()),
        "[a-zA-Z_][a-zA-Z0-9_]{0,6}".prop_filter("a word of the language", |name| !RESERVED.contains(&name.as_str())),
    ]
}

const RESERVED: [&str; 13] =
    ["and", "or", "not", "if", "else", "in", "is", "true", "false", "none", "True", "False", "None"];

/// A name where any word may stand.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => name(), 1 => prop::sample::select(vec!["if", "in", "none", "is", "else"]).prop_map(str::to_owned)]
}

fn dotted() -> impl Strategy<Value = String> {
    prop_oneof![4 => word(), 1 => (word(), word()).prop_map(|(a, b)| format!("{a}.{b}"))]
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::None),
        any::<bool>().prop_map(Literal::Bool),
        (0..=i64::MAX).prop_map(Literal::Int),
        "[1-9][0-9]{19,40}".prop_map(Literal::BigInt),
        prop::num::f64::POSITIVE.prop_map(Literal::Float),
        Just(Literal::Float(0.0)),
        any::<String>().prop_map(Literal::Text),
        "[{}%#'\"\\\\nx-]{0,8}".prop_map(Literal::Text),
    ]
}

fn made(kind: ExprKind) -> Expr {
    Expr { kind, start: 0, end: 0 }
}

fn expression() -> impl Strategy<Value = Expr> {
    let leaf =
        prop_oneof![literal().prop_map(ExprKind::Literal), name().prop_map(ExprKind::Name)].prop_map(made).boxed();
    leaf.prop_recursive(5, 48, 4, |inner| prop_oneof![grouped(inner.clone()), chained(inner.clone()), joined(inner)])
}

fn grouped(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let many = prop::collection::vec(inner.clone(), 0..4);
    prop_oneof![
        many.clone().prop_map(ExprKind::List),
        many.prop_map(ExprKind::Tuple),
        prop::collection::vec((inner.clone(), inner), 0..3).prop_map(ExprKind::Map),
    ]
    .prop_map(made)
}

fn chained(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let boxed = inner.clone().prop_map(Box::new).boxed();
    let bound = prop::option::of(boxed.clone());
    prop_oneof![
        (boxed.clone(), word()).prop_map(|(value, name)| ExprKind::Attribute(value, name)),
        (boxed.clone(), boxed.clone()).prop_map(|(value, key)| ExprKind::Subscript(value, key)),
        (boxed.clone(), bound.clone(), bound.clone(), bound)
            .prop_map(|(value, a, b, c)| ExprKind::Slice(value, [a, b, c])),
        (boxed.clone(), arguments(inner.clone())).prop_map(|(value, arguments)| ExprKind::Call(value, arguments)),
        (boxed.clone(), dotted(), arguments(inner.clone()))
            .prop_map(|(value, name, given)| ExprKind::Filter(value, name, given)),
        (boxed.clone(), dotted(), arguments(inner), any::<bool>())
            .prop_map(|(value, name, arguments, negated)| ExprKind::Test { value, name, arguments, negated }),
        (prop::sample::select(vec![Unary::Not, Unary::Minus, Unary::Plus]), boxed)
            .prop_map(|(unary, value)| ExprKind::Unary(unary, value)),
    ]
    .prop_map(made)
}

fn joined(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let boxed = inner.clone().prop_map(Box::new).boxed();
    let pair = (boxed.clone(), boxed.clone());
    let operators = vec![
        Arithmetic::Add,
        Arithmetic::Subtract,
        Arithmetic::Multiply,
        Arithmetic::Divide,
        Arithmetic::FloorDivide,
        Arithmetic::Remainder,
        Arithmetic::Power,
    ];
    prop_oneof![
        (prop::sample::select(operators), pair.clone())
            .prop_map(|(operator, (a, b))| ExprKind::Arithmetic(operator, a, b)),
        prop::collection::vec(inner.clone(), 2..4).prop_map(ExprKind::Concat),
        (boxed.clone(), prop::collection::vec((comparison(), inner), 1..3))
            .prop_map(|(first, others)| ExprKind::Compare(first, others)),
        pair.clone().prop_map(|(a, b)| ExprKind::And(a, b)),
        pair.clone().prop_map(|(a, b)| ExprKind::Or(a, b)),
        (pair, prop::option::of(boxed)).prop_map(|((condition, then), otherwise)| ExprKind::Conditional {
            condition,
            then,
            otherwise
        }),
    ]
    .prop_map(made)
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(vec![
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
        Comparison::In,
        Comparison::NotIn,
    ])
}

/// Values by place, then one by name.
fn arguments(inner: BoxedStrategy<Expr>) -> impl Strategy<Value = Arguments> {
    let placed = inner.clone().prop_map(|value| Argument { name: None, value });
    let spread = inner.clone().prop_map(|items| made(ExprKind::Spread(Box::new(items))));
    let spread = spread.prop_map(|value| Argument { name: None, value });
    let named = (word(), inner).prop_map(|(name, value)| Argument { name: Some(name), value });
    (prop::collection::vec(placed, 0..3), prop::option::of(spread), prop::option::of(named)).prop_map(
        |(mut placed, spread, named)| {
            placed.extend(spread);
            placed.extend(named);
            Arguments(placed)
        },
    )
}

fn target(attributes: bool) -> impl Strategy<Value = Target> {
    let name = name().prop_map(Target::Name);
    let leaf = if attributes {
        prop_oneof![name, (self::name(), word()).prop_map(|(name, attribute)| Target::Attribute(name, attribute))]
            .boxed()
    } else {
        name.boxed()
    };
    leaf.prop_recursive(2, 6, 3, |inner| prop::collection::vec(inner, 1..4).prop_map(Target::Tuple))
        .prop_filter("the loop's own name", |target| *target != Target::Name("loop".to_owned()))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ a\n{}%#-]{1,8}",
        Just("{% endraw %}".to_owned()),
        Just("{{ a }}\n".to_owned()),
        any::<String>().prop_map(|text| text.replace('\r', "\n")),
    ]
    .prop_filter("empty", |text| !text.is_empty())
}

/// Texts side by side are one.
fn normal(nodes: Vec<Node>) -> Vec<Node> {
    let mut normal: Vec<Node> = Vec::new();
    for node in nodes {
        match (normal.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => normal.push(node),
        }
    }
    normal
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let leaf = prop_oneof![
        3 => text().prop_map(Node::Text),
        3 => expression().prop_map(Node::Output),
        1 => expression().prop_map(Node::Do),
        1 => (target(true), expression()).prop_map(|(target, value)| Node::Set { target, value }),
    ]
    .boxed();
    let node = leaf
        .prop_recursive(3, 12, 3, |inner| block(prop::collection::vec(inner, 0..3).prop_map(normal).boxed()).boxed());
    prop::collection::vec(node, 0..4).prop_map(normal)
}

fn block(body: BoxedStrategy<Vec<Node>>) -> impl Strategy<Value = Node> {
    let filters = (dotted(), arguments(expression().boxed())).boxed();
    prop_oneof![
        (prop::collection::vec((expression(), body.clone()), 1..3), body.clone())
            .prop_map(|(branches, otherwise)| Node::If { branches, otherwise }),
        (
            (target(false), expression(), prop::option::of(expression()), any::<bool>()),
            (body.clone(), body.clone(), prop::sample::select(vec![None, Some(Node::Break), Some(Node::Continue)])),
        )
            .prop_map(|((target, iterable, filter, recursive), (mut body, otherwise, leave))| {
                body.extend(leave);
                Node::For { target, iterable, filter, recursive, body, otherwise }
            }),
        (target(true), prop::collection::vec(filters.clone(), 0..3), body.clone())
            .prop_map(|(target, filters, body)| Node::SetBlock { target, filters, body }),
        (prop::collection::vec((target(false), expression()), 0..3), body.clone())
            .prop_map(|(bindings, body)| Node::With { bindings, body }),
        (prop::collection::vec(filters, 1..3), body).prop_map(|(filters, body)| Node::FilterBlock { filters, body }),
    ]
}
