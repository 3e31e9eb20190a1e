//! The sink of NDJSON files.

use crate::context::Context;
use crate::destination::{AGE, Destination, SIZE, To};
use crate::gather::{Gather, Layout, Rotation};
use crate::lines::{Compression, Lines};
use crate::partition::Template;
use crate::sink::{OpenError, Sink};
use crate::values::{Bytes, Span};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;

/// Files of lines: `LOG-FROM-TO.ndjson`, named by the stretch of the log that they have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NdjsonSettings {
    /// Where they go.
    pub to: To,
    /// Folders below it, such as `{format}/date={date}/`; none by default.
    #[serde(default = "no_folders")]
    pub partition: Template,
    /// How they are compressed.
    #[serde(default)]
    pub compress: Compression,
    /// They are stored when one has about so many bytes, 128MB by default,
    #[serde(default = "size")]
    pub size: Bytes,
    /// or when the first event has waited so long, 5min by default.
    #[serde(default = "age")]
    pub age: Span,
    /// How the store is reached, where they go to one.
    #[cfg(feature = "object-store")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s3: Option<crate::store::ObjectSettings>,
}

fn no_folders() -> Template {
    "".parse().expect("no folders are a template")
}

fn size() -> Bytes {
    SIZE
}

fn age() -> Span {
    AGE
}

impl NdjsonSettings {
    /// Files below a folder; the first event waits as long as usual, or so long.
    pub(crate) fn below(to: &Path, age: Option<Duration>) -> Self {
        NdjsonSettings {
            to: To::folder(to),
            partition: no_folders(),
            compress: Compression::default(),
            size: SIZE,
            age: age.map_or(AGE, Span),
            #[cfg(feature = "object-store")]
            s3: None,
        }
    }

    /// Takes paths that are relative from a folder.
    pub(crate) fn go_below(&mut self, folder: &Path) {
        self.to.go_below(folder);
        #[cfg(feature = "object-store")]
        self.s3.iter_mut().for_each(|s3| s3.go_below(folder));
    }

    pub(crate) fn open(&self, context: &Context) -> Result<Box<dyn Sink>, OpenError> {
        let (store, cuts, prefix) = self.destination().open(context)?;
        let lines = Lines::new(store.parts().clone(), prefix, self.compress);
        let rotation = Rotation { size: self.size, age: self.age };
        let layout = Layout { template: self.partition.clone(), rotation, origin: context.origin.clone() };
        Ok(Box::new(Gather::new(lines, store, cuts, layout)))
    }

    /// Whether they could be opened, as far as that is known without folders and networks.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        self.destination().check()
    }

    fn destination(&self) -> Destination<'_> {
        Destination {
            to: &self.to,
            #[cfg(feature = "object-store")]
            s3: self.s3.as_ref(),
        }
    }
}
