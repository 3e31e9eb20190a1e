//! Who the sink says that it is.

use crate::values::{Hidden, Secret};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use ureq::http::{HeaderName, HeaderValue, header};

/// At most one of the three; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// `Authorization: Basic`.
    pub basic: Option<Basic>,
    /// `Authorization: ApiKey`, with the key as Elasticsearch shows it, in Base64.
    pub api_key: Option<Secret>,
    /// `Authorization: Bearer`.
    pub bearer: Option<Secret>,
    /// Other headers.
    pub headers: BTreeMap<String, Header>,
}

/// A user with a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Header {
    /// A text that everybody may know.
    Text(String),
    /// A secret.
    Secret(Secret),
}

impl Header {
    /// Takes a path that is relative from a folder.
    pub(crate) fn go_below(&mut self, folder: &Path) {
        if let Header::Secret(secret) = self {
            secret.go_below(folder);
        }
    }
}

impl Auth {
    /// Takes paths that are relative from a folder.
    pub(crate) fn go_below(&mut self, folder: &Path) {
        let password = self.basic.as_mut().map(|basic| &mut basic.password);
        let secrets = [password, self.api_key.as_mut(), self.bearer.as_mut()];
        secrets.into_iter().flatten().for_each(|secret| secret.go_below(folder));
        self.headers.values_mut().for_each(|header| header.go_below(folder));
    }

    /// Whether a request has a secret.
    pub(super) fn has_secrets(&self) -> bool {
        let is_secret = |header: &Header| matches!(header, Header::Secret(_));
        self.basic.is_some() || self.api_key.is_some() || self.bearer.is_some() || self.headers.values().any(is_secret)
    }

    /// The headers of a request, with the secrets as they are now.
    pub(super) fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
        let mut headers = Vec::new();
        if let Some(Basic { user, password }) = &self.basic {
            let pair = base64(format!("{user}:{}", password.read()?.reveal()).as_bytes());
            headers.push((header::AUTHORIZATION, sensitive(&format!("Basic {pair}"), password)?));
        }
        for (scheme, secret) in [("ApiKey", &self.api_key), ("Bearer", &self.bearer)] {
            if let Some(secret) = secret {
                headers.push((
                    header::AUTHORIZATION,
                    sensitive(&format!("{scheme} {}", secret.read()?.reveal()), secret)?,
                ));
            }
        }
        for (name, value) in &self.headers {
            headers.push((name.parse().map_err(|_| format!("`{name}` is no name of a header"))?, value.read(name)?));
        }
        Ok(headers)
    }

    /// What is wrong with it, whatever the secrets are.
    pub(crate) fn check(&self) -> Result<(), String> {
        if [self.basic.is_some(), self.api_key.is_some(), self.bearer.is_some()]
            .iter()
            .filter(|is_there| **is_there)
            .count()
            > 1
        {
            return Err("`auth`: give one of `basic`, `api_key` and `bearer`".to_owned());
        }
        for (name, value) in &self.headers {
            name.parse::<HeaderName>().map_err(|_| format!("`{name}` is no name of a header"))?;
            if let Header::Text(_) = value {
                value.read(name)?;
            }
        }
        Ok(())
    }
}

impl Header {
    fn read(&self, name: &str) -> Result<HeaderValue, String> {
        match self {
            Header::Text(text) => {
                HeaderValue::from_str(text).map_err(|_| format!("the header {name} has no such value"))
            }
            Header::Secret(secret) => {
                sensitive(secret.read().as_ref().map(Hidden::reveal).map_err(Clone::clone)?, secret)
            }
        }
    }
}

fn sensitive(text: &str, secret: &Secret) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(text).map_err(|_| format!("{secret} has what no header can have"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().chain(&[0; 2]).take(3).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn headers_have_the_secrets_of_their_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("password");
        let auth: Auth = serde_yaml::from_str(&format!(
            "basic: {{user: Aladdin, password: {{file: {0}}}}}\nheaders: {{X-Tenant: a, X-Key: {{file: {0}}}}}",
            path.display()
        ))
        .expect("settings");
        assert!(auth.headers().is_err());
        std::fs::write(&path, "open sesame\n").expect("a file");
        let headers = auth.headers().expect("headers");
        assert_eq!(headers[0].1, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(headers[0].1.is_sensitive() && !format!("{headers:?}").contains("sesame"), "{headers:?}");
        assert!(headers[1].1 == "open sesame" && !headers[2].1.is_sensitive());
    }
}
