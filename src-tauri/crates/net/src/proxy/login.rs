//! How we say to a proxy who we are (RFC 9110 §11.7).
//!
//! Basic answers in one round. A scheme with several rounds on one connection (NTLM, Negotiate)
//! becomes a further variant here, and a loop around the one exchange in `connect`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// Our login at a proxy.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Login {
    /// None.
    Anonymous,
    /// RFC 7617: `user:password`.
    Basic(Zeroizing<Vec<u8>>),
}

impl Login {
    pub(super) fn basic(user: &[u8], password: &[u8]) -> Self {
        let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + password.len() + 1));
        pair.extend_from_slice(user);
        pair.push(b':');
        pair.extend_from_slice(password);
        Self::Basic(pair)
    }

    /// Writes the header line that the first request carries, if any.
    pub(super) fn write_header(&self, request: &mut Zeroizing<Vec<u8>>) {
        match self {
            Self::Anonymous => {}
            Self::Basic(pair) => {
                let mut encoded = STANDARD.encode(pair.as_slice());
                // Room first: growing would leave a copy behind that is not zeroized.
                let mut whole =
                    Zeroizing::new(Vec::with_capacity(request.len() + encoded.len() + 64));
                whole.extend_from_slice(request);
                whole.extend_from_slice(b"Proxy-Authorization: Basic ");
                whole.extend_from_slice(encoded.as_bytes());
                whole.extend_from_slice(b"\r\n");
                encoded.zeroize();
                *request = whole;
            }
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Basic(_) => "Basic(…)",
        })
    }
}

/// The schemes in the values of `Proxy-Authenticate` (RFC 9110 §11.6.1), in order, at most eight.
pub(super) fn schemes<'a>(values: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut found = Vec::new();
    for value in values {
        for part in outside_quotes(&String::from_utf8_lossy(value)) {
            let word = part.split_whitespace().next().unwrap_or_default();
            let is_token = !word.is_empty()
                && word.len() <= 32
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if is_token && found.len() < 8 && !found.iter().any(|f| f == word) {
                found.push(word.to_owned());
            }
        }
    }
    found
}

/// Splits at commas that are not inside a quoted string.
fn outside_quotes(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for letter in value.chars() {
        match letter {
            ',' if !quoted => parts.push(String::new()),
            _ => {
                quoted ^= letter == '"' && !escaped;
                escaped = quoted && letter == '\\' && !escaped;
                if let Some(part) = parts.last_mut() {
                    part.push(letter);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Vec<String> {
        schemes(values.iter().map(|v| v.as_bytes()))
    }

    #[test]
    fn schemes_are_found_in_one_header_or_many() {
        assert_eq!(of(&["Negotiate", "NTLM"]), ["Negotiate", "NTLM"]);
        assert_eq!(
            of(&[r#"Digest realm="a, Basic b", nonce="x", Basic realm="say \"hi, you\"""#]),
            ["Digest", "Basic"]
        );
        assert_eq!(of(&["", "!!", " , "]), Vec::<String>::new());
    }
}
