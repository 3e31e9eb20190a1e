//! The receiver's durable log: what is acknowledged is on the disk, and stays readable past damage.
//!
//! ```no_run
//! use std::{path::Path, time::Duration};
//! use weir_log::{Item, Log, Options, Start};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (log, _found) = Log::open(Path::new("data/log"), Options::default())?;
//! let mut entry = log.append()?;
//! entry.write(b"a body, in pieces of any size")?;
//! let sequence = entry.commit(b"metadata", 1_700_000_000_000)?;
//! // From here on neither a crash nor a power cut loses it.
//!
//! let mut reader = log.reader("ndjson", Start::Oldest)?;
//! if let Some(Item::Entry(entry)) = reader.next(Duration::ZERO)? {
//!     assert_eq!(entry.sequence(), sequence);
//!     let body = entry.whole_body(1 << 20)?;
//!     // … deliver it, and then:
//!     reader.save(entry.checkpoint())?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Why so: `docs/decisions/0110`. What it promises, and its files byte by byte: `docs/receiver/log.md`.

mod append;
mod check;
mod commit;
mod cursor;
mod damage;
mod entry;
pub mod files;
pub mod layout;
mod log;
mod new_segment;
mod options;
mod payload;
mod position_file;
mod quarantine;
mod queue;
mod reader;
mod recovery;
mod refusal;
mod scan;
mod segment_files;
mod segments;
mod shared;
mod writer;

pub use append::Append;
pub use check::{Check, Inspection, ReaderStat, SegmentStat, Stat};
pub use cursor::Item;
pub use damage::{Damage, Hit};
pub use entry::{Body, Checkpoint, Entry, Sequence};
pub use log::{Bare, Log, ReaderUsage, Usage};
pub use new_segment::Spare;
pub use options::Options;
pub use payload::Payload;
pub use reader::{LookAhead, Reader, Start};
pub use recovery::{DamagedPosition, Opened, Torn};
pub use refusal::{OpenError, ReadError, Refusal};
pub use writer::Writer;
