//! What a connection tells its owner.

/// State of the whole path (ICE and DTLS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportState {
    /// ICE or DTLS under way.
    Connecting,
    /// Media can flow.
    Connected,
    /// ICE lost the path; it may come back by itself.
    Disconnected,
    /// It will not come back: build a new connection.
    Failed,
    /// Closed by us.
    Closed,
}

/// A message of the peer on the SCTP channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelMessage {
    /// Text.
    Text(String),
    /// Binary.
    Binary(Vec<u8>),
}

/// An event of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportEvent {
    /// The path's state changed.
    State(TransportState),
    /// The message channel is open.
    ChannelOpen,
    /// A message came on it.
    Channel(ChannelMessage),
    /// The message channel is gone.
    ChannelClosed,
    /// The peer showed another certificate than signalling announced: somebody sits between, or the
    /// signalling is wrong. Nothing was sent or delivered. [`TransportState::Failed`] follows.
    CertificateRefused,
    /// The peer wants a key frame of our video (PLI or FIR).
    KeyFrameWanted {
        /// media SSRC the feedback names.
        ssrc: u32,
    },
}
