//! The key for senders where there is no configuration: given, or made up once and kept.

use crate::stop::Stop;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use uuid::Uuid;
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
        let key = Key::new(&text).map_err(|why| Stop::Because(format!("the key cannot be used: {why}")))?;
        Ok(SenderKey { key, text, file })
    }
}

/// The text of the file, which is made where it is not there, for its owner alone.
fn kept(file: &Path) -> Result<String, Stop> {
    let cannot = |verb: &'static str| move |error| Stop::cannot(verb, file, &error);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| Stop::cannot("make", folder, &error))?;
    }
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Ok(mut made) => {
            let text = Uuid::new_v4().simple().to_string();
            writeln!(made, "{text}").map_err(cannot("write"))?;
            Ok(text)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::read_to_string(file).map_err(cannot("read")),
        Err(error) => Err(cannot("write")(error)),
    }
}
