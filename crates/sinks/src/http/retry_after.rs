//! `Retry-After`: seconds or a date, as RFC 9110 has it.

use std::time::Duration;
use ureq::http::{HeaderMap, header};

/// The longest wait that a server can ask for: it may be mistaken, or gone by then.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long the server wants not to be asked.
pub(super) fn read(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    seconds.or_else(|| until(text)).map(|wait| wait.min(LONGEST))
}

fn until(date: &str) -> Option<Duration> {
    let date = jiff::fmt::rfc2822::parse(date).ok()?.timestamp();
    Duration::try_from(date.duration_since(jiff::Timestamp::now())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ureq::http::HeaderValue;

    fn wait(text: &str) -> Option<Duration> {
        let value = HeaderValue::from_str(text).expect("a header's value");
        read(&[(header::RETRY_AFTER, value)].into_iter().collect())
    }

    #[test]
    fn a_wait_is_seconds_or_a_date_and_bounded() {
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("99999999999"), Some(LONGEST));
        assert_eq!(wait("Fri, 01 Jan 2100 00:00:00 GMT"), Some(LONGEST));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), None);
        assert_eq!(wait("soon"), None);
        assert_eq!(read(&HeaderMap::new()), None);
    }
}
