//! The built binary and made-up formats for it to run.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A spec that reads JSON: `who` is a user, `from` an address, `n` a number; it fails for a message that is no JSON.
pub const PARSER: &str = r#"
name: gate
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
          user.name: "{{parsed.message.who}}"
          source.ip: "{{parsed.message.from}}"
          gate.count: "{{parsed.message.n}}"
          gate.tags: "{{parsed.message.tags}}"
          gate.note: "{{original.note}}"
"#;

/// Takes the place of `pipeline:` where an entry of it is to be broken.
pub const BROKEN_ENTRY: &str = "pipeline:\n  - name: nothing\n";

/// The module's fields.
pub const MODULE_FIELDS: &str = "gate.count:\n  name: gate.count\n  type: long\n";

/// The format's fields.
pub const FIELDS: &str =
    "gate.tags:\n  name: gate.tags\n  type: array\ngate.note:\n  name: gate.note\n  type: keyword\n";

/// A folder that is gone after the test, with a module `gates` and in it the format `gate`.
pub struct Folder {
    root: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        let folder = Folder { root: TempDir::new().expect("a temporary folder") };
        folder.write("gates/gate/ingest/parser.yml", PARSER);
        folder.write("gates/gate/_meta/fields.yml", FIELDS);
        folder.write("gates/_meta/fields.yml", MODULE_FIELDS);
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a new folder");
        fs::write(&path, content).expect("a new file");
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a text file")
    }

    /// The binary, to be run in the folder.
    pub fn weir(&self, arguments: &[&str]) -> Command {
        let mut command = binary(arguments);
        command.current_dir(self.root.path());
        command
    }

    /// Runs the binary in the folder without input.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.weir(arguments).output().expect("the binary runs"))
    }

    /// Runs the binary in the folder with this standard input.
    pub fn pipe(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.weir(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a run");
        let mut stdin = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            // A binary that stops reading early closes the pipe.
            scope.spawn(move || drop(stdin.write_all(input)));
            Ran::of(child.wait_with_output().expect("the binary ends"))
        })
    }
}

/// The binary, without what a user's environment changes.
pub fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    command
        .args(arguments)
        .env("COLUMNS", "100")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null());
    command
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Ran {
            code: output.status.code().expect("no signal"),
            out: String::from_utf8(output.stdout).expect("events are UTF-8"),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The events that came out, a line each.
    pub fn events(&self) -> Vec<Value> {
        json_lines(&self.out)
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{:.2000}\nstderr:\n{:.2000}", self.out, self.err);
        self
    }
}

/// Values out of text with one a line.
#[track_caller]
pub fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// The folder of public formats beside the project. Where it is not, the test says that it was skipped.
pub fn public_formats() -> Option<PathBuf> {
    let folder = workspace().join("../shared/corpus");
    let is_here = folder.is_dir();
    if !is_here {
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // A test's output is only shown where it fails: this goes past that.
        let _ = writeln!(std::io::stderr(), "skipped: {test}: no public formats at ../shared/corpus");
    }
    is_here.then_some(folder)
}

/// The workspace's root.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}
