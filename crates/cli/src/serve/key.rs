//! The key for senders where there is no configuration: given, or made up once and kept.

use crate::stop::Stop;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use uuid::Uuid;
use weir_log::files::Disk;
use weir_receiver::Key;

/// Where a key is kept that was made up, in the folder of data.
const FILE: &str = "intake.key";

/// A key, its text to be shown, and the file that it is kept in, if it is.
pub struct SenderKey {
    pub key: Key,
    pub text: String,
    pub file: Option<PathBuf>,
}

impl SenderKey {
    /// The key of a variable, or the one that is given, or the one that is kept in the folder, where one is made up the first time.
    ///
    /// # Errors
    /// Where there is none, or none that can be one.
    pub fn of(variable: Option<&str>, given: Option<&str>, data: &Path) -> Result<Self, Stop> {
        let (text, file) = match (variable, given) {
            (Some(name), _) => {
                let text = env::var(name).map_err(|_| Stop::Because(format!("the variable {name} has no text")))?;
                (text, None)
            }
            (None, Some(text)) => (text.to_owned(), None),
            (None, None) => {
                let file = data.join(FILE);
                (kept(&file)?, Some(file))
            }
        };
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        let from = file.as_ref().map_or(String::new(), |file| format!(" in {}", file.display()));
        let key = Key::new(&text).map_err(|why| Stop::Because(format!("the key{from} cannot be used: {why}")))?;
        Ok(SenderKey { key, text, file })
    }
}

/// The text of the file. Where it is not there, or a crash has left it empty, it is made, for its owner alone.
fn kept(file: &Path) -> Result<String, Stop> {
    match fs::read_to_string(file) {
        Ok(text) if !text.trim_ascii().is_empty() => Ok(text),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Stop::cannot("read", file, &error)),
        _ => {
            let text = Uuid::new_v4().simple().to_string();
            make(file, &text).map_err(|error| Stop::cannot("write", file, &error))?;
            Ok(text)
        }
    }
}

/// Makes a file that is there with its text, or not at all.
fn make(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Disk::create(folder)?;
    let new = file.with_extension("new");
    let mut made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    writeln!(made, "{text}")?;
    made.sync_all()?;
    fs::rename(&new, file)
}
