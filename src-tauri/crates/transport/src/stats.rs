//! Figures of a connection at one moment.

use std::time::Duration;

/// The kind of path ICE chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedPair {
    /// Our candidate's kind: `host`, `srflx`, `prflx` or `relay`.
    pub local: String,
    /// The peer's.
    pub remote: String,
    /// `udp` or `tcp` between the candidates.
    pub protocol: String,
    /// How our relay is reached, if it is one: `udp`, `tcp` or `tls`.
    pub relay_protocol: Option<String>,
}

/// What flowed so far. RTP payload and headers, without the layers below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransportStats {
    /// Bytes of RTP sent.
    pub bytes_sent: u64,
    /// Bytes of RTP received.
    pub bytes_received: u64,
    /// RTP packets sent.
    pub packets_sent: u64,
    /// RTP packets received (without duplicates and retransmissions that came too late).
    pub packets_received: u64,
    /// Packets that never came, by sequence number, over all streams still there.
    pub packets_lost: u64,
    /// Packets dropped because they had come already.
    pub duplicates: u64,
    /// Packets that their taker was too slow for.
    pub overflowed: u64,
    /// Round trip of the path as ICE measures it.
    pub round_trip: Option<Duration>,
    /// The path in use.
    pub pair: Option<SelectedPair>,
}
