//! A topic in the place of the log, as librdkafka's own cluster of brokers in memory plays it.
#![cfg(feature = "kafka")]

mod setup;
mod topic;
mod workers;
