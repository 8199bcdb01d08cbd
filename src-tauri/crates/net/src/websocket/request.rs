//! What is asked of a WebSocket, and what goes over it.

use crate::ledger::Purpose;
use bytes::Bytes;
use std::fmt;

/// A conference of a hundred sends some 300 kB in one stanza at most.
const DEFAULT_MAX_MESSAGE: usize = 4 * 1024 * 1024;

/// A WebSocket to be opened. Only `wss`, and `ws` to this device itself.
#[derive(Clone)]
pub struct WsRequest {
    /// Absolute URL.
    pub url: String,
    /// The subprotocol; a server that does not agree is refused.
    pub subprotocol: Option<String>,
    /// `Origin`, where the server checks it.
    pub origin: Option<String>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Why, for the ledger.
    pub purpose: Purpose,
    /// The longest message that is accepted, in bytes.
    pub max_message: usize,
}

/// A message.
#[derive(Clone, PartialEq, Eq)]
pub enum WsMessage {
    /// Text.
    Text(String),
    /// Binary.
    Binary(Bytes),
}

impl WsRequest {
    /// A WebSocket without subprotocol.
    pub fn new(url: &str, purpose: Purpose) -> Self {
        Self {
            url: url.to_owned(),
            subprotocol: None,
            origin: None,
            headers: Vec::new(),
            purpose,
            max_message: DEFAULT_MAX_MESSAGE,
        }
    }

    /// Asks for a subprotocol.
    #[must_use]
    pub fn subprotocol(mut self, name: &str) -> Self {
        self.subprotocol = Some(name.to_owned());
        self
    }

    /// Sets `Origin`.
    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        self.origin = Some(origin.to_owned());
        self
    }
}

/// URLs hold tokens: only the purpose is printed.
impl fmt::Debug for WsRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WsRequest")
            .field("purpose", &self.purpose)
            .field("subprotocol", &self.subprotocol)
            .finish_non_exhaustive()
    }
}

/// Messages are what people say: only their size is printed.
impl fmt::Debug for WsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
        }
    }
}
