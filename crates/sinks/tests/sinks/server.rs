//! An HTTP server that answers as a test tells it, also badly.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request with its body, decompressed.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub line: String,
    pub headers: Vec<(String, String)>,
    /// As text, where it is text.
    pub body: String,
    /// As it was sent.
    pub bytes: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    /// Of the answer only so many bytes are sent, and the connection is closed.
    pub cut: Option<usize>,
    /// The connection is closed without any answer.
    pub closes: bool,
    pub delay: Duration,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Reply { status, headers: Vec::new(), body: body.into(), cut: None, closes: false, delay: Duration::ZERO }
    }
}

type Handler = dyn FnMut(&Request) -> Reply + Send;

/// A server on a port of its own, until it is dropped.
pub struct Server {
    pub url: String,
    stops: Arc<AtomicBool>,
    address: std::net::SocketAddr,
}

impl Server {
    pub fn start(handler: impl FnMut(&Request) -> Reply + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let stops = Arc::new(AtomicBool::new(false));
        let (stopped, handler): (_, Arc<Mutex<Handler>>) = (Arc::clone(&stops), Arc::new(Mutex::new(handler)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten().take_while(|_| !stopped.load(Ordering::SeqCst)) {
                let handler = Arc::clone(&handler);
                std::thread::spawn(move || serve(stream, &handler));
            }
        });
        Server { url: format!("http://{address}"), stops, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

fn serve(stream: TcpStream, handler: &Mutex<Handler>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let request = read(&mut reader)?;
        let reply = handler.lock().unwrap_or_else(std::sync::PoisonError::into_inner)(&request);
        std::thread::sleep(reply.delay);
        if reply.closes {
            return None;
        }
        let headers: String = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let answer = format!(
            "HTTP/1.1 {} Said\r\nContent-Length: {}\r\n{headers}\r\n{}",
            reply.status,
            reply.body.len(),
            reply.body
        );
        let bytes = &answer.as_bytes()[..reply.cut.unwrap_or(answer.len()).min(answer.len())];
        writer.write_all(bytes).ok()?;
        if bytes.len() < answer.len() {
            return None;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let line = line(reader)?;
    let mut request = Request { line, ..Request::default() };
    loop {
        let header = self::line(reader)?;
        let Some((name, value)) = header.split_once(':') else { break };
        request.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = request.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body = match request.header("content-encoding") {
        Some("gzip") => {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut text).ok()?;
            text
        }
        _ => String::from_utf8_lossy(&body).into_owned(),
    };
    request.bytes = body;
    Some(request)
}

/// A line without its end; nothing where the connection ends.
fn line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = reader.read_line(&mut line).ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}
