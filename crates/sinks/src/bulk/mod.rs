//! Elasticsearch and OpenSearch, by `_bulk`.
//!
//! Each event is created under its `event.id`, so that one that is sent again is there already. Answers are handled item by item.
//!
//! Why so: `docs/decisions/0143`.

mod answer;
mod index;

use crate::batch::{Batch, Event, Place};
use crate::http::{Auth, BodyCompression, Client, Reach, TOO_LARGE, ca, grown};
use crate::sink::{OpenError, Refused, Sink, SinkError};
use crate::under_way::UnderWay;
use crate::values::{Bytes, Span};
use answer::{Outcome, outcomes};
use index::IndexName;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An Elasticsearch or OpenSearch server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkSettings {
    /// Its URL, such as `https://search.example:9200`.
    pub url: String,
    /// The index or data stream: `weir-{format}` by default. `{format}`, `{date}`, `{year}`, `{month}`, `{day}`, `{hour}` and names of fields may
    /// stand in it; it is written in small letters.
    #[serde(default)]
    pub index: IndexName,
    /// Who the sink says that it is.
    #[serde(default)]
    pub auth: Auth,
    /// A file of certificates in PEM to trust, in place of the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// About how many bytes a request has before it is compressed, 8MB by default.
    #[serde(default = "size")]
    pub size: Bytes,
    /// How requests are compressed, by gzip by default.
    #[serde(default)]
    pub compress: BodyCompression,
    /// How long a request may take with its answer, 60s by default.
    #[serde(default = "timeout")]
    pub timeout: Span,
}

fn size() -> Bytes {
    Bytes(8_000_000)
}

fn timeout() -> Span {
    Span(Duration::from_secs(60))
}

impl BulkSettings {
    pub(crate) fn open(&self) -> Result<Box<dyn Sink>, OpenError> {
        self.auth.check().map_err(OpenError)?;
        let reach = Reach { url: &self.url, auth: &self.auth, ca: ca(&self.ca), timeout: self.timeout };
        let (client, index) = (Client::new(&reach, self.compress)?, self.index.clone());
        let most = usize::try_from(self.size.0).unwrap_or(usize::MAX);
        let (stored, refused, under_way) = (Place::default(), Vec::new(), UnderWay::default());
        Ok(Box::new(Bulk { client, index, size: most, most, stored, refused, under_way }))
    }
}

struct Bulk {
    client: Client,
    index: IndexName,
    /// How many bytes a request has; less than the most, where the server took less.
    size: usize,
    most: usize,
    stored: Place,
    refused: Vec<Refused>,
    under_way: UnderWay,
}

/// What is asked for of the answer: an item's status and error.
const PATH: &str = "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*._id";

const NDJSON: &str = "application/x-ndjson";

impl Bulk {
    /// Sends the first of the open events, and leaves in `open` those that are not stored.
    fn send(&mut self, events: &[Event<'_>], open: &mut Vec<usize>) -> Result<(), SinkError> {
        let mut body = Vec::new();
        let mut sent = 0;
        // Only one event alone may be larger: so half of a request that was too large has fewer of them.
        while let Some(number) = open.get(sent) {
            let before = body.len();
            self.index.write_item(&events[*number], &mut body);
            if sent > 0 && body.len() > self.size {
                body.truncate(before);
                break;
            }
            sent += 1;
        }
        let answer = self.client.post(PATH, NDJSON, &[], &body)?;
        if answer.status == TOO_LARGE {
            return self.shrink(body.len(), sent, events, open);
        }
        if !(200..300).contains(&answer.status) {
            return Err(self.client.refused(&answer));
        }
        let items = outcomes(&answer.body, open[..sent].iter().map(|number| events[*number].id));
        let items = items.map_err(|why| SinkError::new(format!("the answer to _bulk is none: {why}")))?;
        self.size = grown(self.size, self.most);
        self.settle(&items, events, open, answer.retry_after)
    }

    /// A server that takes no request of this size takes smaller ones, or will never take this event.
    fn shrink(
        &mut self,
        bytes: usize,
        sent: usize,
        events: &[Event<'_>],
        open: &mut Vec<usize>,
    ) -> Result<(), SinkError> {
        if sent > 1 {
            self.size = bytes / 2;
        } else {
            let reason = format!("the server takes no request of {bytes} bytes with this event alone");
            self.refuse(&events[open.remove(0)], "too_large", reason);
        }
        Ok(())
    }

    fn settle(
        &mut self,
        items: &[Outcome],
        events: &[Event<'_>],
        open: &mut Vec<usize>,
        retry_after: Option<Duration>,
    ) -> Result<(), SinkError> {
        let (mut later, mut why) = (Vec::new(), None);
        // What refuses one event and takes others of the same request has nothing against the index.
        let is_index_well = items.contains(&Outcome::Stored);
        for (item, number) in items.iter().zip(open.iter()) {
            match item {
                Outcome::Stored => {}
                Outcome::Refused { code, reason } => self.refuse(&events[*number], code, reason.clone()),
                Outcome::Unclear { code, reason } if is_index_well => {
                    self.refuse(&events[*number], code, reason.clone());
                }
                Outcome::Unclear { reason, .. } | Outcome::Later { reason } => {
                    later.push(*number);
                    why.get_or_insert_with(|| reason.clone());
                }
            }
        }
        let (count, all) = (later.len(), items.len());
        open.splice(..all, later);
        match why {
            None => Ok(()),
            Some(why) => {
                Err(SinkError { why: format!("{count} of {all} events are not taken now: {why}"), retry_after })
            }
        }
    }

    fn refuse(&mut self, event: &Event<'_>, code: &str, reason: String) {
        let (place, id, event) = (event.place, event.id, event.json.to_vec());
        self.refused.push(Refused { place, id, code: code.to_owned(), reason, event });
    }
}

impl Sink for Bulk {
    fn stored(&self) -> Place {
        self.stored
    }

    fn write(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError> {
        let mut open = self.under_way.open(batch);
        let events: Vec<Event<'_>> = batch.events().collect();
        while !open.is_empty() {
            if let Err(error) = self.send(&events, &mut open) {
                self.under_way.keep(batch, open);
                return Err(error);
            }
        }
        self.stored = batch.to();
        Ok(())
    }

    fn refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.refused)
    }
}
