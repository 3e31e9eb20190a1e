//! Parts of a configuration that are right by themselves, and do not go together.

use super::mistake::Mistake;
use super::model::Config;
use super::section::Section;
use std::path::Path;

/// What does not go together: addresses and destinations that stand twice, and events among the files of the log.
pub(super) fn conflicts(whole: &Section, config: &Config) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut tell = |part: &str, name: Option<&str>, mistake: Mistake| {
        let part = whole.member(part);
        let section = name.and_then(|name| part.as_ref()?.member(name)).or(part);
        mistakes.push(section.as_ref().unwrap_or(whole).located(mistake));
    };
    let listens: Vec<_> = config.http.iter().map(|listen| ("http", listen.listen)).collect();
    let listens = [listens, config.syslog.iter().map(|listen| ("syslog", listen.listen)).collect()].concat();
    for (number, (part, address)) in listens.iter().enumerate() {
        if address.port() != 0 && listens[..number].iter().any(|(_, other)| other == address) {
            tell(part, None, Mistake::new(format!("{address} is listened on already")));
        }
    }
    let destinations: Vec<_> = config
        .sinks
        .iter()
        .filter_map(|sink| Some((&*sink.name, sink.settings.kind(), sink.settings.destination()?)))
        .collect();
    for (number, (name, kind, to)) in destinations.iter().enumerate() {
        let same = destinations[..number].iter().find(|(_, other, there)| other == kind && there == to);
        if let Some((other, ..)) = same {
            let mistake = Mistake::new(format!("the sink {other} stores such files in the same place"));
            tell("sinks", Some(name), mistake.help("give each a folder of its own"));
        }
        let own = [config.log_folder(), config.dead_letters_folder(), config.sinks_folder()];
        if own.iter().any(|folder| Path::new(to).starts_with(folder)) {
            tell("sinks", Some(name), Mistake::new("events cannot go where the receiver keeps its own files"));
        }
    }
    mistakes
}
