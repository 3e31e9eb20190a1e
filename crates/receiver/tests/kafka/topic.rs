//! What a receiver stores in the topic.

use crate::setup::{Setup, TOPIC, lines, post, push};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use weir_receiver::kafka::PART_BYTES;
use weir_receiver::{Framing, event_id};

#[test]
fn a_large_body_is_in_parts_between_lines_and_its_ids_are_those_that_were_told() {
    let setup = Setup::new(3);
    let receiver = setup.receiver();
    let body = lines(0..200_000);
    let ids = push(&receiver, &body);
    let parts = body.len().div_ceil(PART_BYTES);
    let mut stored = setup.stored(parts);
    assert_eq!(stored.len(), parts);
    stored.sort_by_key(|stored| stored.note.sequence);
    let (mut whole, mut all_ids) = (Vec::new(), Vec::new());
    for part in &stored {
        assert!(part.body.len() <= PART_BYTES && part.body.ends_with(b"\n"));
        assert_eq!((part.note.arrival.intake.as_str(), &part.note.arrival.framing), ("web", &Framing::Lines));
        let log = part.note.log().expect("an id");
        let id = |record| event_id(log, part.note.sequence, record).to_string();
        all_ids.extend((0..part.note.arrival.records).map(id));
        whole.extend_from_slice(&part.body);
    }
    assert_eq!(String::from_utf8(whole).expect("text"), body);
    assert_eq!(ids, all_ids);
    receiver.stop();
}

#[test]
fn nothing_of_a_body_that_is_cut_off_gets_to_the_topic() {
    let setup = Setup::new(1);
    let receiver = setup.receiver();
    // It is ready once it takes this.
    push(&receiver, &lines(0..1));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(lines(1..300_000).as_bytes()).expect("memory");
    let mut whole = gzip.finish().expect("memory");
    whole.truncate(whole.len() - 5);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("http://{}/plain/batch", receiver.addresses()[0].address);
    let request = agent.post(url).header("X-SEKOIAIO-INTAKE-KEY", crate::setup::KEY).header("Content-Encoding", "gzip");
    assert_eq!(request.send(&whole[..]).expect("an answer").status().as_u16(), 400);
    push(&receiver, &lines(5..6));
    let stored = setup.stored(2);
    assert_eq!(stored.iter().map(|part| part.body.len()).collect::<Vec<_>>(), [8, 8], "the two that were whole");
    receiver.stop();
}

#[test]
fn a_body_that_comes_again_unacknowledged_has_the_numbers_that_it_had_and_an_acknowledged_one_has_new_ones() {
    let setup = Setup::new(1);
    let receiver = setup.receiver();
    push(&receiver, &lines(0..1));
    // The broker is known to be there: the body is sent, and nobody answers.
    setup.cluster.broker_down(1).expect("a broker");
    let (status, text) = post(&receiver, lines(1..2).as_bytes());
    assert_eq!(status, 503, "{text}");
    setup.cluster.broker_up(1).expect("a broker");
    let second = push(&receiver, &lines(2..3));
    let first = push(&receiver, &lines(1..2));
    let again = push(&receiver, &lines(1..2));
    assert_ne!(first, again);
    let numbers: Vec<u64> = [first, second, again]
        .iter()
        .map(|ids| weir_receiver::Origin::of(ids[0].parse().expect("a UUID")).sequence)
        .collect();
    assert!(numbers[0] < numbers[1] && numbers[1] < numbers[2], "{numbers:?}: the one that was sent first was first");
    receiver.stop();
}

#[test]
fn a_topic_that_is_not_there_is_told_and_nothing_is_taken() {
    let setup = Setup::new(1);
    let mut config = setup.config("receiver", "");
    config.topic.as_mut().expect("a topic").topic = format!("{TOPIC}-other");
    // The cluster in memory makes topics when they are asked for: errors stand for one that does not.
    setup
        .cluster
        .topic_error(&format!("{TOPIC}-other"), rdkafka::types::RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        .expect("an error");
    let notices =
        std::sync::Arc::new(weir_receiver::notices::Notices::standard(weir_receiver::notices::NoticeForm::Text));
    let mut receiver = weir_receiver::Receiver::start(config, notices, &axum::Router::new()).expect("it starts");
    receiver.open().expect("it opens");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let (status, text) = post(&receiver, lines(0..1).as_bytes());
    assert_eq!(status, 503);
    assert!(text.contains("unavailable"), "{text}");
    receiver.stop();
}
