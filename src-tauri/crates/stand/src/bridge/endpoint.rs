//! One participant on the bridge: its ICE, DTLS, SRTP and SCTP (str0m), its streams and its channel.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::bwe::BweKind;
use str0m::channel::ChannelId;
use str0m::media::{KeyframeRequestKind, MediaKind, Mid};
use str0m::net::{DatagramRecv, Protocol, Receive, Transmit};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, SeqNo, Ssrc};
use str0m::{Event, Input, Output, Rtc};

use super::channel::Link;
use super::message::{AudioSubscription, Constraints};
use super::stack;
use crate::focus::Remote;
use crate::sources::{Kind, SourceSet};

/// The estimate before anything was measured, as the original's.
pub(crate) const START_BANDWIDTH_BPS: u64 = 2_500_000;

/// What an endpoint's stack has to say.
pub(crate) enum Happened {
    Media(Box<RtpPacket>),
    Text(String),
    ChannelOpen,
    ChannelClosed,
    /// A receiver wants a key frame of this stream.
    KeyFrame(u32),
}

/// A stream that is sent to an endpoint.
struct Sent {
    mid: Mid,
    /// Added to sequence numbers so that they start in the first cycle, which is what a receiver assumes.
    rebase: u64,
}

pub(crate) struct Endpoint {
    pub(crate) ufrag: String,
    pub(crate) pwd: String,
    pub(crate) password: String,
    pub(crate) wants_sctp: bool,
    rtc: Option<Rtc>,
    remote: Remote,
    pub(crate) sources: SourceSet,
    sent: HashMap<u32, Sent>,
    /// Media of its own streams, by SSRC.
    received: HashMap<u32, Mid>,
    next_mid: u32,
    pub(crate) link: Option<Link>,
    pub(crate) data_channel: Option<ChannelId>,
    pub(crate) constraints: Option<Constraints>,
    pub(crate) audio: AudioSubscription,
    pub(crate) video_types: HashMap<String, String>,
    pub(crate) told_forwarded: Option<Vec<String>>,
    pub(crate) told_heights: HashMap<String, i64>,
    pub(crate) bandwidth_bps: u64,
    pub(crate) last_heard: Option<Instant>,
    pub(crate) since: Instant,
    pub(crate) active: bool,
    /// Packets of silence in a row, by SSRC.
    pub(crate) silent: HashMap<u32, u32>,
}

impl Endpoint {
    pub(crate) fn new(
        ufrag: String,
        pwd: String,
        password: String,
        wants_sctp: bool,
        now: Instant,
    ) -> Self {
        Self {
            ufrag,
            pwd,
            password,
            wants_sctp,
            rtc: None,
            remote: Remote::default(),
            sources: SourceSet::default(),
            sent: HashMap::new(),
            received: HashMap::new(),
            next_mid: 0,
            link: None,
            data_channel: None,
            constraints: None,
            audio: AudioSubscription::default(),
            video_types: HashMap::new(),
            told_forwarded: None,
            told_heights: HashMap::new(),
            bandwidth_bps: START_BANDWIDTH_BPS,
            last_heard: None,
            since: now,
            active: true,
            silent: HashMap::new(),
        }
    }

    /// session-accept arrived: the stack comes up with what was accepted.
    pub(crate) fn connect(
        &mut self,
        identity: &stack::Identity,
        address: SocketAddr,
        remote: Remote,
        now: Instant,
    ) -> Result<(), String> {
        self.rtc = Some(stack::build(
            identity,
            address,
            (&self.ufrag, &self.pwd),
            &remote,
            self.wants_sctp,
            now,
        )?);
        self.remote = remote;
        Ok(())
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.rtc.as_ref().is_some_and(Rtc::is_connected)
    }

    /// Has it accepted its session?
    pub(crate) fn has_stack(&self) -> bool {
        self.rtc.is_some()
    }

    pub(crate) fn add_candidates(&mut self, candidates: &[SocketAddr]) {
        if let Some(rtc) = &mut self.rtc {
            stack::add_candidates(rtc, candidates);
        }
    }

    /// Streams it announced; others are not received.
    pub(crate) fn set_sources(&mut self, sources: SourceSet) {
        self.sources = sources;
        let wanted = [
            (MediaKind::Audio, self.sources.audio.clone()),
            (MediaKind::Video, self.sources.video.clone()),
        ];
        let all: Vec<u32> = wanted
            .iter()
            .flat_map(|(_, kind)| kind.sources.iter().map(|it| it.ssrc))
            .collect();
        let Some(rtc) = &mut self.rtc else { return };
        let gone: Vec<u32> = self
            .received
            .keys()
            .copied()
            .filter(|ssrc| !all.contains(ssrc))
            .collect();
        for ssrc in gone {
            if let Some(mid) = self.received.remove(&ssrc) {
                rtc.direct_api().remove_media(mid);
            }
        }
        for (kind, of_kind) in &wanted {
            for source in &of_kind.sources {
                if self.received.contains_key(&source.ssrc) || is_repair(of_kind, source.ssrc) {
                    continue;
                }
                self.next_mid += 1;
                let mid = Mid::from(format!("r{}", self.next_mid).as_str());
                let mut api = rtc.direct_api();
                api.declare_media(mid, *kind);
                let repair = repair_of(of_kind, source.ssrc).map(Ssrc::from);
                let stream = api.expect_stream_rx(Ssrc::from(source.ssrc), repair, mid, None);
                // Sound is never asked for again: it would come too late.
                stream.suppress_nack(*kind == MediaKind::Audio);
                self.received.insert(source.ssrc, mid);
            }
        }
    }

    /// A datagram for somebody; true when it was for this endpoint.
    pub(crate) fn receive(
        &mut self,
        source: SocketAddr,
        local: SocketAddr,
        datagram: &[u8],
        now: Instant,
    ) -> Result<bool, String> {
        let Some(rtc) = &mut self.rtc else {
            return Ok(false);
        };
        let Ok(contents) = DatagramRecv::try_from(datagram) else {
            return Ok(false);
        };
        let input = Input::Receive(
            now,
            Receive {
                proto: Protocol::Udp,
                source,
                destination: local,
                contents,
            },
        );
        if !rtc.accepts(&input) {
            return Ok(false);
        }
        self.last_heard = Some(now);
        rtc.handle_input(input).map_err(|error| error.to_string())?;
        Ok(true)
    }

    /// Time passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        if let Some(rtc) = &mut self.rtc {
            let _ = rtc.handle_input(Input::Timeout(now));
        }
    }

    /// Takes everything the stack wants to send and say; the time when it wants to be called again.
    pub(crate) fn drain(
        &mut self,
        out: &mut Vec<Transmit>,
        happened: &mut Vec<Happened>,
    ) -> Option<Instant> {
        let rtc = self.rtc.as_mut()?;
        loop {
            match rtc.poll_output() {
                Ok(Output::Timeout(at)) => return rtc.is_alive().then_some(at),
                Ok(Output::Transmit(transmit)) => out.push(transmit),
                Ok(Output::Event(event)) => match event {
                    Event::RtpPacket(packet) => happened.push(Happened::Media(Box::new(packet))),
                    Event::ChannelOpen(id, _) if self.data_channel.is_none() => {
                        self.data_channel = Some(id);
                        happened.push(Happened::ChannelOpen);
                    }
                    Event::ChannelData(data)
                        if Some(data.id) == self.data_channel && !data.binary =>
                    {
                        happened.push(Happened::Text(
                            String::from_utf8_lossy(&data.data).into_owned(),
                        ));
                    }
                    Event::ChannelClose(id) if Some(id) == self.data_channel => {
                        self.data_channel = None;
                        happened.push(Happened::ChannelClosed);
                    }
                    Event::KeyframeRequest(request) => {
                        let stream = self.sent.iter().find(|(_, sent)| sent.mid == request.mid);
                        if let Some((ssrc, _)) = stream {
                            happened.push(Happened::KeyFrame(*ssrc));
                        }
                    }
                    Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                        self.bandwidth_bps = estimate.as_u64();
                    }
                    _ => {}
                },
                Err(error) => {
                    tracing::warn!("bridge endpoint: {error}");
                    return None;
                }
            }
        }
    }

    /// Sends a packet of somebody else to it, with the SSRC it has.
    pub(crate) fn send_media(
        &mut self,
        packet: &RtpPacket,
        of: &Kind,
        kind: MediaKind,
        now: Instant,
    ) {
        let payload_type = packet.header.payload_type;
        if !self.remote.payloads.contains_key(&payload_type) {
            return;
        }
        let Some(rtc) = &mut self.rtc else { return };
        let ssrc = *packet.header.ssrc;
        let sent = match self.sent.get(&ssrc) {
            Some(sent) => sent,
            None => {
                self.next_mid += 1;
                let mid = Mid::from(format!("t{}", self.next_mid).as_str());
                let mut api = rtc.direct_api();
                api.declare_media(mid, kind);
                api.declare_stream_tx(
                    Ssrc::from(ssrc),
                    repair_of(of, ssrc).map(Ssrc::from),
                    mid,
                    None,
                );
                let rebase = *packet.seq_no & !0xffff;
                self.sent.entry(ssrc).or_insert(Sent { mid, rebase })
            }
        };
        // An older packet than the first one can't be expressed any more.
        let Some(number) = (*packet.seq_no).checked_sub(sent.rebase) else {
            return;
        };
        let come = &packet.header.ext_vals;
        let extensions = ExtensionValues {
            audio_level: come.audio_level,
            voice_activity: come.voice_activity,
            video_orientation: come.video_orientation,
            ..Default::default()
        };
        let write = RtpWrite::new(
            payload_type,
            SeqNo::from(number),
            packet.header.timestamp,
            now,
            packet.payload.clone(),
        )
        .marker(packet.header.marker)
        .ext_vals(extensions)
        .nackable(kind == MediaKind::Video);
        let mut api = rtc.direct_api();
        if let Some(stream) = api.stream_tx(&Ssrc::from(ssrc)) {
            stream.write_rtp(write);
        }
    }

    /// Somebody's streams are gone.
    pub(crate) fn forget_streams(&mut self, ssrcs: &[u32]) {
        let Some(rtc) = &mut self.rtc else { return };
        for ssrc in ssrcs {
            if let Some(sent) = self.sent.remove(ssrc) {
                rtc.direct_api().remove_media(sent.mid);
            }
        }
    }

    /// Asks it for a key frame of one of its streams.
    pub(crate) fn request_key_frame(&mut self, ssrc: u32) {
        let Some(rtc) = &mut self.rtc else { return };
        if let Some(stream) = rtc.direct_api().stream_rx(&Ssrc::from(ssrc)) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
    }

    /// Says something on the channel, if there is one.
    pub(crate) fn say(&mut self, text: &str) {
        match (&self.link, self.data_channel, &mut self.rtc) {
            (Some(Link::Socket(socket)), _, _) => socket.say(text),
            (Some(Link::Data), Some(id), Some(rtc)) => {
                if let Some(mut channel) = rtc.channel(id) {
                    let _ = channel.write(false, text.as_bytes());
                }
            }
            _ => {}
        }
    }

    /// Did its silence last longer than the original tolerates (15 s at first, 8 s later)?
    pub(crate) fn is_quiet(&self, now: Instant) -> bool {
        match self.last_heard {
            None => now.duration_since(self.since) > Duration::from_secs(15),
            Some(at) => now.duration_since(at) > Duration::from_secs(8),
        }
    }
}

/// The repair stream of an SSRC.
fn repair_of(kind: &Kind, ssrc: u32) -> Option<u32> {
    kind.groups
        .iter()
        .find(|group| group.semantics == "FID" && group.ssrcs.first() == Some(&ssrc))?
        .ssrcs
        .get(1)
        .copied()
}

fn is_repair(kind: &Kind, ssrc: u32) -> bool {
    kind.groups
        .iter()
        .any(|group| group.semantics == "FID" && group.ssrcs.get(1) == Some(&ssrc))
}
