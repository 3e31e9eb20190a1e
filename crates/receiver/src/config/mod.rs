//! The configuration of a receiver: one YAML file, in which every mistake has its line and what would help.
//!
//! Why so: `docs/decisions/0134`.

mod conflicts;
mod mistake;
mod model;
mod raw;
mod read;
mod section;

pub use mistake::{Mistake, Mistakes};
pub use model::{Config, Intake, SinkSettings, Surroundings, System};

use std::path::Path;

impl Config {
    /// Reads a file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// All that is wrong in it, as far as it can be told together. Keys are in no message.
    pub fn read(path: &Path, surroundings: &dyn Surroundings) -> Result<Self, Mistakes> {
        let file = path.display().to_string();
        let text = surroundings.file(path);
        let text =
            text.map_err(|why| Mistakes { file, all: vec![Mistake::new(format!("it cannot be read: {why}"))] })?;
        Config::parse(path, &text, surroundings)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(path: &Path, text: &str, surroundings: &dyn Surroundings) -> Result<Self, Mistakes> {
        let file = path.display().to_string();
        read::config(text, path, surroundings).map_err(|all| Mistakes { file, all })
    }
}
