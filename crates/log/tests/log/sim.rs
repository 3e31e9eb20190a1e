//! A disk in memory that keeps unsynced writes apart, and on which calls fail, power goes, and room ends.

use std::any::Any;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use weir_log::files::{File, Files};

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails with this code of the system.
    Code(i32),
    /// A read or a write does half of what was asked.
    Short,
    /// It happens or not, and all after it fail: the process is gone.
    Crash,
}

/// Which call it is.
#[derive(Clone, Copy)]
enum When {
    /// The one with this number.
    Call(usize),
    /// The next one of this kind with a file whose name ends so.
    Next(&'static str, &'static str),
}

pub const EINTR: i32 = 4;
pub const EIO: i32 = 5;
pub const ENOSPC: i32 = 28;

/// Which syncs only say that they did something: the mutants.
pub type Lie = fn(&str) -> bool;

/// A disk. Clones are the same one.
#[derive(Clone)]
pub struct Sim {
    disk: Arc<Mutex<Content>>,
    lock: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Content {
    nodes: BTreeMap<u64, Node>,
    names: BTreeMap<String, u64>,
    /// The names that are on the disk, and what was done to them since.
    durable_names: BTreeMap<String, u64>,
    changes: Vec<NameChange>,
    calls: Vec<String>,
    fault: Option<(When, Fault)>,
    is_off: bool,
    lie: Lie,
    /// How many bytes all files may have.
    room: u64,
    seed: u64,
}

#[derive(Clone, Default)]
struct Node {
    name: String,
    bytes: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Clone)]
enum NameChange {
    Add(String, u64),
    Rename(String, String),
    Remove(String),
}

/// Pseudo-random numbers, the same for the same seed.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound.max(1)
    }

    /// True so many times out of a hundred.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }
}

impl Sim {
    pub fn new(seed: u64) -> Self {
        let (names, durable_names) = (BTreeMap::new(), BTreeMap::new());
        let disk = Content {
            nodes: BTreeMap::new(),
            names,
            durable_names,
            changes: Vec::new(),
            calls: Vec::new(),
            fault: None,
            is_off: false,
            lie: |_| false,
            room: u64::MAX,
            seed,
        };
        Sim { disk: Arc::new(Mutex::new(disk)), lock: Arc::default() }
    }

    pub fn files(&self) -> Arc<dyn Files> {
        Arc::new(self.clone())
    }

    /// Lets the call with this number, from now on counted from 0, fail once.
    pub fn fail(&self, call: usize, fault: Fault) {
        let mut disk = self.disk();
        disk.calls.clear();
        disk.fault = Some((When::Call(call), fault));
    }

    /// Lets the next call of a kind, with a file whose name ends so, fail once.
    pub fn fail_next(&self, kind: &'static str, ending: &'static str, fault: Fault) {
        self.disk().fault = Some((When::Next(kind, ending), fault));
    }

    pub fn lie(&self, lie: Lie) {
        self.disk().lie = lie;
    }

    pub fn set_room(&self, room: u64) {
        self.disk().room = room;
    }

    /// The calls since the last [`Sim::fail`].
    pub fn calls(&self) -> Vec<String> {
        self.disk().calls.clone()
    }

    pub fn is_off(&self) -> bool {
        self.disk().is_off
    }

    pub fn used(&self) -> u64 {
        self.disk().used()
    }

    /// The content of a file.
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        let disk = self.disk();
        disk.names.get(name).map(|node| disk.nodes[node].bytes.clone())
    }

    /// Replaces the content of a file, on the disk as well.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        let mut disk = self.disk();
        let node = disk.names[name];
        disk.nodes.insert(node, Node { name: name.to_owned(), durable: bytes.clone(), bytes, pending: Vec::new() });
    }

    pub fn all_names(&self) -> Vec<String> {
        self.disk().names.keys().cloned().collect()
    }

    /// A disk of its own with the same content, all of it synced.
    pub fn copied(&self) -> Sim {
        self.with(|disk| {
            disk.durable_names = disk.names.clone();
            for node in disk.nodes.values_mut() {
                (node.durable, node.pending) = (node.bytes.clone(), Vec::new());
            }
        })
    }

    /// What the next process finds after this one was killed: everything that was written.
    pub fn killed(&self) -> Sim {
        self.with(|_| {})
    }

    /// What is on the disk after the power went: of what was not synced a part, cut and mixed by sectors.
    pub fn power_cut(&self, random: &mut Random) -> Sim {
        let sector = [512, 4096][random.below(2)];
        let kept = [0, 100, 50, 90, 10][random.below(5)];
        self.with(|disk| {
            let keeps_order = random.percent(50);
            let changes = std::mem::take(&mut disk.changes);
            let until = random.below(changes.len() + 1);
            for (number, change) in changes.into_iter().enumerate() {
                if if keeps_order { number < until } else { random.percent(kept) } {
                    change.apply(&mut disk.durable_names);
                }
            }
            disk.names = disk.durable_names.clone();
            for node in disk.nodes.values_mut() {
                node.lose_power(sector, kept, random);
            }
        })
    }

    fn with(&self, change: impl FnOnce(&mut Content)) -> Sim {
        let mut disk = self.disk().clone();
        (disk.is_off, disk.fault) = (false, None);
        disk.calls.clear();
        change(&mut disk);
        Sim { disk: Arc::new(Mutex::new(disk)), lock: Arc::default() }
    }

    fn disk(&self) -> MutexGuard<'_, Content> {
        self.disk.lock().expect("no test panics with the disk")
    }

    /// Counts a call, and lets it fail if it is to.
    fn call(&self, what: &str, name: &str) -> io::Result<(MutexGuard<'_, Content>, bool)> {
        let mut disk = self.disk();
        if disk.is_off {
            return Err(io::Error::other("the process is gone"));
        }
        let number = disk.calls.len();
        disk.calls.push(format!("{what} {name}"));
        let is_meant = |when: &When| match when {
            When::Call(at) => *at == number,
            When::Next(kind, ending) => *kind == what && name.ends_with(ending),
        };
        let fault = disk.fault.take_if(|(when, _)| is_meant(when));
        match fault.map(|(_, fault)| fault) {
            Some(Fault::Code(code)) => Err(io::Error::from_raw_os_error(code)),
            Some(Fault::Short) => Ok((disk, true)),
            Some(Fault::Crash) => {
                disk.is_off = true;
                let happens = disk.seed.wrapping_add(number as u64).is_multiple_of(2);
                if happens { Ok((disk, false)) } else { Err(io::Error::other("the process is gone")) }
            }
            None => Ok((disk, false)),
        }
    }
}

impl Content {
    fn used(&self) -> u64 {
        let used: std::collections::BTreeSet<u64> = self.names.values().copied().collect();
        used.iter().map(|node| self.nodes[node].bytes.len() as u64).sum()
    }

    fn node(&self, name: &str) -> io::Result<u64> {
        self.names.get(name).copied().ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn change_name(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.changes.push(change);
    }
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, u64>) {
        match self {
            NameChange::Add(name, node) => drop(names.insert(name.clone(), *node)),
            NameChange::Remove(name) => drop(names.remove(name)),
            NameChange::Rename(from, to) => {
                if let Some(node) = names.remove(from) {
                    names.insert(to.clone(), node);
                }
            }
        }
    }
}

impl Node {
    fn change(&mut self, change: Change) {
        change.apply(&mut self.bytes);
        self.pending.push(change);
    }

    fn lose_power(&mut self, sector: usize, kept: usize, random: &mut Random) {
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Length(length) => {
                    if random.percent(kept) {
                        self.durable.resize(length, 0);
                    }
                }
                Change::Write(offset, bytes) => {
                    let mut at = 0;
                    while at < bytes.len() {
                        let end = bytes.len().min(at + sector - (offset + at) % sector);
                        if random.percent(kept) {
                            Change::Write(offset + at, bytes[at..end].to_vec()).apply(&mut self.durable);
                        }
                        at = end;
                    }
                }
            }
        }
        self.bytes = self.durable.clone();
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Length(length) => content.resize(*length, 0),
            Change::Write(offset, bytes) => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
        }
    }
}

impl Files for Sim {
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let (mut disk, _) = self.call("create", name)?;
        let node = disk.nodes.keys().next_back().map_or(0, |last| last + 1);
        disk.nodes.insert(node, Node { name: name.to_owned(), ..Node::default() });
        disk.change_name(NameChange::Add(name.to_owned(), node));
        drop(disk);
        Ok(Arc::new(SimFile { sim: self.clone(), node }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let (disk, _) = self.call("open", name)?;
        let node = disk.node(name)?;
        drop(disk);
        Ok(Arc::new(SimFile { sim: self.clone(), node }))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.call("list", "")?.0.names.keys().cloned().collect())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (mut disk, _) = self.call("rename", from)?;
        let node = disk.node(from)?;
        disk.change_name(NameChange::Rename(from.to_owned(), to.to_owned()));
        to.clone_into(&mut disk.nodes.get_mut(&node).expect("a named node").name);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let (mut disk, _) = self.call("remove", name)?;
        disk.node(name)?;
        disk.change_name(NameChange::Remove(name.to_owned()));
        Ok(())
    }

    fn sync_names(&self) -> io::Result<()> {
        let (mut disk, _) = self.call("sync", "names")?;
        if !(disk.lie)("names") {
            disk.changes.clear();
            disk.durable_names = disk.names.clone();
        }
        Ok(())
    }

    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        let (disk, _) = self.call("lock", "")?;
        drop(disk);
        match self.lock.swap(true, Ordering::SeqCst) {
            true => Err(ErrorKind::WouldBlock.into()),
            false => Ok(Box::new(Unlock(Arc::clone(&self.lock)))),
        }
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        let mut random = Random::new(self.call("random", "")?.0.seed);
        Ok([(); 32].map(|()| random.next() as u8))
    }
}

struct Unlock(Arc<AtomicBool>);

impl Drop for Unlock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

struct SimFile {
    sim: Sim,
    node: u64,
}

impl SimFile {
    fn call(&self, what: &str) -> io::Result<(MutexGuard<'_, Content>, bool)> {
        let name = self.sim.disk().nodes[&self.node].name.clone();
        self.sim.call(what, &name)
    }

    /// What a system does after a sync that failed: it holds the pages for written, and never writes them.
    fn give_up(&self, error: &io::Error) {
        if error.raw_os_error() == Some(EIO) {
            self.sim.disk().nodes.get_mut(&self.node).expect("nodes stay").pending.clear();
        }
    }

    fn change(&self, disk: &mut Content, change: Change) {
        disk.nodes.get_mut(&self.node).expect("nodes stay").change(change);
    }
}

impl File for SimFile {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let (disk, is_short) = self.call("read")?;
        let content = &disk.nodes[&self.node].bytes;
        let rest = &content[content.len().min(offset as usize)..];
        let mut length = bytes.len().min(rest.len());
        if is_short {
            length = length.div_ceil(2);
        }
        bytes[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let (mut disk, is_short) = self.call("write")?;
        let length = if is_short { bytes.len().div_ceil(2) } else { bytes.len() };
        let grows = (offset + length as u64).saturating_sub(disk.nodes[&self.node].bytes.len() as u64);
        if disk.room < u64::MAX && disk.used() + grows > disk.room {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        self.change(&mut disk, Change::Write(offset as usize, bytes[..length].to_vec()));
        Ok(length)
    }

    fn bytes(&self) -> io::Result<u64> {
        Ok(self.call("measure")?.0.nodes[&self.node].bytes.len() as u64)
    }

    fn set_bytes(&self, bytes: u64) -> io::Result<()> {
        let (mut disk, _) = self.call("shorten")?;
        self.change(&mut disk, Change::Length(bytes as usize));
        Ok(())
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        let (mut disk, _) = self.call("allocate")?;
        let grows = bytes.saturating_sub(disk.nodes[&self.node].bytes.len() as u64);
        if disk.room < u64::MAX && disk.used() + grows > disk.room {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        self.change(&mut disk, Change::Length(bytes as usize));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let (mut disk, _) = self.call("sync").inspect_err(|error| self.give_up(error))?;
        let node = &disk.nodes[&self.node];
        if !(disk.lie)(&node.name) {
            let node = disk.nodes.get_mut(&self.node).expect("nodes stay");
            for change in std::mem::take(&mut node.pending) {
                change.apply(&mut node.durable);
            }
        }
        Ok(())
    }
}
