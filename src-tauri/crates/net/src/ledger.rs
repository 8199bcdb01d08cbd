//! Every connection that was made: to whom, why, how many bytes. What the user can be shown.

/// Why a connection is made; shown to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// Looking up how the meeting is reached (config.js).
    Discovery,
    /// Signalling of the meeting (XMPP, GraphQL).
    Signalling,
    /// The bridge's message channel.
    BridgeChannel,
    /// Sound and picture.
    Media,
    /// A TURN relay for sound and picture.
    Relay,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Host and port as asked for.
    pub host: String,
    /// Why.
    pub purpose: Purpose,
    /// `tcp`, `tls`, `wss`, `udp`.
    pub protocol: &'static str,
    /// Through which proxy, if any (never with credentials).
    pub proxy: Option<String>,
    /// Bytes sent so far.
    pub sent: u64,
    /// Bytes received so far.
    pub received: u64,
    /// Still open.
    pub open: bool,
}

/// All connections since the door was opened.
#[derive(Debug, Clone, Default)]
pub struct Ledger;
