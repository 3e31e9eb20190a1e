//! Names of environment variables, in which keys and tokens are.

/// The name of an environment variable, as a shell takes it.
pub(super) fn variable(text: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_name = text.bytes().all(plain) && !text.starts_with(|letter: char| letter.is_ascii_digit());
    if is_name && !text.is_empty() { Ok(text.to_owned()) } else { Err("this is not a valid name of a variable") }
}
