//! WebSocket (RFC 6455) over our own connections.

mod handshake;

use crate::door::Door;
use crate::error::{NetError, Step};
use crate::ledger::Purpose;
use crate::stream::Stream;
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use std::fmt;
use std::time::Duration;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

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

/// An open WebSocket. Pings are answered while somebody waits in [`WebSocket::next`].
pub struct WebSocket {
    sender: WsSender,
    receiver: WsReceiver,
}

/// The sending half.
pub struct WsSender {
    sink: SplitSink<WebSocketStream<Stream>, Message>,
    shared: Shared,
}

/// The receiving half.
pub struct WsReceiver {
    stream: SplitStream<WebSocketStream<Stream>>,
    shared: Shared,
    closed: Option<(u16, String)>,
}

#[derive(Clone)]
struct Shared {
    host: String,
    max_message: usize,
    close_within: Duration,
}

impl Door {
    /// Opens a WebSocket.
    pub async fn websocket(&self, request: WsRequest) -> Result<WebSocket, NetError> {
        let host = crate::http::origin(&request.url, ["wss", "ws"])?.1.host;
        let opened =
            tokio::time::timeout(self.time_outs().request, handshake::open(self, &request))
                .await
                .map_err(|_| NetError::TimedOut {
                    host: host.clone(),
                    step: Step::Answer,
                })??;
        let shared = Shared {
            host,
            max_message: request.max_message,
            close_within: self.time_outs().close,
        };
        let (sink, stream) = opened.split();
        Ok(WebSocket {
            sender: WsSender {
                sink,
                shared: shared.clone(),
            },
            receiver: WsReceiver {
                stream,
                shared,
                closed: None,
            },
        })
    }
}

impl WebSocket {
    /// Sends one message.
    pub async fn send(&mut self, message: WsMessage) -> Result<(), NetError> {
        self.sender.send(message).await
    }

    /// The next message; none once the other side has closed. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Option<WsMessage>, NetError> {
        self.receiver.next().await
    }

    /// Code and reason with which the other side closed.
    pub fn closed_with(&self) -> Option<(u16, &str)> {
        self.receiver.closed_with()
    }

    /// Says goodbye and waits a little for the answer.
    pub async fn close(mut self) {
        let within = self.sender.shared.close_within;
        let goodbye = async {
            self.sender.close().await;
            while let Ok(Some(_)) = self.receiver.next().await {}
        };
        // The other side may be gone: then there is nobody to say goodbye to.
        drop(tokio::time::timeout(within, goodbye).await);
    }

    /// Two halves for two tasks.
    pub fn split(self) -> (WsSender, WsReceiver) {
        (self.sender, self.receiver)
    }
}

impl WsSender {
    /// Sends one message.
    pub async fn send(&mut self, message: WsMessage) -> Result<(), NetError> {
        let message = match message {
            WsMessage::Text(text) => Message::text(text),
            WsMessage::Binary(bytes) => Message::binary(bytes),
        };
        let sent = self.sink.send(message).await;
        sent.map_err(|e| self.shared.failure(e))
    }

    /// Sends a ping, whose answer nobody is told of; it keeps a proxy from closing a silent tunnel.
    pub async fn ping(&mut self) -> Result<(), NetError> {
        let sent = self.sink.send(Message::Ping(Bytes::new())).await;
        sent.map_err(|e| self.shared.failure(e))
    }

    /// Says goodbye, no longer than [`crate::TimeOuts::close`].
    pub async fn close(&mut self) {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        let goodbye = self.sink.send(Message::Close(Some(frame)));
        // The other side may be gone: then there is nobody to say goodbye to.
        drop(tokio::time::timeout(self.shared.close_within, goodbye).await);
    }
}

impl WsReceiver {
    /// The next message; none once the other side has closed. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Option<WsMessage>, NetError> {
        loop {
            match self.stream.next().await {
                None | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => {
                    return Ok(None);
                }
                Some(Ok(Message::Text(text))) => {
                    return Ok(Some(WsMessage::Text(text.as_str().to_owned())));
                }
                Some(Ok(Message::Binary(bytes))) => return Ok(Some(WsMessage::Binary(bytes))),
                Some(Ok(Message::Close(frame))) => {
                    // The answer to it is sent by the next read, which then ends the stream.
                    self.closed = frame.map(|f| (f.code.into(), f.reason.to_string()));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.shared.failure(error)),
            }
        }
    }

    /// Code and reason with which the other side closed.
    pub fn closed_with(&self) -> Option<(u16, &str)> {
        self.closed
            .as_ref()
            .map(|(code, reason)| (*code, reason.as_str()))
    }
}

impl Shared {
    fn failure(&self, error: Error) -> NetError {
        let host = self.host.clone();
        match error {
            Error::Capacity(_) => NetError::TooBig {
                host,
                limit: self.max_message,
            },
            Error::Protocol(
                tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            ) => NetError::Lost {
                host,
                why: "it ended without a goodbye".to_owned(),
            },
            Error::Protocol(_) | Error::Utf8(_) | Error::AttackAttempt => NetError::Protocol {
                host,
                why: error.to_string(),
            },
            Error::ConnectionClosed | Error::AlreadyClosed => NetError::Lost {
                host,
                why: "it is closed".to_owned(),
            },
            // Never the message itself, which this variant carries along.
            Error::WriteBufferFull(_) => NetError::Lost {
                host,
                why: "the other side does not read".to_owned(),
            },
            other => NetError::Lost {
                host,
                why: other.to_string(),
            },
        }
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

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebSocket({})", self.sender.shared.host)
    }
}

impl fmt::Debug for WsSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WsSender({})", self.shared.host)
    }
}

impl fmt::Debug for WsReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WsReceiver({})", self.shared.host)
    }
}
