//! What `--anonymise` replaces, what it leaves, and what it tells.

use weir_author::anonymise::Anonymiser;

#[test]
fn no_learnt_name_is_left_however_it_is_written() {
    for (name, text) in [
        ("O'Brien", r#"{"user":"O'Brien","text":"for o'brien, ok"}"#),
        ("jean-luc.p", r#"{"user":"jean-luc.p","mail":"jean-luc.p@corp.acme.com"}"#),
        ("marie+admin", r#"{"user":"marie+admin"}"#),
        ("Zoë K", r#"{"user":"Zo\u00eb K"}"#),
        ("margaret", r#"{"act":"MARGARET margaret123 host-margaret db.margaret \"margaret\""}"#),
        (r"ACME\margaret", r#"{"user":"ACME\\margaret","list":["acme margaret"]}"#),
        ("bob.martin", "user=bob.martin host=bob.martin.example"),
        ("pc-13", "on PC-13, pc-13-eth0"),
    ] {
        let mut anonymiser = Anonymiser::new(7);
        anonymiser.learn(format!(r#"{{"user":{{"name":{}}}}}"#, weir_author::json::quoted(name)).as_bytes());
        assert!(!anonymiser.left(text).is_empty(), "{name} is in {text}");
        let new = anonymiser.replace(text);
        assert!(anonymiser.left(&new).is_empty(), "{new}");
        assert!(!new.to_lowercase().contains("margaret") && !new.contains("ACME"), "{new}");
        assert!(!text.starts_with('{') || weir_author::json::Json::read(new.as_bytes()).is_ok(), "{new}");
        assert!(!new.contains("example.com") || name.contains("luc"), "a person is no host: {new}");
    }
    let mut anonymiser = Anonymiser::new(7);
    anonymiser.learn(br#"{"user":{"name":"marg"}}"#);
    let new = anonymiser.replace("xmargy");
    assert_eq!(anonymiser.left(&new).into_iter().collect::<Vec<_>>(), ["marg"], "what is left is told");
}

#[test]
fn values_of_json_are_replaced_and_nothing_else_of_it() {
    let mut anonymiser = Anonymiser::new(7);
    anonymiser.learn(br#"{"user":{"name":["src","true"],"id":12345678}}"#);
    let new = anonymiser.replace(r#"head {"user" : "src", "src": "x", "ok":true, "n": 12345678, "m":1.50}"#);
    assert!(new.starts_with(r#"head {"user" : ""#) && new.contains(r#"", "src": "x", "ok":true, "n": "#), "{new}");
    assert!(new.ends_with(r#", "m":1.50}"#) && !new.contains("12345678") && !new.contains(r#""src","#), "{new}");
    assert!(anonymiser.replace("src=1 user=src").starts_with("src=1 user="));
}

#[test]
fn keys_and_tokens_are_ids() {
    let text = "key AKIAIOSFODNN7EXAMPLA mac 001b.4411.3ab7 token eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJ ECDHE-RSA-AES128-GCM-SHA256";
    let new = Anonymiser::new(7).replace(text);
    for gone in ["AKIAIOSFODNN7EXAMPLA", "001b.4411.3ab7", "eyJhbGciOiJIUzI1", "SflKxwRJ"] {
        assert!(!new.contains(gone), "{new}");
    }
    assert!(new.contains(" 0000.5e00.5301 ") && new.ends_with(" ECDHE-RSA-AES128-GCM-SHA256"), "{new}");
}

#[test]
fn own_fields_that_are_called_like_names_name_somebody() {
    let mut anonymiser = Anonymiser::new(7);
    let event = br#"{"acme":{"EventData":{"TargetUserName":"margaret"},"Computer":"PC-13","accountId":"123456789012"},"colour":"green"}"#;
    anonymiser.learn(event);
    let new = anonymiser.replace("margaret on PC-13 of 123456789012 is green");
    assert!(!new.contains("margaret") && !new.contains("PC-13") && !new.contains("123456789012"), "{new}");
    assert!(new.ends_with(" is green"), "{new}");
}
