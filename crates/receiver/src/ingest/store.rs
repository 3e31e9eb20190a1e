//! A body is stored: written as it came, and decoded meanwhile, for validity and to count its records.

use super::pieces::Pieces;
use super::refusal::{Reason, Refusal};
use crate::arrival::Arrival;
use crate::body::{BodyError, Records, Verdict};
use crate::event_id::Placed;
use crate::keys::Intake;
use crate::recent::{Digest, Recent};
use crate::store::{self, Draft, Store, StoreError};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;

/// A body, with all that is needed to store it.
pub(crate) struct Deposit {
    pub pieces: Pieces,
    pub arrival: Arrival,
    pub intake: Arc<Intake>,
    pub store: Arc<dyn Store>,
    pub recent: Arc<Recent<Placed>>,
    pub drops_duplicates: bool,
}

/// What became of a body.
pub(crate) struct Stored {
    pub outcome: Outcome,
    /// How many records it has.
    pub records: u32,
    /// Those that are too large, by number.
    pub oversize: Vec<u32>,
}

/// Whether a body is stored.
pub(crate) enum Outcome {
    /// It will be, or not: this tells when it is known.
    Submitted(oneshot::Receiver<Result<Placed, StoreError>>),
    /// It came before, and is there.
    Known(Placed),
    /// It has no records, or was sent to try whether it may: there is nothing to store.
    Nothing,
}

/// What was found in a body that is whole.
struct Counted {
    draft: Box<dyn Draft>,
    digest: Digest,
    decoded: u64,
    records: u32,
    oversize: Vec<u32>,
    is_validation: bool,
}

impl Deposit {
    /// Reads the body to its end and submits it. Blocks the thread while bytes come, and while too much is on its way to be stored.
    ///
    /// # Errors
    /// Where nothing of it is stored, and why.
    pub fn store(mut self) -> Result<Stored, Refusal> {
        let counted = self.count()?;
        let Counted { records, is_validation, .. } = counted;
        if records == 0 || is_validation {
            return Ok(Stored { outcome: Outcome::Nothing, records, oversize: Vec::new() });
        }
        let oversize = counted.oversize.clone();
        self.intake.counters.rejected.inc_by(oversize.len() as u64);
        if oversize.len() == records as usize {
            let most = self.arrival.record_bytes;
            return Err(Reason::EventTooLarge.because(format!("no event has at most {most} bytes")));
        }
        Ok(Stored { outcome: self.submit(counted), records, oversize })
    }

    /// Decodes the body while it is written, where it does not count yet.
    fn count(&mut self) -> Result<Counted, Refusal> {
        let pieces = std::mem::replace(&mut self.pieces, Pieces::whole(Vec::new()));
        let settings = &self.intake.settings;
        let draft = Some(Arc::clone(&self.store).draft()?);
        let tee = Tee { pieces, draft, bytes: 0, most: settings.encoded_bytes, failure: None };
        let records = Records::new(tee, &self.arrival)?;
        let mut records = records.at_most(settings.decoded_bytes).hashed(about(&self.arrival).as_bytes());
        let found = walk(&mut records);
        let encoded = records.source().bytes;
        self.intake.spend(encoded);
        self.intake.counters.encoded_bytes.inc_by(encoded);
        self.intake.counters.decoded_bytes.inc_by(records.decoded());
        let (oversize, is_validation) =
            found.map_err(|error| records.source().failure.take().unwrap_or_else(|| error.into()))?;
        let digest = records.digest().zip(records.source().draft.take());
        let (digest, draft) = digest.ok_or_else(|| Reason::Internal.because("a defect of this receiver"))?;
        let (decoded, records) = (records.decoded(), records.count());
        Ok(Counted { draft, digest, decoded, records, oversize, is_validation })
    }

    fn submit(self, counted: Counted) -> Outcome {
        let Deposit { arrival, intake, recent, drops_duplicates, .. } = self;
        let Counted { draft, digest, decoded, records, .. } = counted;
        if let Some(placed) = recent.find(&digest) {
            intake.counters.duplicates.inc();
            if drops_duplicates {
                intake.counters.dropped_duplicates.inc();
                return Outcome::Known(placed);
            }
        }
        let received = milliseconds();
        let deposit = store::Deposit { arrival: Arrival { records, ..arrival }, digest, decoded, received };
        let (tell, told) = oneshot::channel();
        let done = move |result: Result<Placed, StoreError>| {
            // Also where nobody waits any more: it is there, and will come again.
            if let Ok(placed) = &result {
                recent.insert(digest, placed.clone());
                intake.counters.stored(records, received);
            }
            drop(tell.send(result));
        };
        draft.submit(deposit, Box::new(done));
        Outcome::Submitted(told)
    }
}

/// Reads all records: the numbers of those that are too large, and whether it is an upload that only tries.
fn walk<R: Read>(records: &mut Records<R>) -> Result<(Vec<u32>, bool), BodyError> {
    let (mut oversize, mut is_validation) = (Vec::new(), false);
    while let Some(record) = records.next()? {
        match record.verdict {
            Verdict::Event => {}
            Verdict::Validation => is_validation = true,
            Verdict::Oversize(_) => oversize.push(record.number),
        }
    }
    Ok((oversize, is_validation))
}

/// What makes equal bytes different bodies.
fn about(arrival: &Arrival) -> String {
    let Arrival { intake, framing, timestamp, record_bytes, .. } = arrival;
    format!("{intake}\n{framing:?}\n{timestamp:?}\n{record_bytes}\n")
}

fn milliseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Bytes are written on their way to the decoder.
struct Tee {
    pieces: Pieces,
    draft: Option<Box<dyn Draft>>,
    bytes: u64,
    most: u64,
    failure: Option<Refusal>,
}

impl Tee {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.most {
            return Err(Reason::BodyTooLarge.because(format!("the body has more than {} bytes", self.most)));
        }
        match &mut self.draft {
            Some(draft) => Ok(draft.write(bytes)?),
            None => Ok(()),
        }
    }
}

impl Read for Tee {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.pieces.read(bytes)?;
        self.write(&bytes[..count]).map_err(|refusal| {
            self.failure = Some(refusal);
            io::Error::other("it cannot be stored")
        })?;
        Ok(count)
    }
}
