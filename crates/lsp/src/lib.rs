//! The language server: what [`weir_author::assist`] knows of a format, for editors.
//!
//! It converts types, keeps the texts that are open, and lets formats be looked at in the background, so that an answer never
//! waits for one. What it says is what `weir check` and `weir test` say: a test holds it to that.
//!
//! Why so: `docs/decisions/0177`.

mod actions;
mod background;
mod convert;
mod documents;
mod findings;
mod formats;
mod place;
mod server;

pub use server::{ServeError, run};

use lsp_server::Connection;

/// Serves an editor over standard input and output until it leaves.
///
/// # Errors
/// Where what comes in is not the protocol, or the streams fail.
pub fn serve() -> Result<(), ServeError> {
    let (connection, threads) = Connection::stdio();
    run(&connection)?;
    drop(connection);
    Ok(threads.join()?)
}
