//! Did weir become slower, or does it ask for more memory? Instructions and allocations an event, beside the recorded ones.
//!
//! `guard` compares, `guard --write` records, `guard count FORMAT…` prints counts as tab-separated values, `guard allocations FORMAT…`
//! those that need no valgrind, `guard passes` what an event costs where one pass over its program is left out, and `guard records
//! FORMAT` the records. `guard run FORMAT TIMES` and `guard without PASS FORMAT TIMES` are what valgrind counts. A format is one of this project by name, or a directory.
//!
//! Why so: `docs/decisions/0031`.

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use weir::Scratch;
use weir::plan::passes;
use weir_bench::workload::{DISTINCT, OWN, Own, Workload, project};
use weir_bench::{allocations, instructions};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const USAGE: &str = "guard [--write | count FORMAT... | allocations FORMAT... | passes | records FORMAT | run FORMAT TIMES \
    | without PASS FORMAT TIMES]";

/// How much more an event may cost than what is recorded, in hundredths.
const MOST: f64 = 5.0;

/// Allocations that an event may have more, whatever is recorded: few are noise, such as a table that grows once.
const SPARE: f64 = 0.05;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [] => compare(),
        ["--write"] => write(),
        ["count", formats @ ..] => formats.iter().try_for_each(|format| print(format)).map(|()| true),
        ["allocations", formats @ ..] => formats.iter().try_for_each(|format| print_allocations(format)).map(|()| true),
        ["records", format] => Workload::open(format, DISTINCT).map(|workload| {
            workload.records.iter().for_each(|record| println!("{record}"));
            true
        }),
        ["passes"] => print_passes().map(|()| true),
        ["run", format, times] => run(format, times, |_| true).map(|()| true),
        ["without", pass, format, times] => run(format, times, |name| name != *pass).map(|()| true),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// What an event costs.
#[derive(Clone, Copy)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

/// Measures every format of this project and compares. Whether none costs more.
fn compare() -> Result<bool, String> {
    let recorded = recorded()?;
    let (mut passed, mut failed) = (0, 0);
    println!("{:<16} {:>12} {:>8} {:>12} {:>8}", "an event of", "instructions", "change", "allocations", "recorded");
    for Own { name, .. } in OWN {
        let before = recorded.get(name).ok_or_else(|| format!("{name} is not recorded: run guard --write"))?;
        let now = cost(name)?;
        let change = (now.instructions / before.instructions - 1.0) * 100.0;
        let is_more = change > MOST || now.allocations > before.allocations * (1.0 + MOST / 100.0) + SPARE;
        let (instructions, allocations) = (now.instructions, now.allocations);
        let verdict = if is_more { "costs more" } else { "" };
        println!(
            "{name:<16} {instructions:>12.0} {change:>+7.1}% {allocations:>12.2} {:>8.2} {verdict}",
            before.allocations
        );
        *if is_more { &mut failed } else { &mut passed } += 1;
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        eprintln!("more than {MOST} % above benches/guard.tsv; if it is worth it: benches/guard.sh --write");
    }
    Ok(failed == 0)
}

fn write() -> Result<bool, String> {
    let mut text =
        String::from("# What an event costs: format, instructions, allocations. Written by benches/guard.sh --write\n");
    for Own { name, .. } in OWN {
        let Cost { instructions, allocations } = cost(name)?;
        text += &format!("{name}\t{instructions:.0}\t{allocations:.2}\n");
    }
    fs::write(table(), &text).map_err(|error| error.to_string())?;
    print!("{text}");
    Ok(true)
}

/// Prints a format's name, instructions and allocations; no instructions where there is no valgrind.
fn print(format: &str) -> Result<(), String> {
    let workload = Workload::open(format, DISTINCT)?;
    let allocations = allocations::per_event(&workload, ALLOCATOR);
    let counted =
        instructions::is_possible().then(|| instructions::per_event(&["run", format], workload.records.len()));
    let instructions = counted.transpose()?.map_or(String::new(), |count| format!("{count:.0}"));
    println!("{}\t{instructions}\t{allocations:.2}", workload.name);
    Ok(())
}

fn print_allocations(format: &str) -> Result<(), String> {
    let workload = Workload::open(format, DISTINCT)?;
    println!("{}\t\t{:.2}", workload.name, allocations::per_event(&workload, ALLOCATOR));
    Ok(())
}

/// Prints how much more an event of each format costs where one pass is left out, in hundredths of the instructions.
fn print_passes() -> Result<(), String> {
    print!("{:<16}", "without");
    OWN.iter().for_each(|own| print!(" {:>15}", own.name));
    println!();
    let all: Vec<f64> = OWN.iter().map(|own| instructions_of(&["run", own.name])).collect::<Result<_, _>>()?;
    for pass in passes::names() {
        print!("{pass:<16}");
        for (own, all) in OWN.iter().zip(&all) {
            let more = (instructions_of(&["without", pass, own.name])? / all - 1.0) * 100.0;
            print!(" {more:>+14.1}%");
        }
        println!();
    }
    Ok(())
}

fn instructions_of(arguments: &[&str]) -> Result<f64, String> {
    let records = Workload::open(arguments[arguments.len() - 1], DISTINCT)?.records.len();
    instructions::per_event(arguments, records)
}

fn run(format: &str, times: &str, lets_through: impl Fn(&str) -> bool) -> Result<(), String> {
    let mut workload = Workload::open(format, instructions::RECORDS)?;
    workload.plan = workload.plan.with_passes(&lets_through);
    let (mut scratch, mut event) = (Scratch::default(), Vec::new());
    for _ in 0..times.parse::<u32>().map_err(|error| error.to_string())? {
        workload.pass(&mut scratch, &mut event);
    }
    Ok(())
}

fn cost(name: &str) -> Result<Cost, String> {
    if !instructions::is_possible() {
        return Err("valgrind is not installed, so nothing was counted".to_owned());
    }
    let workload = Workload::open(name, DISTINCT)?;
    workload.check()?;
    let allocations = allocations::per_event(&workload, ALLOCATOR);
    let instructions = instructions::per_event(&["run", name], workload.records.len())?;
    Ok(Cost { instructions, allocations })
}

fn recorded() -> Result<BTreeMap<String, Cost>, String> {
    let text = fs::read_to_string(table()).map_err(|error| format!("benches/guard.tsv: {error}"))?;
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| parse(row).ok_or_else(|| format!("benches/guard.tsv: `{row}` is no row"))).collect()
}

fn parse(row: &str) -> Option<(String, Cost)> {
    let mut cells = row.split('\t');
    let name = cells.next()?.to_owned();
    let (instructions, allocations) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    Some((name, Cost { instructions, allocations }))
}

fn table() -> PathBuf {
    project().join("benches/guard.tsv")
}
