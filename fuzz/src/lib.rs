//! What must hold whatever the spec and the event: the bodies of the fuzz targets, which the tests run over `seeds/` too.
//!
//! An input is a spec, a line `===`, and an event's message; one without that line is a spec alone.

use weir::{Format, FormatText, Input, Record, Report, Scratch};

/// The line between spec and message.
const BETWEEN: &[u8] = b"\n===\n";

/// Whether an input's spec compiles.
pub fn has_plan(data: &[u8]) -> bool {
    read(data).0.plan.is_some()
}

/// Any text compiles or has findings, and a plan explains itself.
pub fn compile(data: &[u8]) {
    let (format, _) = read(data);
    assert!(format.plan.is_some() || format.findings.has_errors(), "no plan, and no reason");
    format.plan.iter().for_each(|plan| assert!(!plan.explain().is_empty()));
}

/// A run appends one line of JSON, the same each time.
pub fn run(data: &[u8]) {
    let (format, message) = read(data);
    let Some(plan) = &format.plan else { return };
    let record = Record { input: Input::Message(message), now: 0, event_id: None };
    let mut scratch = Scratch::default();
    let [mut first, mut second] = [Vec::new(), Vec::new()];
    plan.run(&mut scratch, &record, &mut first);
    plan.run(&mut scratch, &record, &mut second);
    assert!(first.starts_with(b"{") && first.ends_with(b"}") && !first.contains(&b'\n'), "no line of JSON");
    assert_eq!(first, second, "the scratch remembers");
}

/// The program that all passes made and the one that none touched agree.
pub fn parity(data: &[u8]) {
    let (format, message) = read(data);
    let Some(plan) = &format.plan else { return };
    let plain = plan.with_passes(&|_| false);
    let record = |input| Record { input, now: 0, event_id: Some("id") };
    let records = [Input::Message(message), Input::Event(message), Input::Message(b"{}")].map(record);
    let told = |event: &[u8], report: &Report| format!("{} {report:?}", String::from_utf8_lossy(event));
    let (mut scratch, mut together) = (Scratch::default(), Vec::new());
    let (mut rest, mut event) = (&records[..], Vec::new());
    while !rest.is_empty() {
        rest = &rest[plan.run_batch(&mut scratch, rest, |event, report| together.push(told(event, report)))..];
    }
    assert_eq!(together.len(), records.len());
    for (record, together) in records.iter().zip(together) {
        event.clear();
        let mut scratches = [Scratch::default(), Scratch::default()];
        let fast = plan.run(&mut scratches[0], record, &mut event);
        assert_eq!(told(&event, fast), together);
        event.clear();
        let report = plain.run(&mut scratches[1], record, &mut event);
        assert_eq!(told(&event, report), together);
    }
}

fn read(data: &[u8]) -> (Format, &[u8]) {
    let place = data.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    let (spec, message) = place.map_or((data, &b""[..]), |place| (&data[..place], &data[place + BETWEEN.len()..]));
    let parser = ("parser.yml".to_owned(), String::from_utf8_lossy(spec).into_owned());
    (weir::compile(&FormatText { parser, fields: Vec::new() }), message)
}
