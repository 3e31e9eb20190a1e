//! Records run by what was compiled, each by its own format.

use crate::compiled::{Compiled, Member};
use std::cell::RefCell;
use weir::run::BATCH;
use weir::{EventView, Input, Record, Report, Scratch};
use weir_formats::Unrouted;

/// What became of a record.
pub enum Ran<'r, 'e, 'a> {
    /// The event of a format.
    Event(&'r Member, &'r EventView<'e, 'a>, &'r Report),
    /// No format fits, or several do.
    Unrouted(Unrouted),
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Compiled {
    /// Runs the first of some records, and tells what became of each in their order. Gives how many that were: one at least, if there are any.
    /// In parts, events that can be told so have no line.
    pub fn run(&self, records: &[Record<'_>], in_parts: bool, mut give: impl FnMut(Ran<'_, '_, '_>)) -> usize {
        let Some(first) = records.first() else { return 0 };
        let place = match self.of(first.input) {
            Ok(place) => place,
            Err(unrouted) => {
                give(Ran::Unrouted(unrouted));
                return 1;
            }
        };
        let is_alike =
            |record: &&Record<'_>| !self.is_module() || self.of(record.input).is_ok_and(|other| other == place);
        let alike = 1 + records[1..].iter().take(BATCH - 1).take_while(is_alike).count();
        let (member, records) = (&self.members[place], &records[..alike]);
        let mut each = |view: &EventView<'_, '_>, report: &Report| give(Ran::Event(member, view, report));
        SCRATCH.with_borrow_mut(|scratch| match in_parts {
            true => member.plan.run_batch_in_parts(scratch, member.binding.keys(), records, &mut each),
            false => member.plan.run_batch_viewed(scratch, records, &mut each),
        })
    }

    /// The event of a record, as one line of JSON.
    pub fn line(&self, message: &[u8], now: i64) -> Vec<u8> {
        let input = Input::Message(message);
        let mut line = Vec::new();
        self.run(&[Record { input, now, event_id: None }], false, |ran| line = ran.line(input));
        line
    }

    /// The events of records, each as a line of JSON.
    pub fn lines(&self, messages: &[Vec<u8>], now: i64) -> Vec<Vec<u8>> {
        let inputs = messages.iter().map(|message| Input::Message(message));
        let records: Vec<Record<'_>> = inputs.map(|input| Record { input, now, event_id: None }).collect();
        let mut lines = Vec::with_capacity(records.len());
        while lines.len() < records.len() {
            let from = lines.len();
            self.run(&records[from..], false, |ran| {
                let input = records[lines.len()].input;
                lines.push(ran.line(input));
            });
        }
        lines
    }
}

impl Ran<'_, '_, '_> {
    /// The event as one line of JSON.
    pub fn line(&self, input: Input<'_>) -> Vec<u8> {
        match self {
            Ran::Event(_, view, _) => view.line().to_vec(),
            Ran::Unrouted(why) => why.event(input, None),
        }
    }
}
