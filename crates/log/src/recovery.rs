//! Opens a log after whatever happened: finds its end, its readers, and where it goes on. Only the last segment is read.

use crate::files::{File, Files, QUARANTINE, read_full, uninterrupted, write_full};
use crate::layout::{BLOCK, Identity, Position, position_name, reader_of, segment_name};
use crate::new_segment::{FRESH, SPARE};
use crate::options::Options;
use crate::position_file::{POSITION_PART, PositionFile, find_position};
use crate::quarantine::quarantine_name;
use crate::refusal::OpenError;
use crate::scan::{Found, Scan};
use crate::segments::{Segment, Segments};
use crate::shared::{ReaderState, Shared, State};
use crate::writer::Continuation;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// How many bytes are written again at once.
const REWRITTEN: usize = 1 << 20;

/// What was found when a log was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Whether there was no log before.
    pub is_new: bool,
    /// How many segments there are.
    pub segments: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// How many bytes were read to find the end.
    pub scanned_bytes: u64,
    /// What stood after the last whole frame and is cut off.
    pub torn: Option<Torn>,
    /// Segments of which both copies of the header are damaged. They are read all the same.
    pub damaged_headers: Vec<String>,
    /// Readers of whose position a slot is damaged.
    pub damaged_positions: Vec<DamagedPosition>,
}

/// What stood after the last whole frame of a log: a write that did not end, or the damaged last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// The first block of it.
    pub from: u64,
    /// The block after it.
    pub to: u64,
    /// Whether it was put into quarantine; where it could not be, it stays in its segment, after the end.
    pub is_kept: bool,
}

/// A reader whose position is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedPosition {
    /// The reader's name.
    pub reader: String,
    /// Whether it starts again from the oldest entry, since both slots are damaged. With one it goes on from where the other says.
    pub is_lost: bool,
}

/// What the files say, before anything is changed.
pub(crate) struct Survey {
    pub segments: Segments,
    pub identity: Option<Identity>,
    pub readers: BTreeMap<String, ReaderState>,
    pub opened: Opened,
    names: Vec<String>,
    positions: Vec<(String, Position)>,
}

impl Survey {
    /// What the positions know together, which counts where segments are lost: a block, and the number of entries before it.
    fn furthest(&self) -> (u64, u64) {
        let furthest = |of: fn(&Position) -> u64| self.positions.iter().map(|(_, position)| of(position)).max();
        (furthest(|position| position.next).unwrap_or(0), furthest(|position| position.number).unwrap_or(0))
    }
}

/// A log that can be written on.
pub(crate) struct Recovered {
    pub shared: Arc<Shared>,
    pub from: Continuation,
    pub opened: Opened,
}

/// The end of the last segment.
pub(crate) struct Tail {
    /// The block after the last whole frame.
    pub end: u64,
    /// Up to which block it was on the disk for certain, as its frames say.
    pub synced: u64,
    pub number: u64,
    /// The block after the last one after the end that is not all zeros.
    pub torn: Option<u64>,
}

/// Opens a log to be written, and removes what an earlier process left unfinished.
pub(crate) fn recover(files: Arc<dyn Files>, options: Options) -> Result<Recovered, OpenError> {
    let lock = uninterrupted(|| files.lock()).map_err(locked)?;
    let survey = survey(&*files)?;
    clean(&*files, &survey.names)?;
    let is_new = survey.segments.first().is_none() && survey.identity.is_none();
    let identity = match survey.identity {
        Some(identity) => identity,
        None if survey.segments.first().is_some() => return Err(OpenError::Unknown),
        None => Identity::of(uninterrupted(|| files.random()).map_err(OpenError::io("read", "random bytes"))?),
    };
    renew_positions(&*files, &survey.positions)?;
    let furthest = survey.furthest();
    let Survey { mut segments, readers, mut opened, .. } = survey;
    let tail = find_tail(&*files, &segments, &identity)?;
    let (end, synced) = tail.as_ref().map_or((0, 0), |tail| (tail.end, tail.synced));
    let number = tail.as_ref().map_or(0, |tail| tail.number).max(furthest.1);
    let limit = segments.last().map_or(0, Segment::limit).max(full_limit(&segments, &options));
    if let Some(last) = segments.last_mut() {
        (last.end, last.synced) = (Some(end), synced);
    }
    let state = State { segments, durable: end, number, readers, ..State::default() };
    let mut shared = Shared::new(files, options, identity, state);
    shared.lock = Some(lock);
    if let Some(tail) = &tail {
        opened.torn = shared.cut(tail)?;
    }
    opened.is_new = is_new;
    opened.bytes = shared.state().segments.bytes();
    shared.remove_passed();
    let next_base = limit.max(furthest.0);
    let from = Continuation { next_base, previous_end: end, previous_synced: synced, number };
    Ok(Recovered { shared: Arc::new(shared), from, opened })
}

fn locked(error: io::Error) -> OpenError {
    match error.kind() {
        io::ErrorKind::WouldBlock => OpenError::Locked,
        _ => OpenError::io("lock", "the folder")(error),
    }
}

/// Reads names, headers and positions, and changes nothing.
pub(crate) fn survey(files: &dyn Files) -> Result<Survey, OpenError> {
    let names = uninterrupted(|| files.names()).map_err(OpenError::io("list", "the folder"))?;
    let segments = Segments::read(files, &names)?;
    let mut identity = segments.identity()?;
    let (mut readers, mut positions, mut damaged_positions) = (BTreeMap::new(), Vec::new(), Vec::new());
    for reader in names.iter().filter_map(|name| reader_of(name)) {
        let name = position_name(reader);
        let found = find_position(files, reader).map_err(OpenError::io("read", &name))?;
        if found.damaged_slots > 0 {
            damaged_positions.push(DamagedPosition { reader: reader.to_owned(), is_lost: found.position.is_none() });
        }
        let (next, number) = found.position.map_or((0, 0), |position| (position.next, position.number));
        if let Some(position) = found.position
            && *identity.get_or_insert(position.identity) != position.identity
        {
            return Err(OpenError::Foreign { name });
        }
        positions.extend(found.position.map(|position| (reader.to_owned(), position)));
        readers.insert(reader.to_owned(), ReaderState { next, number, is_in_use: false });
    }
    let damaged_headers = segments.all().filter(|segment| segment.header.is_none());
    let damaged_headers = damaged_headers.map(|segment| segment_name(segment.base)).collect();
    let scanned_bytes = segments.last().map_or(0, |last| last.bytes);
    let (count, bytes) = (segments.all().count(), segments.bytes());
    let opened =
        Opened { segments: count, bytes, scanned_bytes, damaged_headers, damaged_positions, ..Opened::default() };
    Ok(Survey { segments, identity, readers, opened, names, positions })
}

/// Removes what was being made when the process before ended.
fn clean(files: &dyn Files, names: &[String]) -> Result<(), OpenError> {
    let is_copy = |name: &str| name.starts_with(QUARANTINE) && name.ends_with(".part");
    let is_unfinished = |name: &str| [SPARE, FRESH].contains(&name) || name.ends_with(POSITION_PART) || is_copy(name);
    for name in names.iter().filter(|name| is_unfinished(name)) {
        match uninterrupted(|| files.remove(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(OpenError::io("remove", name)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// Where the last segment would end if it had the length of new ones: all that could have been in it, had it not been cut.
fn full_limit(segments: &Segments, options: &Options) -> u64 {
    segments.last().map_or(0, |last| last.base + options.segment_blocks())
}

/// Reads the last segment to its end.
pub(crate) fn find_tail(
    files: &dyn Files,
    segments: &Segments,
    identity: &Identity,
) -> Result<Option<Tail>, OpenError> {
    let Some(last) = segments.last() else { return Ok(None) };
    let name = segment_name(last.base);
    let file = uninterrupted(|| files.open(&name)).map_err(OpenError::io("open", &name))?;
    let scan = Scan { file: &*file, mark: &identity.mark, base: last.base };
    scan_tail(&scan, last).map(Some).map_err(OpenError::io("read", &name))
}

fn scan_tail(scan: &Scan<'_>, last: &Segment) -> io::Result<Tail> {
    let limit = last.base + last.bytes.div_ceil(BLOCK);
    let number = last.header.map_or(0, |header| header.number);
    let mut tail = Tail { end: last.first(), synced: last.first(), number, torn: None };
    let mut at = last.first();
    while at < limit {
        match scan.find(at, limit)? {
            Found::Frame(header) => {
                at = header.end();
                let synced = tail.synced.max(header.synced);
                let number = header.number + u64::from(header.is_last);
                match scan.payload(&header)? {
                    Some(_) => tail = Tail { end: at, synced, number, torn: None },
                    None => tail.torn = Some(at.min(limit)),
                }
            }
            Found::Nothing { to, last, .. } => {
                at = to;
                tail.torn = last.or(tail.torn);
            }
        }
    }
    Ok(tail)
}

impl Shared {
    /// Cuts the last segment after its last whole frame, and brings what is recovered to the disk before anybody reads it. What is
    /// cut off is kept in quarantine; where that is not possible, it is not cut off.
    fn cut(&self, tail: &Tail) -> Result<Option<Torn>, OpenError> {
        let Some((base, bytes)) = self.state().segments.last().map(|last| (last.base, last.bytes)) else {
            return Ok(None);
        };
        let name = segment_name(base);
        let file = uninterrupted(|| self.files.open(&name)).map_err(OpenError::io("open", &name))?;
        let torn = tail.torn.map(|to| (tail.end, to)).map(|(from, to)| {
            let text =
                format!("blocks {from} to {to}: after the last whole frame; an unfinished write, or damage at the end");
            let is_kept = self.keep(&quarantine_name(from, to), &[(from, to)], &text).is_ok();
            Torn { from, to, is_kept }
        });
        let end = (tail.end - base) * BLOCK;
        if bytes > end && torn.as_ref().is_none_or(|torn| torn.is_kept) {
            uninterrupted(|| file.set_bytes(end)).map_err(OpenError::io("shorten", &name))?;
            if let Some(last) = self.state().segments.last_mut() {
                last.bytes = end;
            }
        }
        rewrite(&*file, base, tail).map_err(OpenError::io("write again", &name))?;
        uninterrupted(|| file.sync()).map_err(OpenError::io("sync", &name))?;
        uninterrupted(|| self.files.sync_names()).map_err(OpenError::io("sync", "the folder"))?;
        Ok(torn)
    }
}

/// Writes again what is not known to have been on the disk. After a sync that failed the system may hold pages for written that are
/// not: only a write makes the next sync bring them there.
fn rewrite(file: &dyn File, base: u64, tail: &Tail) -> io::Result<()> {
    let mut bytes = vec![0; REWRITTEN];
    let (mut at, end) = ((tail.synced - base) * BLOCK, (tail.end - base) * BLOCK);
    while at < end {
        let length = bytes.len().min((end - at) as usize);
        let read = read_full(file, &mut bytes[..length], at)?;
        write_full(file, &bytes[..read], at)?;
        at += length as u64;
    }
    Ok(())
}

/// Writes positions again, each into its other slot, and brings them to the disk before anything is removed because of them.
fn renew_positions(files: &dyn Files, positions: &[(String, Position)]) -> Result<(), OpenError> {
    for (reader, position) in positions {
        let renew = || {
            let mut file = PositionFile::open(files, reader, *position)?;
            file.write(position.next, position.number)?;
            file.sync()
        };
        renew().map_err(OpenError::io("write again", &position_name(reader)))?;
    }
    Ok(())
}

/// A log that is only looked at: everything up to the last whole frame is to be read, by nobody's position.
pub(crate) fn look(files: Arc<dyn Files>) -> Result<(Arc<Shared>, Survey, Option<Tail>), OpenError> {
    let survey = survey(&*files)?;
    let identity = match survey.identity {
        Some(identity) => identity,
        None if survey.segments.first().is_some() => return Err(OpenError::Unknown),
        None => Identity::of([0; 32]),
    };
    let tail = find_tail(&*files, &survey.segments, &identity)?;
    let (durable, synced) = tail.as_ref().map_or((0, 0), |tail| (tail.end, tail.synced));
    let mut segments = survey.segments.clone();
    if let Some(last) = segments.last_mut() {
        (last.end, last.synced) = (Some(durable), synced);
    }
    let state = State { segments, durable, ..State::default() };
    Ok((Arc::new(Shared::new(files, Options::default(), identity, state)), survey, tail))
}
