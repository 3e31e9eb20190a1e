//! `weir docs`: the pages of formats, derived from what they are made of.

mod detection;
mod folder;

use crate::findings;
use crate::stop::{Outcome, Stop};
use crate::terminal::{self, Paint};
use clap::Args;
use folder::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use weir_author::NamedText;
use weir_author::words::plural;
use weir_formats::{Place, RuleFiles, folders};
use weir_pages::{FormatFiles, Notation, Page, index};

const LONG_ABOUT: &str = "\
Write the page of a format: what it is, the kinds, categories and types of its events, samples, the fields that it sets, and, \
if it has a `dataset.yml`, the Logpush job that delivers its records. All facts come from the spec, the fields, the \
manifests, the recorded pairs and the contract. For the values of `event.kind`, `event.category` and `event.type` every \
template of the spec is followed, so that none is missing. If values come from the record, the page says so.

With --rules, the page also lists the detection rules that can match its events, and what the others wait for; with --output, \
a layer for the ATT&CK Navigator lies beside it.

The page of one format goes to standard output. With --output, the pages of all formats at and below the paths go to \
DIR/MODULE/FORMAT.md, with an index in DIR/README.md; with --html, to *.html and index.html. The same formats always give \
the same pages.";

const EXAMPLES: &str = "\
Examples:
  weir docs specs/cloudflare/access_requests
  weir docs specs/cloudflare/access_requests --html > access_requests.html
  weir docs specs --output docs/formats --rules specs/rules
  weir docs specs --output docs/formats --rules specs/rules --check

Exit codes: 0; 1 if --check found a page that is outdated, missing or without a format; 2 if a format does not compile at \
all, a file cannot be read or written, or there are no formats.";

/// Write the pages of formats, as Markdown or HTML
#[derive(Args)]
#[command(long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Arguments {
    /// Directories or formats
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write HTML instead of Markdown: each page is one self-contained file
    #[arg(long)]
    html: bool,
    /// Write all pages and an index to a directory
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// List the detection rules that can match: Sigma files, or directories with *.yml
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Write nothing; list the pages that are outdated
    #[arg(long, requires = "output")]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// Where a format cannot be read, a page cannot be written or the output is closed.
pub fn run(arguments: &Arguments, paint: Paint) -> Result<Outcome, Stop> {
    let places = folders::found(&arguments.paths)?;
    let notation = if arguments.html { Notation::Html } else { Notation::Markdown };
    let rules = detection::read(&arguments.rules, paint)?;
    match (&arguments.output, &*places) {
        (Some(folder), places) => in_folder(arguments, folder, places, rules.as_ref(), notation, paint),
        (None, [place]) => match page(place, rules.as_ref(), None, paint)? {
            Some((page, _)) => {
                io::stdout().write_all(page.text(notation).as_bytes())?;
                Ok(Outcome::Well)
            }
            None => Ok(Outcome::Unusable),
        },
        (None, places) => {
            let formats = places.len();
            Err(Stop::Because(format!(
                "{formats} formats found: give one of them, or a directory for their pages with --output"
            )))
        }
    }
}

/// The page of a format, and the text of its layer, which `layer` is the name of; `None` where nothing of it compiles, which was told.
fn page(
    place: &Place,
    rules: Option<&RuleFiles>,
    layer: Option<&str>,
    paint: Paint,
) -> Result<Option<(Page, Option<String>)>, Stop> {
    let format = weir::compile(&place.text()?);
    findings::tell(&format, true, paint)?;
    let Some(plan) = &format.plan else { return Ok(None) };
    let detection = rules.map(|rules| detection::of(place, plan, rules, layer)).transpose()?;
    let manifest = folders::optional(&place.root.join("_meta/manifest.yml"))?;
    let module_manifest = match place.module() {
        Some(module) => folders::optional(&module.join("_meta/manifest.yml"))?,
        None => None,
    };
    let contract = findings::contract(place, paint)?;
    let pairs = place.pairs()?.into_iter().map(|path| Ok((stem(&path), folders::read(&path)?)));
    let files = FormatFiles {
        format: &format,
        manifest: text(&manifest),
        module_manifest: text(&module_manifest),
        pairs: &pairs.collect::<Result<Vec<_>, Stop>>()?,
        contract: contract.as_ref(),
        rules: detection.as_ref().map(|detection| &detection.table),
    };
    let page = Page::of(&files).map_err(|error| Stop::Because(format!("{}: {error}", place.root.display())))?;
    Ok(Some((page, detection.and_then(|detection| detection.layer))))
}

/// Writes the pages of formats and their index to a directory, or looks whether they are there.
fn in_folder(
    arguments: &Arguments,
    folder: &Path,
    places: &[Place],
    rules: Option<&RuleFiles>,
    notation: Notation,
    paint: Paint,
) -> Result<Outcome, Stop> {
    let mut pages = Vec::with_capacity(places.len());
    let mut layers = Vec::new();
    for place in places {
        let (module, name) = (folder::name(&folders::above(&place.root))?, folder::name(&place.root)?);
        let layer = format!("{name}.navigator.json");
        let Some((page, text)) = page(place, rules, Some(&layer), paint)? else { return Ok(Outcome::Unusable) };
        layers.extend(text.map(|text| File { path: format!("{module}/{layer}").into(), text }));
        pages.push((format!("{module}/{name}.{}", notation.extension()), module, page));
    }
    folder::refuse_same(pages.iter().map(|(path, ..)| &**path))?;
    let entries: Vec<_> = pages.iter().map(|(path, module, page)| (path.clone(), module.clone(), page)).collect();
    let first = File { path: folder::index(notation).into(), text: index(&entries, notation) };
    let files = pages.iter().map(|(path, _, page)| File { path: path.into(), text: page.text(notation) });
    let files: Vec<File> = files.chain([first]).chain(layers).collect();
    let strays = folder::strays(folder, &files, notation)?;
    match arguments.check {
        true => check(arguments, folder, &files, &strays, paint),
        false => write(folder, &files, pages.len(), &strays, paint),
    }
}

fn write(folder: &Path, files: &[File], pages: usize, strays: &[PathBuf], paint: Paint) -> Result<Outcome, Stop> {
    for file in files {
        file.write(folder)?;
    }
    for stray in strays {
        let warning = terminal::yellow("warning:", paint.stderr);
        writeln!(io::stderr(), "{warning} {} is the page of no format", stray.display())?;
    }
    let pages = pages as u64;
    writeln!(io::stdout(), "{pages} {} in {}", plural(pages, "page", "pages"), folder.display())?;
    Ok(Outcome::Well)
}

fn check(
    arguments: &Arguments,
    folder: &Path,
    files: &[File],
    strays: &[PathBuf],
    paint: Paint,
) -> Result<Outcome, Stop> {
    let mut out = io::stdout().lock();
    let mut wrong = 0_u64;
    for file in files {
        if let Some(reason) = file.differs(folder)? {
            wrong += 1;
            writeln!(out, "{} {}", terminal::red(reason, paint.stdout), folder.join(&file.path).display())?;
        }
    }
    for stray in strays {
        wrong += 1;
        writeln!(out, "{} {}", terminal::red("no format", paint.stdout), stray.display())?;
    }
    if wrong > 0 {
        let paths: Vec<String> = arguments.paths.iter().map(|path| path.display().to_string()).collect();
        let html = if arguments.html { " --html" } else { "" };
        let rules: String = arguments.rules.iter().map(|path| format!(" --rules {}", path.display())).collect();
        writeln!(out, "refresh with: weir docs {} --output {}{html}{rules}", paths.join(" "), folder.display())?;
    }
    Ok(Outcome::failed_if(wrong > 0))
}

fn text(named: &Option<NamedText>) -> Option<&str> {
    named.as_ref().map(|(_, text)| &**text)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
