//! The index that an event goes to.

use crate::batch::Event;
use crate::partition::{Template, time_of};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A template of the name of an index or data stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Template", into = "Template")]
pub struct IndexName(Template);

impl Default for IndexName {
    fn default() -> Self {
        IndexName("weir-{format}".parse().expect("it is a template"))
    }
}

impl TryFrom<Template> for IndexName {
    type Error = String;

    fn try_from(template: Template) -> Result<Self, String> {
        let text = String::from(template.clone());
        let forbidden: &[char] = &['/', '\\', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':'];
        match text.is_empty() || text.contains(forbidden) || text.starts_with(['-', '_', '+']) {
            true => Err(format!("`{text}` is no name of an index")),
            false => Ok(IndexName(template)),
        }
    }
}

impl From<IndexName> for Template {
    fn from(name: IndexName) -> Self {
        name.0
    }
}

impl IndexName {
    /// Appends the two lines of an event.
    pub(super) fn write_item(&self, event: &Event<'_>, body: &mut Vec<u8>) {
        let mut name = String::new();
        let time = if self.0.has_time() { time_of(event) } else { 0 };
        self.0.write(event, time, &mut name);
        write_action(&name.trim_end_matches('/').to_lowercase(), event.id, body);
        body.extend_from_slice(event.json);
        body.push(b'\n');
    }
}

/// The action before each event: it is made under its id, and nothing is made where it is already.
fn write_action(index: &str, id: u128, body: &mut Vec<u8>) {
    body.extend_from_slice(b"{\"create\":{\"_index\":");
    weir::json::write_text(body, index);
    body.extend_from_slice(b",\"_id\":\"");
    body.extend_from_slice(Uuid::from_u128(id).hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
    body.extend_from_slice(b"\"}}\n");
}
