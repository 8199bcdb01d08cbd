//! The neutral description of both sides, between Jingle or SDP and the stack.

use ranzen_rtp::{MediaKind, SourceKey};
use std::net::SocketAddr;

/// ICE credentials and candidates of one side.
#[derive(Debug, Clone, Default)]
pub struct IceParameters {
    /// `ice-ufrag`.
    pub ufrag: String,
    /// `ice-pwd`.
    pub pwd: String,
    /// Known candidates; may be empty (peer-reflexive).
    pub candidates: Vec<Candidate>,
    /// The peer is ice-lite.
    pub lite: bool,
}

/// One ICE candidate (RFC 8839 `candidate-attribute`), component 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Foundation.
    pub foundation: String,
    /// `udp` or `tcp`.
    pub protocol: String,
    /// Priority.
    pub priority: u32,
    /// Address and port.
    pub address: SocketAddr,
    /// `host`, `srflx`, `prflx` or `relay`.
    pub kind: String,
}

/// A certificate fingerprint (RFC 8122).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// `sha-256` and friends, lower case.
    pub algorithm: String,
    /// Upper-case hex with colons.
    pub value: String,
}

/// `a=setup` (RFC 4145).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// Either side may be the DTLS client.
    ActPass,
    /// This side is the DTLS client.
    Active,
    /// This side is the DTLS server.
    Passive,
}

/// DTLS parameters of one side.
#[derive(Debug, Clone)]
pub struct DtlsParameters {
    /// One or more fingerprints; one match is enough.
    pub fingerprints: Vec<Fingerprint>,
    /// Role.
    pub setup: Setup,
}

/// One payload type of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadType {
    /// RTP payload type number.
    pub id: u8,
    /// Encoding name as offered (`opus`, `VP8`, `rtx`).
    pub name: String,
    /// Clock rate in Hz.
    pub clock_rate: u32,
    /// Channels; 0 or 1 for mono, 2 for stereo and Opus.
    pub channels: u8,
    /// fmtp parameters in order.
    pub parameters: Vec<(String, String)>,
    /// rtcp-fb as `type[ subtype]`.
    pub feedback: Vec<String>,
}

/// One offered m-line (Jingle content).
#[derive(Debug, Clone)]
pub struct MediaOffer {
    /// mid or content name.
    pub mid: String,
    /// Sound or picture.
    pub kind: MediaKind,
    /// Offered payload types in the peer's order.
    pub payload_types: Vec<PayloadType>,
    /// Header extensions: id and URI.
    pub extensions: Vec<(u8, String)>,
}

/// Offered SCTP (Jingle content `data`, `m=application`).
#[derive(Debug, Clone)]
pub struct SctpOffer {
    /// mid or content name.
    pub mid: String,
    /// SCTP port, 5000 everywhere.
    pub port: u16,
    /// Label of the channel that we open.
    pub label: String,
    /// Its protocol.
    pub protocol: String,
}

/// A stream that the peer sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteSource {
    /// Its name, unique within the connection.
    pub key: SourceKey,
    /// Sound or picture.
    pub kind: MediaKind,
    /// Primary SSRC.
    pub ssrc: u32,
    /// RTX SSRC (group FID).
    pub rtx: Option<u32>,
}

/// The peer's offer.
#[derive(Debug, Clone)]
pub struct RemoteOffer {
    /// ICE.
    pub ice: IceParameters,
    /// DTLS.
    pub dtls: DtlsParameters,
    /// m-lines.
    pub media: Vec<MediaOffer>,
    /// Message channel, if offered and wanted.
    pub sctp: Option<SctpOffer>,
    /// Streams known already.
    pub sources: Vec<RemoteSource>,
}

/// A stream that we send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSource {
    /// Sound or picture.
    pub kind: MediaKind,
    /// Primary SSRC.
    pub ssrc: u32,
    /// RTX SSRC, when negotiated.
    pub rtx: Option<u32>,
    /// RTCP CNAME.
    pub cname: String,
}

/// What we answer.
#[derive(Debug, Clone)]
pub struct LocalAnswer {
    /// ICE credentials (and candidates where the protocol wants them).
    pub ice: IceParameters,
    /// Our fingerprint and role.
    pub dtls: DtlsParameters,
    /// Accepted payload types and extensions for each accepted m-line, with the peer's numbers.
    pub media: Vec<MediaOffer>,
    /// Streams that we send.
    pub sources: Vec<LocalSource>,
}
