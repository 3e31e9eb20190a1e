//! Values of manifests that a repository of formats does not take.

use weir::diagnostic::{Diagnostics, Kind, Severity};
use weir::spec::Manifest;

/// A slug that can be part of no address.
pub const MALFORMED_SLUG: Kind = Kind {
    code: "malformed-slug",
    severity: Severity::Ignored,
    title: "`{slug}` is no slug",
    meaning: "A slug is part of addresses: it begins with a small letter and has small letters, digits and `-`.",
};

/// Checks what is written in a manifest, beyond its form. All 256 public manifests and ours have such a slug.
pub fn check(manifest: &Manifest, findings: &mut Diagnostics) {
    if let Some(slug) = manifest.slug.as_ref().filter(|slug| !is_slug(&slug.text)) {
        let finding = MALFORMED_SLUG.at(slug.span, &[&slug.text]);
        let meant = meant(&slug.text);
        findings.push(if is_slug(&meant) { finding.help(format!("did you mean `{meant}`?")) } else { finding });
    }
}

fn is_slug(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(is_part)
}

/// The text in the form of a slug.
fn meant(text: &str) -> String {
    let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}
