//! What people read: the help of each command, and rendered findings.

use crate::check::PLANTED;
use crate::weir::{Folder, binary, workspace};
use insta::{Settings, assert_snapshot};

pub fn kept_in(folder: &str) -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(workspace().join("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn help_of_each_command() {
    kept_in("help").bind(|| {
        let whole = [
            "weir",
            "new",
            "run",
            "test",
            "check",
            "explain",
            "diff",
            "plan",
            "rules",
            "bench",
            "serve",
            "logpush",
            "logpush job",
        ];
        for command in whole {
            let words = command.split(' ').filter(|word| *word != "weir");
            let arguments: Vec<&str> = words.chain(["--help"]).collect();
            let output = binary(&arguments).output().expect("the binary runs");
            assert!(output.status.success());
            assert_snapshot!(command.replace(' ', "_"), String::from_utf8_lossy(&output.stdout));
        }
        for command in ["validate", "new", "drift"] {
            let output = binary(&["dataset", command, "--help"]).output().expect("the binary runs");
            assert!(output.status.success());
            assert_snapshot!(format!("dataset_{command}"), String::from_utf8_lossy(&output.stdout));
        }
        #[cfg(unix)]
        {
            let output = binary(&["replay", "--help"]).output().expect("the binary runs");
            assert_snapshot!("replay", String::from_utf8_lossy(&output.stdout));
        }
        #[cfg(unix)]
        for command in ["check", "stat", "dump", "forget"] {
            let output = binary(&["log", command, "--help"]).output().expect("the binary runs");
            assert!(output.status.success());
            assert_snapshot!(format!("log_{command}"), String::from_utf8_lossy(&output.stdout));
        }
    });
}

#[test]
fn version() {
    let output = binary(&["--version"]).output().expect("the binary runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("weir {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn findings_about_planted_mistakes() {
    let folder = Folder::new();
    folder.write("planted/ingest/parser.yml", PLANTED);
    kept_in("error").bind(|| {
        assert_snapshot!("planted_check", folder.run(&["check", "planted"]).exits(1).out);
        assert_snapshot!("planted_run", folder.run(&["run", "planted", "--deny-errors"]).exits(2).err);
    });
}
