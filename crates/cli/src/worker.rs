//! `weir worker`: delivers what receivers have stored in a topic.

use crate::serve::receive::{address, listening, signals};
use crate::stop::{Outcome, Stop};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver as Told, RecvTimeoutError};
use std::time::Duration;
use weir_receiver::config::{Config, System};
use weir_receiver::notices::{Level, Notices};
use weir_receiver::{Listen, Worker};
use weir_server::Signal;

const LONG_ABOUT: &str = "\
Deliver what receivers have stored in a topic of Kafka, until the process is stopped (SIGTERM or Ctrl-C). The configuration is that \
of `weir serve`, with `log: {kafka: …}`: the worker is one more member of the consumer group, takes a share of the partitions, maps \
their records, hands the events to all sinks, and commits an offset once every sink has stored what is before it. Start as many as \
there are partitions, on any machines; each has a folder of data of its own. SIGHUP loads the formats again.";

const EXAMPLES: &str = "\
Examples:
  weir worker --config weir.yaml
  weir worker --config weir.yaml --data /var/lib/weir/worker-2 --listen 127.0.0.1:8082

Exit codes: 0 if it was stopped; 1 if it could not go on, after which another start does; 2 if it cannot start.";

/// How often files and rates are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Deliver what receivers have stored in a topic of Kafka
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// The configuration, as YAML
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The folder for what this worker notes, and for dead letters; that of the configuration unless it is given
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address for /healthz and /readyz, and on loopback for the status page and /metrics too; without it the worker listens nowhere
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// Where it cannot start.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let config = configured(arguments)?;
    let told = signals(true)?;
    let notices = Arc::new(Notices::standard(config.notices));
    let worker = Worker::start(config, Arc::clone(&notices)).map_err(|error| Stop::Because(error.to_string()))?;
    worker.addresses().iter().for_each(listening);
    let failure = until_told(&worker, &told);
    if let Some(why) = &failure {
        notices.tell(Level::Error, &format!("the process ends: {why}"), &[]);
    }
    worker.stop();
    Ok(Outcome::failed_if(failure.is_some()))
}

/// The configuration, of which this process takes other folders and addresses than a receiver.
fn configured(arguments: &Arguments) -> Result<Config, Stop> {
    let Arguments { config, data, listen } = arguments;
    let mut config = Config::read(config, &System).map_err(|mistakes| Stop::Because(mistakes.to_string()))?;
    let listen = listen.as_deref().map(address).transpose()?.map(Listen::plain);
    (config.http, config.syslog) = (listen.into_iter().collect(), Vec::new());
    config.data = data.clone().unwrap_or(config.data);
    Ok(config)
}

/// Looks at everything once a second, until a signal says to end, or something else does: why.
fn until_told(worker: &Worker, told: &Told<Signal>) -> Option<String> {
    loop {
        match told.recv_timeout(LOOK) {
            Ok(Signal::Reload) => worker.reload(),
            Ok(Signal::End) | Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(why) = worker.look() {
                    return Some(why);
                }
            }
        }
    }
}
