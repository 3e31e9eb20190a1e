//! The tracefile that lcov, genhtml and most services read.

use super::{Covered, Line};
use std::fmt::Write;

/// The tracefile of all formats.
pub fn text(all: &[Covered]) -> String {
    let mut out = String::new();
    for covered in all {
        // Writing to a String cannot fail.
        let _ = record(&mut out, covered);
    }
    out
}

fn record(out: &mut String, covered: &Covered) -> std::fmt::Result {
    let (path, lines) = covered.lines();
    writeln!(out, "TN:\nSF:{path}")?;
    for (number, Line { branches, hits }) in &lines {
        for (branch, taken) in branches.iter().enumerate() {
            // A branch that was never reached is told from one that was and was not taken.
            match hits {
                0 => writeln!(out, "BRDA:{number},0,{branch},-")?,
                _ => writeln!(out, "BRDA:{number},0,{branch},{taken}")?,
            }
        }
    }
    let branches = || lines.values().flat_map(|line| &line.branches);
    writeln!(out, "BRF:{}\nBRH:{}", branches().count(), branches().filter(|hits| **hits > 0).count())?;
    for (number, line) in &lines {
        writeln!(out, "DA:{number},{}", line.hits)?;
    }
    let hit = lines.values().filter(|line| line.hits > 0).count();
    writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len())
}
