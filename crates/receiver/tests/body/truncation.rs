//! What is cut off or damaged is refused, and what decodes to too much.

use crate::{arrival, gzip, pack, records, zstd};
use std::io::Read;
use weir_receiver::{BodyError, Encoding, Framing, RECORD_BYTES, Records};

fn body() -> Vec<u8> {
    (0..200)
        .flat_map(|number| format!("{{\"number\":{number},\"square\":{}}}\n", number * number).into_bytes())
        .collect()
}

/// The lengths to which a packed body can be cut so that a decoder still takes it for whole.
fn accepted(packed: &[u8], takes: impl Fn(&[u8]) -> bool) -> Vec<usize> {
    assert!(takes(packed), "the whole body is taken");
    (0..packed.len()).filter(|length| takes(&packed[..*length])).collect()
}

fn takes(encoding: Encoding) -> impl Fn(&[u8]) -> bool {
    move |packed| records(packed, &arrival(encoding, Framing::Lines, RECORD_BYTES)).is_ok()
}

/// T20: a collector's own test passed although the stream was cut off.
#[test]
fn t20_a_stream_that_is_cut_at_any_byte_is_refused() {
    assert_eq!(accepted(&gzip(&body()), takes(Encoding::Gzip)), [0; 0]);
    assert_eq!(accepted(&zstd(&body()), takes(Encoding::Zstd)), [0; 0]);
}

/// The test above, with a decoder that does not look at the trailer: it has to notice.
#[test]
fn t20_a_decoder_that_ignores_the_trailer_is_caught() {
    const HEADER: usize = 10;
    let mutant = |packed: &[u8]| {
        let Some(deflated) = packed.get(HEADER..) else { return false };
        flate2::read::DeflateDecoder::new(deflated).read_to_end(&mut Vec::new()).is_ok()
    };
    let accepted = accepted(&gzip(&body()), mutant);
    assert!(accepted.len() >= 8, "the trailer has eight bytes: {accepted:?}");
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let body = body();
    let whole = records(&*body, &arrival(Encoding::Identity, Framing::Lines, RECORD_BYTES)).expect("lines");
    for encoding in [Encoding::Gzip, Encoding::Zstd] {
        let packed = pack(encoding, &body);
        for place in 0..packed.len() {
            let mut damaged = packed.clone();
            damaged[place] ^= 1 << (place % 8);
            // Bytes of the header say nothing of the content.
            if let Ok(seen) = records(&*damaged, &arrival(encoding, Framing::Lines, RECORD_BYTES)) {
                assert_eq!(seen, whole, "{encoding:?} {place}");
            }
        }
    }
}

#[test]
fn several_members_are_one_body_and_garbage_behind_is_none() {
    for encoding in [Encoding::Gzip, Encoding::Zstd] {
        let two = [pack(encoding, b"a\nb"), pack(encoding, b"c\nd\n")].concat();
        let of = |bytes: &[u8]| records(bytes, &arrival(encoding, Framing::Lines, RECORD_BYTES));
        let texts: Vec<_> = of(&two).expect("two members").into_iter().map(|seen| seen.2).collect();
        assert_eq!(texts, ["a", "bc", "d"]);
        assert!(matches!(of(&[&*two, b"garbage"].concat()), Err(BodyError::Corrupt { .. })), "{encoding:?}");
        assert!(matches!(of(b""), Err(BodyError::Corrupt { .. })), "{encoding:?}: nothing is no stream");
        assert!(matches!(of(b"a\nb\n"), Err(BodyError::Corrupt { .. })), "{encoding:?}: text is no stream");
    }
}

/// T15: what is small and decodes to much.
#[test]
fn t15_a_bomb_is_refused_at_the_limit() {
    const LIMIT: u64 = 1 << 20;
    let zeros = vec![b'0'; 8 << 20];
    // A bomb in a bomb is a member after a member here: nothing is decoded twice.
    let many: Vec<u8> = std::iter::repeat_n(gzip(&zeros[..1 << 16]), 64).flatten().collect();
    let bombs = [(Encoding::Gzip, gzip(&zeros)), (Encoding::Zstd, zstd(&zeros)), (Encoding::Gzip, many)];
    for (encoding, bomb) in bombs {
        for framing in [Framing::Lines, Framing::One, Framing::Counted, Framing::Json { path: None }] {
            let arrival = arrival(encoding, framing, RECORD_BYTES);
            let mut records = Records::new(&*bomb, &arrival).expect("a decoder").at_most(LIMIT);
            let error = loop {
                match records.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => unreachable!("a bomb has no end within the limit"),
                    Err(error) => break error,
                }
            };
            let is_counted = matches!((&error, &arrival.framing), (BodyError::Counts, Framing::Counted));
            assert!(matches!(error, BodyError::TooLarge { most: LIMIT }) || is_counted, "{error}");
            assert!(records.decoded() <= LIMIT + (1 << 17), "{}", records.decoded());
        }
    }
}

#[test]
fn a_window_that_takes_much_memory_is_refused() {
    let mut packer = zstd::stream::write::Encoder::new(Vec::new(), 19).expect("memory");
    packer.window_log(27).expect("a setting");
    packer.set_pledged_src_size(None).expect("a setting");
    std::io::copy(&mut std::io::repeat(b'x').take(1 << 16), &mut packer).expect("memory");
    let packed = packer.finish().expect("memory");
    let seen = records(&*packed, &arrival(Encoding::Zstd, Framing::One, RECORD_BYTES));
    assert!(matches!(seen, Err(BodyError::Corrupt { .. })), "{seen:?}");
}

#[test]
fn what_the_source_fails_with_is_not_taken_for_damage() {
    struct Fails(usize);
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => Err(std::io::ErrorKind::Interrupted.into()),
                _ => Err(std::io::Error::other("the cable is cut")),
            }
        }
    }
    for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Zstd] {
        let packed = pack(encoding, &body());
        let source = (&packed[..packed.len() / 2]).chain(Fails(0));
        let seen = records(source, &arrival(encoding, Framing::Lines, RECORD_BYTES));
        assert!(matches!(&seen, Err(BodyError::Source(error)) if error.to_string() == "the cable is cut"), "{seen:?}");
    }
}
