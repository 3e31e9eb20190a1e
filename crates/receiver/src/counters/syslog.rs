//! What is counted of syslog, which has no answers that could be counted.

use super::labels::Outcome;
use super::names::Names;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// Messages by what became of them.
#[derive(Debug)]
pub struct SyslogCounters {
    /// Those that were stored.
    pub stored: Counter,
    /// Those without a key, or with one that is none.
    pub unauthorized: Counter,
    /// Those that are not of RFC 5424.
    pub malformed: Counter,
    /// Those that are longer than any key may send, or than those without a valid key may begin.
    pub oversize: Counter,
}

impl SyslogCounters {
    pub(super) fn new(names: &mut Names) -> Self {
        let family: Family<Outcome, Counter> =
            names.family("syslog_messages", "Syslog messages, by what became of them");
        let of = |outcome| family.get_or_create_owned(&Outcome { outcome });
        SyslogCounters {
            stored: of("stored"),
            unauthorized: of("unauthorized"),
            malformed: of("malformed"),
            oversize: of("oversize"),
        }
    }
}
