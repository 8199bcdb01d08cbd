//! The [`Transport`] that is built on the `webrtc` crate.

mod jingle;
mod negotiation;
mod sdp_face;
mod stats;
#[cfg(test)]
mod tests;

pub use sdp_face::OfferWish;

use crate::channel::Channel;
use crate::config::TransportConfig;
use crate::event::{TransportEvent, TransportState};
use crate::port::AudioIn;
use crate::receive::{Sinks, Streams};
use crate::relay::Servers;
use crate::send::AudioSender;
use crate::{LocalAnswer, RemoteOffer, RemoteSource, Transport, TransportError, TransportStats};
use async_trait::async_trait;
use negotiation::Live;
use ranzen_rtp::{EncodedAudio, SourceKey};
use std::fmt;
use std::sync::{Arc, OnceLock};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};

/// States and key frame requests wait here; messages on the channel wait for their reader.
const EVENTS: usize = 64;

/// Makes a connection that waits for an offer. Received sound goes to `audio_in`; our own sound comes
/// through [`Transport::send_audio`], because the meeting's [`AudioOut`](crate::AudioOut) outlives a connection
/// (see [`AudioRoute`](crate::AudioRoute)).
///
/// Sockets are opened with the first description, not here. The receiver must be read: it is bounded,
/// and states are the only word on the path's fate. Dropping the connection closes it.
pub async fn connect(
    config: TransportConfig,
    audio_in: AudioIn,
) -> Result<(Arc<Connection>, mpsc::Receiver<TransportEvent>), TransportError> {
    let (events, receiver) = mpsc::channel(EVENTS);
    let sinks = Sinks {
        audio: audio_in,
        video: config.video_in.clone(),
        events: events.clone(),
    };
    let cancel = CancellationToken::new();
    let connection = Connection {
        servers: Servers::new(&config.ice_servers),
        config,
        streams: Arc::new(Streams::new(sinks)),
        events,
        channel: Arc::default(),
        audio: OnceLock::new(),
        live: Mutex::new(None),
        _closes_when_dropped: cancel.clone().drop_guard(),
        cancel,
    };
    Ok((Arc::new(connection), receiver))
}

/// One BUNDLE connection over the `webrtc` crate.
pub struct Connection {
    config: TransportConfig,
    servers: Servers,
    streams: Arc<Streams>,
    events: mpsc::Sender<TransportEvent>,
    channel: Arc<Channel>,
    audio: OnceLock<Arc<AudioSender>>,
    /// Held while descriptions are exchanged.
    live: Mutex<Option<Live>>,
    cancel: CancellationToken,
    _closes_when_dropped: DropGuard,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Connection {
    async fn answer(&self, offer: RemoteOffer) -> Result<LocalAnswer, TransportError> {
        self.answer_offer(offer).await
    }

    async fn add_sources(&self, sources: Vec<RemoteSource>) -> Result<(), TransportError> {
        self.ensure_open()?;
        match self.streams.add(sources) {
            0 => Ok(()),
            refused => Err(TransportError::Description(format!(
                "{refused} streams too many"
            ))),
        }
    }

    async fn remove_sources(&self, sources: &[SourceKey]) -> Result<(), TransportError> {
        self.ensure_open()?;
        self.streams.remove(sources);
        Ok(())
    }

    async fn send_message(&self, text: &str) -> Result<(), TransportError> {
        self.ensure_open()?;
        self.channel.send_text(text).await
    }

    async fn send_binary(&self, data: &[u8]) -> Result<(), TransportError> {
        self.ensure_open()?;
        self.channel.send(data).await
    }

    async fn send_audio(&self, audio: EncodedAudio) -> Result<(), TransportError> {
        self.ensure_open()?;
        match self.audio.get() {
            Some(sender) => sender.send(audio).await,
            None => Ok(()),
        }
    }

    async fn stats(&self) -> TransportStats {
        self.read_stats().await
    }

    async fn close(&self) {
        if self.cancel.is_cancelled() {
            return;
        }
        self.cancel.cancel();
        if let Some(live) = self.live.lock().await.take() {
            let _ = live.connection.close().await;
        }
        // A reader that does not read does not need to know.
        let _ = self
            .events
            .try_send(TransportEvent::State(TransportState::Closed));
    }
}

impl Connection {
    fn ensure_open(&self) -> Result<(), TransportError> {
        if self.cancel.is_cancelled() {
            Err(TransportError::Closed)
        } else {
            Ok(())
        }
    }

    /// Asks the sender of a picture stream for a key frame (PLI).
    pub async fn request_key_frame(&self, source: &SourceKey) -> Result<(), TransportError> {
        self.ensure_open()?;
        if let (Some(ssrc), Some(audio)) = (self.streams.ssrc_of(source), self.audio.get()) {
            audio.ask_for_key_frame(ssrc).await?;
        }
        Ok(())
    }
}
