//! What a sink is told that does not stand in its settings.

use crate::files::Tree;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weir::taxonomy::Field;
use weir_log::files::Files;

/// The fields that a format's events can have now, by the format's name: `plan.outputs()`. It is asked when a file is made, so that a
/// new version of a format makes new columns.
pub type FieldsOf = Arc<dyn Fn(&str) -> Option<Vec<Field>> + Send + Sync>;

/// How a folder becomes files.
type OpenFolder = Arc<dyn Fn(&Path) -> io::Result<Arc<dyn Files>> + Send + Sync>;

/// What a sink is told of the receiver.
#[derive(Clone)]
pub struct Context {
    /// The sink's name in the configuration.
    pub(crate) name: String,
    /// A folder of its own for its notes.
    pub(crate) folder: PathBuf,
    /// What tells this receiver's log from others': names of files and objects have it.
    pub(crate) origin: String,
    pub(crate) fields: FieldsOf,
    open_folder: OpenFolder,
}

impl Context {
    /// For the sink of this name, which has the folder `folder` for itself, and takes the events of the log with this id.
    pub fn new(name: &str, folder: &Path, log: [u8; 16]) -> Self {
        let origin = log[10..].iter().map(|byte| format!("{byte:02x}")).collect();
        let open_folder: OpenFolder = Arc::new(|folder| Ok(Arc::new(Tree::create(folder)?) as Arc<dyn Files>));
        Context { name: name.to_owned(), folder: folder.to_owned(), origin, fields: Arc::new(|_| None), open_folder }
    }

    /// The same, with the formats' fields. Without them each format has the column `rest` alone.
    #[must_use]
    pub fn with_fields(self, fields: FieldsOf) -> Self {
        Context { fields, ..self }
    }

    /// The same, with other files in the place of folders: for tests.
    #[must_use]
    pub fn on(self, files: Arc<dyn Files>) -> Self {
        Context { open_folder: Arc::new(move |_| Ok(Arc::clone(&files))), ..self }
    }

    pub(crate) fn open_folder(&self, folder: &Path) -> io::Result<Arc<dyn Files>> {
        (self.open_folder)(folder)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("name", &self.name).field("folder", &self.folder).finish_non_exhaustive()
    }
}
