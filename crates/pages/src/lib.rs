//! The page of a format: what its events are like and how its records get here, for those who run it.
//!
//! A [`FormatFiles`] is what lies on disk; [`Page::of`] derives all facts from it; a page is written as Markdown or as
//! HTML. No fact is written by hand, and nothing depends on the day or the machine: the same format has the same page.
//!
//! Why so: `docs/decisions/0040`.

mod descriptions;
mod document;
mod facts;
mod html;
mod index;
mod manifest;
mod markdown;
mod rules;
mod samples;
mod sections;
mod set_up;

pub use facts::{ExtractedField, Facts};
pub use index::index;
pub use rules::{RuleEntry, RuleTable};

use document::Document;
use manifest::Words;
use weir::Format;
use weir_dataset::Contract;
use weir_logpush::Mistake;

/// What a page is made of, as texts.
#[derive(Clone, Copy, Debug)]
pub struct FormatFiles<'f> {
    /// The format, which compiles.
    pub format: &'f Format,
    /// `_meta/manifest.yml` of the format.
    pub manifest: Option<&'f str>,
    /// `_meta/manifest.yml` of its module.
    pub module_manifest: Option<&'f str>,
    /// The recorded pairs: the names of their files without the ending, and their texts.
    pub pairs: &'f [(String, String)],
    /// The contract of its dataset, where it has one.
    pub contract: Option<&'f Contract>,
    /// The detection rules about its events, where someone asked which there are.
    pub rules: Option<&'f RuleTable>,
}

/// What a page is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// GitHub's Markdown.
    Markdown,
    /// One HTML file that needs no other.
    Html,
}

impl Notation {
    /// The ending of files in it.
    pub fn extension(self) -> &'static str {
        match self {
            Notation::Markdown => "md",
            Notation::Html => "html",
        }
    }
}

/// The page of a format.
#[derive(Clone, Debug)]
pub struct Page {
    facts: Facts,
    /// The name of the module; empty where it has none.
    module: String,
    document: Document,
}

/// Why a format has no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nothing of the format compiles.
    #[error("the format does not compile")]
    NoPlan,
    /// No job can be made of the contract of its dataset.
    #[error("no Logpush job can be made of its dataset.yml: {0}")]
    Contract(#[from] Mistake),
}

impl Page {
    /// Derives the page of a format.
    ///
    /// # Errors
    /// Where nothing of the format compiles, or its contract cannot be used.
    pub fn of(files: &FormatFiles<'_>) -> Result<Page, PageError> {
        let facts = Facts::of(files)?;
        let mut document = sections::document(&facts, files);
        if let Some(contract) = files.contract {
            document.blocks.extend(set_up::section(contract, files.format)?);
        }
        Ok(Page { facts, module: Words::of(files.module_manifest).name, document })
    }

    /// What was derived.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The page as text.
    pub fn text(&self, notation: Notation) -> String {
        write(&self.document, notation)
    }
}

fn write(document: &Document, notation: Notation) -> String {
    match notation {
        Notation::Markdown => markdown::write(document),
        Notation::Html => html::write(document),
    }
}
