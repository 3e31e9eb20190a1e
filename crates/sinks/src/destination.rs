//! Where files go.

use crate::context::Context;
use crate::cuts::Cuts;
use crate::partition::escaped;
use crate::sink::OpenError;
use crate::store::{Folder, Store};
use crate::values::{Bytes, Span};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// What files have that nobody gave a size for: what readers of lakes want.
pub(crate) const SIZE: Bytes = Bytes(128_000_000);

/// How long events wait that nobody gave an age for.
pub(crate) const AGE: Span = Span(Duration::from_secs(300));

/// A folder of this machine, or `s3://BUCKET/PREFIX`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct To(pub String);

impl To {
    /// A folder of this machine.
    pub(crate) fn folder(path: &Path) -> Self {
        To(path.to_string_lossy().into_owned())
    }

    /// Whether it is a URL, and no folder.
    fn is_url(&self) -> bool {
        self.0.contains("://")
    }

    /// Takes a folder that is relative from another one.
    pub(crate) fn go_below(&mut self, folder: &Path) {
        if !self.is_url() {
            *self = To::folder(&folder.join(&self.0));
        }
    }
}

/// A destination as the configuration has it.
pub(crate) struct Destination<'s> {
    pub to: &'s To,
    #[cfg(feature = "object-store")]
    pub s3: Option<&'s crate::store::ObjectSettings>,
}

impl Destination<'_> {
    /// What is wrong with it, as far as that is known without folders and networks.
    pub fn check(&self) -> Result<(), OpenError> {
        self.mistake().map_or(Ok(()), |why| Err(OpenError(format!("{}: {why}", self.to.0))))
    }

    #[cfg(feature = "object-store")]
    fn mistake(&self) -> Option<String> {
        match (self.to.is_url(), self.s3) {
            (true, Some(s3)) => crate::store::Objects::check(&self.to.0, s3).err(),
            (true, None) => crate::store::Objects::check(&self.to.0, &crate::store::ObjectSettings::default()).err(),
            (false, Some(_)) => Some("`s3` is for a destination `s3://BUCKET/PREFIX`".to_owned()),
            (false, None) => None,
        }
    }

    #[cfg(not(feature = "object-store"))]
    fn mistake(&self) -> Option<String> {
        let why = "this build has no stores of objects (feature `object-store`)";
        self.to.is_url().then(|| why.to_owned())
    }

    /// Opens it, with the notes of the sink's cuts. Parts' names begin with the prefix that is given back.
    pub fn open(&self, context: &Context) -> Result<(Box<dyn Store>, Cuts, String), OpenError> {
        self.check()?;
        let failed = |what: &str, why: String| OpenError(format!("the sink {}: {what}: {why}", context.name));
        let prefix = format!(".weir-{}-{}-", context.origin, escaped(&context.name));
        let notes = context.open_folder(&context.folder).and_then(Cuts::open);
        let notes = notes.map_err(|error| failed(&context.folder.display().to_string(), error.to_string()))?;
        let store = self.store(context, &prefix).map_err(|why| failed(&self.to.0, why))?;
        Ok((store, notes, prefix))
    }

    #[cfg(feature = "object-store")]
    fn store(&self, context: &Context, prefix: &str) -> Result<Box<dyn Store>, String> {
        if !self.to.is_url() {
            return self.folder(context, prefix);
        }
        let parts = context.open_folder(&context.folder).map_err(|error| error.to_string())?;
        let none = crate::store::ObjectSettings::default();
        let objects = crate::store::Objects::open(&self.to.0, self.s3.unwrap_or(&none), parts, prefix)?;
        Ok(Box::new(objects))
    }

    #[cfg(not(feature = "object-store"))]
    fn store(&self, context: &Context, prefix: &str) -> Result<Box<dyn Store>, String> {
        self.folder(context, prefix)
    }

    fn folder(&self, context: &Context, prefix: &str) -> Result<Box<dyn Store>, String> {
        let files = context.open_folder(Path::new(&self.to.0));
        let folder = files.and_then(|files| Folder::open(files, prefix)).map_err(|error| error.to_string())?;
        Ok(Box::new(folder))
    }
}
