//! A whole session from a script: what a server may do, in any order, and what must hold whatever it
//! does. No socket, no clock.
//!
//! A script has one step a line; the first character says what it is:
//! `<` a frame, `{` a message of the bridge, `+` the socket opens, `!` it is lost, `?` it can't be
//! opened, `=` the bridge channel opens, `%` it closes, `#` the path of the media fails, `&` the
//! conference request over HTTP is answered with the rest of the line, `~` as many seconds pass,
//! `@` a command (`m`ute, `u`nmute, `h`and, `c`hat, `l`eave).

use crate::client::{Client, Output, Settings};
use crate::clock::Now;
use crate::ids::Ids;
use ranzen_meeting::{Audience, Code, Command, Event, MeetingState, Problem, UnixMillis};
use ranzen_transport::{LocalAnswer, RemoteOffer, TransportEvent, TransportState};
use ranzen_xmpp::{Element, parse};
use std::time::{Duration, Instant};

/// One step may cause so much at most: a room of thousands is told participant by participant.
const OUTPUTS_MAX: usize = 20_000;
/// The timers may ask to be called so often within a second of silence.
const TICKS_MAX: usize = 1_000;
/// Nobody waits longer in a script.
const SECONDS_MAX: u64 = 600;

/// How far a script came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// We were in the room.
    pub joined: bool,
    /// Media were offered and answered.
    pub media: bool,
    /// The session is over.
    pub over: bool,
}

/// Plays a script. Panics when a promise is broken.
pub fn session(script: &str) -> Progress {
    let mut stage = Stage::new();
    for line in script.lines() {
        stage.step(line);
    }
    stage.pass(Duration::from_secs(30));
    stage.progress
}

struct Stage {
    client: Client,
    now: Now,
    state: MeetingState,
    /// Our questions that were not answered yet.
    asked: Vec<Element>,
    media: u64,
    progress: Progress,
}

impl Stage {
    fn new() -> Self {
        let now = Now {
            at: Instant::now(),
            wall: UnixMillis(1_795_462_000_000),
        };
        let address = |text: &str| text.parse().ok();
        let (Some(room), Some(focus)) = (
            address("scen@conference.meet.test"),
            address("focus.meet.test"),
        ) else {
            unreachable!("both are addresses");
        };
        let settings = Settings {
            domain: "meet.test".to_owned(),
            room,
            focus,
            focus_user: None,
            is_guest_domain: false,
            hidden_domain: None,
            conference_by_http: false,
            prefer_sctp: false,
            token: None,
            name: "us".to_owned(),
            password: None,
            muted: false,
        };
        let mut stage = Self {
            client: Client::new(settings, Ids::Counted(0), now),
            now,
            state: MeetingState::default(),
            asked: Vec::new(),
            media: 0,
            progress: Progress::default(),
        };
        stage.client.start(now);
        stage.drain();
        stage
    }

    fn step(&mut self, line: &str) {
        let now = self.now;
        let mut letters = line.chars();
        let kind = letters.next().unwrap_or_default();
        let rest = letters.as_str();
        match kind {
            '<' => {
                if let Ok(mut element) = parse(line) {
                    self.give_our_id(&mut element);
                    self.client.frame(&element, now);
                }
            }
            '{' => self.client.channel_message(self.media, line, now),
            '+' => self.client.socket_opened(true, now),
            '!' => self.client.socket_lost(now),
            '?' => self.client.socket_failed(failed(), now),
            '=' => self.client.channel_opened(self.media, now),
            '%' => self.client.channel_closed(self.media, now),
            '#' => {
                let event = TransportEvent::State(TransportState::Failed);
                self.client.transport_event(self.media, event, now);
            }
            '&' => self.client.conference_http(200, rest.as_bytes(), now),
            '~' => {
                let seconds = rest.trim().parse().unwrap_or(1).min(SECONDS_MAX);
                self.pass(Duration::from_secs(seconds));
            }
            '@' => {
                if let Some(command) = command(rest) {
                    self.client.command(command, now);
                }
            }
            _ => {}
        }
        self.drain();
    }

    /// An answer in a script can't know the id that we gave: it gets that of our oldest question of
    /// its kind to whom it comes from.
    fn give_our_id(&mut self, answer: &mut Element) {
        if answer.name() != "iq" || !matches!(answer.get("type"), Some("result" | "error")) {
            return;
        }
        let about = |element: &Element| {
            let payload = element.children().next();
            payload.map(|payload| (payload.name().to_owned(), payload.ns().to_owned()))
        };
        let kind = about(answer);
        let fits = |asked: &Element| {
            asked.get("to").unwrap_or_default() == answer.get("from").unwrap_or_default()
                && (kind.is_none() || kind == about(asked))
        };
        if let Some(at) = self.asked.iter().position(fits) {
            let id = self.asked.remove(at).get("id").map(str::to_owned);
            answer.set_attr("id", id.unwrap_or_default());
        }
    }

    fn pass(&mut self, time: Duration) {
        let until = self.now.at + time;
        let mut ticks = 0;
        while let Some(at) = self.client.deadline().filter(|at| *at < until) {
            ticks += 1;
            assert!(
                ticks < TICKS_MAX * usize::try_from(time.as_secs().max(1)).unwrap_or(1),
                "a timer that does not move on"
            );
            self.set_time(at.max(self.now.at));
            self.client.tick(self.now);
            self.drain();
        }
        self.set_time(until);
    }

    fn set_time(&mut self, at: Instant) {
        let passed = at.saturating_duration_since(self.now.at).as_millis();
        self.now = Now {
            at,
            wall: UnixMillis(self.now.wall.0 + i64::try_from(passed).unwrap_or(0)),
        };
    }

    /// Does what the driver would do.
    fn drain(&mut self) {
        for count in 0.. {
            let Some(output) = self.client.poll() else {
                return;
            };
            assert!(count < OUTPUTS_MAX, "one step caused too much");
            assert!(!self.progress.over, "something after the end: {output:?}");
            self.obey(output);
        }
    }

    fn obey(&mut self, output: Output) {
        match output {
            Output::Send(element) => {
                let written = element.to_xml();
                assert!(parse(&written).is_ok(), "we send what is no XML: {written}");
                if element.name() == "iq" && matches!(element.get("type"), Some("get" | "set")) {
                    self.asked.push(element);
                }
            }
            Output::StartMedia { media, offer, .. } => {
                self.media = media;
                self.progress.media = true;
                let answer = answer(&offer);
                self.client.media_answered(media, Ok(answer), self.now);
                let connected = TransportEvent::State(TransportState::Connected);
                self.client.transport_event(media, connected, self.now);
            }
            Output::Event(event) => {
                self.progress.joined |= matches!(event, Event::Joined { .. });
                self.state.apply(&event);
            }
            Output::Done => self.progress.over = true,
            _ => {}
        }
    }
}

fn failed() -> Problem {
    Problem::new(Code::HostUnreachable, "a script says so")
}

fn command(text: &str) -> Option<Command> {
    Some(match text.chars().next()? {
        'm' => Command::SetMicrophoneMuted { muted: true },
        'u' => Command::SetMicrophoneMuted { muted: false },
        'h' => Command::RaiseHand { raised: true },
        'c' => Command::SendChat {
            id: "own".into(),
            to: Audience::Everyone,
            body: text.to_owned(),
        },
        'l' => Command::Leave,
        _ => return None,
    })
}

fn answer(offer: &RemoteOffer) -> LocalAnswer {
    LocalAnswer {
        ice: offer.ice.clone(),
        dtls: offer.dtls.clone(),
        media: offer.media.clone(),
        sources: Vec::new(),
    }
}
