//! Where events go: standard output or a file, never a file that is being read.

use crate::input::is_standard;
use crate::stop::Stop;
use same_file::Handle;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::iter;
use std::path::{Path, PathBuf};

/// How many bytes are gathered before they are written.
const GATHERED: usize = 64 << 10;

/// A buffered output with the name under which its errors are reported.
pub struct Output {
    writer: BufWriter<Box<dyn Write + Send>>,
    path: PathBuf,
}

impl Output {
    /// Standard output.
    pub fn standard() -> Self {
        Output::new(Box::new(io::stdout()), Path::new("standard output"))
    }

    /// A new file; one that is there is overwritten.
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn create(path: &Path) -> Result<Self, Stop> {
        let file = File::create(path).map_err(|error| Stop::cannot("write", path, &error))?;
        Ok(Output::new(Box::new(file), path))
    }

    fn new(writer: Box<dyn Write + Send>, path: &Path) -> Self {
        Output { writer: BufWriter::with_capacity(GATHERED, writer), path: path.to_owned() }
    }

    /// Writes bytes, sooner or later.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.writer.write_all(bytes).map_err(|error| Stop::cannot("write", &self.path, &error))
    }

    /// Writes what was gathered.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn flush(&mut self) -> Result<(), Stop> {
        self.writer.flush().map_err(|error| Stop::cannot("write", &self.path, &error))
    }
}

/// Refuses outputs that are one of the inputs or each other: writing would destroy what is to be read, or never end.
///
/// # Errors
/// Where two are the same file, under whatever names.
pub fn refuse_same(inputs: &[PathBuf], output: Option<&Path>, others: &[Option<&Path>]) -> Result<(), Stop> {
    let mut known: Vec<(String, Handle)> = Vec::new();
    for path in inputs {
        let handle = if is_standard(path) { Handle::stdin() } else { Handle::from_path(path) };
        let name = if is_standard(path) { "standard input".to_owned() } else { path.display().to_string() };
        known.extend(regular(handle).map(|handle| (name, handle)));
    }
    let events = match output {
        Some(path) => named(path),
        None => ("standard output".to_owned(), Handle::stdout()),
    };
    for (name, handle) in iter::once(events).chain(others.iter().flatten().map(|path| named(path))) {
        let Some(handle) = regular(handle) else { continue };
        if let Some((other, _)) = known.iter().find(|(_, known)| *known == handle) {
            return Err(Stop::Because(format!("{name} is the same file as {other}")));
        }
        known.push((name, handle));
    }
    Ok(())
}

fn named(path: &Path) -> (String, io::Result<Handle>) {
    (path.display().to_string(), Handle::from_path(path))
}

/// Terminals, pipes and `/dev/null` may be many things at once; what cannot be opened is reported where it is used.
fn regular(handle: io::Result<Handle>) -> Option<Handle> {
    handle.ok().filter(|handle| handle.as_file().metadata().is_ok_and(|metadata| metadata.is_file()))
}
