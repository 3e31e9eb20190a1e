//! Files of lines: events as NDJSON, plain or compressed, written as they come.

use crate::batch::Event;
use crate::files::Appending;
use crate::gather::{CloseError, Writer};
use crate::sink::Refused;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::sync::Arc;
use weir_log::files::Files;

/// How files of lines are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    fn ending(self) -> &'static str {
        match self {
            Compression::None => "ndjson",
            Compression::Gzip => "ndjson.gz",
            Compression::Zstd => "ndjson.zst",
        }
    }

    /// How many files are open at once: a compressor has 256 KiB and more of memory for each.
    fn most_files(self) -> usize {
        match self {
            Compression::None => 256,
            Compression::Gzip => 128,
            Compression::Zstd => 32,
        }
    }
}

/// The files of one cut.
pub(crate) struct Lines {
    parts: Arc<dyn Files>,
    prefix: String,
    compression: Compression,
    files: Vec<LineFile>,
    is_closed: bool,
}

/// A file while it is written.
struct LineFile {
    part: String,
    /// What is not in the file yet, behind the compressor.
    encoder: Encoder,
    file: Option<Appending>,
}

enum Encoder {
    Plain(Vec<u8>),
    Gzip(Box<GzEncoder<Vec<u8>>>),
    Zstd(Box<zstd::Encoder<'static, Vec<u8>>>),
}

impl Lines {
    pub fn new(parts: Arc<dyn Files>, prefix: String, compression: Compression) -> Self {
        Lines { parts, prefix, compression, files: Vec::new(), is_closed: false }
    }
}

impl Writer for Lines {
    const BY_FORMAT: bool = false;
    const BY_TIME: bool = false;

    fn push(&mut self, file: usize, event: &Event<'_>, _: i64) {
        while self.files.len() <= file {
            let part = format!("{}{}", self.prefix, self.files.len());
            self.files.push(LineFile { part, encoder: Encoder::new(self.compression), file: None });
        }
        self.files[file].encoder.line(event.json);
    }

    fn drain(&mut self) -> io::Result<()> {
        self.files.iter_mut().try_for_each(|file| file.drain(&*self.parts))
    }

    fn close(&mut self) -> Result<Vec<String>, CloseError> {
        if self.is_closed {
            // It was closed before, and then the disk failed: the lines are nowhere else.
            return Err(CloseError::Lost);
        }
        for file in &mut self.files {
            file.encoder.finish();
            file.drain(&*self.parts).map_err(CloseError::Later)?;
        }
        self.is_closed = true;
        Ok(self.files.iter().map(|file| file.part.clone()).collect())
    }

    fn largest(&self) -> u64 {
        self.files.iter().map(LineFile::bytes).max().unwrap_or_default()
    }

    fn is_full(&self) -> bool {
        self.files.len() >= self.compression.most_files()
    }

    fn ending(&self) -> &str {
        self.compression.ending()
    }

    fn refused(&mut self) -> Vec<Refused> {
        Vec::new()
    }

    fn clear(&mut self) {
        self.files.clear();
        self.is_closed = false;
    }
}

impl LineFile {
    fn drain(&mut self, parts: &dyn Files) -> io::Result<()> {
        let waiting = self.encoder.waiting();
        if waiting.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(Appending::new(parts.create(&self.part)?)),
        };
        file.append(waiting)?;
        waiting.clear();
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.file.as_ref().map_or(0, Appending::bytes)
    }
}

/// A compressor that writes into memory does not fail.
const IN_MEMORY: &str = "memory takes all that is written";

impl Encoder {
    fn new(compression: Compression) -> Self {
        match compression {
            Compression::None => Encoder::Plain(Vec::new()),
            Compression::Gzip => Encoder::Gzip(Box::new(GzEncoder::new(Vec::new(), flate2::Compression::new(6)))),
            Compression::Zstd => Encoder::Zstd(Box::new(zstd_encoder().expect(IN_MEMORY))),
        }
    }

    fn line(&mut self, json: &[u8]) {
        let writer: &mut dyn Write = match self {
            Encoder::Plain(bytes) => bytes,
            Encoder::Gzip(encoder) => encoder,
            Encoder::Zstd(encoder) => encoder,
        };
        writer.write_all(json).and_then(|()| writer.write_all(b"\n")).expect(IN_MEMORY);
    }

    fn waiting(&mut self) -> &mut Vec<u8> {
        match self {
            Encoder::Plain(bytes) => bytes,
            Encoder::Gzip(encoder) => encoder.get_mut(),
            Encoder::Zstd(encoder) => encoder.get_mut(),
        }
    }

    /// Writes the end of the compressed stream. What is waiting then is the last of the file.
    fn finish(&mut self) {
        let bytes = match std::mem::replace(self, Encoder::Plain(Vec::new())) {
            Encoder::Plain(bytes) => bytes,
            Encoder::Gzip(encoder) => encoder.finish().expect(IN_MEMORY),
            Encoder::Zstd(encoder) => encoder.finish().expect(IN_MEMORY),
        };
        *self = Encoder::Plain(bytes);
    }
}

/// The window, as a power of two: a reader needs as much memory, and each open file here some of it.
const WINDOW: u32 = 18;

fn zstd_encoder() -> io::Result<zstd::Encoder<'static, Vec<u8>>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3)?;
    encoder.window_log(WINDOW)?;
    encoder.include_checksum(true)?;
    Ok(encoder)
}
