//! What a module says of records that fit several of its datasets: `_meta/routing.yml`.

use super::read::{Reader, WRONG_VALUE};
use weir::diagnostic::{Diagnostics, SourceId};
use weir::spec::keys::FileKey;
use weir::spec::yaml;

const KEYS: &[FileKey] =
    &[FileKey { name: "prefer", summary: "The datasets that win where a record fits several, the first one first" }];

/// Reads which datasets win where a record fits several, the first one first; `known` are the names of all.
pub fn read_routing(text: &str, source: SourceId, known: &[&str], findings: &mut Diagnostics) -> Vec<String> {
    let Some(document) = yaml::read(text, source, findings) else { return Vec::new() };
    let mut reader = Reader { findings };
    let Some(pairs) = reader.mapping(&document, "the routing of a module") else { return Vec::new() };
    reader.keys(pairs, "the routing of a module", KEYS);
    let place = pairs.first().map_or(document.span, |(key, _)| key.span);
    let prefer = reader.required(pairs, "prefer", "the routing of a module", place);
    let mut names: Vec<String> = Vec::new();
    for item in prefer.and_then(|prefer| reader.list(prefer, "`prefer`")).unwrap_or_default() {
        let Some(name) = reader.word(item) else { continue };
        let what = match () {
            () if !known.contains(&&*name) => "the name of a dataset of the module",
            () if names.contains(&name) => "named once",
            () => {
                names.push(name);
                continue;
            }
        };
        let finding = WRONG_VALUE.at(item.span, &["an item of `prefer`", what, &name]);
        reader.report(finding.suggest(&name, known.iter().copied().filter(|known| *known != name)));
    }
    names
}
