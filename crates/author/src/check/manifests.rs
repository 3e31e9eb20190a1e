//! Values of manifests that a repository of formats does not take.

use weir::diagnostic::{Diagnostics, Edit, Fix, Kind, Severity};
use weir::spec::Manifest;

/// A slug that can be part of no address.
pub const MALFORMED_SLUG: Kind = Kind {
    code: "malformed-slug",
    severity: Severity::Ignored,
    title: "`{slug}` is not a valid slug",
    meaning: "A slug is part of URLs: it begins with a lower-case letter and has lower-case letters, digits and `-`.",
};

/// The data sources of ATT&CK's editions that had a flat list of them, and what at least two public formats name beside them.
pub const DATA_SOURCES: &[&str] = &[
    "API monitoring",
    "AWS CloudTrail logs",
    "AWS OAuth logs",
    "Access tokens",
    "Anti-virus",
    "Application logs",
    "Asset management",
    "Authentication logs",
    "BIOS",
    "Binary file metadata",
    "Browser extensions",
    "Cloud audit logs",
    "Component firmware",
    "DLL monitoring",
    "DNS records",
    "Data loss prevention",
    "Detonation chamber",
    "Digital certificate logs",
    "Disk forensics",
    "EFI",
    "Email gateway",
    "Environment variable",
    "File monitoring",
    "GCP audit logs",
    "Host agent events",
    "Host network interface",
    "Kernel drivers",
    "Loaded DLLs",
    "MBR",
    "Mail server",
    "Malware reverse engineering",
    "Named Pipes",
    "Netflow/Enclave netflow",
    "Network device command history",
    "Network device configuration",
    "Network device logs",
    "Network device run-time memory",
    "Network intrusion detection system",
    "Network protocol analysis",
    "OAuth audit logs",
    "Office 365 account logs",
    "Office 365 audit logs",
    "Office 365 trace logs",
    "Packet capture",
    "PowerShell logs",
    "Process command-line parameters",
    "Process monitoring",
    "Process use of network",
    "SSL/TLS certificates",
    "SSL/TLS inspection",
    "Sensor health and status",
    "Services",
    "Social media monitoring",
    "Stackdriver logs",
    "System calls",
    "Third-party application logs",
    "User interface",
    "VBR",
    "WMI Objects",
    "Web application firewall logs",
    "Web logs",
    "Web proxy",
    "Windows Error Reporting",
    "Windows Registry",
    "Windows event logs",
];

/// A data source that no other format names.
pub const UNKNOWN_DATA_SOURCE: Kind = Kind {
    code: "unknown-data-source",
    severity: Severity::Warning,
    title: "there is no data source `{name}`",
    meaning: "Data sources are those of ATT&CK and a few more; users find formats by them. The name must be spelt exactly.",
};

/// Checks what is written in a manifest, beyond its form. All 256 public manifests and ours have such a slug; of 512
/// data sources that they name, 507 are in the list, and 3 of the others differ in a capital letter.
pub fn check(manifest: &Manifest, findings: &mut Diagnostics) {
    for (name, _) in &manifest.data_sources {
        if !DATA_SOURCES.contains(&&*name.text) {
            let finding = UNKNOWN_DATA_SOURCE.at(name.span, &[&name.text]);
            findings.push(finding.suggest(&name.text, DATA_SOURCES.iter().copied()));
        }
    }
    if let Some(slug) = manifest.slug.as_ref().filter(|slug| !is_slug(&slug.text)) {
        let finding = MALFORMED_SLUG.at(slug.span, &[&slug.text]);
        let meant = meant(&slug.text);
        // What the slug is part of may exist already.
        let fix = || Fix::certain(format!("write `{meant}`"), Edit::line(slug.span, meant.as_str()));
        findings.push(match is_slug(&meant) {
            true => finding.help(format!("did you mean `{meant}`?")).fix(fix()).unsure(),
            false => finding,
        });
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
