//! WebSocket (RFC 6455) over our own connections.

mod handshake;
mod request;

pub use request::{WsMessage, WsRequest};

use crate::door::Door;
use crate::error::{NetError, Step};
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
    /// The other side has said goodbye or hung up.
    ending: bool,
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
                ending: false,
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
        while !self.ending {
            match self.stream.next().await {
                None | Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => {
                    self.ending = true;
                }
                Some(Ok(Message::Text(text))) => {
                    return Ok(Some(WsMessage::Text(text.as_str().to_owned())));
                }
                Some(Ok(Message::Binary(bytes))) => return Ok(Some(WsMessage::Binary(bytes))),
                Some(Ok(Message::Close(frame))) => {
                    self.closed = frame.map(|f| (f.code.into(), f.reason.to_string()));
                    self.ending = true;
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(self.shared.failure(error)),
            }
        }
        // Further reads send our answer to the goodbye and wait for the server to hang up
        // (RFC 6455 §7.1.1). How it does so does not matter any more.
        let rest = async { while let Some(Ok(_)) = self.stream.next().await {} };
        drop(tokio::time::timeout(self.shared.close_within, rest).await);
        Ok(None)
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
