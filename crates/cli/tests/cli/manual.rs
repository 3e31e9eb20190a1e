//! The manual's console examples give what they say.

use crate::weir::{Folder, workspace};
use std::env;
use std::fs;
use std::path::Path;

/// Stands for lines, where it is alone on one, or for part of a line.
const LEFT_OUT: char = '…';

/// The blocks of a page are one session in a folder with a copy of a format.
#[test]
#[cfg(unix)]
fn a_page_is_a_session() {
    assert!(session("testing.md") > 6);
    assert!(session("first-format.md") > 3);
    assert!(session("troubleshooting.md") > 9);
    assert!(session("teams.md") > 2);
    assert!(session("tutorials/text.md") > 5);
    assert!(session("tutorials/cef.md") > 4);
    assert!(session("tutorials/dataset.md") > 4);
}

/// Runs the session of a page, and says how many commands it has.
#[cfg(unix)]
fn session(page: &str) -> usize {
    let folder = Folder::new();
    for part in ["_meta", "access_requests"] {
        copy(&workspace().join("specs/cloudflare").join(part), &folder.path("specs/cloudflare").join(part));
    }
    let page_name = page;
    let page = fs::read_to_string(workspace().join("docs").join(page)).expect("the page");
    let mut ran = 0;
    for block in page.split("```console\n").skip(1) {
        let (session, _) = block.split_once("```").expect("the end of a block");
        for step in session.split("$ ").skip(1) {
            // A command goes on in the lines that begin with `> `.
            let mut rest = step.lines();
            let mut command = rest.next().expect("a line").to_owned();
            let mut expected = rest.clone();
            for line in rest.map_while(|line| line.strip_prefix("> ")) {
                command = format!("{command}\n{line}");
                expected.next();
            }
            let (expected, found) = (expected.collect::<Vec<_>>(), shell(&folder, &command));
            assert!(
                matches(&expected, &lines(&found)),
                "{page_name}: {command}\nexpected:\n{expected:#?}\nfound:\n{found}"
            );
            ran += 1;
        }
    }
    ran
}

fn shell(folder: &Folder, command: &str) -> String {
    let weir = Path::new(env!("CARGO_BIN_EXE_weir")).parent().expect("a folder");
    let path = format!("{}:{}", weir.display(), env::var("PATH").unwrap_or_default());
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", command]).env("PATH", path).current_dir(folder.path(".")).output().expect("a shell");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

fn matches(expected: &[&str], found: &[&str]) -> bool {
    match expected {
        [] => found.is_empty(),
        [first, rest @ ..] if first.trim() == LEFT_OUT.to_string() => {
            (0..=found.len()).any(|skipped| matches(rest, &found[skipped..]))
        }
        [first, rest @ ..] => found.first().is_some_and(|line| is_line(first, line)) && matches(rest, &found[1..]),
    }
}

/// Whether a line has the parts around what was left out, in their order.
fn is_line(expected: &str, found: &str) -> bool {
    let (head, rest) = expected.split_once(LEFT_OUT).unwrap_or((expected, ""));
    let tail = rest.rsplit(LEFT_OUT).next().unwrap_or_default();
    match expected.contains(LEFT_OUT) {
        true => found.strip_prefix(head).is_some_and(|found| found.ends_with(tail)),
        false => expected == found,
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("a file").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
