//! The id of an event, which follows from the log and the record's place in it.

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
                }
            }
        }
    }
}
