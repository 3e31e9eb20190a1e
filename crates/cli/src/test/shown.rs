//! What people see of recorded pairs.

use crate::stop::Stop;
use crate::terminal::{Paint, bold, green, red, yellow};
use std::collections::BTreeMap;
use std::io::{self, Write};
use weir_author::compare::Difference;
use weir_author::json::Json;
use weir_author::pairs::{FormatResult, Results};
use weir_author::words::{cut, plural};

/// How many characters of a value are shown.
const SHOWN: usize = 300;

/// How many reasons are shown why something was left out.
const REASONS: usize = 5;

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
        let is_told = result.pairs.iter().any(|pair| pair.error.is_some() && pair.error == result.error);
        if let Some(error) = result.error.as_ref().filter(|_| self.on && !is_told) {
            writeln!(out, "{} {}\n  {error}", red("failed", color), result.format)?;
        }
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
            if let Some(Difference { field, .. }) = pair.differences.first().filter(|_| !pair.accepted) {
                let format = quoted(&result.format);
                writeln!(out, "  why: weir explain {format} {} --field {}", quoted(&pair.pair), quoted(field))?;
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
            if result.is_proven() && quiet {
                continue;
            }
            let count = format!("{:>5} / {}", result.passed, result.total);
            let count = match result {
                FormatResult { error: Some(_), .. } => red(&format!("{count}  does not compile"), color),
                FormatResult { total: 0, .. } => yellow("    no pairs", color),
                result if result.is_proven() => green(&count, color),
                _ => red(&count, color),
            };
            writeln!(out, "{:width$} {count}", result.format)?;
        }
        writeln!(out, "{}", summary(results))?;
        let pairs = || results.formats.iter().flat_map(|format| &format.pairs);
        let warned = pairs().filter(|pair| !pair.parsing_warnings.is_empty()).count();
        let failed = pairs().filter(|pair| pair.parsing_error.is_some()).count();
        if warned + failed > 0 {
            writeln!(out, "parsing: {failed} with an error, {warned} with warnings; --report json lists them all")?;
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            let reasons = pairs().flat_map(|pair| pair.parsing_warnings.iter().chain(&pair.parsing_error));
            reasons.for_each(|reason| *counts.entry(reason).or_default() += 1);
            let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            for (reason, count) in counts.iter().take(REASONS) {
                writeln!(out, "  {count} × {}", cut(reason, 200))?;
            }
        }
        Ok(())
    }
}

/// All results in one line: `2 of 3 pairs pass; all pairs pass in 1 of 3 formats, 1 format has no pairs`.
fn summary(results: &Results) -> String {
    let (passed, total, formats) = (results.passed, results.total, results.formats.len());
    let count = |is_counted: &dyn Fn(&FormatResult) -> bool| {
        results.formats.iter().filter(|result| is_counted(result)).count() as u64
    };
    let pairs = plural(total as u64, "pair", "pairs");
    let proven = count(&FormatResult::is_proven);
    if proven == formats as u64 {
        let of_formats = if formats > 1 { format!(" in {formats} formats") } else { String::new() };
        return format!("all pairs pass: {total} {pairs}{of_formats}");
    }
    let mut line = format!("{passed} of {total} {pairs} {}", if passed == 1 || total == 1 { "passes" } else { "pass" });
    if formats > 1 {
        line += &format!("; all pairs pass in {proven} of {formats} formats");
    }
    let broken = count(&|result| result.error.is_some());
    if broken > 0 {
        line += &format!(", {broken} {} not compile", plural(broken, "format does", "formats do"));
    }
    let untested = count(&|result| result.error.is_none() && result.total == 0);
    if untested > 0 {
        line += &format!(", {untested} {} no pairs", plural(untested, "format has", "formats have"));
    }
    line
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_-./@:".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
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
