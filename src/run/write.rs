//! The event as bytes: by the program's template, or along the tree of fields where an object stays that nothing is in.

use super::machine::Machine;
use super::values::Values;
use crate::json::{SIZE, Sink};
use crate::plan::output::KeyNode;
use crate::plan::program::Program;
use crate::plan::program::output_template::{Leaf, OutputTemplate};
use crate::value::{Fault, Value};

/// Writes the event. An input that could not be read has no fields, and so no constants.
///
/// # Errors
/// Limit, as the values' own.
pub(super) fn event(
    machine: Machine<'_>,
    values: Values<'_>,
    has_fields: bool,
    out: &mut Sink<'_>,
) -> Result<(), Fault> {
    if let Some(template) = machine.program.template.as_ref().filter(|_| has_fields)
        && by_template(template, values, out)?
    {
        return Ok(());
    }
    out.clear();
    tree(machine, values, has_fields, out)
}

/// Writes the event by its template. `false` where that does not fit; what was written until then stays.
#[inline(never)]
fn by_template(template: &OutputTemplate, values: Values<'_>, out: &mut Sink<'_>) -> Result<bool, Fault> {
    if template.stops.iter().any(|slot| !values.get(*slot).is_undefined()) {
        return Ok(false);
    }
    let mut leaves = template.leaves.iter().map(|leaf| (leaf, leaf.slot.map(|slot| values.get(slot))));
    // How many objects are open.
    let mut open = 0;
    while let Some((mut leaf, mut value)) = leaves.next() {
        match value {
            Some(Value::Text(text)) => {
                out.check(text, SIZE)?;
                out.words_and_text(&leaf.separator, text);
                open = leaf.depth;
                continue;
            }
            Some(Value::Undefined) => {
                let mut around = leaf.shared.min(open);
                let next = leaves.find(|(leaf, value)| {
                    around = leaf.shared.min(around);
                    !matches!(value, Some(Value::Undefined))
                });
                let Some(next) = next else { break };
                (leaf, value) = next;
                join(leaf, open, around, out);
            }
            _ => out.words(&leaf.separator),
        }
        match value {
            None => {}
            Some(Value::None) => return Ok(false),
            Some(Value::Text(text)) => {
                out.check(text, SIZE)?;
                out.text(text);
            }
            Some(value) => out.value(value, SIZE)?,
        }
        open = leaf.depth;
    }
    (0..open).for_each(|_| out.push(b'}'));
    out.extend(if out.is_empty() { b"{}" } else { b"}" });
    Ok(true)
}

/// Writes what stands before a leaf where leaves before it are not written. `around` is how many of the open objects enclose it.
fn join(leaf: &Leaf, open: usize, around: usize, out: &mut Sink<'_>) {
    (around..open).for_each(|_| out.push(b'}'));
    out.push(if out.is_empty() { b'{' } else { b',' });
    leaf.openings[around..].iter().for_each(|opening| out.words(opening));
    out.words(&leaf.key);
}

/// Writes the event along the tree of its fields, with or without those that all events have alike.
///
/// # Errors
/// Limit, as the values' own.
pub(super) fn tree(machine: Machine<'_>, values: Values<'_>, constants: bool, out: &mut Sink<'_>) -> Result<(), Fault> {
    let constants = constants.then_some(machine.program).filter(|program| !program.constants.is_empty());
    out.push(b'{');
    nodes(out, &machine.tree.output.nodes, values, constants)?;
    out.take_back(b',');
    out.push(b'}');
    Ok(())
}

/// Writes the keys that have a value, each with a comma behind it; tells whether there was any.
///
/// `None` stands for a field that was deleted: the dict that it was in stays. An empty dict is one that is spread over
/// the fields below: it stays, if only empty.
fn nodes(
    out: &mut Sink<'_>,
    nodes: &[KeyNode],
    values: Values<'_>,
    constants: Option<&Program>,
) -> Result<bool, Fault> {
    let mut any = false;
    for node in nodes {
        let constant = constants.zip(node.slot).and_then(|(program, slot)| program.constant(slot));
        if let Some(constant) = constant {
            out.extend(&node.key);
            out.extend(constant);
            out.push(b',');
            any = true;
            continue;
        }
        let value = node.slot.map_or(Value::Undefined, |slot| values.get(slot));
        any |= match value {
            Value::Undefined if node.children.is_empty() => false,
            Value::Undefined => children(out, node, values, constants, false)?,
            Value::None => true,
            Value::Map(map) if map.is_empty() && !node.children.is_empty() => {
                children(out, node, values, constants, true)?
            }
            Value::Map(_) if !node.known => {
                // Nothing of the dict is known; that it was set stays to be seen.
                out.extend(&node.key);
                out.extend(b"{},");
                true
            }
            _ if !node.known => true,
            value => {
                out.extend(&node.key);
                out.value(value, SIZE)?;
                out.push(b',');
                true
            }
        };
    }
    Ok(any)
}

fn children(
    out: &mut Sink<'_>,
    node: &KeyNode,
    values: Values<'_>,
    constants: Option<&Program>,
    keep: bool,
) -> Result<bool, Fault> {
    let start = out.len();
    out.extend(&node.opening);
    if !nodes(out, &node.children, values, constants)? && !keep {
        out.truncate(start);
        return Ok(false);
    }
    out.take_back(b',');
    out.extend(b"},");
    Ok(true)
}
