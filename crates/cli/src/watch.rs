//! A command run again whenever a file below its paths changes.
//!
//! Why so: `docs/decisions/0162`.

use crate::stop::{Outcome, Stop};
use crate::terminal::{Paint, bold, red};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};
use weir_formats::folders;

/// How often files are looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// The most files that are watched.
const MOST: usize = 100_000;

/// What is known of files: when each was changed last, and how long it is.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Runs a command, and again after each change, until the user or the reader of the output ends it. What stops one turn is told, and
/// the next may go well.
///
/// # Errors
/// Where the output is closed.
pub fn watch(
    paths: &[PathBuf],
    paint: Paint,
    turn: &mut dyn FnMut() -> Result<Outcome, Stop>,
) -> Result<Outcome, Stop> {
    loop {
        // What changes during the turn is seen after it.
        let before = seen(paths);
        match turn() {
            Err(Stop::PipeClosed) => return Err(Stop::PipeClosed),
            Err(stop) => writeln!(io::stderr(), "{} {stop}", red("error:", paint.stderr))?,
            Ok(_) => {}
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{}", bold("watching for changes; Ctrl-C ends", paint.stdout))?;
        out.flush()?;
        drop(out);
        let mut now = seen(paths);
        while now == before {
            thread::sleep(PAUSE);
            now = seen(paths);
        }
        // An editor may write a file in several steps.
        thread::sleep(PAUSE);
        for path in now.iter().filter(|(path, state)| before.get(*path) != Some(state)).map(|(path, _)| path).take(3) {
            writeln!(io::stdout(), "\nchanged: {}", path.display())?;
        }
    }
}

fn seen(paths: &[PathBuf]) -> Seen {
    let mut seen = Seen::new();
    paths.iter().for_each(|path| look(path, &mut seen));
    seen
}

fn look(path: &Path, seen: &mut Seen) {
    let Ok(metadata) = fs::symlink_metadata(path) else { return };
    if seen.len() >= MOST {
        return;
    }
    if metadata.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| !folders::is_passed_over(path)).for_each(|path| look(&path, seen));
    } else {
        seen.insert(path.to_owned(), (metadata.modified().ok(), metadata.len()));
    }
}
