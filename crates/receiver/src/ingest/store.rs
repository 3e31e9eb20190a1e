//! A body is stored: written to the log as it came, and decoded meanwhile, for validity and to count its records.

use super::pieces::Pieces;
use super::refusal::{Reason, Refusal};
use crate::arrival::Arrival;
use crate::body::{BodyError, Records, Verdict};
use crate::keys::Intake;
use crate::recent::{Digest, Recent};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use weir_log::{Append, Log, Refusal as LogRefusal, Sequence};

/// A body, with all that is needed to store it.
pub(crate) struct Deposit {
    pub pieces: Pieces,
    pub arrival: Arrival,
    pub intake: Arc<Intake>,
    pub log: Arc<Log>,
    pub recent: Arc<Recent>,
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

/// Whether a body is in the log.
pub(crate) enum Outcome {
    /// It will be, or not: this tells when it is known.
    Submitted(oneshot::Receiver<Result<Sequence, LogRefusal>>),
    /// It came before, and is there.
    Known(Sequence),
    /// It has no records, or was sent to try whether it may: there is nothing to store.
    Nothing,
}

/// What was found in a body that is whole.
struct Counted {
    append: Append,
    digest: Digest,
    records: u32,
    oversize: Vec<u32>,
    is_validation: bool,
}

impl Deposit {
    /// Reads the body to its end and submits it. Blocks the thread while bytes come, and while the log has no room in its queue.
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

    /// Decodes the body while it goes to the log, where it does not count yet.
    fn count(&mut self) -> Result<Counted, Refusal> {
        let pieces = std::mem::replace(&mut self.pieces, Pieces::whole(Vec::new()));
        let settings = &self.intake.settings;
        let tee =
            Tee { pieces, append: Some(self.log.append()?), bytes: 0, most: settings.encoded_bytes, failure: None };
        let records = Records::new(tee, &self.arrival)?;
        let mut records = records.at_most(settings.decoded_bytes).hashed(about(&self.arrival).as_bytes());
        let found = walk(&mut records);
        let encoded = records.source().bytes;
        self.intake.spend(encoded);
        self.intake.counters.encoded_bytes.inc_by(encoded);
        self.intake.counters.decoded_bytes.inc_by(records.decoded());
        let (oversize, is_validation) =
            found.map_err(|error| records.source().failure.take().unwrap_or_else(|| error.into()))?;
        let digest = records.digest().zip(records.source().append.take());
        let (digest, append) = digest.ok_or_else(|| Reason::Internal.because("a defect of this receiver"))?;
        Ok(Counted { append, digest, records: records.count(), oversize, is_validation })
    }

    fn submit(self, counted: Counted) -> Outcome {
        let Deposit { arrival, intake, recent, drops_duplicates, .. } = self;
        let Counted { append, digest, records, .. } = counted;
        if let Some(sequence) = recent.find(&digest) {
            intake.counters.duplicates.inc();
            if drops_duplicates {
                intake.counters.dropped_duplicates.inc();
                return Outcome::Known(sequence);
            }
        }
        let metadata = serde_json::to_vec(&Arrival { records, ..arrival }).unwrap_or_default();
        let received = milliseconds();
        let (tell, told) = oneshot::channel();
        append.submit(&metadata, received, move |result| {
            // Also where nobody waits any more: it is there, and will come again.
            if let Ok(sequence) = &result {
                recent.insert(digest, *sequence);
                intake.counters.stored(records, received);
            }
            drop(tell.send(result));
        });
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
    let Arrival { intake, framing, timestamp, .. } = arrival;
    format!("{intake}\n{framing:?}\n{timestamp:?}\n")
}

fn milliseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Bytes go to the log on their way to the decoder.
struct Tee {
    pieces: Pieces,
    append: Option<Append>,
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
        match &mut self.append {
            Some(append) => Ok(append.write(bytes)?),
            None => Ok(()),
        }
    }
}

impl Read for Tee {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.pieces.read(bytes)?;
        self.write(&bytes[..count]).map_err(|refusal| {
            self.failure = Some(refusal);
            io::Error::other("the log refuses it")
        })?;
        Ok(count)
    }
}
