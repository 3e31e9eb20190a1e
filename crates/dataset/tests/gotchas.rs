//! How sources write nothing, and one thing in several notations: every format is held to it, field by field of its contract.

use serde_json::{Map, Value, json};
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use weir::diagnostic::{Diagnostics, Sources};
use weir::{FormatText, Input, Plan, Record, Scratch};
use weir_dataset::{Contract, ValueType, read_contract};

struct Dataset {
    contract: Contract,
    plan: Plan,
    records: Vec<Map<String, Value>>,
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text that can be read")
}

fn datasets() -> Vec<Dataset> {
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare");
    let folders = fs::read_dir(module).expect("the module").map(|entry| entry.expect("a folder").path());
    let mut roots: Vec<PathBuf> = folders.filter(|path| path.join("ingest/parser.yml").is_file()).collect();
    roots.sort();
    roots.iter().map(|root| dataset(root)).collect()
}

fn dataset(root: &Path) -> Dataset {
    let text = |name: &str| (name.to_owned(), read(&root.join(name)));
    let format =
        weir::compile(&FormatText { parser: text("ingest/parser.yml"), fields: vec![text("_meta/fields.yml")] });
    let contract = read_contract(&read(&root.join("dataset.yml")), Sources::new().add("", ""), &mut Diagnostics::new());
    let samples =
        fs::read_dir(root.join("samples")).expect("samples").map(|entry| read(&entry.expect("a file").path()));
    let lines: Vec<String> = samples.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let records = lines.iter().map(|line| serde_json::from_str(line).expect("an object")).collect();
    Dataset { contract: contract.expect("a contract"), plan: format.plan.expect("a plan"), records }
}

impl Dataset {
    /// The event of a record, without the message that it came from.
    fn event(&self, record: &Map<String, Value>) -> Value {
        let (message, mut out) = (Value::Object(record.clone()).to_string(), Vec::new());
        let record = Record { input: Input::Message(message.as_bytes()), now: 1_715_675_412, event_id: None };
        self.plan.run(&mut Scratch::default(), &record, &mut out);
        let mut event: Value = serde_json::from_slice(&out).expect("an event");
        event.as_object_mut().expect("an object").remove("message");
        event
    }

    /// Changes one field of every sample, and tells where the event is another one.
    fn changed(&self, change: impl Fn(&str, ValueType, &Value) -> Option<(Value, Value)>) -> Vec<String> {
        let mut found = Vec::new();
        for record in &self.records {
            for field in &self.contract.fields {
                let Some(value) = record.get(&field.name) else { continue };
                let Some((left, right)) = change(&field.name, field.kind, value) else { continue };
                let with = |value: &Value| {
                    let mut record = record.clone();
                    record.insert(field.name.clone(), value.clone());
                    self.event(&record)
                };
                let (one, other) = (with(&left), with(&right));
                let name = format!("{} {}: {left} and {right}", self.contract.name, field.name);
                if one != other && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        found
    }
}

/// Runs a change over all fields of all datasets: at least so many were looked at, and none but the known made a difference.
fn hold(at_least: usize, known: &[&str], change: impl Fn(&str, ValueType, &Value) -> Option<(Value, Value)>) {
    let count = std::cell::Cell::new(0);
    let counted = |name: &str, kind: ValueType, value: &Value| {
        let changed = change(name, kind, value);
        count.set(count.get() + usize::from(changed.is_some()));
        changed
    };
    let found: Vec<String> = datasets().iter().flat_map(|dataset| dataset.changed(counted)).collect();
    let new: Vec<&String> = found.iter().filter(|line| !known.iter().any(|known| line.starts_with(known))).collect();
    assert!(
        new.is_empty(),
        "{} of {} make a difference:\n{}",
        new.len(),
        count.get(),
        new.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n")
    );
    assert!(count.get() >= at_least, "only {} were looked at", count.get());
}

#[test]
fn empty_text_is_as_null_in_every_field() {
    // Open: this one protocol has a fallback that empty text reaches and null does not.
    hold(1000, &["dex_application_tests TracerouteProtocol"], |_, _, _| Some((json!(""), Value::Null)));
}

#[test]
fn an_empty_object_or_list_is_as_null() {
    hold(100, &[], |_, kind, _| match kind {
        ValueType::Object => Some((json!({}), Value::Null)),
        ValueType::Texts | ValueType::Ints | ValueType::Objects => Some((json!([]), Value::Null)),
        _ => None,
    });
}

#[test]
fn a_number_in_text_is_as_the_number() {
    // Open: a text of 0 is kept where the number 0 is absent.
    let known = [
        "dns_firewall_logs EDNSSubnetLength: \"0\"",
        "dns_firewall_logs UpstreamResponseCode: \"0\"",
        "dns_firewall_logs UpstreamResponseTimeMs: \"0\"",
        "dns_logs EDNSSubnetLength: \"0\"",
        "gateway_dns CustomResolveDurationMs: \"0\"",
        "gateway_dns InternalDNSRCode: \"0\"",
        "mnm_flow_logs TcpFlags: \"0\"",
    ];
    hold(100, &known, |_, kind, value| match (kind, value) {
        (ValueType::Int | ValueType::Float, Value::Number(number)) => Some((json!(number.to_string()), value.clone())),
        _ => None,
    });
}

#[test]
fn a_mapped_address_is_as_the_address() {
    // Masks, subnets and names that look like an address are kept as they were sent.
    let known = [
        "dex_application_tests HTTPClientIPNetmask",
        "dex_application_tests HTTPServerIPNetmask",
        "dex_application_tests TracerouteDestinationHostname",
        "dex_device_state_events DeviceIPv4Netmask",
        "dex_device_state_events GatewayIPv4Netmask",
        "dex_device_state_events ISPIPv4Netmask",
        "dns_firewall_logs EDNSSubnet",
        "dns_logs EDNSSubnet",
        "sinkhole_http_logs Host",
    ];
    hold(50, &known, |_, kind, value| {
        let address: Ipv4Addr = value.as_str().filter(|_| kind == ValueType::Text)?.parse().ok()?;
        Some((json!(format!("::ffff:{address}")), value.clone()))
    });
}

#[test]
fn a_country_in_small_letters_is_as_in_capitals() {
    // The reference page of access_requests keeps the case; the second of two countries is kept as it was sent.
    let known = ["access_requests Country", "dex_device_state_events ISPIPv6CountryISO"];
    hold(8, &known, |name, _, value| {
        let code = value.as_str().filter(|code| code.len() == 2 && name.contains("Country"))?;
        Some((json!(code.to_lowercase()), json!(code.to_uppercase())))
    });
}

#[test]
fn a_moment_is_the_same_in_all_five_notations() {
    let mut count = 0;
    for dataset in datasets() {
        for name in &dataset.contract.timestamps {
            let record =
                dataset.records.iter().find(|record| record.contains_key(name)).expect("a sample with the moment");
            let event = |value: Value| {
                let mut record = record.clone();
                record.insert(name.clone(), value);
                dataset.event(&record)
            };
            let first = event(json!("2024-05-14T08:30:12Z"));
            let others = [
                json!("2024-05-14T08:30:12.000Z"),
                json!("2024-05-14T08:30:12.000000000Z"),
                json!(1_715_675_412),
                json!(1_715_675_412_000_000_000_i64),
            ];
            for other in others {
                assert_eq!(event(other.clone()), first, "{} {name}: {other}", dataset.contract.name);
                count += 1;
            }
        }
    }
    assert!(count >= 37 * 4, "{count}");
}
