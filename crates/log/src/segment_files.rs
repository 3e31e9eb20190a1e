//! Opens the file that a block is in, and keeps it open for the next one.

use crate::files::{File, uninterrupted};
use crate::layout::{FrameHeader, segment_name};
use crate::refusal::ReadError;
use crate::scan::{Found, Scan};
use crate::shared::Shared;
use std::io;
use std::sync::Arc;

/// The files of the segments of a log, one of them open.
#[derive(Clone)]
pub(crate) struct SegmentFiles {
    shared: Arc<Shared>,
    open: Option<OpenSegment>,
}

#[derive(Clone)]
struct OpenSegment {
    base: u64,
    name: String,
    file: Arc<dyn File>,
}

impl SegmentFiles {
    pub fn new(shared: Arc<Shared>) -> Self {
        SegmentFiles { shared, open: None }
    }

    /// What stands at a block before `end`, both in one segment.
    pub fn find(&mut self, block: u64, end: u64) -> Result<Found, ReadError> {
        self.with(block, |scan| scan.find(block, end))
    }

    /// The header of the frame at a block, if there is one.
    pub fn header(&mut self, block: u64) -> Result<Option<FrameHeader>, ReadError> {
        match self.find(block, block + 1)? {
            Found::Frame(header) => Ok(Some(header)),
            Found::Nothing { .. } => Ok(None),
        }
    }

    /// Body and metadata of a frame, if they are undamaged.
    pub fn payload(&mut self, header: &FrameHeader) -> Result<Option<Vec<u8>>, ReadError> {
        self.with(header.block, |scan| scan.payload(header))
    }

    fn with<T>(&mut self, block: u64, read: impl Fn(&Scan<'_>) -> io::Result<T>) -> Result<T, ReadError> {
        let mark = self.shared.identity.mark;
        let OpenSegment { base, name, file } = self.at(block)?;
        let scan = Scan { file: &**file, mark: &mark, base: *base };
        read(&scan).map_err(ReadError::io("read", name))
    }

    fn at(&mut self, block: u64) -> Result<&OpenSegment, ReadError> {
        let base = self.shared.state().segments.holding(block).map(|segment| segment.base);
        let base = base.ok_or(ReadError::Gone { block })?;
        let open = match self.open.take().filter(|open| open.base == base) {
            Some(open) => open,
            None => self.opened(base, block)?,
        };
        Ok(self.open.insert(open))
    }

    fn opened(&self, base: u64, block: u64) -> Result<OpenSegment, ReadError> {
        let name = segment_name(base);
        match uninterrupted(|| self.shared.files.open(&name)) {
            Ok(file) => Ok(OpenSegment { base, name, file }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ReadError::Gone { block }),
            Err(error) => Err(ReadError::io("open", &name)(error)),
        }
    }
}
