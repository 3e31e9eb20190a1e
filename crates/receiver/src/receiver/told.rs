//! What is told of formats and rules: what is used, and what came of loading them again.

use crate::counters::Counters;
use crate::formats::{IntakeFormats, Loaded, Reloaded, Rules};
use crate::notices::{Level, Notices};

/// Counts and tells what came of loading formats and rules again.
pub(crate) fn tell_reloaded(all: &[Reloaded], formats: &IntakeFormats, counters: &Counters, notices: &Notices) {
    for Reloaded { of, path, trouble } in all {
        let path = path.display();
        match (of, trouble) {
            (Loaded::Formats, None) => notices.tell(Level::Info, "formats were loaded again", &[("path", &path)]),
            (Loaded::Formats, Some(why)) => {
                let text = format!("formats cannot run as they are now, and the version before goes on: {why}");
                notices.tell(Level::Error, &text, &[("path", &path)]);
            }
            (Loaded::Rules, None) => tell_rules(&formats.rules(), notices),
            (Loaded::Rules, Some(why)) => {
                let text = format!("rules cannot be used as they are now, and those before hold: {why}");
                notices.tell(Level::Error, &text, &[("path", &path)]);
            }
        }
        if *of == Loaded::Formats {
            counters.reloaded(trouble.is_none());
        }
    }
}

/// Tells what events are held against, and what of it is not used.
pub(crate) fn tell_rules(rules: &Rules, notices: &Notices) {
    if rules.is_none() {
        return;
    }
    for line in rules.not_used() {
        notices.tell(Level::Warn, &format!("passed over: {line}"), &[]);
    }
    let (count, indicators) = rules.len();
    let facts: [(&str, &dyn ToString); 2] = [("rules", &count), ("indicators", &indicators)];
    notices.tell(Level::Info, "events are held against rules and indicators", &facts);
}
