//! The language server says what `weir check` and `weir test` say: over twelve formats, each with mistakes put in.

use crate::weir::{Folder, json_lines};
use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

/// A finding, as both tell it: file, line, column, code, severity, the first line of what is said.
type Told = (PathBuf, u64, usize, String, String, String);

struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    findings: BTreeMap<String, Vec<Value>>,
    next: i32,
}

impl Server {
    fn new(folder: &Folder) -> Self {
        let mut command = folder.weir(&["lsp"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut server = Server { child, out, findings: BTreeMap::new(), next: 0 };
        server.ask("initialize", json!({"capabilities": {}, "processId": null, "rootUri": null}));
        server.tell("initialized", json!({}));
        server
    }

    fn send(&mut self, message: &Message) {
        message.write(self.child.stdin.as_mut().expect("a pipe")).expect("it listens");
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&Message::Notification(Notification { method: method.to_owned(), params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next.into();
        self.send(&Message::Request(Request { id, method: method.to_owned(), params }));
        loop {
            if let Message::Response(response) = self.read() {
                return serde_json::to_value(response).expect("JSON")["result"].clone();
            }
        }
    }

    /// The next message; findings are kept.
    fn read(&mut self) -> Message {
        let message = Message::read(&mut self.out).expect("the protocol").expect("a message");
        if let Message::Notification(Notification { method, params }) = &message
            && method == "textDocument/publishDiagnostics"
        {
            let uri = params["uri"].as_str().expect("a URI").to_owned();
            self.findings.insert(uri, params["diagnostics"].as_array().expect("a list").clone());
        }
        message
    }

    /// Opens a spec; what was found about its format.
    fn open(&mut self, uri: &str, text: &str) -> BTreeMap<String, Vec<Value>> {
        self.findings.clear();
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", json!({"textDocument": document}));
        while !self.findings.contains_key(uri) {
            self.read();
        }
        // An answer comes behind all findings of the format.
        self.ask("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}));
        std::mem::take(&mut self.findings)
    }

    fn leave(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        assert!(self.child.wait().expect("it ends").success());
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &to),
            false => drop(fs::copy(path, to).expect("a copy")),
        }
    }
}

fn severity(number: &Value) -> &'static str {
    match number.as_u64() {
        Some(1) => "error",
        Some(2) => "warning",
        _ => "hint",
    }
}

#[test]
fn the_language_server_and_the_command_line_agree_about_twelve_formats() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/cloudflare");
    let mut names: Vec<_> = fs::read_dir(&specs).expect("formats").flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    let names = names.into_iter().filter(|name| specs.join(name).join("ingest/parser.yml").is_file()).take(12);
    let folder = Folder::new();
    copy(&specs.join("_meta"), &folder.path("cloudflare/_meta"));
    let mut server = Server::new(&folder);
    let (mut formats, mut findings) = (0, 0);
    for name in names {
        let root = folder.path("cloudflare").join(&name);
        copy(&specs.join(&name), &root);
        let parser = root.join("ingest/parser.yml");
        let text = fs::read_to_string(&parser).expect("a spec");
        let text = text.replacen("event.kind:", "event.knd:", 1).replacen(".message.", ".mesage.", 1);
        fs::write(&parser, format!("# 🦀\n{text}")).expect("a file");
        let text = format!("# 🦀\n{text}");
        let uri = format!("file://{}", parser.display());

        let told = server.open(&uri, &text);
        let checked = folder.run(&["check", &root.display().to_string(), "--format", "json"]);
        let expected: BTreeSet<Told> = json_lines(&checked.out)
            .iter()
            .filter(|finding| Path::new(finding["file"].as_str().expect("a file")).starts_with(&root))
            .map(|finding| {
                let word = |key: &str| finding[key].as_str().expect("a word").to_owned();
                let number = |key: &str| finding[key].as_u64().expect("a number");
                (
                    word("file").into(),
                    number("line"),
                    number("column") as usize,
                    word("code"),
                    word("severity"),
                    word("title"),
                )
            })
            .collect();
        let got: BTreeSet<Told> = told
            .iter()
            .flat_map(|(uri, findings)| findings.iter().map(move |finding| (uri, finding)))
            .map(|(uri, finding)| {
                let path = PathBuf::from(uri.strip_prefix("file://").expect("a file"));
                let start = &finding["range"]["start"];
                let line = start["line"].as_u64().expect("a line");
                let units = start["character"].as_u64().expect("a column") as usize;
                let text = fs::read_to_string(&path).expect("a text");
                let letters = text.lines().nth(line as usize).unwrap_or("").encode_utf16().take(units);
                let column = char::decode_utf16(letters).count() + 1;
                let said = finding["message"].as_str().expect("a message").lines().next().unwrap_or("").to_owned();
                let code = finding["code"].as_str().expect("a code").to_owned();
                (path, line + 1, column, code, severity(&finding["severity"]).to_owned(), said)
            })
            .filter(|told| told.0.starts_with(&root))
            .collect();
        assert_eq!(got, expected, "{}", name.display());
        formats += 1;
        findings += got.len();

        let tested = folder.run(&["test", &root.display().to_string(), "--coverage", "--quiet"]).out;
        let covered = tested.lines().find_map(|line| line.strip_prefix("coverage of ")?.split_once(": "));
        let covered = covered.expect("a coverage").1.split(" (").next().expect("numbers").to_owned();
        let results = folder.run(&["test", &root.display().to_string(), "--report", "json"]).out;
        let results: Value = serde_json::from_str(&results).expect("a report");
        let (passed, total) = (&results["passed"], &results["total"]);
        let lenses = server.ask("textDocument/codeLens", json!({"textDocument": {"uri": uri}}));
        let whole = lenses.as_array().and_then(|lenses| lenses.first()).expect("lenses")["command"]["title"].clone();
        let passes = if *total == 1 { "pair passes" } else { "pairs pass" };
        assert_eq!(whole, format!("{passed} of {total} {passes} · they take {covered} parts"), "{}", name.display());
    }
    assert!(formats == 12 && findings >= 24, "{formats} formats with {findings} findings");
    server.leave();
}
