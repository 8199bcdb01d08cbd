//! Replays the server's side of recordings of a real deployment (Prosody, Jicofo and Videobridge of 2026-08 with
//! lib-jitsi-meet in Chromium) and compares what we send, message by message, with what the reference
//! client sent then.
//!
//! Compared is the kind of each message: element, type, target, payload with namespace and Jingle action.
//! What differs on purpose stands in [`NOT_OURS`] (the reference client sends it, we don't) and
//! [`ONLY_OURS`], each with its reason.

mod others;

use super::super::{Client, Output, Settings};
use super::kinds::kind_of;
use super::recording::{Frame, Recording, recording};
use crate::clock::Now;
use crate::ids::Ids;
use ranzen_meeting::{Audience, Command, EndReason, Event, MediaPhase, UnixMillis};
use ranzen_transport::{
    ChannelMessage, DtlsParameters, Fingerprint, IceParameters, LocalAnswer, LocalSource,
    RemoteOffer, Setup, TransportEvent, TransportState,
};
use ranzen_xmpp::{Element, Jid, ns};
use std::time::{Duration, Instant};

/// What the reference client sends and we don't.
const NOT_OURS: [(&str, &str); 12] = [
    (
        "iq set session",
        "RFC 3921's session, optional since RFC 6120",
    ),
    ("iq get breakout.", "breakout rooms are not offered yet"),
    (
        "iq get lobby.",
        "whether a name is needed is told by the error, and we always have one",
    ),
    (
        "iq get disco#info room",
        "the room's form tells nothing that we use",
    ),
    ("r ", "acknowledgements are asked for at other moments"),
    ("a ", "and therefore answered at other moments"),
    (
        "message speakerstats.",
        "the server's speaker statistics are not fed",
    ),
    (
        "presence video",
        "changes of the reference client's picture; we send none",
    ),
    ("source-add video", "likewise"),
    ("presence lobby email", "we have no e-mail address to give"),
    (
        "source-add audio",
        "our sound is in the session-accept from the beginning",
    ),
    ("ping", "pings depend on when else something was heard"),
];

/// What we send and the reference client doesn't (then).
const ONLY_OURS: [(&str, &str); 5] = [
    ("r ", "see above"),
    ("a ", "see above"),
    ("ping", "see above"),
    (
        "session-terminate success",
        "the bridge need not wait for a time-out when we leave",
    ),
    (
        "session-terminate decline",
        "we don't talk directly, see `participant_request`",
    ),
];

struct Replay {
    client: Client,
    start: Instant,
    now: Now,
    recorded: Recording,
    /// The focus' recorded answer by HTTP.
    conference: String,
    /// Ours, in order.
    sent: Vec<Element>,
    /// The reference client's, in order, as far as fed.
    reference: Vec<Element>,
    channel: Vec<String>,
    events: Vec<Event>,
    outputs: Vec<String>,
    media: u64,
    /// Ids of mute requests: the reference client leaves them unanswered.
    mutes: Vec<String>,
    over: bool,
}

impl Replay {
    fn new(text: &str, room: &str) -> Self {
        let recorded = Recording::read(text);
        let start = Instant::now();
        let now = Now {
            at: start,
            wall: UnixMillis(1_795_462_000_000),
        };
        let settings = Settings {
            domain: "meet.test".into(),
            room: format!("{room}@conference.meet.test").parse().unwrap(),
            focus: "focus.meet.test".parse().unwrap(),
            focus_user: None,
            is_guest_domain: false,
            hidden_domain: None,
            conference_by_http: recorded.by_http,
            prefer_sctp: recorded.over_sctp,
            token: None,
            name: "bob".into(),
            password: None,
            muted: false,
        };
        let mut client = Client::new(settings, Ids::Counted(0), now);
        client.start(now);
        let mut replay = Self {
            client,
            start,
            now,
            recorded,
            conference: String::new(),
            sent: Vec::new(),
            reference: Vec::new(),
            channel: Vec::new(),
            events: Vec::new(),
            outputs: Vec::new(),
            media: 0,
            mutes: Vec::new(),
            over: false,
        };
        replay.drain();
        replay
    }

    /// Does what the driver would do, with a transport that always connects.
    fn drain(&mut self) {
        while let Some(output) = self.client.poll() {
            match output {
                Output::Send(element) => {
                    let ping = kind_of(&element) == "ping";
                    self.sent.push(element.clone());
                    if ping {
                        self.pong(&element);
                    }
                }
                Output::Event(event) => self.events.push(event),
                Output::SendChannel(text) | Output::SendSctp(text) => self.channel.push(text),
                Output::StartMedia { media, offer, .. } => {
                    self.outputs.push(format!("media {media}"));
                    self.media = media;
                    let answer = answer(&offer);
                    self.client.media_answered(media, Ok(answer), self.now);
                    let connected = TransportEvent::State(TransportState::Connected);
                    self.client.transport_event(media, connected, self.now);
                }
                Output::AddSources(sources) => {
                    let names: Vec<_> = sources.into_iter().map(|s| s.key.0).collect();
                    self.outputs.push(format!("add {}", names.join(" ")));
                }
                Output::RemoveSources(keys) => {
                    let names: Vec<_> = keys.into_iter().map(|k| k.0).collect();
                    self.outputs.push(format!("remove {}", names.join(" ")));
                }
                Output::StopMedia => self.outputs.push("stop".into()),
                Output::OpenSocket { previd, .. } => {
                    self.outputs
                        .push(format!("socket {}", previd.unwrap_or_default()));
                }
                Output::Done => self.over = true,
                Output::OpenChannel { .. } | Output::CloseChannel | Output::CloseSocket => {}
                Output::AskConference(_) => {
                    let body = self.conference.clone();
                    self.client.conference_http(200, body.as_bytes(), self.now);
                }
            }
        }
    }

    /// Our pings go out at other moments than the recorded ones and are answered here.
    fn pong(&mut self, ping: &Element) {
        let pong = Element::new("iq", ns::CLIENT)
            .attr("type", "result")
            .attr("from", ping.get("to").unwrap())
            .attr("id", ping.get("id").unwrap());
        self.client.frame(&pong, self.now);
    }

    fn pass_time_until(&mut self, t: u64) {
        let until = self.start + Duration::from_millis(t);
        while let Some(at) = self.client.deadline().filter(|at| *at < until) {
            self.set_time(at.max(self.now.at));
            self.client.tick(self.now);
            self.drain();
        }
        self.set_time(until);
    }

    fn set_time(&mut self, at: Instant) {
        let passed = at.duration_since(self.start).as_millis();
        self.now = Now {
            at,
            wall: UnixMillis(1_795_462_000_000 + i64::try_from(passed).unwrap()),
        };
    }

    /// Feeds the whole recording; `note` says what to do at each remark of the recording.
    fn run(&mut self, note: impl Fn(&str) -> Option<Command>) {
        let frames = std::mem::take(&mut self.recorded.frames);
        for (t, frame) in frames {
            self.pass_time_until(t);
            match frame {
                Frame::SocketOpened => {
                    let managed = !self.recorded.is_bosh;
                    self.client.socket_opened(managed, self.now);
                }
                Frame::SocketClosed => self.client.socket_lost(self.now),
                Frame::In(element) => self.feed(element),
                Frame::Out(element) => self.reference_said(element),
                Frame::ChannelOpened => self.client.channel_opened(self.media, self.now),
                Frame::ChannelIn(text) => {
                    self.client.channel_message(self.media, &text, self.now);
                }
                Frame::ChannelClosed => self.client.channel_closed(self.media, self.now),
                Frame::SctpOpened => {
                    let event = TransportEvent::ChannelOpen;
                    self.client.transport_event(self.media, event, self.now);
                }
                Frame::SctpIn(text) => {
                    let message = TransportEvent::Channel(ChannelMessage::Text(text));
                    self.client.transport_event(self.media, message, self.now);
                }
                Frame::Note(text) => {
                    if let Some(command) = note(&text) {
                        self.client.command(command, self.now);
                    }
                }
                Frame::Conference(json) => self.conference = json,
            }
            self.drain();
        }
    }

    /// What the reference client did by itself or at its user's word, ours does too.
    fn reference_said(&mut self, element: Element) {
        if kind_of(&element).starts_with("session-terminate connectivity-error") {
            // Its path broke here, and so does ours.
            let failed = TransportEvent::State(TransportState::Failed);
            self.client.transport_event(self.media, failed, self.now);
        }
        if let Some(body) = element
            .find_any("body")
            .filter(|_| element.name() == "message")
        {
            let to: Jid = element.get("to").unwrap().parse().unwrap();
            let command = Command::SendChat {
                id: format!("own-{}", self.reference.len()).as_str().into(),
                to: match to.resource() {
                    None => Audience::Everyone,
                    Some(nick) => Audience::Private {
                        with: nick.into(),
                        name: String::new(),
                    },
                },
                body: body.own_text(),
            };
            self.client.command(command, self.now);
        }
        self.reference.push(element);
    }

    /// Feeds a frame; an answer gets the id of our question of the same kind.
    fn feed(&mut self, mut element: Element) {
        self.take_our_lobby_nick(&mut element);
        if element.get("h").is_some() && element.ns() == ns::SM {
            // The server counts what we sent, not what the reference client did.
            element.set_attr("h", self.sent_stanzas().to_string());
        }
        if element.find_any("mute").is_some() {
            self.mutes.push(element.get("id").unwrap().to_owned());
        }
        let is_answer =
            element.name() == "iq" && matches!(element.get("type"), Some("result" | "error"));
        if is_answer {
            let asked = self
                .reference
                .iter()
                .find(|asked| asked.name() == "iq" && asked.get("id") == element.get("id"))
                .map(kind_of);
            let ours = self
                .sent
                .iter()
                .rev()
                .find(|ours| ours.name() == "iq" && Some(kind_of(ours)) == asked);
            // An answer to what we never asked is still fed: it counts (XEP-0198).
            if let Some(id) = ours.and_then(|ours| ours.get("id")) {
                element.set_attr("id", id);
            }
        }
        self.client.frame(&element, self.now);
    }

    fn sent_stanzas(&self) -> usize {
        let begun = self
            .sent
            .iter()
            .position(|e| e.name() == "enable")
            .unwrap_or(0);
        self.sent[begun..]
            .iter()
            .filter(|e| matches!(e.name(), "iq" | "message" | "presence"))
            .count()
    }

    /// Nicks in a lobby are random on both sides.
    fn take_our_lobby_nick(&self, element: &mut Element) {
        let Some(from) = element
            .get("from")
            .and_then(|from| from.parse::<Jid>().ok())
        else {
            return;
        };
        let ours = self
            .sent
            .iter()
            .filter_map(|sent| sent.get("to")?.parse::<Jid>().ok())
            .find(|to| to.same_bare(&from) && to.domain().starts_with("lobby."));
        if let Some(ours) = ours {
            element.set_attr("from", ours.to_string());
        }
    }

    /// Kinds of messages in order, without what is tolerated.
    fn compare(&self) {
        self.compare_but(&[]);
    }

    /// The same, and the reference client did this besides.
    fn compare_but(&self, besides: &[&str]) {
        let kinds = |all: &[Element], tolerated: &[(&str, &str)]| -> Vec<String> {
            all.iter()
                .map(kind_of)
                .filter(|kind| !tolerated.iter().any(|(start, _)| kind.starts_with(start)))
                .collect()
        };
        let mut ours = kinds(&self.sent, &ONLY_OURS);
        ours.retain(|kind| !self.mutes.iter().any(|id| kind.ends_with(id.as_str())));
        let mut reference = kinds(&self.reference, &NOT_OURS);
        let said_goodbye = |kinds: &[String]| kinds.iter().any(|kind| kind.starts_with("close "));
        if said_goodbye(&ours) && !said_goodbye(&reference) {
            // The recording ends with the page still open; we close the stream when it is over.
            ours.retain(|kind| !kind.starts_with("close ") && kind != "presence  unavailable");
        }
        drop_unchanged_sound(&mut ours);
        drop_unchanged_sound(&mut reference);
        reference.retain(|kind| !besides.iter().any(|start| kind.starts_with(start)));
        assert_eq!(ours.join("\n"), reference.join("\n"));
    }

    fn saw(&self, wanted: impl Fn(&Event) -> bool) -> bool {
        self.events.iter().any(wanted)
    }

    fn ending(&self) -> &EndReason {
        match self.events.last() {
            Some(Event::Ended { reason }) => reason,
            other => panic!("not over: {other:?}"),
        }
    }
}

fn answer(offer: &RemoteOffer) -> LocalAnswer {
    LocalAnswer {
        ice: IceParameters {
            ufrag: "ours".into(),
            pwd: "oursoursoursoursoursours".into(),
            ..IceParameters::default()
        },
        dtls: DtlsParameters {
            fingerprints: vec![Fingerprint {
                algorithm: "sha-256".into(),
                value: "AB:CD".into(),
            }],
            setup: Setup::Active,
        },
        media: offer.media.clone(),
        sources: vec![LocalSource {
            kind: ranzen_rtp::MediaKind::Audio,
            ssrc: 4711,
            rtx: None,
            cname: "c".into(),
        }],
    }
}

/// Our sound is there from the beginning; the reference client adds it after the join, and tells
/// changes of its picture in presences of their own.
fn drop_unchanged_sound(kinds: &mut Vec<String>) {
    let mut last = "\"muted\":false".to_owned();
    kinds.retain(|kind| match kind.split_once("-a0\":{") {
        Some((_, state)) => std::mem::replace(&mut last, state.to_owned()) != state,
        None => true,
    });
}

fn bob(note: &str) -> Option<Command> {
    match note {
        "bob mutes audio" => Some(Command::SetMicrophoneMuted { muted: true }),
        "bob unmutes audio" => Some(Command::SetMicrophoneMuted { muted: false }),
        note if note.starts_with("bob leaves") => Some(Command::Leave),
        _ => None,
    }
}

#[test]
fn the_long_scenario_is_answered_like_the_reference_client_answers() {
    let mut replay = Replay::new(recording!("scen-bob"), "scen");
    replay.run(bob);
    replay.compare();
    assert_eq!(replay.ending(), &EndReason::Left);
    assert!(replay.saw(|e| matches!(e, Event::Chat { message } if message.body == "hi all")));
    assert!(replay.saw(|e| matches!(e, Event::Chat { message } if message.body == "psst" && message.from_name == "alice")));
    assert!(replay.saw(|e| matches!(e, Event::SubjectChanged { subject } if subject == "Weekly")));
    assert!(replay.saw(
        |e| matches!(e, Event::MutedByModerator { by: Some(by) } if by.as_str() == "11e41cc1")
    ));
    assert!(replay.saw(|e| matches!(e, Event::ParticipantSeen { participant } if participant.hand_raised_at.is_some())));
    assert!(replay.saw(|e| matches!(
        e,
        Event::RoleChanged {
            role: ranzen_meeting::Role::Moderator,
            ..
        }
    )));
    assert!(
        replay.saw(|e| matches!(e, Event::ParticipantLeft { id } if id.as_str() == "eb0d6934"))
    );
    assert!(
        replay.outputs.iter().any(|o| o == "add eb0d6934-a0"),
        "{:?}",
        replay.outputs
    );
    assert!(
        replay.outputs.iter().any(|o| o == "remove eb0d6934-a0"),
        "{:?}",
        replay.outputs
    );
    insta::assert_debug_snapshot!(
        "scenario_capabilities_and_media",
        replay
            .events
            .iter()
            .filter(|e| matches!(
                e,
                Event::CapabilitiesChanged { .. }
                    | Event::MediaChanged { .. }
                    | Event::ConnectionChanged { .. }
                    | Event::DominantSpeaker { .. }
            ))
            .collect::<Vec<_>>()
    );
}

#[test]
fn the_channel_over_sctp_is_used_like_the_reference_client_uses_it() {
    let mut replay = Replay::new(recording!("variant-sctp-bob"), "vsctp");
    replay.run(bob);
    replay.compare();
    assert_eq!(replay.channel.len(), 1, "{:?}", replay.channel);
    assert!(replay.channel[0].contains("ReceiverVideoConstraints"));
    assert!(replay.saw(
        |e| matches!(e, Event::DominantSpeaker { id: Some(id) } if id.as_str() == "c7faa5b4")
    ));
    assert!(replay.saw(|e| matches!(
        e,
        Event::MediaChanged {
            media: MediaPhase::Connected
        }
    )));
}

#[test]
fn a_first_meeting_after_a_server_start_asks_for_our_features() {
    let mut replay = Replay::new(recording!("coldstart-u1"), "cold");
    replay.run(bob);
    replay.compare();
    assert!(
        replay
            .sent
            .iter()
            .any(|e| kind_of(e) == "iq result disco#info")
    );
}

#[test]
fn a_killed_bridge_is_survived_like_the_reference_client_survives_it() {
    let mut replay = Replay::new(recording!("extra-bob"), "extra");
    replay.run(bob);
    assert_eq!(replay.ending(), &EndReason::Left);
    assert!(
        replay.outputs.iter().any(|o| o == "remove 6c75eb14-a0"),
        "{:?}",
        replay.outputs
    );
    assert!(
        replay.outputs.iter().any(|o| o == "media 2"),
        "{:?}",
        replay.outputs
    );
}

#[test]
fn a_direct_session_is_declined_and_the_bridge_goes_on() {
    let mut replay = Replay::new(recording!("variant-p2p-bob"), "vp2p");
    replay.run(bob);
    let declined = replay
        .sent
        .iter()
        .filter(|e| {
            kind_of(e).starts_with("session-terminate decline vp2p@conference.meet.test/213aeeda")
        })
        .count();
    assert_eq!(declined, 1);
    let accepted: Vec<_> = replay
        .sent
        .iter()
        .map(kind_of)
        .filter(|kind| kind.starts_with("jingle session-accept"))
        .collect();
    assert_eq!(
        accepted,
        ["jingle session-accept vp2p@conference.meet.test/focus e9vb6at8msrvt audio video data"]
    );
}

#[test]
fn a_cut_line_is_resumed() {
    let mut replay = Replay::new(recording!("extra-alice"), "extra");
    replay.run(|_| None);
    assert!(
        replay.outputs.iter().any(|o| o == "socket 3nagPYlWdMLm"),
        "{:?}",
        replay.outputs
    );
    let resumes: Vec<_> = replay
        .sent
        .iter()
        .filter(|e| e.name() == "resume")
        .collect();
    assert_eq!(resumes.len(), 1);
    assert_eq!(resumes[0].get("previd"), Some("3nagPYlWdMLm"));
    let reference = replay
        .reference
        .iter()
        .find(|e| e.name() == "resume")
        .unwrap();
    assert_eq!(
        resumes[0].get("h"),
        reference.get("h"),
        "both have counted the same"
    );
    replay.compare();
    // Alone in the end: no media, still in the meeting.
    assert!(replay.saw(|e| matches!(
        e,
        Event::MediaChanged {
            media: MediaPhase::Idle
        }
    )));
    assert!(!replay.over);
}

#[test]
fn the_lobby_is_passed_and_a_kick_ends_the_meeting() {
    let mut replay = Replay::new(recording!("scen-dave-lobby"), "scen");
    replay.run(|_| None);
    assert!(replay.saw(|e| matches!(
        e,
        Event::ConnectionChanged {
            connection: ranzen_meeting::Connection::Lobby
        }
    )));
    assert!(replay.saw(
        |e| matches!(e, Event::Chat { message } if message.from_history && message.body == "hi all")
    ));
    let EndReason::Kicked { by, reason } = replay.ending() else {
        panic!("{:?}", replay.ending())
    };
    assert_eq!(
        (by.as_deref(), reason.as_deref()),
        (Some("alice"), Some("bye"))
    );
}

#[test]
fn a_missing_password_is_asked_for() {
    let mut replay = Replay::new(recording!("scen-carol-password-required"), "scen");
    replay.run(|_| None);
    replay.compare();
    let EndReason::Failed { problem } = replay.ending() else {
        panic!("{:?}", replay.ending())
    };
    assert_eq!(problem.code, ranzen_meeting::Code::RoomPassword);
}
