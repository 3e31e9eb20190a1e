//! Names of people and devices, as events have them.

use crate::json::Json;

/// Last parts of fields whose values name somebody, and what must be in the name of the field.
const NAMING: &[(&str, &[&str])] = &[
    ("name", &["user", "host", "device", "group"]),
    ("id", &["user", "host", "device"]),
    ("full_name", &["user"]),
    ("email", &["user"]),
    ("hostname", &[""]),
    ("domain", &["user", "source", "destination", "client", "server", "url"]),
    ("address", &["source", "destination", "client", "server", "from", "to"]),
    ("user", &["related"]),
    ("hosts", &["related"]),
    ("serial_number", &[""]),
];

/// The names that an event has in fields that name somebody.
pub fn of_event(event: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(event) = Json::read(event) {
        collect("", &event, &mut found);
    }
    found.retain(|name| name.len() >= 2 && name.len() <= 200 && !is_of_everybody(name));
    found
}

/// Whether a name is that of no person and no machine.
pub fn is_of_everybody(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "-",
        "admin",
        "administrator",
        "anonymous",
        "daemon",
        "guest",
        "localhost",
        "n/a",
        "nobody",
        "none",
        "null",
        "root",
        "system",
        "unknown",
        "user",
        "www-data",
    ];
    NAMES.contains(&&*name.to_lowercase()) || name.starts_with("NT AUTHORITY")
}

fn collect(name: &str, value: &Json, found: &mut Vec<String>) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                collect(&name, value, found);
            }
        }
        Json::List(items) => items.iter().for_each(|item| collect(name, item, found)),
        Json::Text(text) if names_somebody(name) => {
            found.push(text.clone());
            // A domain or a realm may stand before or behind the name.
            found.extend(text.split(['\\', '@']).skip(1).map(str::to_owned));
        }
        _ => {}
    }
}

fn names_somebody(field: &str) -> bool {
    let last = field.rsplit('.').next().unwrap_or_default();
    NAMING.iter().any(|(part, words)| {
        *part == last && words.iter().any(|word| word.is_empty() || field.split('.').any(|part| part == *word))
    })
}
