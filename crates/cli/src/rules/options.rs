//! What events are held against, as the command line has it: for `weir run`, and whoever else runs events.

use super::RuleDialect;
use super::watch::Watch;
use crate::stop::Stop;
use clap::Args;
use std::path::PathBuf;
use weir_formats::{RuleFiles, RulePaths};

/// Rules, pipelines and indicators.
#[derive(Args)]
pub struct Detecting {
    /// Hold the events against Sigma rules: files, or directories with *.yml. An event that rules match has them under
    /// `rule` and their techniques under `threat`
    #[arg(long, value_name = "PATH", conflicts_with = "profile")]
    pub rules: Vec<PathBuf>,
    /// Hold the events against indicators: a STIX 2.1 bundle, MISP events and warning lists, CSV, or a list with a value on each line.
    /// An event with one has it under `threat.enrichments`
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub iocs: Vec<PathBuf>,
    /// Take indicators whenever an event was, also outside of the time in which they are valid: new ones find old events
    #[arg(long, requires = "iocs")]
    pub at_any_time: bool,
    /// A pySigma pipeline that is applied to the rules, in YAML
    #[arg(long, value_name = "FILE", requires = "rules")]
    pub apply_pipeline: Vec<PathBuf>,
    /// Whose meaning the rules have
    #[arg(long, value_enum, default_value_t = RuleDialect::Sigma, value_name = "DIALECT", requires = "rules")]
    pub dialect: RuleDialect,
    /// Also write each match of a rule, a correlation or indicators to a file, with the event
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub alerts: Option<PathBuf>,
    /// Look every five seconds whether a file of rules, pipelines or indicators changed, and use what it has now from the
    /// next record on. Correlations start over then
    #[arg(long)]
    pub reload: bool,
}

impl Detecting {
    /// Reads the files; `None` where there is nothing to hold events against.
    ///
    /// # Errors
    /// Where one cannot be read, or alerts are asked for and nothing can give one.
    pub fn read(&self) -> Result<Option<RuleFiles>, Stop> {
        let paths = self.paths();
        match (paths.is_empty(), &self.alerts) {
            (true, Some(_)) => Err(Stop::Because("--alerts needs --rules or --iocs".to_owned())),
            (true, None) => Ok(None),
            (false, _) => Ok(Some(paths.read()?)),
        }
    }

    /// What looks whether the files changed, where that is asked for.
    pub fn watch(&self) -> Option<Watch> {
        let paths = self.paths();
        (self.reload && !paths.is_empty()).then(|| Watch::new(paths))
    }

    fn paths(&self) -> RulePaths {
        RulePaths {
            rules: self.rules.clone(),
            pipelines: self.apply_pipeline.clone(),
            indicators: self.iocs.clone(),
            dialect: self.dialect.into(),
            at_any_time: self.at_any_time,
        }
    }
}
