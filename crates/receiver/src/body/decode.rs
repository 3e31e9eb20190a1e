//! Bytes as they were sent → bytes of records: decompressed as they come, counted, and hashed where that is asked for.

use super::error::BodyError;
use crate::arrival::Encoding;
use flate2::read::MultiGzDecoder;
use std::io::{self, BufReader, ErrorKind, Read};

/// The largest window of a zstd frame, as a power of two: the 8 MiB that RFC 8878 asks every decoder to have. Larger ones would let a
/// few bytes of a sender take 128 MiB.
const ZSTD_WINDOW: u32 = 23;

/// A body that is decompressed while it is read.
pub(super) struct Decoder<R: Read> {
    stream: Stream<R>,
    encoding: Encoding,
    decoded: u64,
    most: u64,
    hasher: Option<Box<blake3::Hasher>>,
}

enum Stream<R: Read> {
    Identity(Source<R>),
    Gzip(Box<MultiGzDecoder<Source<R>>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, BufReader<Source<R>>>>),
}

impl<R: Read> Decoder<R> {
    /// # Errors
    /// Where there is no memory for a decoder.
    pub fn new(source: R, encoding: Encoding) -> Result<Self, BodyError> {
        let source = Source { inner: source, bytes: 0, failure: None };
        let stream = match encoding {
            Encoding::Identity => Stream::Identity(source),
            Encoding::Gzip => Stream::Gzip(Box::new(MultiGzDecoder::new(source))),
            Encoding::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(source).map_err(BodyError::Source)?;
                decoder.window_log_max(ZSTD_WINDOW).map_err(BodyError::Source)?;
                Stream::Zstd(Box::new(decoder))
            }
        };
        Ok(Decoder { stream, encoding, decoded: 0, most: u64::MAX, hasher: None })
    }

    /// Refuses what decodes to more than these bytes.
    pub fn at_most(&mut self, bytes: u64) {
        self.most = bytes;
    }

    /// Hashes what is decoded from here on, with what is said of it before.
    pub fn hash(&mut self, about: &[u8]) {
        let mut hasher = Box::new(blake3::Hasher::new());
        hasher.update(about);
        self.hasher = Some(hasher);
    }

    /// The hash of all that was decoded so far.
    pub fn digest(&self) -> Option<[u8; 32]> {
        self.hasher.as_ref().map(|hasher| *hasher.finalize().as_bytes())
    }

    /// How many bytes were decoded.
    pub fn decoded(&self) -> u64 {
        self.decoded
    }

    /// What the bytes come from.
    pub fn source(&mut self) -> &mut R {
        &mut self.origin().inner
    }

    /// Fills a part of these bytes, and says how much; nothing at the end, which is one only where the stream is whole.
    ///
    /// # Errors
    /// Where the source fails, the stream is damaged or cut off, or too much comes out of it.
    pub fn read(&mut self, bytes: &mut [u8]) -> Result<usize, BodyError> {
        let read = loop {
            match self.stream.read(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let count = read.map_err(|error| self.failed(error))?;
        self.decoded += count as u64;
        if self.decoded > self.most {
            return Err(BodyError::TooLarge { most: self.most });
        }
        if count == 0 && self.origin().bytes == 0 && self.encoding != Encoding::Identity {
            return Err(self.corrupt("it is empty"));
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&bytes[..count]);
        }
        Ok(count)
    }

    /// Decoders tell all errors alike: what the source failed with is remembered beside.
    fn failed(&mut self, error: io::Error) -> BodyError {
        match self.origin().failure.take() {
            Some(failure) => BodyError::Source(failure),
            None if self.encoding == Encoding::Identity => BodyError::Source(error),
            None if error.kind() == ErrorKind::UnexpectedEof => self.corrupt("it is cut off"),
            None => self.corrupt(&error.to_string()),
        }
    }

    fn corrupt(&self, why: &str) -> BodyError {
        BodyError::Corrupt { encoding: self.encoding, why: why.to_owned() }
    }

    fn origin(&mut self) -> &mut Source<R> {
        match &mut self.stream {
            Stream::Identity(source) => source,
            Stream::Gzip(decoder) => decoder.get_mut(),
            Stream::Zstd(decoder) => decoder.get_mut().get_mut(),
        }
    }
}

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Identity(source) => source.read(bytes),
            Stream::Gzip(decoder) => decoder.read(bytes),
            Stream::Zstd(decoder) => decoder.read(bytes),
        }
    }
}

/// What the bytes come from, with its failure.
struct Source<R> {
    inner: R,
    bytes: u64,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(bytes) {
            Ok(count) => {
                self.bytes += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.failure = Some(error);
                Err(io::Error::other("the source failed"))
            }
        }
    }
}
