//! What a public repository of formats asks of a format beyond that it runs: identity, logo, changelog, descriptions, tests.

use super::checked::Checked;
use crate::folder::{FormatFolder, NamedText};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::LazyLock;
use weir::diagnostic::{Diagnostics, Kind, Severity, SourceId, Span};
use weir::spec;

macro_rules! asked {
    ($($name:ident = $severity:ident $code:literal, $title:literal, $meaning:literal;)*) => {
        $(const $name: Kind = Kind { code: $code, severity: Severity::$severity, title: $title, meaning: $meaning };)*

        /// The kinds of finding about what a repository asks.
        pub const KINDS: &[Kind] = &[$($name),*];
    };
}

asked! {
    MANIFEST = Ignored "unpublished-manifest", "{problem}",
        "With --publish: a format has `_meta/manifest.yml` with uuid, name, slug, description and data sources, none of them empty, so that users find it.";
    UUID = Ignored "repeated-uuid", "{file} has the same UUID",
        "With --publish: a UUID is the identity of one format or module. A copied manifest needs a new one.";
    LOGO = Ignored "unpublished-logo", "{problem}",
        "With --publish: format and module have `_meta/logo.png`, a square PNG with a transparent background under 50 KB.";
    CHANGELOG = Ignored "unpublished-changelog", "{problem}",
        "With --publish: a format has a CHANGELOG.md in the form of Keep a Changelog: a heading for each version, such as `## [1.0.0] - 2026-01-31`.";
    DESCRIPTIONS = Ignored "unpublished-descriptions", "there are no smart descriptions",
        "With --publish: `_meta/smart-descriptions.json` has sentences that say what an event tells.";
    COVERAGE = Ignored "unpublished-coverage", "the recorded pairs take {share} % of the parser; 75 % are asked for",
        "With --publish: recorded pairs take at least 75 % of the parser. `weir test --coverage` shows what they leave out.";
    SAMPLE = Hint "unpublished-sample", "the sample has `{value}`, which may identify somebody",
        "With --publish: samples are anonymised. `weir test --add FILE --anonymise` replaces addresses, names, hosts and ids consistently.";
}

/// The share of a parser that pairs must take.
pub const ASKED_SHARE: f64 = 0.75;

/// The largest logo, in bytes.
const LARGEST_LOGO: usize = 50 * 1024;

/// What of a format or module lies beside its texts.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Its directory, as files in it are named.
    pub root: String,
    /// `_meta/logo.png`
    pub logo: Option<Vec<u8>>,
    /// `CHANGELOG.md`
    pub changelog: Option<NamedText>,
    /// The share of the parser that the recorded pairs take, where that is known.
    pub share: Option<f64>,
}

/// The UUIDs seen so far, with the manifests that have them.
pub type Uuids = BTreeMap<String, String>;

/// What a format lacks to be published.
pub fn published(folder: &FormatFolder, beside: &Published, uuids: &mut Uuids) -> Checked {
    let mut part = Checked::default();
    manifest(&mut part, folder.manifest.as_ref(), beside, true, uuids);
    logo(&mut part, beside);
    changelog(&mut part, beside);
    let has_descriptions = folder.descriptions.as_ref().is_some_and(|(_, text)| text.contains("\"value\""));
    if !has_descriptions {
        let span = file(&mut part, beside, "_meta/smart-descriptions.json", folder.descriptions.as_ref());
        part.findings.push(DESCRIPTIONS.at(span, &[]));
    }
    if let Some(share) = beside.share.filter(|share| *share < ASKED_SHARE) {
        let source = part.sources.add(&*folder.parser.0, &*folder.parser.1);
        // The last percent is not reached by rounding.
        let percent = (share * 100.0).floor().to_string();
        part.findings.push(
            COVERAGE.at(Span::new(source, 0, 0), &[&percent]).help("`weir test --coverage` shows what is left out"),
        );
    }
    for pair in &folder.pairs {
        sample(&mut part, pair);
    }
    part.sorted()
}

/// What a module lacks to be published.
pub fn published_module(of: Option<&NamedText>, beside: &Published, uuids: &mut Uuids) -> Checked {
    let mut part = Checked::default();
    manifest(&mut part, of, beside, false, uuids);
    logo(&mut part, beside);
    part.sorted()
}

/// The place of a file: its beginning, also where it is not there.
fn file(part: &mut Checked, beside: &Published, name: &str, text: Option<&NamedText>) -> Span {
    let source = match text {
        Some((name, text)) => part.sources.add(&**name, &**text),
        None => part.sources.add(format!("{}{name}", beside.root), ""),
    };
    Span::new(source, 0, 0)
}

fn manifest(part: &mut Checked, of: Option<&NamedText>, beside: &Published, is_format: bool, uuids: &mut Uuids) {
    let place = file(part, beside, "_meta/manifest.yml", of);
    let Some((name, text)) = of else {
        return part.findings.push(MANIFEST.at(place, &["there is no manifest"]));
    };
    // What is wrong with the file itself is told by the check.
    let Some(manifest) = spec::read_manifest(text, place.source, &mut Diagnostics::new()) else { return };
    let texts = [("uuid", &manifest.uuid), ("name", &manifest.name), ("slug", &manifest.slug)];
    for (key, value) in texts.into_iter().chain(is_format.then_some(("description", &manifest.description))) {
        if value.as_ref().is_none_or(|value| value.text.trim().is_empty()) {
            let place = value.as_ref().map_or(place, |value| value.span);
            part.findings.push(MANIFEST.at(place, &[&format!("the manifest has no `{key}`")]));
        }
    }
    if is_format && manifest.data_sources.is_empty() {
        part.findings.push(MANIFEST.at(place, &["the manifest names no data source"]));
    }
    if let Some(uuid) = manifest.uuid.filter(|uuid| !uuid.text.is_empty()) {
        let other = uuids.entry(uuid.text.to_lowercase()).or_insert_with(|| name.clone());
        if other != name {
            part.findings.push(UUID.at(uuid.span, &[other]));
        }
    }
}

fn logo(part: &mut Checked, beside: &Published) {
    let problem = match &beside.logo {
        None => Some("there is no logo".to_owned()),
        Some(bytes) => wrong_with_logo(bytes),
    };
    if let Some(problem) = problem {
        let place = file(part, beside, "_meta/logo.png", None);
        part.findings.push(LOGO.at(place, &[&problem]));
    }
}

/// What is wrong with a logo.
fn wrong_with_logo(bytes: &[u8]) -> Option<String> {
    let number = |from: usize| Some(u32::from_be_bytes(bytes.get(from..from + 4)?.try_into().ok()?));
    let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR");
    let (true, Some(width), Some(height), Some(kind)) = (is_png, number(16), number(20), bytes.get(25)) else {
        return Some("the logo is no PNG".to_owned());
    };
    // Grey or colours with alpha; or a colour of the palette that is none.
    let is_transparent = matches!(kind, 4 | 6) || chunks(bytes).any(|name| name == b"tRNS");
    if bytes.len() > LARGEST_LOGO {
        Some(format!("the logo has {} KB; less than 50 are asked for", bytes.len().div_ceil(1024)))
    } else if width != height {
        Some(format!("the logo is not square: {width} by {height}"))
    } else if !is_transparent {
        Some("the logo has no transparent background".to_owned())
    } else {
        None
    }
}

/// The names of a PNG's chunks.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 8;
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        let name = bytes.get(at + 4..at + 8)?;
        at = at.checked_add(length)?.checked_add(12)?;
        Some(name)
    })
}

fn changelog(part: &mut Checked, beside: &Published) {
    let place = file(part, beside, "CHANGELOG.md", beside.changelog.as_ref());
    let problem = match &beside.changelog {
        None => "there is no CHANGELOG.md",
        Some((_, text)) if !text.trim_start().to_lowercase().starts_with("# changelog") => {
            "the changelog does not begin with `# Changelog`"
        }
        Some((_, text)) if !text.lines().any(is_version) => "the changelog has no heading of a version",
        Some(_) => return,
    };
    part.findings
        .push(CHANGELOG.at(place, &[problem]).help("such as `## [1.0.0] - 2026-01-31`, with `### Added` below"));
}

/// Whether a line is the heading of a version: `## [1.0.0] - 2026-01-31`, `## 1.0.0`, `## [Unreleased]`.
fn is_version(line: &str) -> bool {
    let Some(heading) = line.strip_prefix("## ") else { return false };
    heading.trim_start_matches('[').to_lowercase().starts_with("unreleased")
        || heading.contains(|letter: char| letter.is_ascii_digit())
}

/// Says what of a pair's record may identify somebody: the first of its kind.
fn sample(part: &mut Checked, (name, text): &NamedText) {
    static EMAIL: LazyLock<Option<regex::Regex>> =
        LazyLock::new(|| regex::Regex::new(r"[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+").ok());
    static ADDRESS: LazyLock<Option<regex::Regex>> =
        LazyLock::new(|| regex::Regex::new(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b").ok());
    let mut source = None;
    let (Some(email), Some(address)) = (&*EMAIL, &*ADDRESS) else { return };
    let found = [
        email.find_iter(text).find(|found| !is_example(found.as_str())),
        address.find_iter(text).find(|found| found.as_str().parse().is_ok_and(is_somebodys)),
    ];
    for found in found.into_iter().flatten() {
        let source: SourceId = *source.get_or_insert_with(|| part.sources.add(&**name, &**text));
        let span = Span::new(source, found.start() as u32, found.end() as u32);
        part.findings.push(SAMPLE.at(span, &[found.as_str()]));
    }
}

/// Whether an e-mail address is in a domain for examples.
fn is_example(email: &str) -> bool {
    let domain = email.rsplit('@').next().unwrap_or_default().to_lowercase();
    let reserved = ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost", "local"];
    reserved.iter().any(|name| domain == *name || domain.ends_with(&format!(".{name}")))
}

/// Whether an address may be somebody's: it is neither private, nor for examples or benchmarks, nor a well-known one.
fn is_somebodys(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let is_special =
        address.is_private() || address.is_loopback() || address.is_link_local() || address.is_documentation();
    let is_nobodys = address.is_unspecified() || address.is_broadcast() || address.is_multicast() || a >= 240 || a == 0;
    let is_benchmark = a == 198 && (18..20).contains(&b);
    let is_shared = a == 100 && (64..128).contains(&b);
    // Versions and the resolvers that everybody uses look like this.
    let octets = address.octets();
    let is_well_known = octets.iter().all(|octet| *octet < 10) || octets.windows(2).all(|pair| pair[0] == pair[1]);
    !(is_special || is_nobodys || is_benchmark || is_shared || is_well_known)
}

#[cfg(test)]
mod tests {
    use super::{is_somebodys, is_version, wrong_with_logo};

    fn png(width: u32, height: u32, kind: u8) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, kind, 0, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn a_logo_is_a_square_png_with_transparency() {
        assert_eq!(wrong_with_logo(&png(64, 64, 6)), None);
        assert_eq!(wrong_with_logo(&[png(64, 64, 3), b"\0\0\0\x01tRNS\0\0\0\0\0".to_vec()].concat()), None);
        assert!(wrong_with_logo(&png(64, 65, 6)).is_some_and(|problem| problem.contains("64 by 65")));
        assert!(wrong_with_logo(&png(64, 64, 2)).is_some_and(|problem| problem.contains("transparent")));
        assert!(
            wrong_with_logo(&[png(64, 64, 6), vec![0; 60_000]].concat()).is_some_and(|problem| problem.contains("KB"))
        );
        for broken in [&b""[..], b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
            assert!(wrong_with_logo(broken).is_some_and(|problem| problem.contains("no PNG")));
        }
    }

    #[test]
    fn addresses_for_examples_are_nobodys() {
        for (address, expected) in [
            ("192.0.2.7", false),
            ("10.1.2.3", false),
            ("198.18.4.4", false),
            ("1.2.3.4", false),
            ("93.184.216.34", true),
        ] {
            assert_eq!(address.parse().map(is_somebodys), Ok(expected), "{address}");
        }
    }

    #[test]
    fn versions_are_headings() {
        assert!(is_version("## [1.0.0] - 2026-01-31") && is_version("## 1.0.0") && is_version("## [Unreleased]"));
        assert!(!is_version("### Added") && !is_version("## Notes"));
    }
}
