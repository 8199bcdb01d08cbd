//! The media session: from the focus' offer to sound that flows, and what to do when it breaks.

use super::channel::Channel;
use super::questions::Ask;
use super::{Client, Output};
use crate::clock::Now;
use crate::jingle::{Accept, Offer, Reason, Source, accept, terminate};
use ranzen_meeting::{Code, Event, MediaPhase, Problem};
use ranzen_rtp::{MediaKind, SourceKey};
use ranzen_transport::{LocalAnswer, TransportError, TransportEvent, TransportState};
use ranzen_xmpp::StanzaError;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Sources of everybody together.
const SOURCES_MAX: usize = 20_000;
/// After a failure the focus offers a new session within some two seconds.
const NEW_OFFER_WITHIN: Duration = Duration::from_secs(20);
/// A path that is broken for so long while the server answers does not come back: the bridge is gone.
/// (ICE itself waits half a minute; a network that was away brings the path back within a second.)
const BROKEN: Duration = Duration::from_secs(12);
/// So many failures in a row are worth a word.
const FAILURES_QUIET: u32 = 2;

/// A session with the focus.
pub(super) struct Media {
    pub(super) number: u64,
    pub(super) offer: Offer,
    pub(super) channel: Channel,
    sources: BTreeMap<String, Source>,
}

impl Client {
    /// The address of the focus, as initiator of its sessions.
    pub(super) fn focus_address(&self) -> String {
        self.settings.room.with_resource("focus").to_string()
    }

    /// A new session; it replaces the one there was.
    pub(super) fn start_media(&mut self, mut offer: Offer, now: Now) {
        self.stop_media();
        self.media_count += 1;
        self.media_wanted_until = None;
        self.start_muted(offer.start_muted);
        let number = self.media_count;
        let sources = std::mem::take(&mut offer.sources);
        let channel = Channel::choose(&offer, self.settings.prefer_sctp);
        offer.sources = sources.clone();
        let remote = offer.remote(channel.is_sctp());
        self.push(Output::StartMedia {
            media: number,
            offer: remote,
            servers: self.servers.clone(),
        });
        self.media = Some(Media {
            number,
            offer,
            channel,
            sources: sources
                .into_iter()
                .map(|source| (source.name.clone(), source))
                .collect(),
        });
        self.set_media_phase(MediaPhase::Connecting);
        self.open_channel(now);
        // For the next session.
        self.refresh_services(now);
    }

    /// The transport answered the offer.
    pub(crate) fn media_answered(
        &mut self,
        number: u64,
        answer: Result<LocalAnswer, TransportError>,
        now: Now,
    ) {
        let Some(media) = self.media.as_ref().filter(|media| media.number == number) else {
            return;
        };
        let sid = media.offer.sid.clone();
        let focus = self.focus_address();
        match answer {
            Ok(answer) => {
                let track = self.ids.uuid();
                let details = Accept {
                    initiator: focus.clone(),
                    responder: self
                        .jid
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                    nick: &self.own.nick,
                    track: &track,
                    answer: &answer,
                };
                // Looked up again because the track's id needed all of us.
                if let Some(media) = &self.media {
                    let payload = accept(&media.offer, &details);
                    let iq = self.question("set", &focus, payload);
                    self.ask(iq, Ask::Accept(number), Duration::from_secs(15), now);
                }
            }
            Err(error) => {
                self.stop_media();
                let reason = Reason::FailedApplication;
                let payload = terminate(&sid, &focus, reason, "not usable", None);
                let iq = self.question("set", &focus, payload);
                self.ask(iq, Ask::Nothing, Duration::from_secs(10), now);
                self.set_media_phase(MediaPhase::Interrupted);
                self.trouble(Problem::new(Code::MediaFailed, error), now);
            }
        }
        self.flush(now);
    }

    pub(super) fn accept_refused(&mut self, number: u64, error: &StanzaError, now: Now) {
        if self
            .media
            .as_ref()
            .is_none_or(|media| media.number != number)
        {
            return;
        }
        self.stop_media();
        self.await_media(now);
        // A session that is gone already is followed by another.
        if error.condition != "item-not-found" {
            let chain = format!("session-accept: {}", error.condition);
            self.trouble(Problem::new(Code::MediaFailed, chain), now);
        }
    }

    /// The transport tells something.
    pub(crate) fn transport_event(&mut self, number: u64, event: TransportEvent, now: Now) {
        if self
            .media
            .as_ref()
            .is_none_or(|media| media.number != number)
        {
            return;
        }
        match event {
            TransportEvent::State(state) => self.transport_state(state, now),
            TransportEvent::ChannelOpen => self.sctp_open(),
            TransportEvent::Channel(ranzen_transport::ChannelMessage::Text(text)) => {
                self.bridge_message(&text);
            }
            TransportEvent::ChannelClosed => self.sctp_closed(),
            _ => {}
        }
        self.flush(now);
    }

    fn transport_state(&mut self, state: TransportState, now: Now) {
        match state {
            TransportState::Connecting => {}
            TransportState::Connected => {
                self.media_failures = 0;
                self.media_broken = None;
                self.set_media_phase(MediaPhase::Connected);
            }
            TransportState::Disconnected => {
                self.media_broken.get_or_insert(now.at);
                self.set_media_phase(MediaPhase::Interrupted);
                self.suspect_network(now);
            }
            TransportState::Failed => {
                self.media_failures += 1;
                if self.media_failures == FAILURES_QUIET {
                    let problem = Problem::new(Code::MediaFailed, "ICE or DTLS failed");
                    self.trouble(problem, now);
                }
                self.restart_media("ICE FAILED", now);
            }
            TransportState::Closed => {}
        }
    }

    /// Ends the session and asks for a new one (`ljm: JingleSessionPC.js, terminate with restart`).
    pub(super) fn restart_media(&mut self, why: &str, now: Now) {
        let Some(media) = &self.media else {
            return;
        };
        let focus = self.focus_address();
        let payload = terminate(
            &media.offer.sid,
            &focus,
            Reason::ConnectivityError,
            why,
            media.offer.bridge_session.as_deref(),
        );
        self.stop_media();
        let iq = self.question("set", &focus, payload);
        self.ask(iq, Ask::Restart, Duration::from_secs(10), now);
        self.await_media(now);
    }

    pub(super) fn restart_refused(&mut self, error: &StanzaError, now: Now) {
        // "item-not-found" is what a restarted bridge's focus says, and it offers all the same.
        if error.condition == "resource-constraint" {
            let problem = Problem::new(Code::MediaFailed, "too many restarts");
            self.trouble(problem, now);
        }
    }

    /// No session, but one is expected.
    pub(super) fn await_media(&mut self, now: Now) {
        self.refresh_services(now);
        self.media_wanted_until = Some(now.at + NEW_OFFER_WITHIN);
        self.set_media_phase(MediaPhase::Interrupted);
    }

    /// The focus is gone: a new one comes and offers anew, the bridge may go on meanwhile.
    pub(super) fn focus_left(&mut self, _now: Now) {
        tracing::warn!("the focus has left the room");
    }

    /// Closes the media connection, if there is one.
    pub(super) fn stop_media(&mut self) {
        if let Some(media) = self.media.take() {
            self.media_ended = Some(media.offer.sid);
            if media.channel.is_socket() {
                self.push(Output::CloseChannel);
            }
            self.push(Output::StopMedia);
        }
        self.media_wanted_until = None;
        self.media_broken = None;
    }

    /// When a broken path is given up: never while the server does not answer either.
    fn media_given_up(&self) -> Option<Instant> {
        let broken = self.media_broken.filter(|_| self.is_up())?;
        Some((broken + BROKEN).max(self.up_since() + BROKEN / 4))
    }

    pub(super) fn set_media_phase(&mut self, phase: MediaPhase) {
        if self.media_phase != phase {
            self.media_phase = phase;
            self.event(Event::MediaChanged { media: phase });
        }
    }

    pub(super) fn add_sources(&mut self, sources: Vec<Source>) {
        let Some(media) = &mut self.media else {
            return;
        };
        let (mut added, mut replaced) = (Vec::new(), Vec::new());
        for source in sources {
            if media.sources.len() >= SOURCES_MAX {
                break;
            }
            let before = media.sources.insert(source.name.clone(), source.clone());
            if before.as_ref() == Some(&source) || source.kind != MediaKind::Audio {
                continue;
            }
            if before.is_some() {
                replaced.push(SourceKey(source.name.clone()));
            }
            added.push(source.remote());
        }
        if !replaced.is_empty() {
            self.push(Output::RemoveSources(replaced));
        }
        if !added.is_empty() {
            self.push(Output::AddSources(added));
        }
    }

    pub(super) fn remove_sources(&mut self, sources: &[Source]) {
        let Some(media) = &mut self.media else {
            return;
        };
        let gone: Vec<Source> = sources
            .iter()
            .filter_map(|source| media.sources.remove(&source.name))
            .collect();
        self.sources_gone(gone);
    }

    pub(super) fn drop_sources_of(&mut self, owner: &str) {
        let Some(media) = &mut self.media else {
            return;
        };
        let names: Vec<String> = media
            .sources
            .values()
            .filter(|source| source.owner == owner)
            .map(|source| source.name.clone())
            .collect();
        let gone = names
            .iter()
            .filter_map(|name| media.sources.remove(name))
            .collect();
        self.sources_gone(gone);
    }

    fn sources_gone(&mut self, gone: Vec<Source>) {
        let keys: Vec<SourceKey> = gone
            .into_iter()
            .filter(|source| source.kind == MediaKind::Audio)
            .map(|source| SourceKey(source.name))
            .collect();
        if !keys.is_empty() {
            self.push(Output::RemoveSources(keys));
        }
    }

    fn media_overdue(&self) -> Option<Instant> {
        self.media_wanted_until
            .filter(|_| self.is_joined() && self.is_up())
    }

    pub(super) fn media_deadline(&self) -> Option<Instant> {
        let both = [self.media_overdue(), self.media_given_up()];
        both.into_iter().flatten().min()
    }

    pub(super) fn media_tick(&mut self, now: Now) {
        if self.media_given_up().is_some_and(|at| at <= now.at) {
            self.restart_media("no path to the bridge", now);
            return;
        }
        if self.media_overdue().is_none_or(|until| until > now.at) {
            return;
        }
        self.media_wanted_until = None;
        if self.others() == 0 {
            self.set_media_phase(MediaPhase::Idle);
            return;
        }
        // The focus has forgotten us: coming in anew makes it offer again.
        tracing::warn!("no new session was offered: joining again");
        let leave = self.own.leave(&self.settings.room);
        self.send(leave);
        self.forget_room(now);
        self.enter(now);
    }
}
