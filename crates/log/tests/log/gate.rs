//! Files whose syncs can be made to wait, and are counted.

use std::any::Any;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use weir_log::files::{File, Files};

/// Other files, behind a gate.
pub struct Gated {
    files: Arc<dyn Files>,
    gate: Arc<Gate>,
}

/// Holds syncs up.
#[derive(Default)]
pub struct Gate {
    is_shut: Mutex<bool>,
    opens: Condvar,
    /// How long each sync takes at least, in milliseconds.
    delay: AtomicU64,
    syncs: AtomicUsize,
}

impl Gate {
    pub fn files(self: &Arc<Self>, files: Arc<dyn Files>) -> Arc<dyn Files> {
        Arc::new(Gated { files, gate: Arc::clone(self) })
    }

    pub fn shut(&self, is_shut: bool) {
        *self.is_shut.lock().expect("no panic") = is_shut;
        self.opens.notify_all();
    }

    pub fn delay(&self, milliseconds: u64) {
        self.delay.store(milliseconds, Ordering::SeqCst);
    }

    /// How many syncs of files there were.
    pub fn syncs(&self) -> usize {
        self.syncs.load(Ordering::SeqCst)
    }

    fn pass(&self) {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(self.delay.load(Ordering::SeqCst)));
        let shut = self.is_shut.lock().expect("no panic");
        drop(self.opens.wait_while(shut, |is_shut| *is_shut).expect("no panic"));
    }
}

impl Files for Gated {
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let (file, gate) = (self.files.create(name)?, Arc::clone(&self.gate));
        Ok(Arc::new(GatedFile { file, gate }))
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let (file, gate) = (self.files.open(name)?, Arc::clone(&self.gate));
        Ok(Arc::new(GatedFile { file, gate }))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        self.files.names()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.files.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.files.remove(name)
    }

    fn sync_names(&self) -> io::Result<()> {
        self.files.sync_names()
    }

    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        self.files.lock()
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        self.files.random()
    }
}

struct GatedFile {
    file: Arc<dyn File>,
    gate: Arc<Gate>,
}

impl File for GatedFile {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(bytes, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.file.write_at(bytes, offset)
    }

    fn bytes(&self) -> io::Result<u64> {
        self.file.bytes()
    }

    fn set_bytes(&self, bytes: u64) -> io::Result<()> {
        self.file.set_bytes(bytes)
    }

    fn allocate(&self, bytes: u64) -> io::Result<()> {
        self.file.allocate(bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.gate.pass();
        self.file.sync()
    }
}
