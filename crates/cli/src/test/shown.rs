//! What people see of recorded pairs.

use super::{FormatResult, Results};
use crate::compare::Difference;
use crate::json::Json;
use crate::stop::Stop;
use crate::tally::plural;
use crate::terminal::{Paint, bold, green, red};
use std::io::{self, Write};

/// How many characters of a value are shown.
const SHOWN: usize = 300;

/// What people see.
pub struct Shown {
    /// Whether to show anything.
    pub on: bool,
    /// How.
    pub paint: Paint,
}

impl Shown {
    /// The failing pairs of a format, each with what its run says of itself.
    ///
    /// # Errors
    /// Where the output is closed.
    pub fn format(&mut self, result: &FormatResult) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        let color = self.paint.stdout;
        for pair in result.pairs.iter().filter(|pair| self.on && (!pair.passed || pair.accepted)) {
            let word = if pair.accepted { green("accepted", color) } else { red("failed", color) };
            writeln!(out, "{word} {} {}", result.format, bold(&pair.pair, color))?;
            if let Some(error) = &pair.error {
                writeln!(out, "  {error}")?;
            }
            for Difference { field, expected, got } in &pair.differences {
                writeln!(out, "  {field}")?;
                writeln!(out, "    expected {}", green(&shown(expected.as_ref()), color))?;
                writeln!(out, "    got      {}", red(&shown(got.as_ref()), color))?;
            }
            if let Some(error) = &pair.parsing_error {
                writeln!(out, "  parsing error: {error}")?;
            }
            for warning in &pair.parsing_warnings {
                writeln!(out, "  parsing warning: {warning}")?;
            }
        }
        Ok(())
    }

    /// How many pairs of each format passed, and of all.
    ///
    /// # Errors
    /// Where the output is closed.
    pub fn table(&mut self, results: &Results, quiet: bool) -> Result<(), Stop> {
        if !self.on {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        let color = self.paint.stdout;
        let width = results.formats.iter().map(|result| result.format.chars().count()).max().unwrap_or(0);
        for result in &results.formats {
            let all = result.passed == result.total;
            if all && quiet {
                continue;
            }
            let count = format!("{:>5} / {}", result.passed, result.total);
            let count = if all { green(&count, color) } else { red(&count, color) };
            writeln!(out, "{:width$} {count}", result.format)?;
        }
        let whole = results.formats.iter().filter(|result| result.passed == result.total).count();
        let (passed, total, formats) = (results.passed, results.total, results.formats.len());
        let pairs = plural(total as u64, "pair", "pairs");
        let of_formats = plural(formats as u64, "format", "formats");
        writeln!(out, "{passed} of {total} {pairs} passed; {whole} of {formats} {of_formats} whole")?;
        let pairs = || results.formats.iter().flat_map(|format| &format.pairs);
        let warned = pairs().filter(|pair| !pair.parsing_warnings.is_empty()).count();
        let failed = pairs().filter(|pair| pair.parsing_error.is_some()).count();
        if warned + failed > 0 {
            writeln!(out, "parsing: {failed} with an error, {warned} with warnings; --report json lists them")?;
        }
        Ok(())
    }
}

/// A value for people, cut where it is long.
fn shown(value: Option<&Json>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text,
    }
}
