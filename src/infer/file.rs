//! A file's name and directory from its path.

use super::{Fields, Rule};
use crate::value::{Fault, Value};

pub(super) const RULE: Rule = Rule {
    name: "file",
    reads: &["file.path"],
    writes: &["file.name", "file.directory"],
    needs: &[],
    summary: "Unless the spec sets `file.name`, it is what follows the last `/` or `\\` of `file.path`, and \
              `file.directory` is what stands before it; either may be empty.",
    evidence: "60 fields over the public pairs, no exception; nothing is inferred beside a file.name of the spec's \
               own 42 times of 42",
    apply,
};

fn apply(fields: &mut Fields<'_, '_>) -> Result<(), Fault> {
    let Some(path) = fields.text(0) else { return Ok(()) };
    if fields.written(0) {
        return Ok(());
    }
    // Only the last separator goes: `C:\\dir\\name` with doubled separators has the directory `C:\\dir\`.
    let (directory, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    fields.fill(0, Value::Text(name));
    fields.fill(1, Value::Text(directory));
    Ok(())
}
