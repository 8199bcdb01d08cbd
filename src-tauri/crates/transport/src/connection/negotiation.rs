//! What the Jingle face and the SDP face share: bringing the stack up, and starting to watch it.

use super::Connection;
use crate::TransportError;
use crate::channel;
use crate::description::{Fingerprint, LocalSource, MediaOffer};
use crate::event::TransportEvent;
use crate::sdp::{Negotiated, accepted};
use crate::send::AudioSender;
use crate::stack::{self, error};
use crate::watch::{Watched, watch as watch_path};
use async_trait::async_trait;
use ranzen_rtp::MediaKind;
use rtc::rtp_transceiver::rtp_sender::RTCRtpCodec;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use webrtc::data_channel::{DataChannel, RTCDataChannelInit};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionEventHandler, RTCIceCandidate, RTCIceCandidateType,
    RTCIceGatheringState, RTCPeerConnectionIceEvent, RTCPeerConnectionState,
};

/// A peer that takes no later candidates is told those that were found by then.
const GATHERING: Duration = Duration::from_secs(3);

/// The stack, once there is a description.
pub(super) struct Live {
    pub connection: Arc<dyn PeerConnection>,
    pub relays: Arc<Relays>,
    gathered: watch::Receiver<bool>,
    trusted: watch::Sender<bool>,
    states: Option<mpsc::UnboundedReceiver<RTCPeerConnectionState>>,
    /// Our own, DER.
    #[cfg(test)]
    pub certificate: Vec<u8>,
}

/// Listens to the stack. Its callbacks run on the stack's own task: they only pass on.
struct Listener {
    states: mpsc::UnboundedSender<RTCPeerConnectionState>,
    gathered: watch::Sender<bool>,
    channels: Channels,
    relays: Arc<Relays>,
}

/// Our relayed candidates and the servers they come from: the stack forgets that when it chooses one.
#[derive(Debug, Default)]
pub(super) struct Relays(Mutex<Vec<(String, u16, String)>>);

impl Relays {
    fn note(&self, candidate: &RTCIceCandidate, url: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.push((candidate.address.clone(), candidate.port, url));
    }

    /// The URL of the server behind a relayed candidate.
    pub fn url_of(&self, candidate: &RTCIceCandidate) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_it = |(address, port, _): &&(String, u16, String)| {
            (address, *port) == (&candidate.address, candidate.port)
        };
        known.iter().find(of_it).map(|(_, _, url)| url.clone())
    }
}

/// Takes care of message channels, ours and the peer's.
#[derive(Clone)]
struct Channels {
    place: Arc<channel::Channel>,
    trusted: watch::Receiver<bool>,
    events: mpsc::Sender<TransportEvent>,
    cancel: CancellationToken,
}

impl Channels {
    fn take(&self, new: Arc<dyn DataChannel>) {
        let this = self.clone();
        tokio::spawn(async move {
            let place = Arc::clone(&this.place);
            let work = channel::carry(new, this.place, this.trusted, this.events);
            tokio::select! {
                () = this.cancel.cancelled() => {}
                () = work => {}
            }
            // The channel holds the stack, which holds the place.
            place.clear();
        });
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Listener {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let _ = self.states.send(state);
    }

    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if event.candidate.typ == RTCIceCandidateType::Relay {
            self.relays.note(&event.candidate, event.url);
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.send_replace(true);
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.channels.take(channel);
    }
}

impl Connection {
    fn channels(&self, trusted: watch::Receiver<bool>) -> Channels {
        Channels {
            place: Arc::clone(&self.channel),
            trusted,
            events: self.events.clone(),
            cancel: self.cancel.clone(),
        }
    }

    /// Brings the stack up for these m-sections.
    pub(super) async fn bring_up(&self, media: &[MediaOffer]) -> Result<Live, TransportError> {
        self.ensure_open()?;
        let (states, state_receiver) = mpsc::unbounded_channel();
        let (gathered, gathered_receiver) = watch::channel(false);
        let (trusted, trust) = watch::channel(false);
        let relays = Arc::<Relays>::default();
        let listener = Listener {
            states,
            gathered,
            channels: self.channels(trust),
            relays: Arc::clone(&relays),
        };
        let certificate = stack::certificate()?;
        let connection = stack::build(
            &self.config,
            &self.servers,
            certificate.clone(),
            media,
            Arc::clone(&self.streams),
            Arc::new(listener),
        )
        .await?;
        // The stack does not end by itself when it is let go.
        let (ends, cancel) = (Arc::clone(&connection), self.cancel.clone());
        tokio::spawn(async move {
            cancel.cancelled().await;
            let _ = ends.close().await;
        });
        Ok(Live {
            connection,
            relays,
            gathered: gathered_receiver,
            trusted,
            states: Some(state_receiver),
            #[cfg(test)]
            certificate: certificate.dtls_certificate.certificate[0].to_vec(),
        })
    }

    /// Adds our own sound, if the sections have Opus.
    pub(super) async fn add_audio(
        &self,
        live: &Live,
        media: &[MediaOffer],
    ) -> Result<(), TransportError> {
        let sections = media
            .iter()
            .filter(|section| section.kind == MediaKind::Audio);
        let Some(opus) = sections.flat_map(accepted).next() else {
            return Ok(());
        };
        let codec = RTCRtpCodec {
            mime_type: format!("audio/{}", opus.name),
            clock_rate: opus.clock_rate,
            channels: opus.channels.into(),
            sdp_fmtp_line: opus.fmtp(),
            rtcp_feedback: Vec::new(),
        };
        let sender = Arc::new(AudioSender::new(codec, &self.config.cname));
        live.connection
            .add_track(sender.track())
            .await
            .map_err(error)?;
        // The first one stays: a connection is negotiated from nothing only once.
        let _ = self.audio.set(sender);
        Ok(())
    }

    /// Opens the message channel from our side.
    pub(super) async fn open_channel(
        &self,
        live: &Live,
        label: &str,
        protocol: &str,
    ) -> Result<(), TransportError> {
        let init = RTCDataChannelInit {
            ordered: true,
            protocol: protocol.to_owned(),
            ..Default::default()
        };
        let channel = live
            .connection
            .create_data_channel(label, Some(init))
            .await
            .map_err(error)?;
        self.channels(live.trusted.subscribe()).take(channel);
        Ok(())
    }

    /// Tells both directions what was agreed on.
    pub(super) fn agree(&self, media: &[MediaOffer]) {
        let negotiated = Negotiated::new(media);
        if let Some(audio) = self.audio.get() {
            audio.agree(&negotiated);
        }
        self.streams.agree(negotiated);
    }

    pub(super) fn local_sources(&self) -> Vec<LocalSource> {
        self.audio
            .get()
            .map(|audio| audio.source().clone())
            .into_iter()
            .collect()
    }

    /// Starts following the path's state; only the first call does something.
    pub(super) fn watch(&self, live: &mut Live, announced: Vec<Fingerprint>) {
        let Some(states) = live.states.take() else {
            return;
        };
        let watched = Watched {
            connection: Arc::clone(&live.connection),
            announced,
            streams: Arc::clone(&self.streams),
            audio: self.audio.get().cloned(),
            trusted: live.trusted.clone(),
            events: self.events.clone(),
            connect_timeout: self.config.connect_timeout,
        };
        let cancel = self.cancel.clone();
        tokio::spawn(async move {
            tokio::select! {
                // First, lest our own closing looks like a failure.
                biased;
                () = cancel.cancelled() => {}
                () = watch_path(watched, states) => {}
            }
        });
    }
}

impl Live {
    /// Waits until all candidates are found, within reason.
    pub async fn gathering(&mut self) {
        let done = self.gathered.wait_for(|done| *done);
        let _ = tokio::time::timeout(GATHERING, done).await;
    }
}
