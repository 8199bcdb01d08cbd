//! Who may come in: whoever knows the token, from our own page.

use anyhow::{Result, anyhow};
use ring::rand::SecureRandom;

/// The secret of this start, 128 bits. Other people of this computer reach the port, but not this.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// A new one.
    pub(crate) fn new() -> Result<Self> {
        let mut bytes = [0; 16];
        ring::rand::SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_| anyhow!("no random numbers"))?;
        Ok(Self(
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }

    /// The page's address on a port.
    pub(crate) fn address(&self, port: u16) -> String {
        format!("http://127.0.0.1:{port}/?token={}", self.0)
    }

    /// Does the query of a socket's address carry it?
    pub(crate) fn opens(&self, query: Option<&str>) -> bool {
        query.is_some_and(|query| {
            query
                .split('&')
                .any(|part| part.strip_prefix("token=") == Some(&self.0))
        })
    }
}

/// Is this the origin of a page that we serve on this port?
pub(crate) fn is_own_origin(origin: Option<&str>, port: u16) -> bool {
    origin.is_some_and(|origin| origin == format!("http://127.0.0.1:{port}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_whole_token_opens() {
        let token = Token::new().unwrap();
        assert!(token.opens(Some(&format!("a=b&token={}", token.0))));
        assert!(!token.opens(Some(&format!("token={}", &token.0[1..]))));
        assert!(!token.opens(Some("token=")));
        assert!(!token.opens(None));
        assert_ne!(token.0, Token::new().unwrap().0, "each start has its own");
    }

    #[test]
    fn foreign_pages_stay_outside() {
        assert!(is_own_origin(Some("http://127.0.0.1:80"), 80));
        for foreign in [
            None,
            Some("null"),
            Some("http://127.0.0.1:81"),
            Some("https://x"),
        ] {
            assert!(!is_own_origin(foreign, 80), "{foreign:?}");
        }
    }
}
