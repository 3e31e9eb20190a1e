//! Standard input and output as a connection. What is no message is passed over; one that is too large is not kept.

use crossbeam_channel::{Sender, unbounded};
use lsp_server::{Connection, Message};
use lsp_types::notification::{Exit, Notification as _};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::thread::{self, JoinHandle};

/// The largest message, in bytes.
const LARGEST: u64 = 64 << 20;

/// The longest line of a header, in bytes.
const LONGEST: u64 = 4 << 10;

/// A connection, and what writes: it ends when the connection is dropped.
pub fn open() -> io::Result<(Connection, JoinHandle<io::Result<()>>)> {
    let (take, receiver) = unbounded();
    let (sender, told) = unbounded::<Message>();
    let write = move || told.iter().try_for_each(|message| message.write(&mut io::stdout().lock()));
    let writer = thread::Builder::new().name("writer".to_owned()).spawn(write)?;
    // Nobody waits for it: where the session ends early, it still waits for the editor.
    thread::Builder::new().name("reader".to_owned()).spawn(move || {
        if let Err(error) = read_all(&mut BufReader::new(io::stdin()), &take) {
            say(&format!("the editor does not speak the protocol: {error}"));
        }
    })?;
    Ok((Connection { sender, receiver }, writer))
}

/// Editors keep what is said here in a log.
fn say(what: &str) {
    // Where nobody reads it, there is nobody to tell.
    let _ = writeln!(io::stderr(), "weir lsp: {what}");
}

fn read_all(input: &mut impl BufRead, take: &Sender<Message>) -> io::Result<()> {
    while let Some(body) = body(input)? {
        let message = match body.map(|body| serde_json::from_slice::<Message>(&body)) {
            Some(Ok(message)) => message,
            Some(Err(_)) => {
                say("what is no message is passed over");
                continue;
            }
            None => {
                say("a message of more than 64 MiB is passed over");
                continue;
            }
        };
        let is_last = matches!(&message, Message::Notification(told) if told.method == Exit::METHOD);
        if take.send(message).is_err() || is_last {
            break;
        }
    }
    Ok(())
}

/// The next message's bytes, nothing of one that is too large; nothing at all at the end.
fn body(input: &mut impl BufRead) -> io::Result<Option<Option<Vec<u8>>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        match (line.trim_end().split_once(':'), length) {
            (Some((name, value)), _) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse::<u64>().ok();
            }
            (None, Some(length)) if line.trim().is_empty() => return taken(input, length).map(Some),
            (None, None) if line.trim().is_empty() => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a message says not how long it is"));
            }
            _ => {}
        }
    }
}

fn taken(input: &mut impl BufRead, length: u64) -> io::Result<Option<Vec<u8>>> {
    let mut rest = input.by_ref().take(length);
    if length > LARGEST {
        io::copy(&mut rest, &mut io::sink())?;
        return Ok(None);
    }
    let mut body = Vec::new();
    rest.read_to_end(&mut body)?;
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::read_all;
    use crossbeam_channel::unbounded;
    use lsp_server::Message;

    /// The methods that are read, and whether the input is the protocol to its end.
    fn read(input: &str) -> (Vec<String>, bool) {
        let (take, taken) = unbounded();
        let is_read = read_all(&mut input.as_bytes(), &take).is_ok();
        drop(take);
        let method = |message| match message {
            Message::Request(request) => request.method,
            Message::Notification(told) => told.method,
            Message::Response(response) => response.id.to_string(),
        };
        (taken.iter().map(method).collect(), is_read)
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn what_is_no_message_is_passed_over() {
        let last = framed(r#"{"jsonrpc":"2.0","method":"last"}"#);
        for body in ["[]", "{}", "x", "", r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}"#] {
            let (methods, is_read) = read(&format!("{}{last}", framed(body)));
            assert_eq!((methods.last().map(String::as_str), is_read), (Some("last"), true), "{body}");
        }
        assert_eq!(read(&format!("content-length: 33\r\nX: y\r\n\r\n{}", &last[last.len() - 33..])).0, ["last"]);
        assert_eq!(read("Content-Length: 99999999999\r\n\r\nx"), (vec![], true));
        assert_eq!(read("X: y\r\n\r\nx"), (vec![], false));
        let exit = framed(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        assert_eq!(read(&format!("{exit}{last}")).0, ["exit"]);
    }
}
