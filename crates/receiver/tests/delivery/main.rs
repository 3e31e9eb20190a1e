//! Delivery from end to end, from a log on disk to sinks of which the tests decide what they do.

mod formats;
mod letters;
mod order;
mod outages;
mod replayed;
mod rules;
mod setup;
mod test_sink;
mod whole;
