//! The status page: one look at what comes in, where it goes, and what went wrong last.

use super::operation::{Bodies, Operation, Readiness, Running};
use crate::dead_letters::{DeadLetter, Original};
use crate::deliver::{Outcome, SinkState};
use crate::formats::FormatsStat;
use crate::kafka::{Assigned, Waiting};
use jiff::Timestamp;
use std::fmt::Write;
use std::time::{Duration, SystemTime};
use weir_author::words::beginning;
use weir_log::Usage;

const STYLE: &str = include_str!("status.css");

/// How many formats of a module are named.
const NAMED: usize = 4;

/// How many bytes of a reason or a record are shown.
const SHOWN: usize = 400;

/// The page as HTML.
pub(super) fn page(operation: &Operation) -> String {
    let now = SystemTime::now();
    let readiness = operation.readiness();
    let (class, word) = pill(&readiness);
    let mut out = String::new();
    // Writing to a String cannot fail, here and below.
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>weir: {word}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"refresh\" content=\"10\">\
         <style>{STYLE}</style></head><body><header><h1>weir</h1><span class=\"pill {class}\">{word}</span>\
         <span class=\"quiet\">version {}, up {}</span></header>",
        env!("CARGO_PKG_VERSION"),
        span(now.duration_since(operation.started).unwrap_or_default()),
    );
    if let Readiness::Refusing(refusal) = &readiness {
        let _ = write!(out, "<p class=\"bad box\">{}</p>", escaped(&refusal.to_string()));
    }
    let formats = operation.formats.stat();
    if let Some(running) = operation.running() {
        bodies(&mut out, &running.bodies);
    }
    intakes(&mut out, operation, &formats, now);
    if let Some(running) = operation.running() {
        sinks(&mut out, operation, running, now);
    }
    failures(&mut out, operation, &formats, now);
    out.push_str("</body></html>\n");
    out
}

fn pill(readiness: &Readiness) -> (&'static str, &'static str) {
    match readiness {
        Readiness::Ready => ("good", "accepting"),
        Readiness::Recovering => ("idle", "recovering"),
        Readiness::Refusing(_) => ("bad", "refusing"),
    }
}

fn bodies(out: &mut String, bodies: &Bodies) {
    match bodies {
        Bodies::Log(log) => self::log(out, &log.usage()),
        Bodies::Topic(_) => out.push_str("<p class=\"quiet\">Bodies go to a topic; workers deliver them.</p>"),
        Bodies::Partitions(assigned) => partitions(out, assigned),
    }
}

fn log(out: &mut String, usage: &Usage) {
    tiles(
        out,
        &[
            (bytes(usage.bytes), "in the log"),
            (grouped(usage.entries), "batches since it began"),
            (grouped(usage.segments as u64), "segments"),
        ],
    );
    if let Some(why) = &usage.cannot_remove {
        let _ = write!(out, "<p class=\"bad box\">Segments that nobody needs cannot be removed: {}</p>", escaped(why));
    }
}

fn partitions(out: &mut String, assigned: &Assigned) {
    let Waiting { all, paused, bytes: waiting } = assigned.all_waiting();
    tiles(
        out,
        &[
            (grouped(all as u64), "partitions of this worker"),
            (bytes(waiting as u64), "wait for sinks"),
            (grouped(paused as u64), "paused"),
        ],
    );
}

fn tiles(out: &mut String, tiles: &[(String, &str)]) {
    out.push_str("<section class=\"tiles\">");
    for (number, what) in tiles {
        let _ = write!(out, "<div><b>{number}</b><span>{what}</span></div>");
    }
    out.push_str("</section>");
}

fn sinks(out: &mut String, operation: &Operation, running: &Running, now: SystemTime) {
    out.push_str(
        "<h2>Sinks</h2><div class=\"wide\"><table><tr><th>Name<th>State<th class=\"n\">Events<th class=\"n\">A second\
         <th class=\"n\">Batches waiting<th class=\"n\">Behind</tr>",
    );
    let usage = running.bodies.log().map(|log| log.usage()).unwrap_or_default();
    for (number, sink) in running.sinks.iter().enumerate() {
        let waiting = running.bodies.behind(&usage, number, sink);
        let behind = Duration::from_secs(sink.seconds_behind(waiting, now));
        let rate = rate(operation.sink_rates.of(&sink.name));
        let _ = write!(
            out,
            "<tr><td>{}<br><span class=\"quiet\">{}</span><td>{}<td class=\"n\">{}<td class=\"n\">{rate}<td class=\"n\">{}<td class=\"n\">{}</tr>",
            escaped(&sink.name),
            escaped(&sink.kind),
            state(sink, now),
            grouped(sink.counters.events.get()),
            grouped(waiting),
            if behind.is_zero() { "–".to_owned() } else { span(behind) },
        );
    }
    out.push_str("</table></div>");
}

fn state(sink: &SinkState, now: SystemTime) -> String {
    match sink.trouble() {
        None => "<span class=\"pill good\">works</span>".to_owned(),
        Some(trouble) => format!(
            "<span class=\"pill bad\">fails</span> cannot {} for {}, tried {} times: {}",
            trouble.what,
            span(now.duration_since(trouble.since).unwrap_or_default()),
            trouble.tries,
            escaped(cut(&trouble.why)),
        ),
    }
}

fn intakes(out: &mut String, operation: &Operation, formats: &[FormatsStat], now: SystemTime) {
    out.push_str(
        "<h2>Intakes</h2><div class=\"wide\"><table><tr><th>Name<th>State<th class=\"n\">Records<th class=\"n\">A second\
         <th class=\"n\">Dead letters<th class=\"n\">Last batch<th>Formats</tr>",
    );
    for intake in formats {
        let counters = operation.counters.intake(&intake.intake);
        let last = counters.last().map(|at| SystemTime::UNIX_EPOCH + Duration::from_secs_f64(at));
        let last = last.map_or("none yet".to_owned(), |at| format!("{} ago", age(now, at)));
        let _ = write!(
            out,
            "<tr><td>{}<td>{}<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{last}<td>{}</tr>",
            escaped(&intake.intake),
            version(intake, now),
            grouped(counters.records.get()),
            rate(operation.intake_rates.of(&intake.intake)),
            grouped(letters(operation, intake)),
            names(intake),
        );
    }
    out.push_str("</table></div>");
}

/// The formats of an intake, the first ones by name, and where they come from.
fn names(intake: &FormatsStat) -> String {
    let mut names: Vec<String> = intake.formats.iter().take(NAMED).map(|format| escaped(&format.name)).collect();
    if intake.formats.len() > NAMED {
        names.push(format!("{} more", intake.formats.len() - NAMED));
    }
    let path = escaped(&intake.path.display().to_string());
    format!("{}<br><code class=\"quiet\">{path}</code>", names.join(", "))
}

/// Which version of an intake's formats runs, and whether there is a newer one that does not.
fn version(intake: &FormatsStat, now: SystemTime) -> String {
    let stamp = match &intake.formats[..] {
        [format] => format!("<code>{}</code>, ", escaped(&format.stamp)),
        _ => String::new(),
    };
    let loaded = format!("<br><span class=\"quiet\">{stamp}loaded {} ago</span>", age(now, intake.loaded));
    match &intake.trouble {
        None => format!("<span class=\"pill good\">runs</span>{loaded}"),
        Some(why) => format!(
            "<span class=\"pill bad\">outdated</span> the version on disk does not run{loaded}<pre>{}</pre>",
            escaped(why)
        ),
    }
}

/// How many records of an intake became no event since the start.
fn letters(operation: &Operation, intake: &FormatsStat) -> u64 {
    // Where no format was found there is no name of one.
    let formats: Vec<&str> = intake.formats.iter().map(|format| &*format.name).chain([""]).collect();
    let fates = [Outcome::Failed, Outcome::Unrouted].map(Outcome::name);
    fates.into_iter().map(|fate| operation.counters.records(&intake.intake, &formats, fate)).sum()
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or("\u{2013}".to_owned(), |rate| grouped(rate.round() as u64))
}

fn age(now: SystemTime, at: SystemTime) -> String {
    span(now.duration_since(at).unwrap_or_default())
}

fn failures(out: &mut String, operation: &Operation, formats: &[FormatsStat], now: SystemTime) {
    let letters = operation.failures.all();
    out.push_str("<h2 id=\"letters\">Last dead letters</h2>");
    if letters.is_empty() {
        out.push_str("<p class=\"quiet\">None since the start.</p>");
        return;
    }
    for letter in &letters {
        failure(out, letter, &operation.dead_letters.display().to_string(), formats, now);
    }
}

/// A letter opens by the fragment of the page's address, and so stays open when the page is loaded again.
fn failure(out: &mut String, letter: &DeadLetter, folder: &str, formats: &[FormatsStat], now: SystemTime) {
    let received = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.received).unwrap_or(0));
    let age = if letter.received > 0 {
        format!("{} ago", span(now.duration_since(received).unwrap_or_default()))
    } else {
        String::new()
    };
    let at = Timestamp::from_millisecond(letter.received).map(|at| at.to_string()).unwrap_or_default();
    let place =
        [Some(letter.intake.as_str()), letter.format.as_deref(), letter.entry.as_deref(), letter.sink.as_deref()];
    let place: Vec<String> = place.into_iter().flatten().filter(|name| !name.is_empty()).map(escaped).collect();
    let _ = write!(
        out,
        "<div class=\"letter\" id=\"{id}\"><a href=\"#{id}\"><span class=\"pill idle\">{}</span> <b>{}</b> {} \
         <span class=\"quiet\" title=\"{at}\">{} {age}</span></a><div><p>{} <a class=\"quiet\" href=\"#letters\">close</a></p>",
        letter.stage.name(),
        escaped(&letter.code),
        escaped(first_line(cut(&letter.reason))),
        place.join(" › "),
        escaped(cut(&letter.reason)),
        id = escaped(&letter.id),
    );
    match &letter.original {
        Original::Text(text) => drop(write!(out, "<pre>{}</pre>", escaped(cut(text)))),
        Original::Base64(_) => out.push_str("<p class=\"quiet\">The record is not UTF-8.</p>"),
    }
    if let Some(stat) = formats.iter().find(|stat| stat.intake == letter.intake) {
        let _ = write!(
            out,
            "<pre class=\"command\">weir replay {} --id {} --print | {}</pre>",
            escaped(&quoted(folder)),
            escaped(&letter.id),
            escaped(&explanation(letter, stat))
        );
    }
    out.push_str("</div></div>");
}

/// The command that says what becomes of the record: explained by its format, or run by the module where none was found.
fn explanation(letter: &DeadLetter, stat: &FormatsStat) -> String {
    match stat.formats.iter().find(|format| Some(&format.name) == letter.format.as_ref()) {
        Some(format) => format!("weir explain {}", quoted(&format.root.display().to_string())),
        None => format!("weir run {}", quoted(&stat.path.display().to_string())),
    }
}

/// A text that is safe between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn cut(text: &str) -> &str {
    beginning(text, SHOWN)
}

fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// A number with thin spaces between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sender_wrote_is_text_in_the_page_and_in_a_command() {
        assert_eq!(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
        assert_eq!(quoted("a/b-c.d"), "a/b-c.d");
        assert_eq!(quoted("it's; rm"), r"'it'\''s; rm'");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!((grouped(12), bytes(1_500_000)), ("12".to_owned(), "1.5 MB".to_owned()));
        assert_eq!(span(Duration::from_secs(7_300)), "2 h");
    }
}
