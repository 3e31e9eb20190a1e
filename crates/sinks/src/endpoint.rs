//! Another HTTP endpoint, which takes events as NDJSON or as a JSON array.

use crate::batch::{Batch, Event, Place};
use crate::context::Context;
use crate::http::{Auth, BodyCompression, Client, Reach, TOO_LARGE, ca, grown};
use crate::sink::{OpenError, Refused, Sink, SinkError};
use crate::values::{Bytes, Span};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{HeaderName, HeaderValue};

/// An HTTP endpoint. What it answers with 2xx is stored; everything else is sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointSettings {
    /// Its URL.
    pub url: String,
    /// What a body is.
    #[serde(default)]
    pub body: BodyForm,
    /// Who the sink says that it is, and other headers.
    #[serde(default)]
    pub auth: Auth,
    /// A file of certificates in PEM to trust, in place of the usual ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// About how many bytes a request has before it is compressed, 4MB by default.
    #[serde(default = "size")]
    pub size: Bytes,
    /// How requests are compressed, by gzip by default.
    #[serde(default)]
    pub compress: BodyCompression,
    /// How long a request may take with its answer, 60s by default.
    #[serde(default = "timeout")]
    pub timeout: Span,
}

/// What a body is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyForm {
    /// A line for each event, `application/x-ndjson`.
    #[default]
    Ndjson,
    /// A JSON array of them, `application/json`.
    Array,
}

fn size() -> Bytes {
    Bytes(4_000_000)
}

fn timeout() -> Span {
    Span(Duration::from_secs(60))
}

impl EndpointSettings {
    pub(crate) fn open(&self, context: &Context) -> Result<Box<dyn Sink>, OpenError> {
        self.auth.check().map_err(OpenError)?;
        let reach = Reach { url: &self.url, auth: &self.auth, ca: ca(&self.ca), timeout: self.timeout };
        let client = Client::new(&reach, self.compress)?;
        let (form, most) = (self.body, usize::try_from(self.size.0).unwrap_or(usize::MAX));
        let (origin, stored) = (context.origin.clone(), Place::default());
        Ok(Box::new(Endpoint { client, form, size: most, most, origin, stored, refused: Vec::new() }))
    }
}

struct Endpoint {
    client: Client,
    form: BodyForm,
    /// How many bytes a request has; less than the most, where the endpoint took less.
    size: usize,
    most: usize,
    origin: String,
    /// Also in the middle of a batch: what is before is not sent again by this process.
    stored: Place,
    refused: Vec<Refused>,
}

/// Names the events of a request: the log, the first and the last of them. A receiver can tell by it what it has already.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl Endpoint {
    /// Sends the first of the events. How many it were.
    fn send(&mut self, events: &[Event<'_>]) -> Result<usize, SinkError> {
        let (body, sent) = self.body(events);
        let (first, last) = (events[0].place, events[sent - 1].place);
        let key = format!("{}-{:x}.{}-{:x}.{}", self.origin, first.sequence, first.record, last.sequence, last.record);
        let key = HeaderValue::from_str(&key).expect("digits are a header's value");
        let answer = self.client.post("", self.form.kind(), &[(IDEMPOTENCY_KEY, key)], &body)?;
        match answer.status {
            200..=299 => {
                self.size = grown(self.size, self.most);
                Ok(sent)
            }
            TOO_LARGE if sent > 1 => {
                self.size = body.len() / 2;
                Ok(0)
            }
            TOO_LARGE => {
                let reason = format!("the endpoint takes no request of {} bytes with this event alone", body.len());
                self.refused.push(Refused {
                    place: first,
                    id: events[0].id,
                    code: "too_large".to_owned(),
                    reason,
                    event: events[0].json.to_vec(),
                });
                Ok(sent)
            }
            _ => Err(self.client.refused(&answer)),
        }
    }

    /// A body of the first events, and how many it has.
    fn body(&self, events: &[Event<'_>]) -> (Vec<u8>, usize) {
        let [open, between, close] = self.form.around();
        let mut body = open.to_vec();
        let mut sent = 0;
        for event in events {
            if sent > 0 && body.len() >= self.size {
                break;
            }
            if sent > 0 {
                body.extend_from_slice(between);
            }
            body.extend_from_slice(event.json);
            sent += 1;
        }
        body.extend_from_slice(close);
        (body, sent)
    }
}

impl BodyForm {
    fn kind(self) -> &'static str {
        match self {
            BodyForm::Ndjson => "application/x-ndjson",
            BodyForm::Array => "application/json",
        }
    }

    fn around(self) -> [&'static [u8]; 3] {
        match self {
            BodyForm::Ndjson => [b"", b"\n", b"\n"],
            BodyForm::Array => [b"[", b",", b"]"],
        }
    }
}

impl Sink for Endpoint {
    fn stored(&self) -> Place {
        self.stored
    }

    fn write(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError> {
        let events: Vec<Event<'_>> = batch.events().filter(|event| event.place >= self.stored).collect();
        let mut open = &events[..];
        while !open.is_empty() {
            open = &open[self.send(open)?..];
            if let Some(next) = open.first() {
                self.stored = next.place;
            }
        }
        self.stored = batch.to();
        Ok(())
    }

    fn refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.refused)
    }
}
