//! A certificate with its key, which can be replaced while connections are accepted: both at once, or not at all.
//!
//! Why so: `docs/decisions/0131`.

use crate::settings::TlsFiles;
use arc_swap::ArcSwap;
use std::fmt::{self, Debug, Formatter};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file is not what it should be. No message has any of its content.
    #[error("{path} has no {what} as PEM")]
    Pem {
        /// The file.
        path: String,
        /// What it should have.
        what: &'static str,
    },
    /// The key has a password.
    #[error("{path} is encrypted: `openssl pkey -in {path} -out FILE` takes the password away")]
    Encrypted {
        /// The file.
        path: String,
    },
    /// The two do not belong together, or are of a kind that is not known.
    #[error("{certificate} and {key} are no pair: {why}")]
    Pair {
        /// The file with the certificate.
        certificate: String,
        /// The file with the key.
        key: String,
        /// What is wrong.
        why: rustls::Error,
    },
}

/// A certificate with its key.
pub(crate) struct Tls {
    files: TlsFiles,
    current: Arc<Current>,
    acceptor: TlsAcceptor,
}

/// What is shown to clients now.
struct Current(ArcSwap<CertifiedKey>);

impl Tls {
    /// Reads both files. `protocols` are those of ALPN.
    ///
    /// # Errors
    /// Where they cannot be read, or are no pair.
    pub fn new(files: &TlsFiles, protocols: &[&[u8]]) -> Result<Self, TlsError> {
        let current = Arc::new(Current(ArcSwap::from_pointee(read(files)?)));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|why| pair(files, why))?;
        let mut config =
            config.with_no_client_auth().with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Tls { files: files.clone(), current, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// What accepts connections, with whatever certificate there is then.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Reads both files again, and takes them for connections from now on where they are a pair. Whether they are another pair.
    ///
    /// # Errors
    /// Where they are none: the old pair stays.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let new = read(&self.files)?;
        let is_new = new.cert != self.current.0.load().cert;
        self.current.0.store(Arc::new(new));
        Ok(is_new)
    }
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let chain = content(&files.certificate)?;
    let chain: Result<Vec<_>, pem::Error> = CertificateDer::pem_slice_iter(&chain).collect();
    let no_pem = |path: &Path, what| TlsError::Pem { path: path.display().to_string(), what };
    let chain =
        chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| no_pem(&files.certificate, "certificate"))?;
    let key = content(&files.key)?;
    let no_key = |_| match memchr::memmem::find(&key, b"ENCRYPTED") {
        Some(_) => TlsError::Encrypted { path: files.key.display().to_string() },
        None => no_pem(&files.key, "private key"),
    };
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(no_key)?;
    // It checks that the key is the certificate's.
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|why| pair(files, why))
}

fn content(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Read { path: path.display().to_string(), source })
}

fn pair(files: &TlsFiles, why: rustls::Error) -> TlsError {
    let shown = |path: &Path| path.display().to_string();
    TlsError::Pair { certificate: shown(&files.certificate), key: shown(&files.key), why }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Debug for Current {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Current")
    }
}

impl Debug for Tls {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(
        files: &TlsFiles,
        certificate: &rcgen::CertifiedKey<rcgen::KeyPair>,
        key: &rcgen::CertifiedKey<rcgen::KeyPair>,
    ) {
        fs::write(&files.certificate, certificate.cert.pem()).expect("room");
        fs::write(&files.key, key.signing_key.serialize_pem()).expect("room");
    }

    #[test]
    fn a_pair_is_taken_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = TlsFiles { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        let new = || rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let (first, second) = (new(), new());
        write(&files, &first, &second);
        assert!(matches!(Tls::new(&files, &[]), Err(TlsError::Pair { .. })), "these do not belong together");
        write(&files, &first, &first);
        let tls = Tls::new(&files, &[]).expect("a pair");
        assert!(!tls.reload().expect("a pair"));
        let shown = || tls.current.0.load().cert[0].as_ref().to_vec();
        assert_eq!(shown(), first.cert.der().as_ref());
        // Half of a new pair is there.
        write(&files, &second, &first);
        assert!(matches!(tls.reload(), Err(TlsError::Pair { .. })));
        assert_eq!(shown(), first.cert.der().as_ref(), "the old pair stays");
        fs::write(&files.key, "").expect("room");
        assert!(matches!(tls.reload(), Err(TlsError::Pem { .. })));
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        fs::write(&files.key, encrypted).expect("room");
        assert!(matches!(tls.reload(), Err(TlsError::Encrypted { .. })));
        write(&files, &second, &second);
        assert!(tls.reload().expect("a pair"));
        assert_eq!(shown(), second.cert.der().as_ref());
    }
}
