//! Each pass finds what it is there for, and leaves alone what it may not touch. That events stay the same is told by
//! `tests/parity.rs`.

use super::names;
use crate::plan::Plan;
use crate::plan::program::op::Op;
use crate::plan::program::{EntryBody, Instruction, Program};
use crate::plan::template::Source;
use crate::{FormatText, compile};

const FORMAT: &str = "
name: passes
pipeline:
  - name: parsed
    external: {name: json.parse-json, properties: {input_field: original.message, output_field: message}}
  - name: first
  - name: second
    filter: '{{parsed.message.again}}'
stages:
  first:
    actions:
      - set: {event.kind: event, event.action: '{{parsed.message.action}}', user.name: '{{parsed.message.user | lower}}'}
      - set: {event.type: \"{{['info'] + (['start'] if parsed.message.begins else [])}}\"}
  second:
    actions:
      - set: {event.category: [network], host.name: '{{first.user.name}}', observer.vendor: '{{parsed.message.get(\"vendor\")}}'}
";

/// Fields under a key of the layer `final`, and values that are there whatever a record has.
const LAYERS: &str = "
name: layers
pipeline:
  - name: parsed
    external: {name: json.parse-json, properties: {input_field: original.message, output_field: message}}
  - name: first
  - name: second
    filter: '{{parsed.message.again == 1}}'
stages:
  first:
    actions:
      - set: {url.domain: '{{parsed.message.domain}}', url.path: '{{parsed.message.path}}', user.name: '{{parsed.message.user}}'}
  second:
    actions:
      - set: {labels.one: '{{final.get(\"url\")}}', labels.two: '{{final.get(\"user\", \"nobody\")}}', labels.three: '{{final.get(parsed.message.key)}}'}
      - set:
          event.reason: 'of {{parsed.message.user}}'
          event.type: '{{parsed.message.user or \"start\"}}'
          event.outcome: '{{parsed.message.user | lower}}'
          event.code: '{{parsed.message.user + 1}}'
        filter: '{{parsed.message.user != \"-\"}}'
";

fn plan(format: &str) -> Plan {
    let text = FormatText { parser: ("parser.yml".to_owned(), format.to_owned()), fields: Vec::new() };
    compile(&text).plan.expect("a format that compiles")
}

fn alone(pass: &str) -> Program {
    plan(FORMAT).with_passes(&|name| name == pass).program
}

fn instructions(program: &Program) -> Vec<&Instruction> {
    let stages = program.entries.iter().filter_map(|entry| match &entry.code {
        EntryBody::Stage(actions) => Some(actions),
        EntryBody::Extract(_) => None,
    });
    stages.flatten().flat_map(|action| &action.code).collect()
}

/// The fields whose instructions are of some kind.
fn fields(program: &Program, is_it: impl Fn(&Instruction) -> bool) -> Vec<String> {
    let field = |instruction: &&Instruction| match instruction {
        Instruction::Set(store, _) | Instruction::Copy(_, store, _) => Some(store.assignment.field.to_string()),
        Instruction::Translate(_) | Instruction::Delete(_) => None,
    };
    let mut found = instructions(program);
    found.retain(|instruction| is_it(instruction));
    found.iter().filter_map(field).collect()
}

fn reads(instruction: &Instruction, is_it: impl Fn(&Op) -> bool) -> bool {
    let Instruction::Set(_, Source::Expression(op)) = instruction else { return false };
    is_it(op)
}

#[test]
fn a_program_that_no_pass_touched_sets_every_field_everywhere() {
    let program = alone("none");
    assert_eq!(instructions(&program).len(), 7);
    assert!(program.constants.is_empty() && program.template.is_none());
    let sets_layer = |instruction: &Instruction| matches!(instruction, Instruction::Set(store, _) if store.sets_layer);
    assert_eq!(fields(&program, sets_layer).len(), 7);
    assert!(names().all(|pass| pass != "none"));
}

#[test]
fn stores_are_dead_where_nobody_reads_them() {
    let program = alone("dead-stores");
    let sets_layer = |instruction: &Instruction| matches!(instruction, Instruction::Set(store, _) if store.sets_layer);
    assert_eq!(fields(&program, sets_layer), ["user.name"]);
}

#[test]
fn what_is_read_of_a_result_has_registers() {
    let [plain, program] = ["none", "projection"].map(alone);
    // `action`, `user`, `begins`, `again` and `vendor`.
    assert_eq!(program.registers, plain.registers + 5);
    let is_projected = |instruction: &Instruction| reads(instruction, |op| matches!(op, Op::Projected(_) | Op::Get(_)));
    assert_eq!(fields(&program, is_projected), ["event.action", "observer.vendor"]);
}

#[test]
fn constants_are_set_where_an_action_always_runs() {
    // Where the stage's layer is set, too, a field is no constant.
    assert!(alone("constants").constants.is_empty());
    let program = plan(FORMAT).with_passes(&|name| matches!(name, "dead-stores" | "constants")).program;
    let values: Vec<&[u8]> = program.constants.iter().map(|(_, value)| &**value).collect();
    assert_eq!(values, [b"\"event\""]);
    assert_eq!(instructions(&program).len(), 6);
}

#[test]
fn lists_are_joined_as_they_are_made() {
    let is_sum = |instruction: &Instruction| reads(instruction, |op| matches!(op, Op::Sum(parts) if parts.len() == 2));
    assert_eq!(fields(&alone("list-fusion"), is_sum), ["event.type"]);
}

#[test]
fn values_are_copied_from_registers() {
    let is_copy = |instruction: &Instruction| matches!(instruction, Instruction::Copy(..));
    let program = plan(FORMAT).program;
    assert_eq!(fields(&program, is_copy), ["event.action"]);
    assert!(fields(&alone("copies"), is_copy).is_empty(), "without projection no register has the value");
}

#[test]
fn a_key_of_gathered_fields_is_looked_up_alone() {
    let program = plan(LAYERS).with_passes(&|name| name == "projection").program;
    let is_key = |instruction: &Instruction| reads(instruction, |op| matches!(op, Op::FieldKey(_)));
    assert_eq!(fields(&program, is_key), ["labels.one", "labels.two"]);
}

#[test]
fn steps_ask_for_what_they_do_nothing_without() {
    let program = plan(LAYERS).with_passes(&|name| matches!(name, "projection" | "absent-inputs")).program;
    let has_inputs =
        |instruction: &Instruction| matches!(instruction, Instruction::Set(store, _) if store.inputs.is_some());
    // `labels.two` has a default, `event.reason` text of its own, and `event.type` another value. Sums are not followed.
    let asked = ["url.domain", "url.path", "user.name", "labels.one", "labels.three", "event.outcome"];
    assert_eq!(fields(&program, has_inputs), asked);
    let filtered = program.entries.iter().filter(|entry| entry.inputs.is_some()).count();
    assert_eq!(filtered, 1, "absent is not 1");
    // What is absent is not "-", either: the action runs.
    let actions = program.entries.iter().filter_map(|entry| match &entry.code {
        EntryBody::Stage(actions) => Some(actions),
        EntryBody::Extract(_) => None,
    });
    assert!(actions.flatten().all(|action| action.inputs.is_none()));
}

#[test]
fn the_template_has_a_leaf_for_each_field() {
    let program = plan(FORMAT).program;
    let template = program.template.expect("a template");
    let constants = template.leaves.iter().filter(|leaf| leaf.slot.is_none()).count();
    assert_eq!(constants, 1);
}
