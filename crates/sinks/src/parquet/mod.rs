//! The sink of Parquet files.

mod spool;
mod table;
mod tables;

use crate::context::Context;
use crate::destination::{AGE, Destination, SIZE, To};
use crate::gather::{Gather, Layout, Rotation};
use crate::partition::Template;
use crate::sink::{OpenError, Sink};
use crate::values::{Bytes, Span};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;
use tables::Tables;

/// Parquet files with typed columns, one for each format and folder, sorted by `@timestamp`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParquetSettings {
    /// Where they go.
    pub to: To,
    /// Folders below it; `{format}/date={date}/` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Template>,
    /// The folders of an Amazon Security Lake custom source, in place of `partition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_lake: Option<SecurityLake>,
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

/// `ext/SOURCE/region=REGION/accountId=ACCOUNT/eventDay=YYYYMMDD/`, as Amazon Security Lake reads custom sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityLake {
    /// The name of the custom source; `{format}` may stand in it.
    pub source: String,
    /// The region of the lake.
    pub region: String,
    /// The account that the events are of.
    pub account: String,
}

fn size() -> Bytes {
    SIZE
}

fn age() -> Span {
    AGE
}

impl ParquetSettings {
    /// Files below a folder; the first event waits as long as usual, or so long.
    pub(crate) fn below(to: &Path, age: Option<Duration>) -> Self {
        ParquetSettings {
            to: To::folder(to),
            partition: None,
            security_lake: None,
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
        let template = self.template().map_err(|why| OpenError(format!("the sink {}: {why}", context.name)))?;
        let (store, cuts, prefix) = self.destination().open(context)?;
        let tables = Tables::new(store.parts().clone(), prefix, context.fields.clone());
        let rotation = Rotation { size: self.size, age: self.age };
        let layout = Layout { template, rotation, origin: context.origin.clone() };
        Ok(Box::new(Gather::new(tables, store, cuts, layout)))
    }

    /// Whether they could be opened, as far as that is known without folders and networks.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        self.template().map_err(OpenError)?;
        self.destination().check()
    }

    fn destination(&self) -> Destination<'_> {
        Destination {
            to: &self.to,
            #[cfg(feature = "object-store")]
            s3: self.s3.as_ref(),
        }
    }

    pub(crate) fn template(&self) -> Result<Template, String> {
        match (&self.partition, &self.security_lake) {
            (Some(_), Some(_)) => {
                Err("`partition` and `security_lake` say the same thing: give one of them".to_owned())
            }
            (Some(template), None) => Ok(template.clone()),
            (None, Some(lake)) => lake.template(),
            (None, None) => "{format}/date={date}/".parse(),
        }
    }
}

impl SecurityLake {
    pub(crate) fn template(&self) -> Result<Template, String> {
        let SecurityLake { source, region, account } = self;
        if [source, region, account].iter().any(|part| part.contains('/') || part.is_empty()) {
            return Err("`security_lake`: source, region and account are names without a slash".to_owned());
        }
        format!("ext/{source}/region={region}/accountId={account}/eventDay={{year}}{{month}}{{day}}/").parse()
    }
}
