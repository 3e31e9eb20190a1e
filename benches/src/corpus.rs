//! A repository of public formats beside this project, if there is one: the bench runs it and keeps nothing of it.

use crate::contest::sorted;
use crate::formats::row;
use crate::peers;
use crate::programs::Guard;
use crate::results::{Corpus, Family, Public};
use crate::workload::{DISTINCT, Workload, project};
use std::fs;
use std::path::{Path, PathBuf};

/// One format for each family of extractors, and what the family is.
pub const FAMILIES: [(&str, &str); 7] = [
    ("Microsoft/microsoft-365-defender", "JSON, nested"),
    ("AWS/aws-cloudtrail", "JSON, nested"),
    ("Fortinet/fortigate", "kv and CEF"),
    ("Apache/apache", "grok"),
    ("Imperva/imperva-waf", "CEF"),
    ("Palo Alto Networks/paloalto-ngfw", "dsv"),
    ("Trellix/trellix-epo-on-prem", "XML"),
];

/// Where the repository is, if it is anywhere: where `WEIR_CORPUS` says, or beside the project.
pub fn place() -> Option<PathBuf> {
    let named = std::env::var_os("WEIR_CORPUS").map(PathBuf::from);
    Some(named.unwrap_or_else(|| project().join("../shared/corpus"))).filter(|path| path.is_dir())
}

/// The directories of all formats, by name.
fn formats(corpus: &Path) -> Vec<PathBuf> {
    let folders =
        |path: &Path| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    let below = folders(corpus).into_iter().filter(|path| path.is_dir()).flat_map(|module| folders(&module));
    let mut formats: Vec<PathBuf> = below.filter(|path| path.join("ingest/parser.yml").is_file()).collect();
    formats.sort();
    formats
}

/// All public formats, three turns each.
///
/// # Errors
/// Where one does not run.
pub fn together(place: &Path, guard: &Guard) -> Result<Corpus, String> {
    let (mut floors, mut formats) = (Vec::new(), Vec::new());
    let mut rates: [Vec<f64>; 2] = Default::default();
    for path in self::formats(place) {
        let Ok(workload) = Workload::open(&path.to_string_lossy(), DISTINCT) else { continue };
        let mut contenders = vec![peers::weir(&workload)];
        contenders.extend(peers::floors::all(false));
        let row = row(&workload, contenders, 3)?;
        let megabytes = row.megabytes(row.time(peers::WEIR).unwrap_or(f64::NAN));
        rates.iter_mut().zip(KINDS).filter(|(_, (_, is_one, _))| is_one(&workload)).for_each(|(rates, _)| {
            rates.push(megabytes);
        });
        floors.push(1.0 / row.ratio(peers::floors::COPY).unwrap_or(f64::NAN));
        let allocations = guard.allocations(&path.to_string_lossy())?.unwrap_or(f64::NAN);
        let name = path.strip_prefix(place).unwrap_or(&path).display().to_string();
        formats.push(Public { name, megabytes, allocations });
    }
    formats.sort_by(|one, other| one.megabytes.total_cmp(&other.megabytes));
    Ok(Corpus {
        megabytes: spread(formats.iter().map(|format| format.megabytes).collect()),
        floors: spread(floors),
        allocations: spread(formats.iter().map(|format| format.allocations).collect()),
        families: KINDS
            .iter()
            .zip(rates)
            .map(|((name, _, target), rates)| Family {
                name,
                formats: rates.len(),
                megabytes: spread(rates),
                target: *target,
            })
            .collect(),
        formats,
    })
}

type IsOne = fn(&Workload) -> bool;

/// The kinds of records that have a target: their name, which formats are theirs, and the target of the median in MB/s.
const KINDS: [(&str, IsOne, f64); 2] = [
    ("JSON", |workload| has(workload, &["json."]) && !has(workload, &["grok.", "kv.", "cef."]), 200.0),
    (
        "grok, kv or CEF, and no JSON",
        |workload| has(workload, &["grok.", "kv.", "cef."]) && !has(workload, &["json."]),
        100.0,
    ),
];

/// Whether a format has an extractor of these rooms.
fn has(workload: &Workload, rooms: &[&str]) -> bool {
    let extractors = workload.plan.entry_names().filter_map(|(_, extractor)| extractor);
    extractors.into_iter().any(|extractor| rooms.iter().any(|room| extractor.starts_with(room)))
}

/// The least, the median and the greatest.
fn spread(values: Vec<f64>) -> [f64; 3] {
    let values = sorted(values);
    let last = values.len().saturating_sub(1);
    [0, values.len() / 2, last].map(|place| values.get(place).copied().unwrap_or(f64::NAN))
}
