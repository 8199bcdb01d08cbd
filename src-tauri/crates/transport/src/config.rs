//! What a connection needs to know before it is made.

use ranzen_net::Door;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use zeroize::Zeroizing;

/// Which ICE candidates may be used (`RTCIceTransportPolicy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IcePolicy {
    /// Every kind.
    #[default]
    All,
    /// Only TURN relays: our addresses stay hidden from the peer.
    Relay,
}

/// A STUN or TURN server, as XEP-0215 or BBB's `stuns` name it.
#[derive(Clone, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:host[:port]`, `turn:host[:port][?transport=udp|tcp]` or `turns:host[:port][?transport=tcp]` (RFC 7064, RFC 7065).
    pub url: String,
    /// User name, for TURN.
    pub username: String,
    /// Password, for TURN.
    pub credential: Zeroizing<String>,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Time-limited credentials are secrets all the same.
        f.debug_struct("IceServer")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// How a connection is to be made. Start from [`TransportConfig::new`] and change fields.
#[derive(Debug, Clone)]
pub struct TransportConfig {
    /// Every socket is opened through it; it knows the proxy and the trusted roots for TURN.
    pub door: Door,
    /// Servers for reflexive and relayed candidates; none is fine where the peer is reachable.
    pub ice_servers: Vec<IceServer>,
    /// Which candidates may be used.
    pub policy: IcePolicy,
    /// RTCP CNAME of what we send; must not name the person (RFC 7022). Random unless set.
    pub cname: String,
    /// Local addresses to use; `0.0.0.0` and `::` mean every interface of that family except loopback.
    /// Name `127.0.0.1` to stay on this machine.
    pub bind: Vec<IpAddr>,
    /// Where received pictures go; without it they are received and dropped.
    pub video_in: Option<crate::port::VideoIn>,
    /// No connection after this long: [`TransportState::Failed`](crate::TransportState::Failed).
    pub connect_timeout: Duration,
}

impl TransportConfig {
    /// No servers, every interface, 15 s to connect.
    pub fn new(door: Door) -> Self {
        Self {
            door,
            ice_servers: Vec::new(),
            policy: IcePolicy::default(),
            cname: crate::random::token(16),
            bind: vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
            video_in: None,
            connect_timeout: Duration::from_secs(15),
        }
    }
}
