//! One format: weir over its records, beside the floors and whatever peers have a mapping for it.

use crate::contest::{Contender, Lines, race};
use crate::equal;
use crate::peers::{self, floors};
use crate::programs::Guard;
use crate::results::Row;
use crate::workload::{DISTINCT, Own, Workload};
use std::path::Path;

/// How much is read in one pass at least, in bytes.
const INPUT: usize = 1 << 20;

/// One of this project's formats, beside whatever peers have a mapping for it.
///
/// # Errors
/// Where a record does not run, or a peer makes another event of it.
pub fn own(format: &Own, guard: &Guard, rounds: usize) -> Result<Row, String> {
    let name = format.name;
    let workload = Workload::open(name, DISTINCT)?;
    workload.check()?;
    let distinct = Lines::repeat(&workload.records, 1);
    let mut contenders = with_floors(&workload);
    let events = contenders[0].events(&distinct)?;
    for mut peer in peers::all(name)? {
        let called = peer.contender.name();
        let theirs = peer.contender.events(&distinct).map_err(|reason| format!("{name}, {called}: {reason}"))?;
        equal::same(&events, &theirs, peer.parses_agents).map_err(|reason| format!("{name}, {called}: {reason}"))?;
        contenders.push(peer.contender);
    }
    let (instructions, allocations) = guard.count(name)?;
    let row = row(&workload, contenders, rounds)?;
    Ok(Row { format: format!("`{name}`"), family: format.family.to_owned(), instructions, allocations, ..row })
}

/// A public format: weir and the floors.
///
/// # Errors
/// Where it cannot be read or does not run.
pub fn public(path: &Path, name: &str, family: &str, guard: &Guard, rounds: usize) -> Result<Row, String> {
    let workload = Workload::open(&path.to_string_lossy(), DISTINCT)?;
    let (instructions, allocations) = guard.count(&path.to_string_lossy())?;
    let row = row(&workload, with_floors(&workload), rounds)?;
    Ok(Row { format: name.to_owned(), family: family.to_owned(), instructions, allocations, ..row })
}

fn with_floors(workload: &Workload) -> Vec<Box<dyn Contender + '_>> {
    let mut contenders = vec![peers::weir(workload)];
    contenders.extend(floors::all(workload.records.iter().all(|record| record.starts_with('{'))));
    contenders
}

/// Lets contenders run over a workload; weir is the first.
///
/// # Errors
/// Where one breaks off.
pub fn row(workload: &Workload, mut contenders: Vec<Box<dyn Contender + '_>>, rounds: usize) -> Result<Row, String> {
    let events = contenders[0].events(&Lines::repeat(&workload.records, 1))?;
    let timings = race(&mut contenders, &Lines::repeat(&workload.records, INPUT), rounds)?;
    Ok(Row::new(workload, &events, contenders.iter().map(|contender| contender.name()).zip(timings).collect()))
}
