//! What becomes of records, row by row, as a batch of Arrow columns.

use crate::compiled::Compiled;
use crate::options::Options;
use crate::runs::Ran;
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, StringArray, StructArray};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::Fields;
use std::sync::Arc;
use weir::{Record, Report, Status};
use weir_columns::{Builder, Error, Json};
use weir_formats::{Trouble, Verdict};

/// Rows while they are filled.
pub struct Rows {
    dataset: Option<StringBuilder>,
    events: Events,
    status: StringBuilder,
    error: StringBuilder,
    warnings: ListBuilder<StringBuilder>,
}

/// The events.
enum Events {
    Typed { builder: Box<Builder>, valid: NullBufferBuilder },
    Json { lines: Vec<u8>, ends: Vec<i32>, valid: NullBufferBuilder },
}

impl Rows {
    pub fn new(compiled: &Compiled, options: &Options) -> Self {
        let valid = NullBufferBuilder::new(0);
        let events = match options.typed {
            true => Events::Typed { builder: Box::new(Builder::new(&compiled.columns)), valid },
            false => Events::Json { lines: Vec::new(), ends: vec![0], valid },
        };
        Rows {
            dataset: compiled.is_module().then(StringBuilder::new),
            events,
            status: StringBuilder::new(),
            error: StringBuilder::new(),
            warnings: ListBuilder::new(StringBuilder::new()),
        }
    }

    /// About how many bytes the events have.
    pub fn bytes(&self) -> usize {
        match &self.events {
            Events::Typed { builder, .. } => builder.bytes(),
            Events::Json { lines, .. } => lines.len(),
        }
    }

    /// Adds what became of a record.
    ///
    /// # Errors
    /// Where a batch has no room for it: a caller cuts batches long before.
    pub fn push(&mut self, ran: &Ran<'_, '_, '_>, record: &Record<'_>) -> Result<(), Error> {
        let input = record.input;
        match (&mut self.events, ran) {
            (Events::Typed { builder, valid }, Ran::Event(member, view, _)) => {
                builder.push_event(&member.binding, view)?;
                valid.append_non_null();
            }
            (Events::Typed { builder, valid }, Ran::Unrouted(why)) => {
                builder.push(&Json::new(&why.event(input, None))?)?;
                valid.append_non_null();
            }
            (Events::Json { lines, ends, valid }, ran) => {
                match ran {
                    Ran::Event(_, view, _) => lines.extend_from_slice(view.line()),
                    Ran::Unrouted(why) => lines.extend_from_slice(&why.event(input, None)),
                }
                ends.push(i32::try_from(lines.len()).map_err(|_| Error::Full)?);
                valid.append_non_null();
            }
        }
        match ran {
            Ran::Event(member, view, report) => {
                self.dataset.iter_mut().for_each(|dataset| dataset.append_value(&member.name));
                self.report(report, member.unread(record, view, report));
            }
            Ran::Unrouted(why) => {
                self.dataset.iter_mut().for_each(StringBuilder::append_null);
                self.status.append_value(FAILURE);
                self.error.append_value(&why.reason);
                self.warnings.append(false);
            }
        }
        Ok(())
    }

    fn report(&mut self, report: &Report, unread: Option<Trouble>) {
        self.status.append_value(match report.status() {
            _ if unread.is_some() => "unread",
            Status::Success => "success",
            Status::Partial => "partial",
            Status::Failure => FAILURE,
        });
        let error = report.failure().map(ToString::to_string);
        self.error.append_option(error.or(unread.map(|unread| unread.reason)));
        match Verdict::of(report) {
            Verdict::Partial(troubles) => {
                troubles.iter().for_each(|trouble| self.warnings.values().append_value(warning(trouble)));
                self.warnings.append(true);
            }
            _ => self.warnings.append(false),
        }
    }

    /// Adds a row for a message that is null.
    pub fn push_null(&mut self) {
        match &mut self.events {
            Events::Typed { builder, valid } => {
                builder.push_null();
                valid.append_null();
            }
            Events::Json { lines, ends, valid } => {
                ends.push(i32::try_from(lines.len()).unwrap_or(i32::MAX));
                valid.append_null();
            }
        }
        self.dataset.iter_mut().for_each(StringBuilder::append_null);
        self.status.append_null();
        self.error.append_null();
        self.warnings.append(false);
    }

    /// The result columns of all rows, in the order of [`crate::options::result_fields`]; the next batch begins.
    pub fn finish(&mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = Vec::new();
        columns.extend(self.dataset.as_mut().map(|dataset| Arc::new(dataset.finish()) as ArrayRef));
        match &mut self.events {
            Events::Typed { builder, valid } => {
                let rows = builder.rows();
                let (fields, mut leaves, _) = StructArray::from(builder.finish()).into_parts();
                let rest = leaves.pop().expect("`rest` is the last column");
                let fields = Fields::from(fields[..leaves.len()].to_vec());
                let valid = take(valid);
                columns.push(Arc::new(match leaves.is_empty() {
                    true => StructArray::new_empty_fields(rows, valid),
                    false => StructArray::new(fields, leaves, valid),
                }));
                columns.push(rest);
            }
            Events::Json { lines, ends, valid } => {
                let ends = OffsetBuffer::new(ScalarBuffer::from(std::mem::replace(ends, vec![0])));
                let lines = Buffer::from_vec(std::mem::take(lines));
                columns.push(Arc::new(StringArray::new(ends, lines, take(valid))));
            }
        }
        columns.push(Arc::new(self.status.finish()));
        columns.push(Arc::new(self.error.finish()));
        columns.push(Arc::new(self.warnings.finish()));
        columns
    }
}

/// The status of a record whose run failed.
const FAILURE: &str = "failure";

fn take(valid: &mut NullBufferBuilder) -> Option<NullBuffer> {
    std::mem::replace(valid, NullBufferBuilder::new(0)).build()
}

/// What was left out, in one line.
fn warning(trouble: &Trouble) -> String {
    match trouble.place() {
        place if place.is_empty() => trouble.reason.clone(),
        place => format!("{place}: {}", trouble.reason),
    }
}
