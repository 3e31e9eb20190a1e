//! The id of an event, which follows from the log and the record's place in it.

use std::sync::Arc;
use uuid::Uuid;

/// The `event.id` of a record: a UUID of version 8 that has 44 bits of the log's id, 46 of the entry's sequence number and the 32 of
/// the record's number in the entry. The same record has the same id after every replay, and no two records of a log share one: a
/// sequence number counts blocks of 4 KiB, so 46 bits are for 2^58 bytes.
pub fn event_id(log: [u8; 16], sequence: u64, record: u32) -> Uuid {
    let log = u128::from_be_bytes(log) & ((1 << 44) - 1);
    let bits = log << 78 | u128::from(sequence & ((1 << 46) - 1)) << 32 | u128::from(record);
    // 48 bits, then the version; 12 bits, then the variant; 62 bits.
    let uuid = (bits >> 74) << 80 | 8 << 76 | (bits >> 62 & 0xfff) << 64 | 2 << 62 | bits & ((1 << 62) - 1);
    Uuid::from_u128(uuid)
}

/// What ids of an entry's events are made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The id of the log, or the bits of it that ids of events have.
    pub log: [u8; 16],
    /// The sequence number of the entry there.
    pub sequence: u64,
}

impl Origin {
    /// The id of a record's event.
    pub fn id(&self, record: u32) -> Uuid {
        event_id(self.log, self.sequence, record)
    }

    /// The origin from which this event's id was made.
    pub fn of(event: Uuid) -> Self {
        // The 48 bits, and of the 12 and the 62 those that were put in.
        let bits = event.as_u128();
        let bits = (bits >> 80) << 74 | (bits >> 64 & 0xfff) << 62 | bits & ((1 << 62) - 1);
        Origin { log: (bits >> 78).to_be_bytes(), sequence: (bits >> 32) as u64 & ((1 << 46) - 1) }
    }
}

/// Where the records of a body are, from which the ids of its events follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    log: [u8; 16],
    first: u64,
    /// After which record each part of the body ends; nothing where it is one entry, in which rejected records have numbers too.
    ends: Option<Arc<[u32]>>,
}

impl Placed {
    /// In one entry of a log.
    pub fn entry(log: [u8; 16], sequence: u64) -> Self {
        Placed { log, first: sequence, ends: None }
    }

    /// In parts with numbers from this one on, which have no rejected records, and end after so many records of the body.
    pub fn parts(log: [u8; 16], first: u64, ends: Vec<u32>) -> Self {
        Placed { log, first, ends: Some(ends.into()) }
    }

    /// The id of the event of the record with this number, before which so many were rejected.
    pub fn id(&self, number: u32, rejected: u32) -> Uuid {
        let Some(ends) = &self.ends else { return event_id(self.log, self.first, number) };
        let number = number.saturating_sub(rejected);
        let part = ends.partition_point(|end| *end <= number);
        let before = if part > 0 { ends[part - 1] } else { 0 };
        event_id(self.log, self.first + part as u64, number - before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_id_is_a_uuid_of_its_own_for_each_place() {
        let logs = [[1; 16], [2; 16]];
        let sequences = [0, 1, 2, 1 << 16, 1 << 30, 1 << 45];
        let records = [0, 1, 1 << 16, 1 << 31, u32::MAX];
        let mut ids = BTreeSet::new();
        for log in logs {
            for sequence in sequences {
                for record in records {
                    let id = event_id(log, sequence, record);
                    assert_eq!((id.get_version_num(), id.get_variant()), (8, uuid::Variant::RFC4122));
                    assert!(ids.insert(id), "{sequence} {record}");
                    let origin = Origin::of(id);
                    assert_eq!((origin.id(record), origin.sequence), (id, sequence));
                }
            }
        }
    }

    #[test]
    fn ids_of_a_body_in_parts_count_on_in_each_part_and_pass_over_what_was_rejected() {
        let log = [7; 16];
        let placed = Placed::parts(log, 100, vec![2, 3, 6]);
        // The second record was rejected: what stands in the parts are 0, 2, 3, 4, 5 and 6.
        let stored = [(0, 0), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)];
        let ids = stored.map(|(number, rejected)| placed.id(number, rejected));
        let places = [(100, 0), (100, 1), (101, 0), (102, 0), (102, 1), (102, 2)];
        assert_eq!(ids, places.map(|(sequence, record)| event_id(log, sequence, record)));
        assert_eq!(Placed::entry(log, 5).id(4, 1), event_id(log, 5, 4), "in an entry rejected records have numbers");
    }
}
