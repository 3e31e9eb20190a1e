//! What the receiver says of itself while it runs: lines of text or JSON, without secrets.

use jiff::Timestamp;
use serde_json::{Map, Value};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// How notices are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeForm {
    /// `2026-12-01T02:00:00Z WARN it happened sink=events`.
    #[default]
    Text,
    /// `{"time":"…","level":"warn","message":"it happened","sink":"events"}`.
    Json,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something does not work now, or something was lost that nobody was promised.
    Warn,
    /// Somebody has to do something.
    Error,
}

/// Where notices go.
pub struct Notices {
    form: NoticeForm,
    out: Mutex<Box<dyn Write + Send>>,
}

impl Notices {
    /// Notices on standard error.
    pub fn standard(form: NoticeForm) -> Self {
        Notices::to(form, Box::new(io::stderr()))
    }

    /// Notices to somewhere.
    pub fn to(form: NoticeForm, out: Box<dyn Write + Send>) -> Self {
        Notices { form, out: Mutex::new(out) }
    }

    /// Says something, with facts by their names.
    pub fn tell(&self, level: Level, message: &str, facts: &[(&str, &dyn ToString)]) {
        let line = match self.form {
            NoticeForm::Text => text(level, message, facts),
            NoticeForm::Json => json(level, message, facts),
        };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // Where nobody reads it any more, there is nobody to be told.
        drop(out.write_all(line.as_bytes()).and_then(|()| out.flush()));
    }
}

impl Level {
    fn names(self) -> [&'static str; 2] {
        match self {
            Level::Info => ["INFO", "info"],
            Level::Warn => ["WARN", "warn"],
            Level::Error => ["ERROR", "error"],
        }
    }
}

fn text(level: Level, message: &str, facts: &[(&str, &dyn ToString)]) -> String {
    let mut line = format!("{:.3} {} {message}", Timestamp::now(), level.names()[0]);
    for (name, value) in facts {
        line += &format!(" {name}={}", value.to_string());
    }
    // One line each, whatever somebody has put into a name.
    line.replace(char::is_control, " ") + "\n"
}

fn json(level: Level, message: &str, facts: &[(&str, &dyn ToString)]) -> String {
    let time = format!("{:.3}", Timestamp::now());
    let fixed = [("time", time), ("level", level.names()[1].to_owned()), ("message", message.to_owned())];
    let facts = facts.iter().map(|(name, value)| (*name, value.to_string()));
    let members = fixed.into_iter().chain(facts).map(|(name, value)| (name.to_owned(), Value::String(value)));
    Value::Object(members.collect::<Map<String, Value>>()).to_string() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_notice_is_one_line_in_either_form() {
        for form in [NoticeForm::Text, NoticeForm::Json] {
            let kept = Kept::default();
            let notices = Notices::to(form, Box::new(kept.clone()));
            notices.tell(Level::Warn, "it\nhappened", &[("sink", &"a\u{1b}b"), ("tries", &3)]);
            let line = String::from_utf8(kept.0.lock().expect("no panic").clone()).expect("text");
            assert_eq!(line.matches(char::is_control).collect::<Vec<_>>(), ["\n"], "{line}");
            assert!(line.contains("3") && line.to_lowercase().contains("warn"), "{line}");
            assert_eq!(serde_json::from_str::<Value>(&line).is_ok(), form == NoticeForm::Json);
        }
    }
}
