//! What a log has been given and has promised, beside the log itself: work on it at random, and see whether it keeps its word.

use crate::sim::{Random, Sim};
use std::collections::BTreeMap;
use std::time::Duration;
use weir_log::{Bare, Item, Options, Payload, Reader, Refusal, Sequence, Spare, Start, Writer};

/// Small pieces, so that few entries fill many segments.
pub fn small() -> Options {
    Options { segment_bytes: 64 << 10, part_bytes: 8_000, log_bytes: 8 << 20, zeros: false, ..Options::default() }
}

/// An entry that was finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: u64,
    pub body: Vec<u8>,
    /// Whether it was promised to be on the disk.
    pub is_acknowledged: bool,
}

/// What the log was given so far.
#[derive(Clone, Default)]
pub struct Model {
    pub stored: BTreeMap<Sequence, Stored>,
    /// Up to which block the reader's position was saved, for certain and at most.
    pub saved: u64,
    pub saving: u64,
    /// The highest sequence number that anybody ever saw.
    pub highest: Option<Sequence>,
    next_id: u64,
}

/// A log at work, with entries that are not finished.
pub struct Work {
    pub model: Model,
    log: Bare,
    writer: Writer,
    reader: Option<Reader>,
    open: Vec<(u64, Vec<u8>)>,
    sim: Sim,
}

/// Why work ended.
#[derive(Debug)]
pub enum End {
    /// The process is gone.
    Gone,
    /// The log refused something.
    Refused(String),
    /// A promise was not kept.
    Broken(String),
}

pub const READER: &str = "reader";

impl Work {
    /// Opens the log, and reads all that the reader has not passed: everything promised has to be there, and nothing that was not
    /// given.
    pub fn resume(sim: &Sim, mut model: Model) -> Result<Self, End> {
        let opened = Bare::open(sim.files(), small());
        let (log, writer, found) = opened.map_err(|error| ended(sim, &error.to_string()))?;
        if found.damaged_positions.iter().any(|position| position.is_lost) && model.saved > 0 {
            return Err(End::Broken(format!("the position is lost: {found:?}")));
        }
        let mut reader = log.reader(READER, Start::Oldest).map_err(|error| ended(sim, &error.to_string()))?;
        let saved = reader.saved().block();
        if saved < model.saved || saved > model.saving {
            return Err(End::Broken(format!("position {saved} is not within {} and {}", model.saved, model.saving)));
        }
        (model.saved, model.saving) = (saved, saved);
        let delivered = deliver(sim, &mut reader, &model)?;
        model.stored.retain(|sequence, _| sequence.0 < saved || delivered.contains_key(sequence));
        // What was read once is on the disk, whatever happens next.
        model.stored.values_mut().for_each(|stored| stored.is_acknowledged = true);
        model.highest = model.highest.max(delivered.keys().next_back().copied());
        Ok(Work { model, log, writer, reader: Some(reader), open: Vec::new(), sim: sim.clone() })
    }

    /// Does something at random.
    pub fn step(&mut self, random: &mut Random) -> Result<(), End> {
        match random.below(100) {
            0..45 => self.write(random),
            45..65 => self.finish(random),
            65..70 => self.abort(random),
            70..88 => self.sync(),
            88..97 => self.save(random),
            _ => self.spare(),
        }
    }

    fn write(&mut self, random: &mut Random) -> Result<(), End> {
        if self.open.len() < 4 && random.percent(50) {
            self.model.next_id += 1;
            self.open.push((self.model.next_id, Vec::new()));
        }
        let piece = piece(random);
        let number = random.below(self.open.len());
        let Some((id, body)) = self.open.get_mut(number) else { return Ok(()) };
        body.extend_from_slice(&piece);
        let id = *id;
        let written = self.writer.write(id, Payload::new(&piece, &[]));
        self.accepted(written)
    }

    fn finish(&mut self, random: &mut Random) -> Result<(), End> {
        let (id, mut body) = match random.below(self.open.len() + 1) {
            number if number < self.open.len() => self.open.swap_remove(number),
            _ => {
                self.model.next_id += 1;
                (self.model.next_id, Vec::new())
            }
        };
        let piece = piece(random);
        body.extend_from_slice(&piece);
        let finished = self.writer.finish(id, Payload::new(&piece, &id.to_le_bytes()), 0);
        let sequence = self.accepted(finished)?;
        if self.model.highest.is_some_and(|highest| sequence <= highest) {
            return Err(End::Broken(format!("{sequence:?} was given before")));
        }
        self.model.highest = Some(sequence);
        self.model.stored.insert(sequence, Stored { id, body, is_acknowledged: false });
        Ok(())
    }

    fn abort(&mut self, random: &mut Random) -> Result<(), End> {
        if !self.open.is_empty() {
            let (id, _) = self.open.swap_remove(random.below(self.open.len()));
            self.writer.abort(id);
        }
        Ok(())
    }

    pub fn sync(&mut self) -> Result<(), End> {
        let synced = self.writer.sync();
        self.accepted(synced)?;
        self.model.stored.values_mut().for_each(|stored| stored.is_acknowledged = true);
        Ok(())
    }

    /// Reads a few entries, and saves the position after them.
    fn save(&mut self, random: &mut Random) -> Result<(), End> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        let mut checkpoint = None;
        for _ in 0..random.below(6) {
            match reader.next(Duration::ZERO).map_err(|error| ended(&self.sim, &error.to_string()))? {
                Some(item) => checkpoint = Some(item.checkpoint()),
                None => break,
            }
        }
        let Some(checkpoint) = checkpoint else { return Ok(()) };
        self.model.saving = checkpoint.block();
        reader.save(checkpoint).map_err(|error| ended(&self.sim, &error.to_string()))?;
        self.model.saved = checkpoint.block();
        Ok(())
    }

    fn spare(&mut self) -> Result<(), End> {
        if self.writer.wants_spare() {
            let spare = Spare::prepare(&*self.sim.files(), small().segment_bytes, false);
            self.writer.give(spare.map_err(|error| ended(&self.sim, &error.to_string()))?);
        }
        Ok(())
    }

    /// Goes back to the position that was saved, as a new process would, and reads to the end.
    pub fn read_all(&mut self) -> Result<BTreeMap<Sequence, Stored>, End> {
        self.reader = None;
        let reader = self.log.reader(READER, Start::Oldest).map_err(|error| ended(&self.sim, &error.to_string()))?;
        deliver(&self.sim, self.reader.insert(reader), &self.model)
    }

    /// Goes on after a refusal, without what was not finished; says whether that is possible.
    pub fn go_on(&mut self) -> bool {
        self.open.drain(..).for_each(|(id, _)| self.writer.abort(id));
        self.writer.try_again();
        self.log.refusal().is_none()
    }

    fn accepted<T>(&self, result: Result<T, Refusal>) -> Result<T, End> {
        result.map_err(|refusal| ended(&self.sim, &refusal.to_string()))
    }
}

/// Reads all that is there, and compares it with what is to be.
fn deliver(sim: &Sim, reader: &mut Reader, model: &Model) -> Result<BTreeMap<Sequence, Stored>, End> {
    let mut delivered = BTreeMap::new();
    while let Some(item) = reader.next(Duration::ZERO).map_err(|error| ended(sim, &error.to_string()))? {
        let entry = match item {
            Item::Entry(entry) => entry,
            Item::Damage(damage) if damage.was_synced => return Err(End::Broken(format!("damage: {damage}"))),
            Item::Damage(_) => continue,
        };
        let body = entry.whole_body(1 << 20).map_err(|error| ended(sim, &error.to_string()))?;
        let id = u64::from_le_bytes(entry.metadata().try_into().map_err(|_| End::Broken("metadata".to_owned()))?);
        let sequence = entry.sequence();
        let stored = model.stored.get(&sequence);
        if stored.is_none_or(|stored| stored.body != body || stored.id != id) {
            return Err(End::Broken(format!("{sequence:?} was never given, or not like this")));
        }
        if delivered.keys().next_back().is_some_and(|last| *last >= sequence) {
            return Err(End::Broken(format!("{sequence:?} comes out of order")));
        }
        delivered.insert(sequence, Stored { id, body, is_acknowledged: true });
    }
    let promised = |(sequence, stored): &(&Sequence, &Stored)| stored.is_acknowledged && sequence.0 >= model.saved;
    match model.stored.iter().filter(promised).find(|(sequence, _)| !delivered.contains_key(sequence)) {
        Some((sequence, _)) => Err(End::Broken(format!("{sequence:?} was promised and is lost"))),
        None => Ok(delivered),
    }
}

fn ended(sim: &Sim, why: &str) -> End {
    if sim.is_off() { End::Gone } else { End::Refused(why.to_owned()) }
}

fn piece(random: &mut Random) -> Vec<u8> {
    let length = [random.below(100), random.below(5_000), 8_000][random.below(3)];
    let first = random.next();
    (0..length as u64).map(|number| (first.wrapping_add(number * number) >> 3) as u8).collect()
}
