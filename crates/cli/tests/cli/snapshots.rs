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
        for command in ["weir", "run", "test", "check", "explain", "diff", "plan", "serve"] {
            let arguments = if command == "weir" { vec!["--help"] } else { vec![command, "--help"] };
            let output = binary(&arguments).output().expect("the binary runs");
            assert!(output.status.success());
            assert_snapshot!(command, String::from_utf8_lossy(&output.stdout));
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
        assert_snapshot!("planted_run", folder.run(&["run", "planted"]).exits(2).err);
    });
}
