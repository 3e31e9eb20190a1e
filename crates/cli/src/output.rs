//! Where events go: standard output or a file, never a file that is being read.

use crate::input::is_standard;
use crate::replaced::Replaced;
use crate::stop::Stop;
use same_file::Handle;
use std::io::{self, BufWriter, Stdout, Write};
use std::iter;
use std::path::{Path, PathBuf};

/// How many bytes are gathered before they are written.
const GATHERED: usize = 64 << 10;

/// A buffered output with the name under which its errors are reported.
pub struct Output {
    writer: BufWriter<Sink>,
    path: PathBuf,
}

enum Sink {
    Standard(Stdout),
    File(Replaced),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Standard(output) => output.write(bytes),
            Sink::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Standard(output) => output.flush(),
            Sink::File(file) => file.flush(),
        }
    }
}

impl Output {
    /// Standard output.
    pub fn standard() -> Self {
        Output::new(Sink::Standard(io::stdout()), Path::new("standard output"))
    }

    /// A new file, which grows as it is written; one that is there is replaced when the new one is [finished](Output::finish).
    ///
    /// # Errors
    /// Where it cannot be created.
    pub fn create(path: &Path) -> Result<Self, Stop> {
        let file = Replaced::growing(path).map_err(|error| Stop::cannot("write", path, &error))?;
        Ok(Output::new(Sink::File(file), path))
    }

    fn new(sink: Sink, path: &Path) -> Self {
        Output { writer: BufWriter::with_capacity(GATHERED, sink), path: path.to_owned() }
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

    /// Writes what was gathered: the output is whole.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> Result<(), Stop> {
        let Output { writer, path } = self;
        let finished = match writer.into_inner() {
            Ok(Sink::File(file)) => file.finish(),
            Ok(Sink::Standard(mut output)) => output.flush(),
            Err(error) => Err(error.into_error()),
        };
        finished.map_err(|error| Stop::cannot("write", &path, &error))
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
