//! S3, and stores that speak its protocol.

use super::{PublishError, Store, cannot};
use crate::files::read_full;
use crate::sink::SinkError;
use crate::values::Secret;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ClientOptions, MultipartUpload, ObjectStoreExt, PutPayload, RetryConfig};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use ureq::http::Uri;
use weir_log::files::{File, Files};

/// How a store is reached. What is not given comes from the environment, as for other clients (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, …),
/// or from the machine's role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectSettings {
    /// The URL of a store that is not Amazon's.
    pub endpoint: Option<String>,
    /// The region of the bucket.
    pub region: Option<String>,
    /// The id of the key.
    pub access_key_id: Option<Secret>,
    /// The key.
    pub secret_access_key: Option<Secret>,
    /// The token of a key that is for a time only.
    pub session_token: Option<Secret>,
    /// Whether requests may go over HTTP without TLS.
    pub allow_http: bool,
}

impl ObjectSettings {
    /// Takes paths that are relative from a folder.
    pub(crate) fn go_below(&mut self, folder: &std::path::Path) {
        let secrets = [&mut self.access_key_id, &mut self.secret_access_key, &mut self.session_token];
        secrets.into_iter().flatten().for_each(|secret| secret.go_below(folder));
    }
}

/// What gives a client a secret.
type WithSecret = fn(AmazonS3Builder, &str) -> AmazonS3Builder;

/// A bucket and what names begin with in it.
pub(crate) struct Objects {
    parts: Arc<dyn Files>,
    settings: ObjectSettings,
    bucket: String,
    prefix: String,
    runtime: Runtime,
    /// Made with the secrets as they were read last; a failure drops it, since they may be new ones.
    client: Option<Arc<AmazonS3>>,
}

/// What is sent at once. A part of an upload has at least 5 MiB.
const PIECE: usize = 8 << 20;

/// Asking again is the caller's business; this covers a connection that was closed while it was idle.
const RETRIES: usize = 1;
const RETRY_FOR: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(10);
const REQUEST: Duration = Duration::from_secs(120);

/// The longest reason that is passed on, in characters.
const LONGEST_REASON: usize = 600;

impl Objects {
    /// What is wrong with a destination, as far as that is known without asking it.
    ///
    /// # Errors
    /// Where it is no bucket, or the endpoint is no URL that events may go to.
    pub fn check(url: &str, settings: &ObjectSettings) -> Result<(), String> {
        bucket_and_prefix(url)?;
        let Some(endpoint) = &settings.endpoint else { return Ok(()) };
        let uri = endpoint.parse::<Uri>().ok().filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        match uri.as_ref().and_then(Uri::scheme_str) {
            Some("https") => Ok(()),
            Some("http") if settings.allow_http => Ok(()),
            Some("http") => Err("`endpoint` is a URL without TLS: it needs `allow_http: true`".to_owned()),
            _ => Err("`endpoint` is no URL that begins with https:// or http://".to_owned()),
        }
    }

    /// The destination `s3://BUCKET/PREFIX`. What is left of parts of processes before goes: their names begin with `leftover`.
    pub fn open(url: &str, settings: &ObjectSettings, parts: Arc<dyn Files>, leftover: &str) -> Result<Self, String> {
        Objects::check(url, settings)?;
        let (bucket, prefix) = bucket_and_prefix(url)?;
        // The store's client takes the process's. Where there is one already, that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot wait for requests: {error}"))?;
        for name in parts.names().map_err(|error| error.to_string())?.iter().filter(|name| name.starts_with(leftover)) {
            parts.remove(name).map_err(|error| format!("cannot remove {name}: {error}"))?;
        }
        let objects = Objects { parts, settings: settings.clone(), bucket, prefix, runtime, client: None };
        // Settings that no client can be made of are a mistake; secrets may come later.
        objects.build(false).map_err(|error| error.why)?;
        Ok(objects)
    }

    fn client(&mut self) -> Result<Arc<AmazonS3>, SinkError> {
        if let Some(client) = &self.client {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(self.build(true)?);
        self.client = Some(Arc::clone(&client));
        Ok(client)
    }

    fn build(&self, with_secrets: bool) -> Result<AmazonS3, SinkError> {
        let ObjectSettings { endpoint, region, access_key_id, secret_access_key, session_token, allow_http } =
            &self.settings;
        let retries = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_FOR, ..RetryConfig::default() };
        let options =
            ClientOptions::new().with_connect_timeout(CONNECT).with_timeout(REQUEST).with_allow_http(*allow_http);
        let mut builder =
            AmazonS3Builder::from_env().with_bucket_name(&self.bucket).with_retry(retries).with_client_options(options);
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        if let Some(region) = region {
            builder = builder.with_region(region);
        }
        let secrets: [(_, WithSecret); 3] = [
            (access_key_id, |builder, secret| builder.with_access_key_id(secret)),
            (secret_access_key, |builder, secret| builder.with_secret_access_key(secret)),
            (session_token, |builder, secret| builder.with_token(secret)),
        ];
        for (secret, with) in secrets.iter().filter(|_| with_secrets) {
            if let Some(secret) = secret {
                builder = with(builder, secret.read().map_err(SinkError::new)?.reveal());
            }
        }
        builder.build().map_err(|error| failed(&self.bucket, &error))
    }

    fn path(&self, name: &str) -> Result<Path, SinkError> {
        let path = format!("{}{name}", self.prefix);
        Path::parse(&path).map_err(|error| SinkError::new(format!("{path} is no name of an object: {error}")))
    }

    /// Does something with the client. A failure drops that, and so does a panic of its library: another try may go well, and other
    /// sinks have nothing to do with it.
    fn ask<T>(
        &mut self,
        what: &str,
        ask: impl AsyncFnOnce(&AmazonS3) -> object_store::Result<T>,
    ) -> Result<T, SinkError> {
        let client = self.client()?;
        let answer = catch_unwind(AssertUnwindSafe(|| self.runtime.block_on(ask(&client))));
        let answer = answer.unwrap_or_else(|_| Err(panicked()));
        answer.map_err(|error| {
            self.client = None;
            failed(what, &error)
        })
    }
}

/// What the store said, without the request's headers, in which secrets are.
fn failed(what: &str, error: &object_store::Error) -> SinkError {
    let why: String = format!("{what}: {error}").chars().take(LONGEST_REASON).collect();
    SinkError::new(why.replace(['\n', '\r'], " "))
}

fn panicked() -> object_store::Error {
    object_store::Error::Generic { store: "S3", source: "a defect of the store's client".into() }
}

fn bucket_and_prefix(url: &str) -> Result<(String, String), String> {
    let rest = url.strip_prefix("s3://").ok_or_else(|| format!("`{url}` is no `s3://BUCKET/PREFIX`"))?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_matches('/');
    let is_bucket =
        !bucket.is_empty() && bucket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    match is_bucket && !prefix.split('/').any(|part| part == ".." || part == ".") && !prefix.contains("//") {
        true => Ok((bucket.to_owned(), if prefix.is_empty() { String::new() } else { format!("{prefix}/") })),
        false => Err(format!("`{url}` is no `s3://BUCKET/PREFIX`")),
    }
}

impl Store for Objects {
    fn parts(&self) -> &Arc<dyn Files> {
        &self.parts
    }

    fn publish(&mut self, part: &str, name: &str) -> Result<(), PublishError> {
        let later = PublishError::Later;
        let damaged = |error: std::io::Error| PublishError::Damaged(cannot("cannot read a part", &error));
        let path = self.path(name).map_err(later)?;
        let file = self.parts.open(part).map_err(damaged)?;
        let bytes = file.bytes().map_err(damaged)?;
        let mut unreadable = None;
        let what = format!("cannot store {name}");
        let sent = match usize::try_from(bytes) {
            Ok(bytes) if bytes <= PIECE => {
                let piece = piece(&*file, 0, bytes).map_err(damaged)?;
                self.ask(&what, async |client| client.put(&path, piece.into()).await.map(drop))
            }
            _ => self.ask(&what, async |client| upload(client, &path, &*file, bytes, &mut unreadable).await),
        };
        if let Some(error) = unreadable {
            return Err(damaged(error));
        }
        sent.map_err(later)?;
        // Room that is not given back now is given back at the next start.
        drop(self.parts.remove(part));
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), SinkError> {
        let path = self.path(name)?;
        self.ask(&format!("cannot remove {name}"), async |client| match client.delete(&path).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => other,
        })
    }

    fn settle(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Sends a file in pieces, one after the other: memory has one of them, and the object is there when all are.
async fn upload(
    client: &AmazonS3,
    path: &Path,
    file: &dyn File,
    bytes: u64,
    unreadable: &mut Option<std::io::Error>,
) -> object_store::Result<()> {
    let mut upload = client.put_multipart(path).await?;
    match send_pieces(&mut *upload, file, bytes, unreadable).await {
        Ok(true) => upload.complete().await.map(drop),
        // What was sent costs room until the upload is given up. If this fails too, the bucket's rules do it.
        other => {
            drop(upload.abort().await);
            other.map(drop)
        }
    }
}

async fn send_pieces(
    upload: &mut dyn MultipartUpload,
    file: &dyn File,
    bytes: u64,
    unreadable: &mut Option<std::io::Error>,
) -> object_store::Result<bool> {
    let mut offset = 0;
    while offset < bytes {
        let length = usize::try_from(bytes - offset).unwrap_or(PIECE).min(PIECE);
        match piece(file, offset, length) {
            Ok(piece) => upload.put_part(PutPayload::from(piece)).await?,
            Err(error) => {
                *unreadable = Some(error);
                return Ok(false);
            }
        }
        offset += length as u64;
    }
    Ok(true)
}

fn piece(file: &dyn File, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
    let mut piece = vec![0; length];
    match read_full(file, &mut piece, offset)? {
        read if read == length => Ok(piece),
        _ => Err(std::io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_a_bucket_and_a_prefix() {
        let owned = |bucket: &str, prefix: &str| Ok((bucket.to_owned(), prefix.to_owned()));
        assert_eq!(bucket_and_prefix("s3://lake"), owned("lake", ""));
        assert_eq!(bucket_and_prefix("s3://lake/a/b/"), owned("lake", "a/b/"));
        for wrong in ["lake", "s3://", "s3:///a", "s3://la ke/a", "s3://lake/../a", "gs://lake", "s3://lake/a//b"] {
            assert!(bucket_and_prefix(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_endpoint_is_a_url_with_tls_or_says_that_it_has_none() {
        let check = |endpoint: &str, allow_http| {
            let settings = ObjectSettings { endpoint: Some(endpoint.to_owned()), allow_http, ..Default::default() };
            Objects::check("s3://lake", &settings)
        };
        for (right, allow_http) in [("https://s3.example", false), ("http://127.0.0.1:9000", true)] {
            assert_eq!(check(right, allow_http), Ok(()), "{right}");
        }
        for wrong in ["not a url", "s3.example", "ftp://s3.example", "https://", "http://s3.example", ""] {
            assert!(check(wrong, false).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_panic_of_the_client_is_a_failure_of_the_try() {
        let folder = tempfile::tempdir().expect("a folder");
        let parts: Arc<dyn Files> = Arc::new(crate::files::Tree::create(folder.path()).expect("a folder"));
        let settings = ObjectSettings { region: Some("eu-west-1".to_owned()), ..Default::default() };
        let mut objects = Objects::open("s3://lake", &settings, parts, ".weir-").expect("a bucket");
        let error =
            objects.ask::<()>("cannot store", async |_| unreachable!("as a library does")).expect_err("a panic");
        assert!(error.why.contains("a defect of the store's client"), "{}", error.why);
    }
}
