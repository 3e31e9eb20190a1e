//! The receiver over real sockets: what it answers, and what is in the log then.

mod configuration;
mod endpoints;
mod hostile;
mod http2;
mod memory;
mod server;
mod syslog;
mod tls;
