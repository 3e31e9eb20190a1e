//! The index that an event goes to.

use super::write_action;
use crate::batch::Event;
use crate::partition::{Template, time_of};
use serde::{Deserialize, Serialize};

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
