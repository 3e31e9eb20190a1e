//! A raw record, and how long it may be.

/// One raw record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    /// What came in.
    pub input: Input<'r>,
    /// The time against which incomplete dates are read, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// Where given, the event carries this `event.id` and what the run says of itself under `sekoiaio.intake`.
    pub event_id: Option<&'r str>,
}

/// The raw text of a record, and what it stands for. Bytes that are not UTF-8 are replaced by U+FFFD.
#[derive(Clone, Copy, Debug)]
pub enum Input<'r> {
    /// The event's `message`.
    Message(&'r [u8]),
    /// A JSON object with `message` and what else is known of the event.
    Event(&'r [u8]),
}

impl<'r> Input<'r> {
    /// The raw text.
    pub fn bytes(self) -> &'r [u8] {
        let (Input::Message(bytes) | Input::Event(bytes)) = self;
        bytes
    }
}

/// The longest record that is read, in bytes. A longer one fails; the first part of it is kept.
pub const LONGEST: usize = 16 << 20;

/// How many bytes a record's text may take as JSON: in some texts each byte takes six.
pub(super) const LONGEST_WRITTEN: usize = 32 << 20;

/// How many bytes are kept of a record that is too long.
pub const KEPT: usize = 1 << 20;
