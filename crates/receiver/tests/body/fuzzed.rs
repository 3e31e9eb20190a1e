//! What the fuzz target is about holds for inputs at random, and for bodies that are nearly right.

use crate::pack;
use proptest::prelude::*;
use weir_receiver::Encoding;

#[path = "../../../../fuzz/src/body.rs"]
mod target;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_body_has_the_same_records_in_pieces(
        head in any::<[u8; 4]>(),
        text in "([a-c \r\n]{0,5}|test|\\{\"a\":|[0-9] |\\[|\\]|\\}|,|\"json\":|\"x\"){0,20}",
        is_packed in any::<bool>(),
        flip in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let encoding = [Encoding::Identity, Encoding::Gzip, Encoding::Zstd][usize::from(head[1]) % 3];
        let mut body = if is_packed { pack(encoding, text.as_bytes()) } else { text.into_bytes() };
        if let Some(flip) = flip.filter(|_| !body.is_empty()) {
            let place = flip.index(body.len());
            body[place] ^= 4;
        }
        target::body(&[&head[..], &body].concat());
    }
}
