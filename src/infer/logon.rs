//! What follows from the number of a Windows event that reports a logon.

use super::{Fields, Rule};
use crate::value::{Fault, List, Value};

/// `An account was successfully logged on.`
const SUCCEEDED: i64 = 4624;
/// `An account failed to log on.`
const FAILED: i64 = 4625;

pub(super) const RULE: Rule = Rule {
    name: "logon",
    reads: READS,
    writes: WRITES,
    needs: &[(WRITES, &["action.id"])],
    summary: "Where `action.id` is 4624 or 4625, a Windows logon that succeeded or failed, `event.category` has \
              `authentication`, `event.type` has `start`, `action.outcome` is told, and what the event's properties say of \
              the parties goes to `user`, `client`, `server` and `sekoiaio`.",
    evidence: "79 fields over the public pairs, no exception, in 9 pairs: logon types 3 (5 times) and 5 (once), the reason \
               `user_not_exist` twice; the names of the other logon types are those of Windows and have no witness",
    apply: logon,
};

const READS: &[&str] = &[
    "action.id",
    "host.hostname",
    "host.ip",
    "process.name",
    "action.properties",
    "action.properties.LogonType",
    "action.properties.LogonProcessName",
    "action.properties.SubStatus",
    "action.properties.SubjectUserSid",
    "action.properties.SubjectUserName",
    "action.properties.TargetUserSid",
    "action.properties.TargetUserName",
    "action.properties.WorkstationName",
    "action.properties.IpAddress",
];

const WRITES: &[&str] = &[
    "event.category",
    "event.type",
    "action.outcome",
    "event.action",
    "event.reason",
    "user.id",
    "user.name",
    "user.target.id",
    "user.target.name",
    "client.ip",
    "server.ip",
    "sekoiaio.authentication.process.name",
    "sekoiaio.client.name",
    "sekoiaio.client.os.type",
    "sekoiaio.server.name",
    "sekoiaio.server.os.type",
];

/// The place of a field in [`READS`].
#[derive(Clone, Copy)]
enum LogonRead {
    ActionId,
    Hostname,
    HostIp,
    ProcessName,
    Properties,
}

/// A property of the event, with its place in [`READS`] as a field of its own.
#[derive(Clone, Copy)]
enum LogonProperty {
    LogonType = 5,
    LogonProcessName,
    SubStatus,
    SubjectUserSid,
    SubjectUserName,
    TargetUserSid,
    TargetUserName,
    WorkstationName,
    IpAddress,
}

/// The place of a field in [`WRITES`].
#[derive(Clone, Copy)]
enum Write {
    Category,
    Type,
    Outcome,
    Action,
    Reason,
    UserId,
    UserName,
    TargetId,
    TargetName,
    ClientIp,
    ServerIp,
    ProcessName,
    ClientName,
    ClientSystem,
    ServerName,
    ServerSystem,
}

fn logon(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    let outcome = match fields.get(LogonRead::ActionId as usize) {
        Value::Int(SUCCEEDED) => "success",
        Value::Int(FAILED) => "failure",
        _ => return Ok(()),
    };
    set_text(fields, Write::Outcome, outcome);
    gain(fields, Write::Category, "authentication")?;
    gain(fields, Write::Type, "start")?;
    set_text(fields, Write::ServerSystem, "windows");
    let process =
        property(fields, LogonProperty::LogonProcessName).or_else(|| fields.text(LogonRead::ProcessName as usize));
    if let Some(name) = process {
        set_text(fields, Write::ProcessName, name);
    }
    if let Some(kind) = logon_type(fields).and_then(action) {
        set_text(fields, Write::Action, kind);
    }
    if let Some(reason) = property(fields, LogonProperty::SubStatus).and_then(reason) {
        set_text(fields, Write::Reason, reason);
    }
    copy(fields, LogonProperty::SubjectUserSid, Write::UserId);
    copy(fields, LogonProperty::SubjectUserName, Write::UserName);
    copy(fields, LogonProperty::TargetUserSid, Write::TargetId);
    copy(fields, LogonProperty::TargetUserName, Write::TargetName);
    parties(fields);
    Ok(())
}

/// The machine that was logged on to, and the one from which: itself, where no workstation is named.
fn parties(fields: &mut Fields<'_, '_>) {
    let Some(workstation) = raw(fields, LogonProperty::WorkstationName) else { return };
    let (hostname, address) = (fields.text(LogonRead::Hostname as usize), fields.get(LogonRead::HostIp as usize));
    if let Some(hostname) = hostname {
        set_text(fields, Write::ServerName, hostname);
    }
    if !address.is_missing() {
        fields.fill(Write::ServerIp as usize, address);
    }
    set_text(fields, Write::ClientSystem, "windows");
    if workstation == NOTHING {
        if let Some(hostname) = hostname {
            set_text(fields, Write::ClientName, hostname);
        }
    } else {
        set_text(fields, Write::ClientName, workstation);
        copy(fields, LogonProperty::IpAddress, Write::ClientIp);
    }
}

/// What Windows writes where it has no value.
const NOTHING: &str = "-";

/// The text of a property; `None` where there is none or Windows says that it has none.
fn property<'a>(fields: &Fields<'_, 'a>, property: LogonProperty) -> Option<&'a str> {
    raw(fields, property).filter(|text| *text != NOTHING)
}

/// The text of a property.
fn raw<'a>(fields: &Fields<'_, 'a>, property: LogonProperty) -> Option<&'a str> {
    value(fields, property).as_text().filter(|text| !text.is_empty())
}

/// A property, be it a field of its own or in the dict of properties.
fn value<'a>(fields: &Fields<'_, 'a>, property: LogonProperty) -> Value<'a> {
    let own = fields.get(property as usize);
    if !own.is_missing() && own.as_text() != Some("") {
        return own;
    }
    let name = READS[property as usize].rsplit('.').next();
    match (fields.get(LogonRead::Properties as usize), name) {
        (Value::Map(map), Some(name)) => map.get_text(name).unwrap_or(Value::Undefined),
        _ => Value::Undefined,
    }
}

fn copy(fields: &mut Fields<'_, '_>, from: LogonProperty, to: Write) {
    if let Some(text) = property(fields, from) {
        set_text(fields, to, text);
    }
}

fn set_text<'a>(fields: &mut Fields<'_, 'a>, field: Write, text: &'a str) {
    fields.set(field as usize, Value::Text(text));
}

/// Adds a word to a list, which is made of what the field has.
fn gain<'a>(fields: &mut Fields<'_, 'a>, field: Write, word: &'a str) -> Result<(), Fault> {
    let arena = fields.arena();
    let list = List::new(arena);
    match fields.current(field as usize) {
        Value::List(items) => items.iter().try_for_each(|item| list.push(arena, item))?,
        value if value.is_missing() => {}
        value => list.push(arena, value)?,
    }
    if list.iter().all(|item| item.as_text() != Some(word)) {
        list.push(arena, Value::Text(word))?;
    }
    fields.set(field as usize, Value::List(arena.bump().alloc(list)));
    Ok(())
}

/// The type of the logon; senders of JSON write it as a number or as text.
fn logon_type(fields: &Fields<'_, '_>) -> Option<i64> {
    match value(fields, LogonProperty::LogonType) {
        Value::Int(number) => Some(number),
        value => value.as_text()?.parse().ok(),
    }
}

/// What is done, by the type of the logon.
fn action(logon_type: i64) -> Option<&'static str> {
    Some(match logon_type {
        2 => "authentication_interactive",
        3 => "authentication_network",
        4 => "authentication_batch",
        5 => "authentication_service",
        7 => "authentication_unlock",
        8 => "authentication_network_cleartext",
        9 => "authentication_alternative_credentials",
        10 => "authentication_remote_interactive",
        11 => "authentication_cached_interactive",
        _ => return None,
    })
}

/// Why a logon failed, by its code; of the others no recorded pair tells.
fn reason(code: &str) -> Option<&'static str> {
    code.eq_ignore_ascii_case("0xc0000064").then_some("user_not_exist")
}
