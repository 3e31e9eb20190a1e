//! Events to deliver, the same after every start, as a log gives them.

use std::sync::Arc;
use weir_sinks::{Batch, BatchBuilder, Place};

/// Events that come in batches of different sizes, a few entries each.
#[derive(Clone)]
pub struct Source {
    events: Vec<Made>,
    end: Place,
}

#[derive(Clone)]
struct Made {
    place: Place,
    id: u128,
    format: usize,
    json: String,
}

const FORMATS: [&str; 2] = ["access", "dns/query"];

/// 2026-11-30T23:59:00Z, in seconds.
const START: i64 = 1_796_083_140;

impl Source {
    /// So many events, seven to an entry, of two formats and two days. Some records have no event: they are dead letters.
    pub fn new(count: usize) -> Self {
        let mut events = Vec::new();
        let mut place = Place { sequence: 16, record: 0 };
        for number in 0..count {
            place.record += 1 + u32::from(number % 5 == 3);
            if number % 7 == 6 {
                place = Place { sequence: place.sequence + 3, record: 0 };
            }
            let (id, format) = ((number as u128) << 64 | 7, usize::from(number % 3 == 0));
            events.push(Made { place, id, format, json: json(number) });
        }
        Source { events, end: Place { sequence: place.sequence, record: place.record + 1 } }
    }

    /// The place after the last event.
    pub fn end(&self) -> Place {
        self.end
    }

    /// The number of an event, by what a sink has of it.
    pub fn number(json: &str) -> usize {
        let event: serde_json::Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
        let number = event["labels"]["number"].as_str().unwrap_or_else(|| panic!("{json} has no number"));
        number.parse().unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    /// The line of an event.
    pub fn line(&self, number: usize) -> &str {
        &self.events[number].json
    }

    /// How many events are before a place.
    pub fn before(&self, place: Place) -> usize {
        self.events.partition_point(|event| event.place < place)
    }

    /// At most so many events from a place on.
    pub fn batch(&self, from: Place, most: usize) -> Arc<Batch> {
        let first = self.before(from);
        let last = (first + most).min(self.events.len());
        let mut builder = BatchBuilder::new(from, FORMATS.map(Arc::from).to_vec());
        for event in &self.events[first..last] {
            let Made { place, id, format, json } = event;
            builder.push(*id, *format, *place, START * 1_000, |line| line.extend_from_slice(json.as_bytes()));
        }
        // The next entry begins later than this one ended.
        let to = self.events.get(last).map_or(self.end, |next| match self.events[last - 1].place {
            place if place.sequence == next.place.sequence => next.place,
            place => Place { record: place.record + 1, ..place },
        });
        Arc::new(builder.finish(to))
    }
}

fn json(number: usize) -> String {
    let seconds = START + (number as i64 * 37) % 120;
    let (day, second) = (30 + (seconds - START) / 60, (seconds - START) % 60);
    let (month, day) = if day > 30 { (12, 1) } else { (11, 30) };
    let (hour, minute) = if day == 1 { (0, 0) } else { (23, 59) };
    let time = format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    let text = "x".repeat(number % 50);
    // Lists, whole numbers, fractions that no column for whole numbers takes.
    let more = match number % 4 {
        0 => r#","category":["a","b"]"#.to_owned(),
        1 => format!(r#","duration":{number}000"#),
        2 => format!(r#","duration":{number}.5,"category":["c","d"]"#),
        _ => String::new(),
    };
    let source = if number % 3 == 1 { r#""source":{"ip":"192.0.2.1"},"# } else { "" };
    format!(
        r#"{{"message":"{text} é \" {number}","event":{{"id":"e{number}"{more}}},"@timestamp":"{time}",{source}"labels":{{"number":"{number}"}}}}"#
    )
}
