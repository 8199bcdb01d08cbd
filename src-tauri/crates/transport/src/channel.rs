//! The message channel (SCTP, RFC 8831), shut until the peer has proven who it is.

use crate::TransportError;
use crate::event::{ChannelMessage, TransportEvent};
use crate::stack::error;
use bytes::BytesMut;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// Enough for what bridges say; browsers announce 256 KiB as their limit.
const MAX_MESSAGE: usize = 256 * 1024;

/// The channel once it is open.
#[derive(Default)]
pub(crate) struct Channel(Mutex<Option<Arc<dyn DataChannel>>>);

impl Channel {
    fn set(&self, channel: Option<Arc<dyn DataChannel>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = channel;
    }

    fn open(&self) -> Result<Arc<dyn DataChannel>, TransportError> {
        let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        guard.clone().ok_or(TransportError::Closed)
    }

    /// Lets the channel go.
    pub fn clear(&self) {
        self.set(None);
    }

    /// Sends text.
    pub async fn send_text(&self, text: &str) -> Result<(), TransportError> {
        self.open()?.send_text(text).await.map_err(error)
    }

    /// Sends bytes.
    pub async fn send(&self, data: &[u8]) -> Result<(), TransportError> {
        self.open()?.send(BytesMut::from(data)).await.map_err(error)
    }
}

/// Passes a channel's events on for as long as it lives; `trusted` turns true when messages may flow.
pub(crate) async fn carry(
    channel: Arc<dyn DataChannel>,
    place: Arc<Channel>,
    mut trusted: watch::Receiver<bool>,
    events: mpsc::Sender<TransportEvent>,
) {
    if trusted.wait_for(|yes| *yes).await.is_err() {
        return;
    }
    while let Some(event) = channel.poll().await {
        let event = match event {
            DataChannelEvent::OnOpen => {
                place.set(Some(channel.clone()));
                TransportEvent::ChannelOpen
            }
            DataChannelEvent::OnMessage(message) if message.data.len() > MAX_MESSAGE => {
                tracing::warn!(
                    bytes = message.data.len(),
                    "a message on the channel was too long"
                );
                continue;
            }
            DataChannelEvent::OnMessage(message) if message.is_string => {
                match String::from_utf8(message.data.to_vec()) {
                    Ok(text) => TransportEvent::Channel(ChannelMessage::Text(text)),
                    Err(_) => continue,
                }
            }
            DataChannelEvent::OnMessage(message) => {
                TransportEvent::Channel(ChannelMessage::Binary(message.data.to_vec()))
            }
            DataChannelEvent::OnClose | DataChannelEvent::OnError => break,
            _ => continue,
        };
        if events.send(event).await.is_err() {
            break;
        }
    }
    place.set(None);
    let _ = events.send(TransportEvent::ChannelClosed).await;
}
