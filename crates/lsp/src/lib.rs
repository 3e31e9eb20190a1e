//! The language server: what [`weir_author::assist`] knows of a format, for editors.
//!
//! It converts types, keeps the texts that are open, and lets formats be looked at in the background, so that an answer never
//! waits for one. What it says is what `weir check` and `weir test` say: a test holds it to that.
//!
//! Why so: `docs/decisions/0177`.

mod actions;
mod background;
mod begin;
mod convert;
mod documents;
mod findings;
mod formats;
mod place;
mod server;
mod stdio;

pub use server::{ServeError, run};

/// Serves an editor over standard input and output until it leaves.
///
/// # Errors
/// Where the editor ends without leaving, or the streams fail.
pub fn serve() -> Result<(), ServeError> {
    let (connection, writer) = stdio::open()?;
    let ended = run(&connection);
    drop(connection);
    writer.join().map_err(|_| ServeError::Gone)??;
    ended
}
