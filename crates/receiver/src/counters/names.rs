//! Where numbers get their names.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::exponential_buckets;
use prometheus_client::registry::{Metric, Registry};
use std::fmt::Debug;
use std::hash::Hash;

/// From a millisecond to a minute.
pub(super) fn seconds() -> impl Iterator<Item = f64> {
    exponential_buckets(0.001, 2.0, 17)
}

/// A number as a gauge takes it.
pub(super) fn gauge(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Where numbers get their names.
pub(super) struct Names(Registry);

impl Names {
    pub fn new() -> Self {
        Names(Registry::with_prefix("weir"))
    }

    pub fn registry(self) -> Registry {
        self.0
    }

    pub fn add<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: M) -> M {
        self.0.register(name, help, metric.clone());
        metric
    }

    pub fn one<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        self.add(name, help, M::default())
    }

    pub fn family<L, M>(&mut self, name: &str, help: &str) -> Family<L, M>
    where
        L: Clone + Hash + Eq + EncodeLabelSet + Debug + Send + Sync + 'static,
        M: Default + Clone + Debug + Send + Sync + 'static,
        Family<L, M>: Metric,
    {
        self.one(name, help)
    }
}
