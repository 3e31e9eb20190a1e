//! Senders that people run, unmodified, with the configuration of the manual: rsyslog and syslog-ng through a restart of the receiver.
//!
//! Each test says that it was skipped where its program is not installed (Debian: `rsyslog`, `rsyslog-gnutls`, `syslog-ng-core`).

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weir_log::{Item, Log, Options, Start};
use weir_receiver::config::System;
use weir_receiver::{Arrival, Config, Gates, Listen, Listeners, Records};

const KEY: &str = "key-of-main-intake";

/// How many messages are sent, and how many of them before the restart.
const MESSAGES: usize = 100_000;
const BEFORE: usize = 40_000;

/// A receiver of syslog over TLS, which can be started again with the same log.
struct Running {
    listeners: Listeners,
    log: Arc<Log>,
}

impl Running {
    fn start(folder: &Path, syslog: SocketAddr) -> Self {
        let text = format!(
            "http: {{listen: '127.0.0.1:0'}}\n\
             syslog: {{listen: '{syslog}', tls: {{certificate: cert.pem, key: key.pem}}}}\n\
             intakes: {{main: {{format: one, key: {KEY}}}}}\n\
             limits: {{shutdown_timeout: 5 s}}\n"
        );
        let config = Config::parse(&folder.join("weir.yaml"), &text, &System).expect("a configuration");
        let options = Options { segment_bytes: 16 << 20, ..Options::default() };
        let log = Arc::new(Log::open(&folder.join("log"), options).expect("a log").0);
        let gates = Gates::new(&config.limits);
        let paths = |senders: axum::Router, _: &Listen| senders;
        let listeners = Listeners::start(&config, Arc::default(), &gates, paths).expect("it listens");
        listeners.open(log.clone());
        Running { listeners, log }
    }

    fn stop(self) {
        self.listeners.stop();
        self.log.close();
    }

    /// The texts of all messages in the log.
    fn texts(&self) -> Vec<String> {
        let mut reader = self.log.reader("test", Start::Oldest).expect("a reader");
        let mut texts = Vec::new();
        while let Some(item) = reader.next(Duration::ZERO).expect("readable") {
            let Item::Entry(entry) = item else { unreachable!("nothing is damaged") };
            let arrival: Arrival = serde_json::from_slice(entry.metadata()).expect("an arrival");
            let mut records = Records::new(entry.body(), &arrival).expect("a decoder");
            while let Some(record) = records.next().expect("whole") {
                texts.push(String::from_utf8_lossy(&record.bytes).trim().to_owned());
            }
        }
        drop(reader);
        self.log.forget("test").expect("nobody has it");
        texts
    }
}

/// A program that ends with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Where a program is; nothing, and a word of it, where it is not installed.
fn installed(program: &str) -> Option<String> {
    let found = ["/usr/sbin", "/usr/bin"]
        .map(|folder| format!("{folder}/{program}"))
        .into_iter()
        .find(|path| Path::new(path).exists());
    if found.is_none() {
        drop(writeln!(std::io::stderr(), "SKIPPED: {program} is not installed"));
    }
    found
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address")
}

fn certificate(folder: &Path) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("room");
    fs::write(folder.join("cert.pem"), made.cert.pem()).expect("room");
}

/// Sends all messages to a program by `send`, with a restart of the receiver in the middle, and checks what is in its log then.
fn through_a_restart(folder: &Path, address: SocketAddr, mut send: impl FnMut(usize)) {
    let running = Running::start(folder, address);
    (0..BEFORE).for_each(&mut send);
    running.stop();
    (BEFORE..BEFORE + 10_000).for_each(&mut send);
    let running = Running::start(folder, address);
    (BEFORE + 10_000..MESSAGES).for_each(&mut send);
    let start = Instant::now();
    let mut texts = running.texts();
    while texts.iter().collect::<HashSet<_>>().len() < MESSAGES && start.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(500));
        texts = running.texts();
    }
    let known: HashSet<&str> = texts.iter().map(String::as_str).collect();
    let missing: Vec<usize> = (0..MESSAGES).filter(|number| !known.contains(&*format!("message {number}"))).collect();
    drop(writeln!(
        std::io::stderr(),
        "{} messages, {} twice, {} missing",
        known.len(),
        texts.len() - known.len(),
        missing.len()
    ));
    assert!(missing.is_empty(), "{} are missing, the first ones {:?}", missing.len(), &missing[..missing.len().min(5)]);
    running.stop();
}

#[test]
#[ignore = "a minute, and a program of the system: run by the nightly tests"]
fn rsyslog_loses_nothing_through_a_restart() {
    let Some(program) = installed("rsyslogd") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    certificate(folder.path());
    let (address, path) = (free_port(), folder.path().display());
    let socket = folder.path().join("socket");
    // Beside the manual's action: where rsyslog takes messages from, and where it keeps its files in a test.
    let configuration = format!(
        r#"
global(workDirectory="{path}" defaultNetstreamDriverCAFile="{path}/cert.pem")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{path}/socket" CreatePath="on" RateLimit.Interval="0" UseSysTimeStamp="off")
template(name="weir" type="string"
  string="<%pri%>1 %timestamp:::date-rfc3339% %hostname% %app-name% %procid% LOG [SEKOIA@53288 intake_key=\"{KEY}\"] %msg%\n")
action(type="omfwd" target="localhost" port="{port}" protocol="tcp" TCP_Framing="octet-counted" template="weir"
  StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost"
  queue.type="LinkedList" queue.filename="weir" queue.saveOnShutdown="on" action.resumeRetryCount="-1" action.resumeInterval="1"
  queue.size="200000")
"#,
        port = address.port()
    );
    fs::write(folder.path().join("rsyslog.conf"), configuration).expect("room");
    let mut command = Command::new(program);
    command.arg("-n").arg("-f").arg(folder.path().join("rsyslog.conf")).arg("-i").arg(folder.path().join("pid"));
    let _program = Program(command.stdout(Stdio::null()).spawn().expect("it starts"));
    let start = Instant::now();
    while !socket.exists() && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let sender = UnixDatagram::unbound().expect("a socket");
    through_a_restart(folder.path(), address, |number| {
        // A socket of this kind waits for its reader: nothing is dropped here.
        sender
            .send_to(format!("<13>Jan  1 00:00:00 host app[1]: message {number}").as_bytes(), &socket)
            .expect("rsyslog reads");
    });
}

#[test]
#[ignore = "a minute, and a program of the system: run by the nightly tests"]
fn syslog_ng_loses_nothing_through_a_restart() {
    let Some(program) = installed("syslog-ng") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    certificate(folder.path());
    let (address, path) = (free_port(), folder.path().display());
    let configuration = format!(
        r#"
@version: 3.35
options {{ keep-hostname(yes); time-reopen(1); stats-freq(0); }};
source local {{ unix-dgram("{path}/socket" so-rcvbuf(1048576) log-iw-size(200000)); }};
destination weir {{
  network("localhost" port({port}) transport("tls") tls(ca-file("{path}/cert.pem"))
    template("<${{PRI}}>1 ${{ISODATE}} ${{HOST}} ${{PROGRAM:--}} ${{PID:--}} LOG [SEKOIA@53288 intake_key=\"{KEY}\"] ${{MSG}}\n")
    template-escape(no) disk-buffer(reliable(yes) disk-buf-size(1073741824) dir("{path}")));
}};
log {{ source(local); destination(weir); flags(flow-control); }};
"#,
        port = address.port()
    );
    fs::write(folder.path().join("syslog-ng.conf"), configuration).expect("room");
    let file = |name: &str| folder.path().join(name);
    let mut command = Command::new(program);
    command.arg("-F").arg("--no-caps").arg("-f").arg(file("syslog-ng.conf")).arg("-R").arg(file("persist"));
    command.arg("-p").arg(file("pid")).arg("-c").arg(file("control"));
    let _program = Program(command.stdout(Stdio::null()).spawn().expect("it starts"));
    let (start, socket) = (Instant::now(), file("socket"));
    while !socket.exists() && start.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let sender = UnixDatagram::unbound().expect("a socket");
    through_a_restart(folder.path(), address, |number| {
        sender
            .send_to(format!("<13>Jan  1 00:00:00 host app[1]: message {number}").as_bytes(), &socket)
            .expect("syslog-ng reads");
    });
}
