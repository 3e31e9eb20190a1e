//! The reader of JSON beside serde_json: the same documents are read and refused, and the same values come out.

mod dialect;
mod documents;
mod oracle;

use documents::{Seed, recorded};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::Cell;
use weir::json::{self, KeyOrder, Projection, raw, scatter};
use weir::value::text::Repr;
use weir::value::{Arena, Fault, FaultCode, Value};

type Outcome = Result<String, FaultCode>;

fn outcome(result: Result<Value<'_>, Fault>) -> Outcome {
    result.map(|value| Repr(value).to_string()).map_err(|fault| fault.code())
}

/// Checks one document; tells whether it was read.
fn agree(text: &str, wanted: &Projection, order: &KeyOrder) -> bool {
    let arena = Arena::default();
    let exactly = oracle::read(&arena, text, wanted);
    let read = json::read(&arena, text, wanted);
    assert_eq!(outcome(read.clone()), outcome(exactly.clone()), "{text} for {wanted}");
    let cells = || vec![Cell::new(Value::Undefined); wanted.nodes()];
    let (ours, expected) = (cells(), cells());
    // With what is guessed from other documents, and from this one.
    for cells in [&cells(), &ours] {
        let read = json::read_into(&arena, text, wanted, cells, order);
        assert_eq!(read.map_err(|fault| fault.code()).err(), outcome(exactly.clone()).err(), "{text} for {wanted}");
    }
    scatter(exactly.clone().unwrap_or(Value::Undefined), wanted, &expected);
    for (number, (ours, expected)) in ours.iter().zip(&expected).enumerate() {
        match (ours.get(), expected.get()) {
            // A dict whose parts have cells of their own is left empty.
            (Value::Map(map), Value::Map(_)) if map.is_empty() => {}
            (ours, expected) => assert_eq!(
                (Repr(ours).to_string(), ours.type_name()),
                (Repr(expected).to_string(), expected.type_name()),
                "{number} of {text} for {wanted}"
            ),
        }
    }
    exactly.is_ok()
}

fn wanted(paths: &[&[&str]]) -> Projection {
    let mut wanted = Projection::nothing();
    paths.iter().for_each(|path| wanted.add(path.iter().copied()));
    wanted.pruned()
}

#[test]
fn made_and_damaged_documents_are_read_as_serde_json_reads_them() {
    let (mut seed, order) = (Seed(1), KeyOrder::default());
    let (mut read, mut documents) = (0, 0);
    let all = [
        wanted(&[]),
        wanted(&[&["a"]]),
        wanted(&[&["a"], &["b", "a"], &["b", "c", "d"]]),
        wanted(&[&["b"], &["b", "c"]]),
        wanted(&[&["é"], &[""], &["d", "a"]]),
        wanted(&[&[]]),
    ];
    for _ in 0..40_000 {
        let document = seed.document(0);
        let wanted = &all[seed.below(all.len())];
        for text in [document.clone(), seed.damaged(&document), seed.damaged(&document)] {
            documents += 1;
            read += usize::from(agree(&text, wanted, &order));
            agree(&text, &Projection::WHOLE, &order);
            agree_raw(&text);
        }
    }
    assert!(read > documents / 10 && read < documents, "{read} of {documents}");
}

#[test]
fn recorded_documents_are_read_as_serde_json_reads_them() {
    let (mut seed, order) = (Seed(2), KeyOrder::default());
    let wanted =
        wanted(&[&["message"], &["input", "message"], &["expected", "event", "action"], &["id"], &["user", "name"]]);
    let documents = recorded();
    let mut read = 0;
    for text in &documents {
        read += usize::from(agree(text, &wanted, &order));
        agree(text, &Projection::WHOLE, &order);
        agree_raw(text);
        agree(&seed.damaged(text), &wanted, &order);
    }
    assert!(documents.len() > 20 && read > documents.len() / 2, "{read} of {} recorded documents", documents.len());
}

/// Documents that readers of JSON differ about, as collected in "Parsing JSON is a Minefield".
const MINEFIELD: &[&str] = &[
    "",
    " ",
    "\u{feff}",
    "\u{feff}[]",
    "\u{feff}\u{feff}[]",
    "[]\u{feff}",
    "\u{a0}1",
    "\u{c}[]",
    "\u{b}1",
    "\u{2028}1",
    "\0",
    "[]\0",
    "[\0]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[\"\": 1]",
    "[1",
    "[1,",
    "[",
    "]",
    "[]]",
    "[[]",
    "[1]x",
    "[1]]",
    "[x",
    "[x, 1]",
    "[\"x\"]]",
    "{\"a\":1,}",
    "{\"a\":1,,}",
    "{,\"a\":1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{:1}",
    "{1:1}",
    "{null:1}",
    "{'a':1}",
    "{a:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\"::1}",
    "{\"a\":1}}",
    "{\"a\":1",
    "{\"a\":",
    "{\"a",
    "{",
    "}",
    "{]",
    "[}",
    "[{\"a\":1]}",
    "{\"a\":[1}",
    "{\"a\":1}#",
    "{\"a\":1}//x",
    "{\"a\":/*x*/1}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"a\":1,\"b\":2,\"a\":3}",
    "{\"a\":{\"b\":1,\"c\":2},\"a\":{\"c\":3}}",
    "{\"a\":{\"b\":1},\"a\":[]}",
    r#"{"a":1,"\u0061":2}"#,
    r#"{"":0}"#,
    r#"{"\u0000":0}"#,
    "0",
    "-0",
    "-0.0",
    "0e5",
    "-0e5",
    "00",
    "-00",
    "01",
    "-01",
    "0x1",
    "1_000",
    "+1",
    "++1",
    "-",
    "--1",
    "-x",
    "- 1",
    "1.",
    "1.e5",
    ".5",
    "-.5",
    "1e",
    "1e+",
    "1e-",
    "1E+2",
    "1e+-2",
    "1e2.5",
    "1.2.3",
    "1e5e5",
    "1,2",
    "1 000",
    "0.1.2",
    "0e",
    "0e+",
    "0.3e",
    "0.3e+",
    "1.0e",
    "1.0e-",
    "1eE2",
    "2.e3",
    "2.e-3",
    "9.e+",
    "-2.",
    "-1.0.",
    "1a",
    "1+2",
    "１",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
    "-123456789012345678901234567890",
    "999999999999999999",
    "1000000000000000000",
    "-999999999999999999",
    "1e308",
    "1e309",
    "-1e309",
    "1e-324",
    "1e-400",
    "123e65",
    "0.4e00669999999999999999999999999999",
    "1e99999999999999999999",
    "-1e-99999999999999999999",
    "2.2250738585072011e-308",
    "0.1e1",
    "1.7976931348623157e308",
    "5e-324",
    "9007199254740993",
    "9007199254740993.0",
    "0.30000000000000004",
    "123.456e-789",
    "-123123e100000",
    "1.5e+9999",
    "NaN",
    "-NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "+Infinity",
    "Inf",
    "infinity",
    "[NaN]",
    "[-Infinity,NaN]",
    "{\"NaN\":NaN}",
    "{NaN:1}",
    "NaN1",
    "NaNNaN",
    "[NaN NaN]",
    "[1e400,NaN,1]",
    "Infinity.",
    "-Infinit",
    "N",
    "I",
    "-I",
    "true",
    "false",
    "null",
    "True",
    "False",
    "None",
    "TRUE",
    "tru",
    "fals",
    "nul",
    "truee",
    "nulll",
    "[true false]",
    "truenull",
    "undefined",
    "\"\"",
    "\"",
    "\"a",
    "\"a\\",
    "\"a\\\"",
    "\"a\"\"",
    "'a'",
    "\"\t\"",
    "\"\n\"",
    "\"\u{1f}\"",
    "\"\u{0}\"",
    "\"\u{7f}\"",
    "\"\u{80}\u{ffff}\u{10ffff}\"",
    "\"a\u{2028}\u{2029}b\"",
    r#""\a""#,
    r#""\x00""#,
    r#""\'""#,
    r#""\é""#,
    r#""\ ""#,
    r#""\""#,
    r#""\\\""#,
    r#""\"\\\/\b\f\n\r\t""#,
    r#""\u""#,
    r#""\u1""#,
    r#""\u12""#,
    r#""\u123""#,
    r#""\u123g""#,
    r#""\u+123""#,
    r#""\U0041""#,
    r#""\u00E9\u00e9""#,
    r#""\u0000""#,
    r#""\uffff""#,
    r#""\u{41}""#,
    r#""\u004é""#,
    r#""\ud800""#,
    r#""\udc00""#,
    r#""\ud800\ud800""#,
    r#""\ud800\udc00""#,
    r#""\uDBFF\uDFFF""#,
    r#""\udfff\ud800""#,
    r#""\ud83d\ude00\ude00""#,
    r#""\ud83d\ud83d\ude00""#,
    r#""\ud800a""#,
    r#""\ud800\n""#,
    r#""\ud800\u0041""#,
    r#""\ud800\u00""#,
    r#""\ud800\u""#,
    r#""\ud800\""#,
    r#""\ud800\x""#,
    r#""\\ud800""#,
    r#"{"\ud800":"\udc00"}"#,
    r#"["\ud800", NaN]"#,
    "[[[[[[[[[[]]]]]]]]]]",
    "[{},[],[[]],{\"a\":{}}]",
    " [ 1 , { \"a\" : [ ] , \"b\" : { } } ] ",
    "\r\n[\r\n1\r\n]\r\n",
    "1 2",
    "[] []",
    "{} x",
    "\"a\" \"b\"",
    "[1]\u{a0}",
    "*",
    "<null>",
    "[abc]",
    "[\\n]",
    "\\u0041",
    "[\"a\",\n4\n,1",
    "{\"a\":\"b\"}/**/",
    "é",
    "[é]",
    "{\"é\":é}",
];

#[test]
fn what_readers_differ_about_is_read_as_serde_json_and_python_read_it() {
    let order = KeyOrder::default();
    let nothing = wanted(&[]);
    let below = wanted(&[&["a"], &["b", "c"]]);
    for text in MINEFIELD {
        for wanted in [&Projection::WHOLE, &nothing, &below] {
            agree(text, wanted, &order);
            // As a member that is wanted, and as one that is not.
            agree(&format!("{{\"a\": {text}, \"x\": 1}}"), wanted, &order);
            agree(&format!("{{\"x\": [{text}], \"a\": 1}}"), wanted, &order);
        }
        agree_raw(text);
        agree_raw(&format!("{{\"a\": {text}}}"));
        agree_raw(&format!("[{text}, 1]"));
    }
}

#[test]
fn depth_is_bounded_where_values_are_built_and_nowhere_else() {
    let order = KeyOrder::default();
    let below = wanted(&[&["a"]]);
    for depth in [1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"b\":", "}]")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for text in [
                deep.clone(),
                format!("{{\"x\":{deep}}}"),
                format!("{{\"a\":{deep}}}"),
                format!("{{\"x\":[{deep},NaN]}}"),
            ] {
                agree(&text, &Projection::WHOLE, &order);
                agree(&text, &below, &order);
                agree_raw(&text);
            }
            agree(&deep[..deep.len() - 1], &below, &order);
        }
    }
}

#[test]
fn an_integer_of_too_many_digits_is_refused_where_it_is_built() {
    let (arena, below) = (Arena::default(), wanted(&[&["a"]]));
    let (most, more) = ("1".repeat(4_300), "1".repeat(4_301));
    assert_eq!(outcome(json::read(&arena, &most, &Projection::WHOLE)), Ok(i64::MAX.to_string()));
    assert_eq!(outcome(json::read(&arena, &more, &Projection::WHOLE)), Err(FaultCode::Parse));
    assert_eq!(outcome(json::read(&arena, &format!("{{\"a\":{more}}}"), &below)), Err(FaultCode::Parse));
    assert_eq!(outcome(json::read(&arena, &format!("{{\"x\":{more}}}"), &below)), Ok("{}".to_owned()));
    assert_eq!(raw::value(&more), Ok(&*more));
}

#[test]
fn the_budget_stops_a_reader() {
    for text in [&*format!("[{}1]", "1,".repeat(1_000)), &*format!("\"{}\"", r"\n".repeat(1_000))] {
        let arena = Arena::new(900);
        assert_eq!(outcome(json::read(&arena, text, &Projection::WHOLE)), Err(FaultCode::Limit));
    }
}

/// Checks that parts as they are written are those that serde_json finds.
fn agree_raw(text: &str) {
    let whole = serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get);
    assert_eq!(raw::value(text).ok(), whole, "{text}");
    let items = serde_json::from_str::<Vec<&RawValue>>(text).ok();
    let items = items.map(|items| items.into_iter().map(RawValue::get).collect::<Vec<_>>());
    assert_eq!(raw::items(text).ok(), items, "{text}");
    assert_eq!(raw::first_items(text, 2).ok(), items.map(|items| items.into_iter().take(2).collect()), "{text}");
    let string = serde_json::from_str::<String>(text).ok();
    assert_eq!(raw::string(text).ok().map(Cow::into_owned), string, "{text}");
    let members = serde_json::from_str::<Members<'_>>(text).ok();
    assert_eq!(raw::members(text).ok(), members.map(|Members(members)| members), "{text}");
}

/// The members of an object by serde_json.
struct Members<'t>(Vec<(Cow<'t, str>, &'t str)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    members.push((Cow::Owned(key), value.get()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[test]
fn an_error_says_what_is_wrong_and_at_which_byte() {
    for (text, byte, expected) in [
        ("", 0, "the document ends too early at line 1 column 1"),
        ("{\"a\": [1,\n", 10, "the document ends too early at line 2 column 1"),
        ("[1, x]", 4, "expected a value at line 1 column 5"),
        ("{\"a\": 1,\n \"b\": nul}", 15, "expected a value at line 2 column 7"),
        ("{a: 1}", 1, "expected a key in double quotes at line 1 column 2"),
        ("{\"a\": 1,}", 8, "expected a key in double quotes at line 1 column 9"),
        ("{\"a\" 1}", 5, "expected `:` after the key at line 1 column 6"),
        ("[1 2]", 3, "expected `,` or `]` at line 1 column 4"),
        ("{\"a\": 1 \"b\": 2}", 8, "expected `,` or `}` at line 1 column 9"),
        ("[-]", 2, "expected a digit at line 1 column 3"),
        ("[1.]", 3, "expected a digit at line 1 column 4"),
        ("[01]", 2, "a number with a leading zero at line 1 column 3"),
        ("\"a\tb\"", 2, "a control character in a string, without an escape at line 1 column 3"),
        (r#""a\qb""#, 3, "an escape that JSON does not have at line 1 column 4"),
        (r#""\u12g4""#, 3, "expected four hexadecimal digits after `\\u` at line 1 column 4"),
        (r#""a\ud800""#, 2, "an escape that stands for no character at line 1 column 3"),
        ("[1] x", 4, "text after the document at line 1 column 5"),
        ("\"é\" x", 5, "text after the document at line 1 column 6"),
    ] {
        let strict = raw::string(text).and_then(|_| raw::value(text));
        let error = raw::value(text).err().or(strict.err()).expect(text);
        assert_eq!((error.byte, &*error.to_string()), (byte, expected), "{text}");
        if !text.contains("ud800") {
            let arena = Arena::default();
            let fault = json::read(&arena, text, &Projection::WHOLE).expect_err(text);
            assert_eq!(fault.reason(), expected);
        }
    }
    let errors = [raw::items("{}"), raw::members("[]").map(|_| Vec::new()), raw::string("1").map(|_| Vec::new())];
    let told: Vec<String> = errors.into_iter().filter_map(|error| error.err()).map(|error| error.to_string()).collect();
    let expected = ["expected a list", "expected an object", "expected a string"];
    assert_eq!(told, expected.map(|problem| format!("{problem} at line 1 column 1")));
}
