//! What the server answers, over a real socket.

mod answers;
mod hostile;
mod refusals;
mod server;
mod taxonomies;
