//! Which keys of a mapping are equal.

use crate::diagnostic::{Diagnostics, Span};
use crate::spec::findings::DUPLICATE_KEY;
use crate::spec::word::key_text;
use crate::value::{Constant, ConstantKind};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

type KeyedPair = (Constant, Constant);

/// The pairs of a mapping as Python's dict keeps them: the place of the first of equal keys, the value of the last. What
/// was merged comes first; only keys that the mapping itself has twice are reported.
pub(in crate::spec) fn unique(
    merged: Vec<KeyedPair>,
    own: Vec<KeyedPair>,
    findings: &mut Diagnostics,
) -> Vec<KeyedPair> {
    let merges = merged.len();
    let mut places: HashMap<KeyForm, KeyPlace> = HashMap::new();
    let mut kept: Vec<KeyedPair> = Vec::with_capacity(merges + own.len());
    for (index, (key, value)) in merged.into_iter().chain(own).enumerate() {
        let (is_own, span) = (index >= merges, key.span);
        match places.entry(KeyForm::of(&key)) {
            Entry::Vacant(place) => {
                place.insert(KeyPlace { index: kept.len(), span, is_own });
                kept.push((key, value));
            }
            Entry::Occupied(mut place) => {
                let KeyPlace { index, span: first, is_own: was_own } = *place.get();
                if is_own && was_own {
                    let finding = DUPLICATE_KEY.at(span, &[&key_text(&key)]).label("this one counts");
                    findings.push(finding.also(first, "this one has no effect"));
                }
                place.insert(KeyPlace { index, span, is_own });
                kept[index] = (key, value);
            }
        }
    }
    kept
}

/// Where the last of equal keys was met.
#[derive(Clone, Copy)]
struct KeyPlace {
    index: usize,
    span: Span,
    /// Written in the mapping itself, not merged into it.
    is_own: bool,
}

/// A key as Python's hash sees it: `1`, `1.0` and `true` are one key.
#[derive(PartialEq, Eq, Hash)]
enum KeyForm {
    Null,
    Whole(i64),
    Big(Box<str>),
    Broken(u64),
    Text(Box<str>),
}

impl KeyForm {
    fn of(key: &Constant) -> KeyForm {
        match &key.kind {
            ConstantKind::Bool(value) => KeyForm::Whole(i64::from(*value)),
            ConstantKind::Int(value) => KeyForm::Whole(*value),
            ConstantKind::BigInt(digits) => KeyForm::Big(digits.clone()),
            // The cast saturates; what does not come back as it was is no whole number of 64 bits.
            ConstantKind::Float(value) if (*value as i64) as f64 == *value => KeyForm::Whole(*value as i64),
            ConstantKind::Float(value) => KeyForm::Broken(value.to_bits()),
            ConstantKind::Text(text) => KeyForm::Text(text.clone()),
            // Collections are no keys: the reading stopped at one.
            ConstantKind::Null | ConstantKind::List(_) | ConstantKind::Map(_) => KeyForm::Null,
        }
    }
}
