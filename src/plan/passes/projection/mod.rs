//! Projection: what expressions read of an extractor's result has a register of its own, so that nothing is sought by key.
//!
//! An extractor of which only some parts are read puts those into a table of registers behind the tree's slots, one for each
//! node of its projection. The result itself is not looked at again. Where the whole result is read too, it is made beside,
//! unless the spec changes dicts: then what is in the table would not follow. Of the fields of a layer, too, only those under the key that
//! is asked for are gathered.

mod fields;

use crate::json::Projection;
use crate::plan::expression::{Path, Slot};
use crate::plan::program::Program;
use crate::plan::program::op::{BoundCall, FieldKey, Get, Op, Projected};
use crate::plan::tree::Tree;
use crate::value::{Constant, ConstantKind};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The table of an extractor's output.
struct ResultTable {
    /// What is in it; nothing below what is read whole, the result itself aside.
    projection: Projection,
    /// Its registers, a node's each.
    registers: Range<u32>,
}

type ResultTables = BTreeMap<Slot, ResultTable>;

/// Gives the results of extractors their tables, and reads from those.
pub(super) fn run(mut program: Program, tree: &Tree) -> Program {
    let tables = tables(&mut program, tree);
    for extract in program.extracts_mut() {
        let others = extract.clears.iter().filter(|clears| clears.start != extract.output.0);
        let stale = others.filter_map(|clears| tables.get(&Slot(clears.start))).map(|table| table.registers.clone());
        extract.clears = extract.clears.iter().cloned().chain(stale).collect();
        if let Some(table) = tables.get(&extract.output) {
            extract.projection = table.projection.clone();
            extract.cells = Some(table.registers.clone());
        }
    }
    program.rewritten(&|expression| match expression {
        Op::Path(path) => match projected(&tables, &path) {
            Some(projected) => Op::Projected(Box::new(projected)),
            None => Op::Path(path),
        },
        Op::Call(call) => match key_of(&call).and_then(|path| projected(&tables, &path)) {
            Some(projected) => Op::Get(Box::new(Get { projected, call: *call })),
            None => match fields::under_key(&call) {
                Some(below) => Op::FieldKey(Box::new(FieldKey { below, call: *call })),
                None => Op::Call(call),
            },
        },
        other => other,
    })
}

fn tables(program: &mut Program, tree: &Tree) -> ResultTables {
    let mut tables = ResultTables::new();
    let mut registers = program.registers;
    for extract in program.extracts_mut() {
        let changes_dicts = tree.layers.changes_dicts;
        let read = &extract.projection;
        let projection = if changes_dicts { read.pruned() } else { read.by_name() };
        let nodes = projection.nodes() as u32;
        if nodes > 0 && !tables.contains_key(&extract.output) {
            tables.insert(extract.output, ResultTable { projection, registers: registers..registers + nodes });
            registers += nodes;
        }
    }
    program.registers = registers;
    tables
}

/// How a path is read from a table.
fn projected(tables: &ResultTables, path: &Arc<Path>) -> Option<Projected> {
    let ResultTable { projection, registers } = tables.get(&path.slot)?;
    let node = |length: usize| projection.index_of(path.keys[..length].iter().map(|key| &**key));
    let nodes = (1..=path.keys.len()).map_while(node);
    let steps: Box<[Slot]> = nodes.map(|node| Slot(registers.start + node as u32)).collect();
    let register = *steps.last()?;
    let is_direct = steps.len() == path.keys.len();
    Some(Projected { path: Arc::clone(path), steps, register, is_direct })
}

/// The path of the value that a call takes out of a dict by a key that is known.
fn key_of(call: &BoundCall) -> Option<Arc<Path>> {
    let (true, [dict, Op::Constant(key), ..]) = (call.entry.reads_key, &*call.positional) else { return None };
    let path = match dict {
        Op::Path(path) => path,
        Op::Projected(projected) => &projected.path,
        _ => return None,
    };
    let Constant { kind: ConstantKind::Text(key), .. } = key else { return None };
    let keys = path.keys.iter().chain([key]).cloned().collect();
    Some(Arc::new(Path { slot: path.slot, keys, beside: Box::default() }))
}
