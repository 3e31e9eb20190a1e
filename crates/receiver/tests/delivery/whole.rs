//! A receiver with its listeners: what it says while it runs.

use crate::setup::{PARSER, Told};
use axum::Router;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use weir_receiver::config::System;
use weir_receiver::notices::{NoticeForm, Notices};
use weir_receiver::{Config, Receiver};

fn start(folder: &Path, parts: &str) -> (Receiver, Told) {
    fs::create_dir_all(folder.join("format/ingest")).expect("a folder");
    fs::write(folder.join("format/ingest/parser.yml"), PARSER).expect("it is written");
    let text =
        format!("http: {{listen: '127.0.0.1:0'}}\nintakes: {{web: {{format: format, key: key-of-web}}}}\n{parts}\n");
    let config = Config::parse(&folder.join("weir.yaml"), &text, &System).expect("no mistake");
    let told = Told::default();
    let notices = Notices::to(NoticeForm::Text, Box::new(told.clone()));
    let mut receiver = Receiver::start(config, Arc::new(notices), &Router::new()).expect("it listens");
    receiver.open().expect("it opens");
    (receiver, told)
}

#[test]
fn it_says_once_that_senders_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let sinks = "sinks: {gone: {type: http, url: 'http://127.0.0.1:9'}}";
    let (mut receiver, told) = start(folder.path(), &format!("log: {{bytes: 4 MiB, segment_bytes: 2 MiB}}\n{sinks}"));
    let url = format!("http://{}/plain?intake_key=key-of-web", receiver.addresses()[0].address);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let body = vec![b'x'; 200_000];
    let taken = (0..100).take_while(|_| agent.post(&url).send(&body).expect("an answer").status() == 200).count();
    assert!((1..100).contains(&taken), "{taken}");
    for _ in 0..3 {
        assert_eq!(receiver.look(), None);
    }
    assert_eq!(told.text().matches("senders are refused: ").count(), 1, "{}", told.text());
    receiver.stop();
}
