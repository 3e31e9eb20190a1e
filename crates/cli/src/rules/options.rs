//! What events are held against, as the command line has it: for `weir run`, and whoever else runs events.

use super::files::RuleFiles;
use super::watch::Watch;
use super::{Dialect, RuleDialect};
use crate::stop::Stop;
use clap::Args;
use std::path::PathBuf;

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
    /// Whether events are held against anything.
    pub fn is_asked_for(&self) -> bool {
        !self.rules.is_empty() || !self.iocs.is_empty()
    }

    /// Reads the files; `None` where there is nothing to hold events against.
    ///
    /// # Errors
    /// Where one cannot be read, or alerts are asked for and nothing can give one.
    pub fn read(&self) -> Result<Option<RuleFiles>, Stop> {
        if !self.is_asked_for() {
            return match &self.alerts {
                Some(_) => Err(Stop::Because("--alerts needs --rules or --iocs".to_owned())),
                None => Ok(None),
            };
        }
        let mut files = RuleFiles::read(&self.rules, &self.apply_pipeline)?;
        files.detection.dialect = Dialect::from(self.dialect);
        files.detection.at_any_time = self.at_any_time;
        files.read_indicators(&self.iocs)?;
        Ok(Some(files))
    }

    /// What looks whether the files changed, where that is asked for.
    pub fn watch(&self) -> Option<Watch> {
        let paths = self.rules.iter().chain(&self.iocs).chain(&self.apply_pipeline);
        (self.reload && self.is_asked_for()).then(|| Watch::new(paths.cloned().collect()))
    }
}
