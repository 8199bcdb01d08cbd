//! ICE servers as signalling names them, as the stack is told about them, and as they are reached.

use crate::config::IceServer;
use ranzen_net::Target;
use std::net::{Ipv4Addr, SocketAddr};
use webrtc::peer_connection::RTCIceServer;

/// More servers than anybody announces; each costs time while candidates are gathered.
const MAX_SERVERS: usize = 16;
/// The stack's servers get port 3478 of addresses in TEST-NET-1 (RFC 5737), which nobody has.
const STAND_IN_PORT: u16 = 3478;

/// A server that is reached through a stream.
#[derive(Debug, Clone)]
pub(crate) struct Streamed {
    /// The address that the stack believes in.
    pub stand_in: SocketAddr,
    /// The name that the stack is given.
    name: String,
    /// Where it really is.
    pub target: Target,
}

/// All servers of a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Servers {
    pub streamed: Vec<Streamed>,
    /// `stun:` and TURN over UDP, which the stack reaches itself.
    plain: Vec<RTCIceServer>,
    /// Host and port of these.
    pub places: Vec<(String, u16)>,
    credentials: Vec<(String, String)>,
}

/// A STUN or TURN URI (RFC 7064, RFC 7065).
#[derive(Debug, PartialEq, Eq)]
struct Uri<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
    transport: Option<&'a str>,
}

fn uri(text: &str) -> Option<Uri<'_>> {
    let (scheme, rest) = text.trim().split_once(':')?;
    let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
    let transport = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("transport="));
    let (host, port) = match authority.rsplit_once(':') {
        // An IPv6 address without port has its colons inside the brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port.parse().ok()?)),
        _ => (authority, None),
    };
    (!host.is_empty() && !host.chars().any(char::is_whitespace)).then_some(Uri {
        scheme,
        host,
        port,
        transport,
    })
}

impl Servers {
    /// Sorts the servers; what can't be used is left out with a word in the log.
    pub fn new(servers: &[IceServer]) -> Self {
        let mut out = Self::default();
        for server in servers.iter().take(MAX_SERVERS) {
            if !out.take(server) {
                tracing::warn!(url = server.url, "this ICE server can't be used");
            }
        }
        out
    }

    fn take(&mut self, server: &IceServer) -> bool {
        let Some(uri) = uri(&server.url) else {
            return false;
        };
        let stream = match (uri.scheme, uri.transport) {
            ("stun", _) | ("turn", None | Some("udp")) => None,
            ("turn", Some("tcp")) => Some(Target::tcp(uri.host, uri.port.unwrap_or(3478))),
            // TURN over DTLS is rarer than `turns:` without a word on the transport, which means TLS.
            ("turns", None | Some("tcp")) => Some(Target::tls(uri.host, uri.port.unwrap_or(5349))),
            _ => return false,
        };
        let Some(target) = stream else {
            let port = uri.port.unwrap_or(3478);
            self.places.push((uri.host.to_owned(), port));
            self.plain.push(RTCIceServer {
                urls: vec![format!("{}:{}:{port}", uri.scheme, uri.host)],
                username: server.username.clone(),
                credential: server.credential.to_string(),
            });
            return true;
        };
        let number = self.streamed.len() as u8 + 1;
        self.streamed.push(Streamed {
            stand_in: SocketAddr::from((Ipv4Addr::new(192, 0, 2, number), STAND_IN_PORT)),
            name: format!("relay-{number}.invalid"),
            target,
        });
        self.credentials
            .push((server.username.clone(), server.credential.to_string()));
        true
    }

    /// As the stack is told.
    pub fn for_stack(&self) -> Vec<RTCIceServer> {
        let streamed =
            self.streamed
                .iter()
                .zip(&self.credentials)
                .map(|(server, (username, credential))| RTCIceServer {
                    urls: vec![format!("turn:{}:{STAND_IN_PORT}", server.name)],
                    username: username.clone(),
                    credential: credential.clone(),
                });
        self.plain.iter().cloned().chain(streamed).collect()
    }

    /// The stand-in for a `host:port` that the stack asks for, if it is one.
    pub fn stand_in(&self, host: &str) -> Option<SocketAddr> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        self.streamed
            .iter()
            .find(|server| server.name == name)
            .map(|server| server.stand_in)
    }

    /// How a relay at this stand-in's host name is reached: `tcp` or `tls`.
    pub fn protocol_of(&self, url: &str) -> Option<&'static str> {
        let server = self
            .streamed
            .iter()
            .find(|server| url.contains(&server.name))?;
        Some(if server.target.tls { "tls" } else { "tcp" })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn server(url: &str) -> IceServer {
        IceServer {
            url: url.into(),
            username: "u".into(),
            credential: String::from("c").into(),
        }
    }

    #[test]
    fn uris_are_read_as_the_rfcs_write_them() {
        let read = uri("turns:[2001:db8::1]?transport=tcp").unwrap();
        assert_eq!(
            read,
            Uri {
                scheme: "turns",
                host: "[2001:db8::1]",
                port: None,
                transport: Some("tcp")
            }
        );
        assert_eq!(uri("turn:turn.example.org:443").unwrap().port, Some(443));
        for bad in ["", "turn", "turn:", "turn:host:port", "turn:a b:1"] {
            assert!(uri(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn streams_are_hidden_from_the_stack_and_udp_is_not() {
        let servers = Servers::new(&[
            server("stun:stun.example.org"),
            server("turn:turn.example.org?transport=udp"),
            server("turn:turn.example.org:443?transport=tcp"),
            server("turns:turn.example.org"),
            server("turns:turn.example.org?transport=udp"),
            server("http://turn.example.org"),
        ]);
        let told: Vec<String> = servers
            .for_stack()
            .into_iter()
            .flat_map(|s| s.urls)
            .collect();
        assert_eq!(
            told,
            [
                "stun:stun.example.org:3478",
                "turn:turn.example.org:3478",
                "turn:relay-1.invalid:3478",
                "turn:relay-2.invalid:3478"
            ]
        );
        assert_eq!(
            servers.streamed[0].target,
            Target::tcp("turn.example.org", 443)
        );
        assert_eq!(
            servers.streamed[1].target,
            Target::tls("turn.example.org", 5349)
        );
        assert_eq!(
            servers.stand_in("relay-2.invalid:3478"),
            Some("192.0.2.2:3478".parse().unwrap())
        );
        assert_eq!(servers.stand_in("turn.example.org:3478"), None);
    }
}
