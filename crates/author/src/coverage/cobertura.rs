//! The XML that Cobertura writes and CI services read.

use super::{Covered, Line, rate};
use crate::xml::escaped;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// The report of all formats: a package and class each.
pub fn text(all: &[Covered]) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = report(&mut out, all);
    out
}

fn report(out: &mut String, all: &[Covered]) -> fmt::Result {
    let files: Vec<(&Covered, &str, BTreeMap<u32, Line>)> = all
        .iter()
        .map(|covered| (covered, covered.lines()))
        .map(|(covered, (path, lines))| (covered, path, lines))
        .collect();
    let total = Rates::of(files.iter().flat_map(|(_, _, lines)| lines.values()));
    writeln!(out, "<?xml version=\"1.0\"?>")?;
    writeln!(out, "<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">")?;
    writeln!(
        out,
        "<coverage {} lines-valid=\"{}\" lines-covered=\"{}\" branches-valid=\"{}\" branches-covered=\"{}\" complexity=\"0\" version=\"{}\" timestamp=\"0\">",
        total.attributes(),
        total.lines,
        total.lines_hit,
        total.branches,
        total.branches_hit,
        env!("CARGO_PKG_VERSION")
    )?;
    writeln!(out, "  <sources><source>.</source></sources>\n  <packages>")?;
    files.iter().try_for_each(|(covered, path, lines)| package(out, &covered.format, path, lines))?;
    writeln!(out, "  </packages>\n</coverage>")
}

fn package(out: &mut String, format: &str, path: &str, lines: &BTreeMap<u32, Line>) -> fmt::Result {
    let rates = Rates::of(lines.values()).attributes();
    let (format, path) = (escaped(format), escaped(path));
    writeln!(out, "    <package name=\"{format}\" {rates} complexity=\"0\"><classes>")?;
    writeln!(out, "      <class name=\"{format}\" filename=\"{path}\" {rates} complexity=\"0\"><methods/><lines>")?;
    for (number, line) in lines {
        write!(out, "        <line number=\"{number}\" hits=\"{}\"", line.hits)?;
        match line.branches.len() {
            0 => writeln!(out, " branch=\"false\"/>")?,
            all => {
                let hit = line.branches.iter().filter(|hits| **hits > 0).count();
                let share = 100 * hit / all;
                writeln!(out, " branch=\"true\" condition-coverage=\"{share}% ({hit}/{all})\"/>")?;
            }
        }
    }
    writeln!(out, "      </lines></class>\n    </classes></package>")
}

/// Counts of lines and branches.
#[derive(Default)]
struct Rates {
    lines: usize,
    lines_hit: usize,
    branches: usize,
    branches_hit: usize,
}

impl Rates {
    fn of<'l>(lines: impl Iterator<Item = &'l Line>) -> Self {
        let mut rates = Rates::default();
        for line in lines {
            rates.lines += 1;
            rates.lines_hit += usize::from(line.hits > 0);
            rates.branches += line.branches.len();
            rates.branches_hit += line.branches.iter().filter(|hits| **hits > 0).count();
        }
        rates
    }

    fn attributes(&self) -> String {
        let (line, branch) = (rate(self.lines_hit, self.lines), rate(self.branches_hit, self.branches));
        format!("line-rate=\"{line:.4}\" branch-rate=\"{branch:.4}\"")
    }
}
