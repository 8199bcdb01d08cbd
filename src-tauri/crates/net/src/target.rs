//! Where a connection goes, and how long each step of it may take.

use std::net::IpAddr;
use std::time::Duration;

/// A host and port to connect to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// Name or address; an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Speak TLS and check the certificate for `host`.
    pub tls: bool,
}

impl Target {
    /// A TLS target.
    pub fn tls(host: &str, port: u16) -> Self {
        Self::new(host, port, true)
    }

    /// A target without TLS of ours (TURN over TCP, or a protocol that encrypts by itself).
    pub fn tcp(host: &str, port: u16) -> Self {
        Self::new(host, port, false)
    }

    fn new(host: &str, port: u16, tls: bool) -> Self {
        let host = host
            .strip_prefix('[')
            .and_then(|h| h.strip_suffix(']'))
            .unwrap_or(host);
        Self {
            host: host.trim_end_matches('.').to_ascii_lowercase(),
            port,
            tls,
        }
    }

    /// `host:port`, an IPv6 address in brackets (RFC 3986 §3.2).
    pub(crate) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// This device itself: nothing leaves it, so neither proxy nor TLS is asked of it.
pub(crate) fn is_loopback(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        // RFC 6761 §6.3
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// How long each step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOuts {
    /// Asking for the addresses of a name.
    pub lookup: Duration,
    /// Reaching the host over TCP, all its addresses together.
    pub connect: Duration,
    /// The proxy's answer to CONNECT; it has to look up and reach the host itself.
    pub proxy: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// A whole HTTP request from dialling to the last byte, or a WebSocket handshake.
    pub request: Duration,
    /// Saying goodbye on a WebSocket.
    pub close: Duration,
}

impl Default for TimeOuts {
    fn default() -> Self {
        Self {
            lookup: Duration::from_secs(8),
            connect: Duration::from_secs(10),
            proxy: Duration::from_secs(20),
            tls: Duration::from_secs(10),
            request: Duration::from_secs(30),
            close: Duration::from_secs(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_the_root_dot_are_not_part_of_a_host() {
        assert_eq!(Target::tls("[::1]", 443).host, "::1");
        assert_eq!(Target::tls("[::1]", 443).authority(), "[::1]:443");
        assert_eq!(
            Target::tcp("Meet.Example.ORG.", 80).authority(),
            "meet.example.org:80"
        );
    }

    #[test]
    fn loopback_is_told_from_names_that_only_look_like_it() {
        for host in ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["notlocalhost", "localhost.example.org", "128.0.0.1", "::2"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
