//! One HTTP proxy: where it is and how we log in there.

use super::login::Login;
use crate::target::Target;
use std::fmt;
use std::str::FromStr;
use url::Url;
use zeroize::Zeroizing;

/// An HTTP proxy that is asked with CONNECT. Its login is zeroized and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyServer {
    target: Target,
    login: Login,
}

/// Why a text is no proxy. Does not repeat the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyUrlError {
    /// It is no address.
    #[error("not an address of a proxy")]
    Malformed,
    /// It names a kind of proxy that is not spoken here (SOCKS).
    #[error("not an HTTP proxy")]
    Kind,
}

impl ProxyServer {
    /// A proxy without login.
    pub fn new(host: &str, port: u16) -> Self {
        Self {
            target: Target::tcp(host, port),
            login: Login::Anonymous,
        }
    }

    /// The same proxy, with this name and password (Basic).
    #[must_use]
    pub fn with_basic(mut self, user: &str, password: &str) -> Self {
        self.login = Login::basic(user.as_bytes(), password.as_bytes());
        self
    }

    /// Host and port, for people and the ledger.
    pub fn address(&self) -> String {
        self.target.authority()
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn login(&self) -> &Login {
        &self.login
    }
}

impl FromStr for ProxyServer {
    type Err = ProxyUrlError;

    /// Reads `[http[s]://][user[:password]@]host[:port]` as curl does: without a scheme it is
    /// `http`, without a port it is 1080 there, but here the scheme's own (80, 443), which is what
    /// browsers do.
    fn from_str(text: &str) -> Result<Self, ProxyUrlError> {
        let text = text.trim();
        let with_scheme = if text.contains("://") {
            Zeroizing::new(text.to_owned())
        } else {
            Zeroizing::new(format!("http://{text}"))
        };
        let url = Url::parse(&with_scheme).map_err(|_| ProxyUrlError::Malformed)?;
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(ProxyUrlError::Kind),
        };
        let host = url.host_str().ok_or(ProxyUrlError::Malformed)?;
        let port = url
            .port_or_known_default()
            .ok_or(ProxyUrlError::Malformed)?;
        let login = if url.username().is_empty() && url.password().is_none() {
            Login::Anonymous
        } else {
            Login::basic(
                &percent_decoded(url.username()),
                &percent_decoded(url.password().unwrap_or_default()),
            )
        };
        let target = if tls {
            Target::tls(host, port)
        } else {
            Target::tcp(host, port)
        };
        Ok(Self { target, login })
    }
}

impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyServer")
            .field("address", &self.address())
            .field("login", &self.login)
            .finish()
    }
}

/// RFC 3986 §2.1; what is no escape stands for itself.
fn percent_decoded(text: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = (byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let value = escape
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match value {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parsed(text: &str) -> ProxyServer {
        text.parse().unwrap()
    }

    #[test]
    fn a_proxy_is_read_with_and_without_scheme_and_port() {
        assert_eq!(parsed("proxy.example:3128").address(), "proxy.example:3128");
        assert_eq!(
            parsed("http://proxy.example/").address(),
            "proxy.example:80"
        );
        assert_eq!(parsed("http://[::1]:8080").address(), "[::1]:8080");
        assert!(parsed("https://proxy.example").target().tls);
    }

    #[test]
    fn the_login_is_percent_decoded() {
        let proxy = parsed("http://an%40na:p%3Aw%25%C3%A4%zz@proxy.example:1");
        let same = ProxyServer::new("proxy.example", 1).with_basic("an@na", "p:w%ä%zz");
        assert_eq!(proxy, same);
    }

    #[test]
    fn the_login_is_never_printed() {
        let proxy = parsed("http://anna:geheim@proxy.example:1");
        let text = format!("{proxy:?} {proxy:#?}");
        assert!(!text.contains("geheim") && !text.contains("anna"), "{text}");
    }

    #[test]
    fn what_is_no_http_proxy_is_refused() {
        assert_eq!(
            "socks5://proxy.example:1080".parse::<ProxyServer>(),
            Err(ProxyUrlError::Kind)
        );
        assert_eq!("".parse::<ProxyServer>(), Err(ProxyUrlError::Malformed));
        assert_eq!(
            "http://:99999/".parse::<ProxyServer>(),
            Err(ProxyUrlError::Malformed)
        );
    }
}
