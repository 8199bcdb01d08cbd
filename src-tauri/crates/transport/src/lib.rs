//! ICE, DTLS, SRTP and SCTP behind [`Transport`], shaped for Jingle as well as for SDP.
//!
//! A protocol crate describes the peer's offer in the neutral types of [`description`] and gets the
//! answer's values back; it never sees a socket. Protocols that exchange SDP themselves use the SDP face
//! of [`Connection`].
//!
//! ```no_run
//! # async fn example(door: ranzen_net::Door, offer: ranzen_transport::RemoteOffer) -> Result<(), ranzen_transport::TransportError> {
//! use ranzen_transport::{AudioRoute, Transport, TransportConfig, connect, media_port};
//! let (port, audio_in, audio_out) = media_port(); // the engine keeps `port`, also over a rejoin
//! let route = AudioRoute::new(audio_out);
//! let (connection, mut events) = connect(TransportConfig::new(door), audio_in).await?;
//! let answer = connection.answer(offer).await?; // tell the peer; states come as events
//! route.to(Some(connection.clone()));
//! while let Some(event) = events.recv().await {
//!     println!("{event:?}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Contract: nothing is sent or delivered before the peer's certificate matches the announced one;
//! every connection ends in [`TransportState::Failed`] or [`TransportState::Closed`], never in silence;
//! streams of the peer are known by what signalling says of them, and by nothing else.

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
