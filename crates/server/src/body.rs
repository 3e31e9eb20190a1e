//! The body of a request: bounded in bytes and time, as sent and unpacked.

use crate::options::Limits;
use crate::refusal::{Reason, Refusal};
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, EXPECT};
use flate2::read::MultiGzDecoder;
use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;
use tokio::time::timeout;

/// A body as it was sent.
#[derive(Debug)]
pub(crate) struct Packed {
    bytes: Vec<u8>,
    is_gzip: bool,
}

impl Packed {
    /// The body itself.
    ///
    /// # Errors
    /// Where it is no gzip, or larger than `most`.
    pub fn unpack(self, most: usize) -> Result<Vec<u8>, Refusal> {
        if !self.is_gzip {
            return Ok(self.bytes);
        }
        let mut bytes = Vec::new();
        let read = MultiGzDecoder::new(&*self.bytes).take(most as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| Reason::BadGzip.because(format!("the body is not gzip: {error}")))?;
        if bytes.len() > most { Err(too_large(most)) } else { Ok(bytes) }
    }
}

/// Reads the body of a request. A content type is not asked for.
///
/// # Errors
/// Where it is too large, takes too long, breaks off, or is packed in an unknown way.
pub(crate) async fn read(request: Request, limits: &Limits) -> Result<Packed, Refusal> {
    let (head, body) = request.into_parts();
    let is_gzip = is_gzip(&head.headers)?;
    let read = timeout(limits.patience, whole(body, &head.headers, limits.body)).await;
    let bytes = read.map_err(|_| Reason::BodyTooSlow.because("the body took too long to arrive"))??;
    Ok(Packed { bytes, is_gzip })
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Refusal> {
    let Some(encoding) = headers.get(CONTENT_ENCODING) else { return Ok(false) };
    match encoding.to_str().map(str::trim).map(str::to_ascii_lowercase).as_deref() {
        Ok("gzip" | "x-gzip") => Ok(true),
        Ok("identity" | "") => Ok(false),
        _ => Err(Reason::UnknownEncoding.because("the body must be plain or gzip")),
    }
}

async fn whole(mut body: Body, headers: &HeaderMap, most: usize) -> Result<Vec<u8>, Refusal> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_announced_too_large = announced.is_some_and(|length| length > most as u64);
    if is_announced_too_large && headers.contains_key(EXPECT) {
        return Err(too_large(most));
    }
    let mut bytes = Vec::new();
    let mut dropped = 0;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|error| Reason::BodyUnread.because(format!("the body is incomplete: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if is_announced_too_large || dropped > 0 || bytes.len() + data.len() > most {
            // Most clients look for an answer only when all is sent: what is not far too large is read and dropped.
            bytes = Vec::new();
            dropped += data.len();
            if dropped > most {
                break;
            }
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    if is_announced_too_large || dropped > 0 { Err(too_large(most)) } else { Ok(bytes) }
}

fn too_large(most: usize) -> Refusal {
    Reason::BodyTooLarge.because(format!("the body is larger than {most} bytes"))
}
