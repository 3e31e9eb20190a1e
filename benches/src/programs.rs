//! The programs of this project that the bench runs: the guard, which counts, and the command line.

use crate::workload::project;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The guard, built. It is a program of its own because its allocator would slow down what is timed here.
pub struct Guard(PathBuf);

impl Guard {
    /// Builds it beside this program, in the same profile.
    ///
    /// # Errors
    /// Where it cannot be built.
    pub fn build() -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let folder = program.parent().ok_or("this program is in no folder")?;
        let profile = folder.file_name().unwrap_or_default();
        build(
            &[Path::new("--bin"), Path::new("guard"), Path::new("--profile"), profile.as_ref()],
            "benches/Cargo.toml",
        )?;
        Ok(Guard(folder.join("guard")))
    }

    /// Instructions, where they can be counted, and allocations of an event of a format.
    ///
    /// # Errors
    /// Where the format does not run.
    pub fn count(&self, format: &str) -> Result<(Option<f64>, Option<f64>), String> {
        self.run("count", format)
    }

    /// Allocations of an event of a format.
    ///
    /// # Errors
    /// Where the format does not run.
    pub fn allocations(&self, format: &str) -> Result<Option<f64>, String> {
        self.run("allocations", format).map(|(_, allocations)| allocations)
    }

    fn run(&self, what: &str, format: &str) -> Result<(Option<f64>, Option<f64>), String> {
        let output = Command::new(&self.0).args([what, format]).output();
        let output = output.map_err(|error| format!("the guard: {error}"))?;
        if !output.status.success() {
            return Err(format!("the guard: {}", String::from_utf8_lossy(&output.stderr)));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut cells = text.trim_end().split('\t').skip(1).map(|cell| cell.parse().ok());
        Ok((cells.next().flatten(), cells.next().flatten()))
    }
}

/// Builds the command line as it is released, and says where it is.
///
/// # Errors
/// Where it cannot be built.
pub fn build_weir() -> Result<PathBuf, String> {
    let target = project().join("target");
    build(
        &[Path::new("--release"), Path::new("--bin"), Path::new("weir"), Path::new("--target-dir"), &target],
        "Cargo.toml",
    )?;
    Ok(target.join("release/weir"))
}

fn build(arguments: &[&Path], manifest: &str) -> Result<(), String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(project().join(manifest)).args(arguments);
    match build.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("{manifest}: {arguments:?} cannot be built")),
    }
}
