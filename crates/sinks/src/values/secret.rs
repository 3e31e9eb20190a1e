//! Secrets, which stand in files or in the environment, and never in the configuration.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a secret is: `{file: PATH}` or `{env: NAME}`. It is read each time it is used, so that a new one needs no restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Secret {
    /// The text of a file, without the line break at its end.
    File(PathBuf),
    /// The value of a variable of the environment.
    Env(String),
}

/// A secret that was read. It shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "`file: PATH` or `env: NAME`")]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    env: Option<String>,
}

impl Secret {
    /// Takes a path that is relative from a folder.
    pub(crate) fn go_below(&mut self, folder: &Path) {
        if let Secret::File(path) = self {
            *path = folder.join(&*path);
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// Where the file or the variable is missing or has no text; the error names it, and not what it has.
    pub fn read(&self) -> Result<Hidden, String> {
        let text = match self {
            Secret::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("the secret in the file {} cannot be read: {error}", path.display()))?,
            Secret::Env(name) => std::env::var(name).map_err(|_| {
                format!("the variable {name} of the environment, which has a secret, is not set, or no text")
            })?,
        };
        // Some editors put a mark before what they write.
        let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
        match text.is_empty() {
            true => Err(format!("{self} is empty")),
            false => Ok(Hidden(text.to_owned())),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::File(path) => write!(f, "the file {}", path.display()),
            Secret::Env(name) => write!(f, "the variable {name}"),
        }
    }
}

impl TryFrom<Written> for Secret {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match (written.file, written.env) {
            (Some(file), None) => Ok(Secret::File(file)),
            (None, Some(env)) => Ok(Secret::Env(env)),
            _ => Err("a secret is `file: PATH` or `env: NAME`".to_owned()),
        }
    }
}

impl From<Secret> for Written {
    fn from(secret: Secret) -> Self {
        match secret {
            Secret::File(path) => Written { file: Some(path), env: None },
            Secret::Env(name) => Written { file: None, env: Some(name) },
        }
    }
}

impl Hidden {
    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_anew_each_time_and_does_not_show() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let secret: Secret = serde_yaml::from_str(&format!("file: {}", path.display())).expect("a secret");
        assert!(secret.read().expect_err("no file").contains("key"));
        for text in ["one\n", "two\r\n", "\u{feff}three\r\n"] {
            std::fs::write(&path, text).expect("a file");
            let read = secret.read().expect("a secret");
            assert_eq!(read.reveal(), text.trim_end().trim_start_matches('\u{feff}'));
            assert_eq!(format!("{read:?}"), "Hidden");
        }
        std::fs::write(&path, "\n").expect("a file");
        assert!(secret.read().expect_err("nothing").ends_with("is empty"));
    }

    #[test]
    fn a_secret_stands_in_a_file_or_in_the_environment_alone() {
        for wrong in ["plain", "{}", "{file: a, env: b}", "{text: a}"] {
            assert!(serde_yaml::from_str::<Secret>(wrong).is_err(), "{wrong}");
        }
        assert_eq!(serde_yaml::from_str::<Secret>("env: KEY").expect("a secret"), Secret::Env("KEY".to_owned()));
    }
}
