//! ICE, DTLS, SRTP and SCTP behind [`Transport`], shaped for Jingle as well as for SDP.
//!
//! A protocol crate describes the peer's offer in the neutral types of [`description`] and gets the
//! answer's values back; it never sees SDP text or a socket.

mod channel;
mod config;
mod connection;
pub mod description;
mod event;
mod fingerprint;
mod port;
mod random;
mod receive;
mod relay;
mod route;
mod sdp;
mod send;
mod stack;
mod stats;
mod watch;

pub use config::{IcePolicy, IceServer, TransportConfig};
pub use connection::{Connection, OfferWish, connect};
pub use description::{
    Candidate, DtlsParameters, Fingerprint, IceParameters, LocalAnswer, LocalSource, MediaOffer,
    PayloadType, RemoteOffer, RemoteSource, SctpOffer, Setup,
};
pub use event::{ChannelMessage, TransportEvent, TransportState};
pub use port::{AudioIn, AudioOut, MediaPort, ReceivedVideo, VideoIn, media_port};
pub use route::AudioRoute;
pub use stats::{SelectedPair, TransportStats};

use async_trait::async_trait;
use ranzen_rtp::{EncodedAudio, SourceKey};

/// Why a connection could not be made or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The peer's description can't be used.
    #[error("the peer's description is unusable: {0}")]
    Description(String),
    /// The certificate the peer showed is not the one it announced.
    #[error("the peer's certificate does not match its fingerprint")]
    Fingerprint,
    /// The connection is closed.
    #[error("the connection is closed")]
    Closed,
    /// The WebRTC stack failed.
    #[error("webrtc: {0}")]
    Stack(String),
}

/// One BUNDLE connection to a bridge, SFU or peer. Events come from the receiver handed out at creation.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Answers the peer's first offer and starts connecting. Sources in it are received from now on.
    async fn answer(&self, offer: RemoteOffer) -> Result<LocalAnswer, TransportError>;

    /// More sources of the peer (Jingle source-add). Those of other streams go on undisturbed.
    async fn add_sources(&self, sources: Vec<RemoteSource>) -> Result<(), TransportError>;

    /// Sources that are gone; unknown names are ignored.
    async fn remove_sources(&self, sources: &[SourceKey]) -> Result<(), TransportError>;

    /// Sends on the message channel (SCTP). Fails before [`TransportEvent::ChannelOpen`].
    async fn send_message(&self, text: &str) -> Result<(), TransportError>;

    /// Sends bytes on the message channel (SCTP). Fails before [`TransportEvent::ChannelOpen`].
    async fn send_binary(&self, data: &[u8]) -> Result<(), TransportError>;

    /// Sends one Opus packet as RTP: sequence number, SSRC, payload type and header extensions are added here.
    /// Until the path is connected the packet is dropped without an error. [`AudioRoute`] is the task
    /// that calls this with what comes out of [`AudioOut`].
    async fn send_audio(&self, audio: EncodedAudio) -> Result<(), TransportError>;

    /// Figures of this moment.
    async fn stats(&self) -> TransportStats;

    /// Closes everything; safe to call twice.
    async fn close(&self);
}
