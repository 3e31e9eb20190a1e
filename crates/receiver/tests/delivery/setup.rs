//! A receiver without listeners: a log, formats and dead letters in a folder of their own.

use crate::test_sink::TestSink;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use weir_formats::RulePaths;
use weir_log::Log;
use weir_receiver::dead_letters::{DeadLetter, DeadLetters, LastFailures};
use weir_receiver::deliver::{Delivery, NamedSink, Options, Parts, SinkState, Source};
use weir_receiver::formats::{FormatPath, IntakeFormats};
use weir_receiver::notices::{NoticeForm, Notices};
use weir_receiver::{Arrival, Counters, Encoding, Framing, RECORD_BYTES, Stopping};

/// The name of the only intake.
pub const INTAKE: &str = "web";

/// A spec that reads JSON and fails for anything else.
pub const PARSER: &str = "
name: counted
pipeline:
  - name: parsed
    external:
      name: json.parse-json
      properties:
        input_field: original.message
        raise_errors: true
  - name: set_fields
stages:
  set_fields:
    actions:
      - set:
          event.kind: event
          event.sequence: '{{parsed.message.n}}'
          '@timestamp': '{{original[\"@timestamp\"]}}'
";

/// The folder, and what lives as long as a process.
pub struct Setup {
    pub folder: TempDir,
    pub log: Arc<Log>,
    pub formats: Arc<IntakeFormats>,
    pub letters: Arc<DeadLetters>,
    pub counters: Arc<Counters>,
    pub failures: Arc<LastFailures>,
    pub notices: Told,
    log_options: weir_log::Options,
}

/// What was told.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<u8>>>);

impl Told {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text")
    }
}

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Setup {
    pub fn new() -> Self {
        Setup::with(weir_log::Options { segment_bytes: 4 << 20, ..weir_log::Options::default() })
    }

    pub fn with(log_options: weir_log::Options) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let parser = folder.path().join("format/ingest/parser.yml");
        fs::create_dir_all(parser.parent().expect("a folder")).expect("it is made");
        fs::write(&parser, PARSER).expect("it is written");
        Setup::open(folder, log_options)
    }

    fn open(folder: TempDir, log_options: weir_log::Options) -> Self {
        let (log, _) = Log::open(&folder.path().join("log"), log_options.clone()).expect("the log opens");
        let from = FormatPath { path: folder.path().join("format"), prefer: Vec::new() };
        let formats =
            IntakeFormats::load(&[(INTAKE.to_owned(), from)], &RulePaths::default()).expect("the format loads");
        let letters = DeadLetters::open(&folder.path().join("dead-letters"), log.id()).expect("a folder");
        Setup {
            folder,
            log: Arc::new(log),
            formats: Arc::new(formats),
            letters: Arc::new(letters),
            counters: Arc::default(),
            failures: Arc::default(),
            notices: Told::default(),
            log_options,
        }
    }

    /// The process ends, and another one begins.
    pub fn restart(self) -> Self {
        let Setup { folder, log, log_options, .. } = self;
        log.close();
        drop(log);
        Setup::open(folder, log_options)
    }

    /// Holds events against a file of rules with this text from now on.
    pub fn detect(&self, rules: &str) -> PathBuf {
        let path = self.folder.path().join("rules.yml");
        fs::write(&path, rules).expect("it is written");
        let from = FormatPath { path: self.folder.path().join("format"), prefer: Vec::new() };
        let paths = RulePaths { rules: vec![path.clone()], ..RulePaths::default() };
        self.formats.replace(&[(INTAKE.to_owned(), from)], &paths).expect("the rules can be used");
        path
    }

    pub fn parser(&self) -> PathBuf {
        self.folder.path().join("format/ingest/parser.yml")
    }

    /// Appends a body of lines, and gives its sequence number.
    pub fn append(&self, lines: &str) -> u64 {
        self.append_as(lines.as_bytes(), &arrival(Encoding::Identity))
    }

    /// As [`Setup::append`], compressed.
    pub fn append_gzip(&self, lines: &[u8]) -> u64 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(lines).expect("memory takes it");
        self.append_as(&encoder.finish().expect("memory takes it"), &arrival(Encoding::Gzip))
    }

    pub fn append_as(&self, body: &[u8], arrival: &Arrival) -> u64 {
        let mut entry = self.log.append().expect("the log takes it");
        entry.write(body).expect("the log takes it");
        let metadata = serde_json::to_vec(arrival).expect("it is JSON");
        entry.commit(&metadata, 1_764_547_200_000).expect("it is on the disk").0
    }

    pub fn start(&self, sinks: &[(&str, &TestSink)]) -> Delivery {
        self.start_with(sinks, quick())
    }

    pub fn start_with(&self, sinks: &[(&str, &TestSink)], options: Options) -> Delivery {
        let named = sinks.iter().map(|(name, sink)| self.named(name, sink));
        Delivery::start(self.parts(), named.collect(), options).expect("it starts")
    }

    /// As after a crash: the sink is another one, and its reader of the log has another name and begins where the log does.
    pub fn start_again(&self, sink: &TestSink) -> Delivery {
        let letters = DeadLetters::open(self.letters.folder(), self.log.id()).expect("a folder");
        let parts = Parts { dead_letters: Arc::new(letters), ..self.parts() };
        Delivery::start(parts, vec![self.named("again", sink)], quick()).expect("it starts")
    }

    fn named(&self, name: &str, sink: &TestSink) -> NamedSink {
        let state = Arc::new(SinkState::new(name, "test", self.counters.sink(name)));
        NamedSink { state, sink: Box::new(sink.clone()) }
    }

    pub fn parts(&self) -> Parts {
        Parts {
            source: Source::Log(Arc::clone(&self.log)),
            formats: Arc::clone(&self.formats),
            dead_letters: Arc::clone(&self.letters),
            counters: Arc::clone(&self.counters),
            notices: Arc::new(Notices::to(NoticeForm::Text, Box::new(self.notices.clone()))),
            failures: Arc::clone(&self.failures),
            stopping: Arc::new(Stopping::default()),
        }
    }

    /// All dead letters below a folder of them, in the order of their files.
    pub fn letters_in(&self, kind: &str) -> Vec<DeadLetter> {
        let folder = self.letters.folder().join(kind);
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        let texts = files.iter().map(|file| fs::read_to_string(file).expect("text"));
        let lines: Vec<String> = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
        lines.iter().map(|line| serde_json::from_str(line).expect("a dead letter")).collect()
    }
}

/// Waits that are short enough for a test.
pub fn quick() -> Options {
    Options {
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(40),
        save_each: Duration::from_millis(5),
        ..Options::default()
    }
}

pub fn arrival(encoding: Encoding) -> Arrival {
    let framing = Framing::Lines;
    Arrival { intake: INTAKE.to_owned(), encoding, framing, records: 0, record_bytes: RECORD_BYTES, timestamp: None }
}

/// Lines with these numbers, one record each.
pub fn lines(numbers: impl IntoIterator<Item = u64>) -> String {
    numbers.into_iter().map(|n| format!("{{\"n\":{n}}}\n")).collect()
}

/// Waits until something is so; too long is a failure.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it took too long until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
