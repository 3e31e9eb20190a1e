//! The receiver as a process: what it is told, what it prints, and how it ends.

use super::arguments::Arguments;
use super::key::SenderKey;
use crate::stop::{Outcome, Stop};
use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver as Told, RecvTimeoutError, channel};
use std::time::Duration;
use weir_receiver::config::{Config, System};
use weir_receiver::notices::{Level, Notices};
use weir_receiver::{Address, Listen, Protocol, Receiver};
use weir_server::{Signal, on_signals, validation};

/// How often files, rates and the log are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The code of a process that was told to end twice.
const IMPATIENT: i32 = 1;

/// Receives until the process is told to end.
///
/// # Errors
/// Where it cannot start.
pub fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    if let (true, Some(file)) = (arguments.check, &arguments.config) {
        return check(file);
    }
    let (config, key) = configured(arguments)?;
    let told = signals(!config.files.is_empty())?;
    let notices = Arc::new(Notices::standard(config.notices));
    let receiver = Receiver::start(config.clone(), Arc::clone(&notices), &validation(&arguments.validation()));
    let mut receiver = receiver.map_err(|error| Stop::Because(error.to_string()))?;
    receiver.addresses().iter().for_each(listening);
    receiver.open().map_err(|error| Stop::Because(error.to_string()))?;
    if let Some(key) = &key {
        first_steps(&config, key, receiver.addresses());
    }
    let failure = until_told(&mut receiver, &told);
    if let Some(why) = &failure {
        notices.tell(Level::Error, &format!("the process ends: {why}"), &[]);
    }
    receiver.stop();
    Ok(Outcome::failed_if(failure.is_some()))
}

/// Looks at everything once a second, until a signal says to end, or something else does: why.
fn until_told(receiver: &mut Receiver, told: &Told<Signal>) -> Option<String> {
    loop {
        match told.recv_timeout(LOOK) {
            Ok(Signal::Reload) => receiver.reload(&System),
            Ok(Signal::End) | Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(why) = receiver.look() {
                    return Some(why);
                }
            }
        }
    }
}

/// Signals from now on. The second one that says to end ends the process at once.
pub(crate) fn signals(can_reload: bool) -> Result<Told<Signal>, Stop> {
    let (tell, told) = channel();
    let ends = AtomicBool::new(false);
    let each = move |signal| {
        if signal == Signal::End && ends.swap(true, Ordering::Relaxed) {
            process::exit(IMPATIENT);
        }
        // Who does not listen any more ends already.
        let _ = tell.send(signal);
    };
    on_signals(can_reload, each).map_err(|error| Stop::Because(format!("cannot catch signals: {error}")))?;
    Ok(told)
}

/// The configuration, and the key for senders where there is no file that has it.
fn configured(arguments: &Arguments) -> Result<(Config, Option<SenderKey>), Stop> {
    if let Some(file) = &arguments.config {
        let config = Config::read(file, &System).map_err(|mistakes| Stop::Because(mistakes.to_string()))?;
        return Ok((with_validation(config, arguments.validate), None));
    }
    let Arguments { format, data, listen, plain, validate, .. } = arguments;
    let listen = Listen { plain: *plain, validate: *validate, ..Listen::plain(address(listen)?) };
    if !*plain && listen.mistake().is_some() {
        let why = "keys would be sent in the clear over a network: use --config with TLS, or --plain if a proxy before it has TLS";
        return Err(Stop::Because(format!("{}: {why}", listen.listen)));
    }
    let key = SenderKey::of(arguments.key_env.as_deref(), arguments.key.as_deref(), data)?;
    let format = format.as_deref().unwrap_or(Path::new("."));
    Ok((Config::simple(listen, data, format, key.key.clone()), Some(key)))
}

/// With the validation API on every listener that has the status page: both are for the owner's people.
fn with_validation(mut config: Config, validate: bool) -> Config {
    config.http.iter_mut().for_each(|listen| listen.validate |= validate && listen.has_status());
    config
}

pub(crate) fn address(text: &str) -> Result<SocketAddr, Stop> {
    let cannot = |why: String| Stop::Because(format!("cannot listen on {text}: {why}"));
    let mut found = text.to_socket_addrs().map_err(|error| cannot(error.to_string()))?;
    found.next().ok_or_else(|| cannot("there is no such address".to_owned()))
}

/// Says all that is wrong.
fn check(file: &Path) -> Result<Outcome, Stop> {
    let config = Config::read(file, &System).map_err(|mistakes| vec![mistakes.to_string()]);
    let checked = config.and_then(|config| match config.troubles() {
        troubles if troubles.is_empty() => Ok(config),
        troubles => Err(troubles),
    });
    match checked {
        Ok(config) => {
            let (intakes, sinks) = (config.intakes.len(), config.sinks.len());
            writeln!(io::stdout(), "nothing is wrong: intakes: {intakes}, sinks: {sinks}")?;
            Ok(Outcome::Well)
        }
        Err(troubles) => {
            troubles.iter().try_for_each(|trouble| writeln!(io::stderr(), "{trouble}"))?;
            Ok(Outcome::Failed)
        }
    }
}

pub(crate) fn listening(address: &Address) {
    let Address { protocol, address, is_tls } = address;
    let scheme = match (protocol, is_tls) {
        (Protocol::Http, true) => "https",
        (Protocol::Http, false) => "http",
        (Protocol::Syslog, true) => "syslog+tls",
        (Protocol::Syslog, false) => "syslog+tcp",
    };
    // Who does not read standard error is served all the same.
    drop(writeln!(io::stderr(), "listening on {scheme}://{address}"));
}

/// How to send the first record, and where its event goes.
fn first_steps(config: &Config, key: &SenderKey, addresses: &[Address]) {
    let Some(Address { address, .. }) = addresses.first() else { return };
    let SenderKey { text, file, .. } = key;
    // Who gave a key has it, and may have kept it out of logs; one that was made up is shown.
    let (text, kept) = match file {
        Some(file) => (text.as_str(), format!(", kept in {}", file.display())),
        None => ("KEY", String::new()),
    };
    let has_page = config.http.first().is_some_and(Listen::has_status);
    let page = if has_page { format!("; the status page is http://{address}/") } else { String::new() };
    let (events, letters) = (config.data.join("events"), config.dead_letters_folder());
    drop(writeln!(
        io::stderr(),
        "key {text} (header X-SEKOIAIO-INTAKE-KEY{kept})\n\n  \
         curl -H 'X-SEKOIAIO-INTAKE-KEY: {text}' --data-binary @FILE http://{address}/plain/batch\n\n\
         events go to {}, dead letters to {}{page}",
        events.display(),
        letters.display()
    ));
}
