//! What the samples show of the fields.

use std::collections::HashMap;
use weir_dataset::{Contract, Observed, Profile, RawRecord};

/// How many values of a field are looked at.
const VALUES: usize = 200;

/// What the samples show.
pub(super) struct Evidence {
    pub(super) profile: Profile,
    /// Values by field, those that say nothing left out.
    values: HashMap<String, Vec<String>>,
}

impl Evidence {
    pub(super) fn of(samples: &[String], contract: &Contract) -> Self {
        let (mut profile, mut values) = (Profile::default(), HashMap::<String, Vec<String>>::new());
        for sample in samples {
            profile.add(sample, Some(contract));
            let Ok(record) = RawRecord::read(sample) else { continue };
            for (name, value) in record.members().filter(|(name, _)| contract.field(name).is_some()) {
                let observed = Observed::of(value);
                let values = values.entry(name.to_owned()).or_default();
                if let Some(word) = observed.word.filter(|_| observed.is_filled && values.len() < VALUES) {
                    values.push(word.into_owned());
                }
            }
        }
        Evidence { profile, values }
    }

    pub(super) fn values(&self, field: &str) -> &[String] {
        self.values.get(field).map_or(&[], Vec::as_slice)
    }
}
