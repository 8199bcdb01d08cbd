//! Endpoints that hear and see each other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use str0m::media::MediaKind;
use str0m::net::Transmit;
use str0m::rtp::RtpPacket;

use super::channel::{Link, Order, Socket};
use super::endpoint::{Endpoint, Happened};
use super::message::{self, Message};
use super::speaker::DominantSpeaker;
use crate::complaints::Complaints;
use crate::random;
use crate::sources::SourceSet;

/// How often an endpoint is told its estimated bandwidth.
const STATS_INTERVAL: Duration = Duration::from_secs(10);
/// After so many packets of pure silence in a row the rest is not forwarded.
const SILENT_PACKETS: u32 = 3;

pub(crate) struct Conference {
    pub(crate) id: String,
    pub(crate) audio_ssrc: u32,
    pub(crate) video_ssrc: u32,
    pub(crate) endpoints: BTreeMap<String, Endpoint>,
    speaker: DominantSpeaker,
    next_stats: Option<Instant>,
}

impl Conference {
    pub(crate) fn new() -> Self {
        Self {
            id: random::hex::<16>(),
            audio_ssrc: random::ssrc(),
            video_ssrc: random::ssrc(),
            endpoints: BTreeMap::new(),
            speaker: DominantSpeaker::default(),
            next_stats: None,
        }
    }

    pub(crate) fn connected(&self) -> Vec<String> {
        self.endpoints
            .iter()
            .filter(|(_, it)| it.is_connected())
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// Lets all stacks work; the times when they want to be called again.
    pub(crate) fn work(
        &mut self,
        now: Instant,
        out: &mut Vec<Transmit>,
        complaints: &Complaints,
    ) -> Vec<Instant> {
        for endpoint in self.endpoints.values_mut() {
            endpoint.tick(now);
        }
        self.watch(now);
        // What one says makes others speak: repeat until it is quiet.
        loop {
            let mut wakes = Vec::new();
            let mut all = Vec::new();
            for (id, endpoint) in &mut self.endpoints {
                let mut happened = Vec::new();
                wakes.extend(endpoint.drain(out, &mut happened));
                all.extend(happened.into_iter().map(|what| (id.clone(), what)));
            }
            if all.is_empty() {
                return wakes;
            }
            for (id, what) in all {
                self.happened(&id, what, now, complaints);
            }
            for endpoint in self.endpoints.values_mut() {
                endpoint.tick(now);
            }
        }
    }

    fn happened(&mut self, id: &str, what: Happened, now: Instant, complaints: &Complaints) {
        match what {
            Happened::Media(packet) => self.media(id, &packet, now),
            Happened::Text(text) => self.said(id, &text, complaints),
            Happened::ChannelOpen => {
                if let Some(endpoint) = self.endpoints.get_mut(id) {
                    endpoint.link = Some(Link::Data);
                }
                self.greet(id, false);
            }
            Happened::ChannelClosed => {
                if let Some(endpoint) = self.endpoints.get_mut(id) {
                    endpoint.link = None;
                }
            }
            Happened::KeyFrame(ssrc) => {
                let owner = self
                    .endpoints
                    .values_mut()
                    .find(|it| it.sources.video.sources.iter().any(|s| s.ssrc == ssrc));
                if let Some(owner) = owner {
                    owner.request_key_frame(ssrc);
                }
            }
        }
    }

    fn media(&mut self, id: &str, packet: &RtpPacket, now: Instant) {
        let ssrc = *packet.header.ssrc;
        let Some(sender) = self.endpoints.get_mut(id) else {
            return;
        };
        let sources = sender.sources.clone();
        if let Some(source) = sources
            .audio
            .sources
            .iter()
            .find(|source| source.ssrc == ssrc)
        {
            let level = packet
                .header
                .ext_vals
                .audio_level
                .map(|level| level.unsigned_abs());
            let silent = sender.silent.entry(ssrc).or_default();
            *silent = if level == Some(127) { *silent + 1 } else { 0 };
            if *silent > SILENT_PACKETS {
                return;
            }
            if let Some(level) = level
                && self.speaker.heard(id, level, now)
            {
                self.tell_speaker();
            }
            for (other, endpoint) in &mut self.endpoints {
                if other != id && endpoint.wants_sound_of(&source.name) {
                    endpoint.send_media(packet, &sources.audio, MediaKind::Audio, now);
                }
            }
        } else if let Some(source) = sources
            .video
            .sources
            .iter()
            .find(|source| source.ssrc == ssrc)
        {
            // Receivers know the first stream of each source only.
            let hidden = sources.video.groups.iter().any(|group| {
                group.semantics == "SIM" && group.ssrcs.iter().skip(1).any(|other| *other == ssrc)
            });
            if hidden {
                return;
            }
            for (other, endpoint) in &mut self.endpoints {
                if other != id && endpoint.gets_picture_of(&source.name) {
                    endpoint.send_media(packet, &sources.video, MediaKind::Video, now);
                }
            }
        }
    }

    fn tell_speaker(&mut self) {
        let Some((who, previous)) = self.speaker.current() else {
            return;
        };
        let text = message::dominant_speaker(who, previous);
        for endpoint in self.endpoints.values_mut() {
            endpoint.say(&text);
        }
    }

    pub(crate) fn set_sources(&mut self, id: &str, sources: SourceSet) {
        let Some(endpoint) = self.endpoints.get_mut(id) else {
            return;
        };
        endpoint.set_sources(sources);
        self.select();
    }

    pub(crate) fn expire(&mut self, id: &str) {
        let Some(gone) = self.endpoints.remove(id) else {
            return;
        };
        if let Some(Link::Socket(socket)) = &gone.link {
            socket.order(Order::Close(1001, "Closed."));
        }
        self.speaker.forget(id);
        let ssrcs: Vec<u32> = [&gone.sources.audio, &gone.sources.video]
            .iter()
            .flat_map(|kind| kind.sources.iter().map(|source| source.ssrc))
            .collect();
        for other in self.endpoints.values_mut() {
            other.forget_streams(&ssrcs);
        }
        self.select();
    }

    pub(crate) fn close_channels(&self, order: impl Fn() -> Order) {
        for endpoint in self.endpoints.values() {
            if let Some(Link::Socket(socket)) = &endpoint.link {
                socket.order(order());
            }
        }
    }

    /// A WebSocket came; false when the password is wrong.
    pub(crate) fn open(&mut self, id: &str, password: &str, socket: Socket) -> bool {
        let Some(endpoint) = self
            .endpoints
            .get_mut(id)
            .filter(|it| it.password == password)
        else {
            return false;
        };
        if let Some(Link::Socket(old)) = endpoint.link.replace(Link::Socket(socket)) {
            old.order(Order::Close(1000, "replaced"));
        }
        self.greet(id, true);
        true
    }

    pub(crate) fn socket_text(
        &mut self,
        id: &str,
        number: u64,
        text: &str,
        complaints: &Complaints,
    ) {
        if self
            .endpoints
            .get(id)
            .is_some_and(|it| it.has_socket(number))
        {
            self.said(id, text, complaints);
        }
    }

    pub(crate) fn socket_closed(&mut self, id: &str, number: u64) {
        if let Some(endpoint) = self
            .endpoints
            .get_mut(id)
            .filter(|it| it.has_socket(number))
        {
            endpoint.link = None;
        }
    }

    /// A channel opened: hello (WebSocket only), then everything the endpoint has to know.
    fn greet(&mut self, id: &str, hello: bool) {
        let speaker = self
            .speaker
            .current()
            .map(|(who, previous)| message::dominant_speaker(who, previous));
        let Some(endpoint) = self.endpoints.get_mut(id) else {
            return;
        };
        if hello {
            endpoint.say(&message::server_hello());
        }
        let mut heights: Vec<(String, i64)> = endpoint.told_heights.clone().into_iter().collect();
        heights.sort();
        for (source, height) in heights {
            endpoint.say(&message::sender_constraints(&source, height));
        }
        if let Some(forwarded) = endpoint.told_forwarded.clone() {
            endpoint.say(&message::forwarded(&forwarded));
        }
        if let Some(speaker) = speaker {
            endpoint.say(&speaker);
        }
    }

    fn said(&mut self, id: &str, text: &str, complaints: &Complaints) {
        let message = match message::read(text) {
            Ok(message) => message,
            Err(fault) => return complaints.add(format!("{id} on the bridge channel: {fault}")),
        };
        let Some(endpoint) = self.endpoints.get_mut(id) else {
            return;
        };
        match message {
            Message::ClientHello => endpoint.say(&message::server_hello()),
            Message::Constraints(wanted) => {
                endpoint.update_constraints(wanted);
                self.select();
            }
            Message::LastN(last_n) => {
                endpoint
                    .constraints
                    .get_or_insert_with(Default::default)
                    .last_n = Some(last_n);
                self.select();
            }
            Message::VideoType { source, kind } => {
                endpoint.video_types.insert(source, kind);
                self.select();
            }
            Message::AudioSubscription(wanted) => endpoint.audio = wanted,
            Message::Endpoint { to, whole } => self.pass_on(id, Some(&to), whole),
            Message::Stats(whole) => self.pass_on(id, None, whole),
        }
    }

    fn pass_on(&mut self, from: &str, to: Option<&str>, mut whole: serde_json::Value) {
        whole["from"] = serde_json::json!(from);
        let text = whole.to_string();
        let everybody = to.is_none_or(str::is_empty);
        for (id, endpoint) in &mut self.endpoints {
            if id != from && (everybody || to == Some(id.as_str())) {
                endpoint.say(&text);
            }
        }
    }

    /// Statistics every ten seconds, and who fell silent.
    fn watch(&mut self, now: Instant) {
        let due = *self.next_stats.get_or_insert(now + STATS_INTERVAL) <= now;
        if due {
            self.next_stats = Some(now + STATS_INTERVAL);
        }
        let mut changed = Vec::new();
        for (id, endpoint) in &mut self.endpoints {
            if due && endpoint.has_stack() {
                let text = message::connection_stats(endpoint.bandwidth_bps);
                endpoint.say(&text);
            }
            let active = !endpoint.is_quiet(now);
            if active != endpoint.active {
                endpoint.active = active;
                changed.push(message::connectivity(id, active));
            }
        }
        for text in changed {
            for endpoint in self.endpoints.values_mut() {
                endpoint.say(&text);
            }
        }
    }
}
