//! Whether two events say the same.

use serde_json::Value;

/// Fields that weir infers and that are not compared: the peers have no list of public suffixes that follows the same
/// rules, so they do not set them. weir does that work all the same.
pub const INFERRED: [&str; 3] = ["registered_domain", "subdomain", "top_level_domain"];

/// Below which fields they stand.
pub const DOMAINS: [&str; 3] = ["url", "source", "destination"];

/// Fields that weir infers from a user agent, which are compared only with a peer that parses those too.
pub const AGENT: [&str; 4] = ["user_agent.device", "user_agent.name", "user_agent.os", "user_agent.version"];

/// Compares the events of two contenders, record by record; what comes from user agents only where it is asked for.
///
/// # Errors
/// Shows the first two that differ.
pub fn same(ours: &[Vec<u8>], theirs: &[Vec<u8>], with_agents: bool) -> Result<(), String> {
    if ours.len() != theirs.len() {
        return Err(format!("{} events, not {}", theirs.len(), ours.len()));
    }
    for (ours, theirs) in ours.iter().zip(theirs) {
        let (expected, found) = (canonical(ours, with_agents)?, canonical(theirs, with_agents)?);
        if expected != found {
            return Err(format!("an event differs\nweir:  {expected}\nother: {found}"));
        }
    }
    Ok(())
}

fn canonical(event: &[u8], with_agents: bool) -> Result<Value, String> {
    let mut event: Value = serde_json::from_slice(event).map_err(|error| format!("an event is no JSON: {error}"))?;
    for (above, name) in DOMAINS.into_iter().flat_map(|above| INFERRED.map(|name| (above, name))) {
        remove(&mut event, &format!("{above}.{name}"));
    }
    if !with_agents {
        AGENT.into_iter().for_each(|name| remove(&mut event, name));
    }
    if let Some(url) = event.get_mut("url").and_then(Value::as_object_mut) {
        url.values_mut().for_each(without_escapes);
    }
    if let Some(related) = event.get_mut("related").and_then(Value::as_object_mut) {
        for list in related.values_mut().filter_map(Value::as_array_mut) {
            list.sort_by_key(Value::to_string);
        }
    }
    if let Some(Value::String(time)) = event.get_mut("@timestamp") {
        *time = instant(time);
    }
    event.sort_all_objects();
    Ok(event)
}

fn remove(event: &mut Value, name: &str) {
    match name.split_once('.') {
        Some((first, rest)) => {
            if let Some(inner) = event.get_mut(first) {
                remove(inner, rest);
            }
        }
        None => _ = event.as_object_mut().and_then(|object| object.shift_remove(name)),
    }
}

/// An equals sign that CEF escapes is compared without its backslash: weir keeps it, as the public engine does, and others do not.
fn without_escapes(value: &mut Value) {
    if let Value::String(text) = value {
        *text = text.replace("\\=", "=");
    }
}

/// A time in UTC as weir has it, whether or not it is written with zeros that say nothing, or finer than microseconds.
fn instant(time: &str) -> String {
    let time = time.strip_suffix("+00:00").or(time.strip_suffix('Z')).unwrap_or(time);
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let fraction = fraction.get(..6).unwrap_or(fraction).trim_end_matches('0');
    format!("{seconds}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::same;

    const WEIR: &str =
        r#"{"user_agent":{"name":"curl"},"url":{"query":"a\\=1","subdomain":"www"},"related":{"ip":["1","2"]}}"#;

    fn compare(theirs: &str, with_agents: bool) -> Result<(), String> {
        same(&[WEIR.as_bytes().to_vec()], &[theirs.as_bytes().to_vec()], with_agents)
    }

    #[test]
    fn what_peers_do_not_infer_is_left_out_and_agents_only_where_they_are() {
        let without = r#"{"user_agent":{},"url":{"query":"a=1"},"related":{"ip":["2","1"]}}"#;
        assert_eq!(compare(without, false), Ok(()));
        assert!(compare(without, true).is_err());
        assert!(compare(&without.replace("a=1", "a=2"), false).is_err());
    }
}
