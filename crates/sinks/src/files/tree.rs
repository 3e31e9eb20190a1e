//! Real files in a real folder and in folders below it.

use std::any::Any;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use weir_log::files::{Disk, File, Files, make_folder};

/// A folder whose files may stand in folders below it: `a/b/name`. Those are made when a file comes into them.
#[derive(Debug)]
pub struct Tree {
    folder: PathBuf,
    disk: Disk,
    /// Folders that have a name that may not be on the disk yet.
    changed: Mutex<BTreeSet<PathBuf>>,
}

impl Tree {
    /// A folder, which is made if it is not there.
    ///
    /// # Errors
    /// As the system says.
    pub fn create(folder: &Path) -> io::Result<Self> {
        // The folder's own folders, too: a name is on the disk when the folder that has it is.
        let missing: Vec<&Path> =
            folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.is_dir()).collect();
        let changed: BTreeSet<PathBuf> = missing.iter().map(|made| above(made)).collect();
        let disk = Disk::create(folder)?;
        Ok(Tree { folder: folder.to_owned(), disk, changed: Mutex::new(changed) })
    }

    fn changed(&self) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a name in this folder changes, and makes the folder.
    fn touch(&self, name: &str) -> io::Result<()> {
        let parent = above(&self.folder.join(name));
        let mut changed = self.changed();
        for missing in parent.ancestors().take_while(|folder| **folder != self.folder && !folder.is_dir()) {
            changed.insert(above(missing));
        }
        make_folder(&parent)?;
        changed.insert(parent);
        Ok(())
    }
}

fn above(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

impl Files for Tree {
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        self.touch(name)?;
        self.disk.create(name)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn File>> {
        self.disk.open(name)
    }

    /// The files in the folder itself.
    fn names(&self) -> io::Result<Vec<String>> {
        self.disk.names()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.touch(to)?;
        self.touch(from)?;
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.touch(name)?;
        self.disk.remove(name)
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut changed = self.changed();
        for folder in &*changed {
            std::fs::File::open(folder)?.sync_all()?;
        }
        changed.clear();
        Ok(())
    }

    fn lock(&self) -> io::Result<Box<dyn Any + Send + Sync>> {
        self.disk.lock()
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        self.disk.random()
    }
}
