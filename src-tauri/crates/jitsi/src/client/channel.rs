//! The bridge channel: over a WebSocket when the bridge offers one, else over SCTP.

use super::{Client, Output};
use crate::clock::Now;
use crate::colibri::{self, BridgeMessage};
use crate::jingle::Offer;
use ranzen_meeting::Event;
use std::time::{Duration, Instant};

/// The longest pause before the channel is opened again.
const PAUSE_MAX: u64 = 8;

/// So many failed openings in a row mean that WebSockets don't get through.
const SOCKET_TRIES: u32 = 3;

/// The channel of one media session.
#[derive(Debug)]
pub(super) enum Channel {
    /// None was offered. Sound needs none.
    None,
    /// Over SCTP.
    Sctp { open: bool },
    /// Over a WebSocket.
    Socket {
        url: String,
        open: bool,
        failures: u32,
        again_at: Option<Instant>,
    },
}

impl Channel {
    /// What the offer allows and the deployment prefers.
    pub(super) fn choose(offer: &Offer, prefer_sctp: bool) -> Self {
        let sctp = offer.data.is_some();
        match offer.websockets.first() {
            Some(url) if !(prefer_sctp && sctp) => Self::Socket {
                url: url.clone(),
                open: false,
                failures: 0,
                again_at: None,
            },
            _ if sctp => Self::Sctp { open: false },
            _ => Self::None,
        }
    }

    pub(super) fn is_sctp(&self) -> bool {
        matches!(self, Self::Sctp { .. })
    }

    pub(super) fn is_socket(&self) -> bool {
        matches!(self, Self::Socket { .. })
    }
}

impl Client {
    pub(super) fn open_channel(&mut self, _now: Now) {
        if let Some(media) = &self.media
            && let Channel::Socket { url, .. } = &media.channel
        {
            let output = Output::OpenChannel {
                media: media.number,
                url: url.clone(),
            };
            self.push(output);
        }
    }

    /// The WebSocket is open.
    pub(crate) fn channel_opened(&mut self, number: u64, _now: Now) {
        if let Some(media) = self.media.as_mut().filter(|m| m.number == number)
            && let Channel::Socket { open, failures, .. } = &mut media.channel
        {
            *open = true;
            *failures = 0;
            // The bridge forgets with each connection what we want.
            for text in colibri::opening() {
                self.push(Output::SendChannel(text));
            }
        }
    }

    /// A message came on the WebSocket.
    pub(crate) fn channel_message(&mut self, number: u64, text: &str, _now: Now) {
        if self.media.as_ref().is_some_and(|m| m.number == number) {
            self.bridge_message(text);
        }
    }

    /// The WebSocket is closed, or could not be opened.
    pub(crate) fn channel_closed(&mut self, number: u64, now: Now) {
        if let Some(media) = self.media.as_mut().filter(|m| m.number == number)
            && let Channel::Socket {
                open,
                failures,
                again_at,
                ..
            } = &mut media.channel
        {
            if !*open && *failures >= SOCKET_TRIES && media.offer.data.is_some() {
                // A proxy that lets no WebSocket through: the next session goes another way.
                self.settings.prefer_sctp = true;
            }
            *open = false;
            let pause = PAUSE_MAX.min(1 << (*failures).min(8));
            *failures += 1;
            *again_at = Some(now.at + Duration::from_secs(pause));
        }
    }

    pub(super) fn sctp_open(&mut self) {
        if let Some(media) = self.media.as_mut()
            && let Channel::Sctp { open } = &mut media.channel
        {
            *open = true;
            for text in colibri::opening() {
                self.push(Output::SendSctp(text));
            }
        }
    }

    pub(super) fn sctp_closed(&mut self) {
        if let Some(media) = self.media.as_mut()
            && let Channel::Sctp { open } = &mut media.channel
        {
            *open = false;
        }
    }

    pub(super) fn bridge_message(&mut self, text: &str) {
        match BridgeMessage::read(text) {
            Some(BridgeMessage::DominantSpeaker(id)) => {
                let known = |nick: &str| nick == self.own.nick || self.occupants.contains_key(nick);
                let id = id.filter(|id| known(id.as_str()));
                self.event(Event::DominantSpeaker { id });
            }
            Some(BridgeMessage::Connectivity { endpoint, active }) => {
                let own = endpoint.as_str() == self.own.nick;
                tracing::debug!(own, active, "connectivity as the bridge sees it");
            }
            Some(BridgeMessage::ConnectionStats { downlink_bps }) => {
                tracing::debug!(downlink_bps, "the bridge's estimate");
            }
            // There is no picture of ours to be scaled, and none of others to be shown.
            Some(
                BridgeMessage::SenderConstraints { .. }
                | BridgeMessage::ForwardedSources(_)
                | BridgeMessage::ServerHello
                | BridgeMessage::Other,
            ) => {}
            None => tracing::debug!("a message of the bridge that is none"),
        }
    }

    fn channel_again(&self) -> Option<Instant> {
        match &self.media.as_ref()?.channel {
            Channel::Socket { again_at, .. } => *again_at,
            _ => None,
        }
    }

    pub(super) fn channel_deadline(&self) -> Option<Instant> {
        self.channel_again()
    }

    pub(super) fn channel_tick(&mut self, now: Now) {
        if self.channel_again().is_some_and(|at| at <= now.at) {
            if let Some(media) = self.media.as_mut()
                && let Channel::Socket { again_at, .. } = &mut media.channel
            {
                *again_at = None;
            }
            self.open_channel(now);
        }
    }
}
