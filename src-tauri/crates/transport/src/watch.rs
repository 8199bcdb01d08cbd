//! Follows the path's state: checks the peer's certificate, and never stays silent.

use crate::TransportError;
use crate::description::Fingerprint;
use crate::event::{TransportEvent, TransportState};
use crate::fingerprint;
use crate::receive::Streams;
use crate::send::AudioSender;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use webrtc::peer_connection::{PeerConnection, RTCPeerConnectionState};

/// The stack gives a lost path 25 s itself; this is for the case that it says nothing.
const LOST_FOR_GOOD: Duration = Duration::from_secs(35);

/// What the watcher looks after.
pub(crate) struct Watched {
    pub connection: Arc<dyn PeerConnection>,
    pub announced: Vec<Fingerprint>,
    pub streams: Arc<Streams>,
    pub audio: Option<Arc<AudioSender>>,
    pub trusted: watch::Sender<bool>,
    pub events: mpsc::Sender<TransportEvent>,
    pub connect_timeout: Duration,
}

/// Runs until the path has failed or the states end.
pub(crate) async fn watch(
    watched: Watched,
    mut states: mpsc::UnboundedReceiver<RTCPeerConnectionState>,
) {
    watched.tell(TransportState::Connecting).await;
    let mut deadline = Some(Instant::now() + watched.connect_timeout);
    let end = loop {
        let state = tokio::select! {
            state = states.recv() => state,
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                tracing::info!("the path did not come up in time");
                break TransportState::Failed;
            }
        };
        match state {
            Some(RTCPeerConnectionState::Connected) => {
                if let Err(error) = watched.admit().await {
                    tracing::warn!(%error, "the peer was refused");
                    let _ = watched
                        .events
                        .send(TransportEvent::CertificateRefused)
                        .await;
                    break TransportState::Failed;
                }
                deadline = None;
                watched.open(true);
                watched.tell(TransportState::Connected).await;
            }
            Some(RTCPeerConnectionState::Disconnected) => {
                watched.open(false);
                deadline = Some(Instant::now() + LOST_FOR_GOOD);
                watched.tell(TransportState::Disconnected).await;
            }
            Some(RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed) => {
                break TransportState::Failed;
            }
            Some(_) => {}
            None => return,
        }
    };
    watched.open(false);
    let _ = watched.connection.close().await;
    watched.tell(end).await;
}

impl Watched {
    async fn tell(&self, state: TransportState) {
        let _ = self.events.send(TransportEvent::State(state)).await;
    }

    fn open(&self, open: bool) {
        if let Some(audio) = &self.audio {
            audio.set_open(open);
        }
    }

    /// Compares the certificate of the handshake with what signalling announced; once is enough, for a
    /// connection has one handshake.
    async fn admit(&self) -> Result<(), TransportError> {
        if *self.trusted.borrow() {
            return Ok(());
        }
        let certificate = self
            .certificate()
            .await
            .ok_or(TransportError::Fingerprint)?;
        if !fingerprint::matches(&certificate, &self.announced) {
            return Err(TransportError::Fingerprint);
        }
        self.streams.trust();
        self.trusted.send_replace(true);
        Ok(())
    }

    /// The peer's certificate, DER.
    async fn certificate(&self) -> Option<Vec<u8>> {
        let mut transport = None;
        for sender in self.connection.get_senders().await {
            if let Ok(Some(found)) = sender.transport().await {
                transport = Some(found);
            }
        }
        if transport.is_none() {
            transport = self.connection.sctp().await.map(|sctp| sctp.transport());
        }
        transport?
            .get_remote_certificates()
            .await
            .ok()?
            .into_iter()
            .next()
    }
}
