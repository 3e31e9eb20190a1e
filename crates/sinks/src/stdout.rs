//! Events as lines on the standard output.

use crate::batch::{Batch, Place};
use crate::sink::{Sink, SinkError};
use std::io::{self, Write};
use std::sync::Arc;

/// Writes NDJSON to a stream. What was written counts as stored; a line that was written in part when it failed is not undone.
pub(crate) struct Stream<W> {
    out: W,
    stored: Place,
}

impl Stream<io::Stdout> {
    pub fn stdout() -> Self {
        Stream { out: io::stdout(), stored: Place::default() }
    }
}

impl<W: Write + Send> Sink for Stream<W> {
    fn stored(&self) -> Place {
        self.stored
    }

    fn write(&mut self, batch: &Arc<Batch>) -> Result<(), SinkError> {
        let written = self.out.write_all(batch.ndjson()).and_then(|()| self.out.flush());
        written.map_err(|error| SinkError::new(format!("cannot write to the standard output: {error}")))?;
        self.stored = batch.to();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::BatchBuilder;

    /// Takes nothing once.
    struct Closed(Vec<u8>, bool);

    impl Write for Closed {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match std::mem::take(&mut self.1) {
                true => Err(io::ErrorKind::BrokenPipe.into()),
                false => self.0.write(bytes),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_not_written_does_not_count_as_stored() {
        let mut sink = Stream { out: Closed(Vec::new(), true), stored: Place::default() };
        let place = Place { sequence: 1, record: 0 };
        let mut builder = BatchBuilder::new(place, vec![Arc::from("f")]);
        builder.push(1, 0, place, 0, |line| line.extend_from_slice(b"{}"));
        let batch = Arc::new(builder.finish(Place { sequence: 1, record: 1 }));
        assert!(sink.write(&batch).is_err());
        assert_eq!(sink.stored(), Place::default());
        assert_eq!(sink.write(&batch), Ok(()));
        assert_eq!((sink.stored(), &sink.out.0[..]), (batch.to(), &b"{}\n"[..]));
    }
}
