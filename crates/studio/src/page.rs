//! The page, as it is built from `page/src`. Its build is committed, so that building weir needs no Node.
//!
//! Why so: `docs/decisions/0181`.

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub struct PageFile {
    /// Its name.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub content: &'static [u8],
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The files of the page; the first is the page itself.
pub const PAGE: &[PageFile] = &[
    PageFile {
        name: "index.html",
        media_type: "text/html; charset=utf-8",
        content: include_bytes!("../page/dist/index.html"),
    },
    PageFile { name: "studio.js", media_type: SCRIPT, content: include_bytes!("../page/dist/studio.js") },
    PageFile { name: "worker.js", media_type: SCRIPT, content: include_bytes!("../page/dist/worker.js") },
    PageFile {
        name: "style.css",
        media_type: "text/css; charset=utf-8",
        content: include_bytes!("../page/dist/style.css"),
    },
    PageFile {
        name: "licences.txt",
        media_type: "text/plain; charset=utf-8",
        content: include_bytes!("../page/dist/licences.txt"),
    },
    PageFile { name: "icon.svg", media_type: "image/svg+xml", content: include_bytes!("../page/dist/icon.svg") },
];
