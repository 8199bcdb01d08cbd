//! A focus as strict as Jicofo: rooms, owners, sessions, sources.
//!
//! Inputs, all through one queue: stanzas of its two components (`auth.` is its own account, `focus.` the
//! address of conference requests), conference requests by HTTP, the tests' knobs, and its own timers.

mod accept;
mod component;
mod conference;
mod features;
mod invite;
mod jingle;
mod knobs;
mod muc;
mod mute;
mod offer;
mod stanzas;

use std::collections::HashMap;
use std::time::Duration;

use ranzen_xmpp::{Element, ns};
use tokio::sync::{mpsc, oneshot};

pub(crate) use accept::Remote;
use component::Component;
use conference::{Conference, Waiting};
use features::Features;
pub(crate) use knobs::Knob;

use crate::bridge::Bridge;
use crate::complaints::Complaints;
use crate::{Options, random};

/// How many participants make a media session.
const MIN_PARTICIPANTS: usize = 2;
/// How long the focus waits in a room to which nobody comes (Jicofo `conference.initial-timeout`).
const INITIAL_TIMEOUT: Duration = Duration::from_secs(15);

pub(crate) enum Input {
    Stanza(Element),
    Request {
        room: String,
        answer: oneshot::Sender<Result<(), String>>,
    },
    Knob(Knob, oneshot::Sender<Result<(), String>>),
    Timer(Timer),
}

pub(crate) enum Timer {
    /// Nobody came, or everybody left.
    Empty { room: String, generation: u64 },
    /// One is alone.
    Alone { room: String, generation: u64 },
    /// No answer to disco#info.
    Silent { id: String },
    /// Time for a new session after the client ended the last.
    Again { room: String, nick: String },
}

/// What an IQ of ours was about.
enum Pending {
    Features {
        room: String,
        nick: String,
        caps: Option<String>,
    },
    Jingle {
        room: String,
        nick: String,
        action: &'static str,
    },
    Knob(oneshot::Sender<Result<(), String>>),
    Nothing,
}

/// Where the rest of the stand reaches the focus.
#[derive(Clone)]
pub(crate) struct FocusHandle(mpsc::UnboundedSender<Input>);

impl FocusHandle {
    /// A conference request by HTTP; the error's first word is the condition.
    pub(crate) async fn request(&self, room: String) -> Result<(), String> {
        let (answer, answered) = oneshot::channel();
        let _ = self.0.send(Input::Request { room, answer });
        answered
            .await
            .unwrap_or_else(|_| Err("internal-server-error".to_owned()))
    }

    /// Turns a knob and waits for the server's answer.
    pub(crate) async fn knob(&self, knob: Knob) -> Result<(), String> {
        let (answer, answered) = oneshot::channel();
        let _ = self.0.send(Input::Knob(knob, answer));
        answered
            .await
            .unwrap_or_else(|_| Err("the focus is gone".to_owned()))
    }
}

/// The focus.
pub(crate) struct Focus {
    options: Options,
    /// `focus@auth.<domain>`
    bare: String,
    /// `focus@auth.<domain>/focus`
    jid: String,
    /// `conference.<domain>`
    muc: String,
    /// Where WebSocket channels are reached: `host:port`.
    channel_host: String,
    account: Component,
    requests: Component,
    bridge: Bridge,
    conferences: HashMap<String, Conference>,
    /// Features by caps `node#ver`.
    caps: HashMap<String, Features>,
    pending: HashMap<String, Pending>,
    next_id: u64,
    itself: mpsc::UnboundedSender<Input>,
    complaints: Complaints,
}

impl Focus {
    /// Connects to Prosody and goes to work.
    pub(crate) async fn start(
        options: Options,
        channel_host: String,
        bridge: Bridge,
        complaints: Complaints,
    ) -> anyhow::Result<FocusHandle> {
        let (itself, mut inputs) = mpsc::unbounded_channel();
        let (stanzas, mut incoming) = mpsc::unbounded_channel();
        let domain = options.domain.clone();
        let account = Component::connect(&format!("auth.{domain}"), stanzas.clone()).await?;
        let requests = Component::connect(&format!("focus.{domain}"), stanzas).await?;
        let known = options.known_caps.iter();
        let caps = known
            .map(|(caps, features)| (caps.clone(), Features::named(features)))
            .collect();
        let mut focus = Self {
            bare: format!("focus@auth.{domain}"),
            jid: format!("focus@auth.{domain}/focus"),
            muc: format!("conference.{domain}"),
            options,
            channel_host,
            account,
            requests,
            bridge,
            conferences: HashMap::new(),
            caps,
            pending: HashMap::new(),
            next_id: 0,
            itself: itself.clone(),
            complaints,
        };
        tokio::spawn(async move {
            loop {
                let input = tokio::select! {
                    input = inputs.recv() => input,
                    stanza = incoming.recv() => stanza.map(Input::Stanza),
                };
                let Some(input) = input else { return };
                focus.handle(input).await;
            }
        });
        Ok(FocusHandle(itself))
    }

    async fn handle(&mut self, input: Input) {
        match input {
            Input::Stanza(stanza) => self.stanza(&stanza).await,
            Input::Request { room, answer } => self.request(room, Waiting::Http(answer)),
            Input::Knob(knob, answer) => self.turn(knob, answer).await,
            Input::Timer(timer) => self.timer(timer).await,
        }
    }

    async fn stanza(&mut self, stanza: &Element) {
        let from = stanza.get("from").unwrap_or_default().to_owned();
        match (stanza.name(), stanza.get("type").unwrap_or_default()) {
            ("presence", _) => self.presence(&from, stanza).await,
            ("iq", "get" | "set") => self.iq(&from, stanza).await,
            ("iq", kind) => self.iq_answer(kind == "result", stanza).await,
            ("message", _) => self.message(&from, stanza),
            _ => {}
        }
    }

    async fn iq(&mut self, from: &str, iq: &Element) {
        let payload = iq.children().next();
        let Some(payload) = payload else {
            return self
                .account
                .send(&stanzas::error(iq, "modify", "bad-request", None, None));
        };
        if iq.get("to") == Some(&format!("focus.{}", self.options.domain)) {
            return self.conference_request(iq, payload);
        }
        let Some((room, nick)) = from.split_once('/') else {
            return self.refuse(iq, "cancel", "service-unavailable", None, None);
        };
        let (room, nick) = (room.to_owned(), nick.to_owned());
        match (payload.name(), payload.ns()) {
            ("jingle", ns::JINGLE) => self.jingle(&room, &nick, iq, payload).await,
            ("mute", _) => self.mute(&room, &nick, iq, payload),
            ("query", ns::DISCO_INFO) => self.account.send(&stanzas::result(
                iq,
                Some(Element::new("query", ns::DISCO_INFO)),
            )),
            ("ping", ns::PING) => self.account.send(&stanzas::result(iq, None)),
            _ => self.refuse(iq, "cancel", "service-unavailable", None, None),
        }
    }

    fn conference_request(&mut self, iq: &Element, payload: &Element) {
        let room = payload.get("room").unwrap_or_default().to_lowercase();
        let known = room
            .split_once('@')
            .is_some_and(|(node, host)| !node.is_empty() && host == self.muc);
        if iq.get("type") != Some("set") || !payload.is("conference", ns::FOCUS) || !known {
            return self
                .requests
                .send(&stanzas::error(iq, "modify", "bad-request", None, None));
        }
        if payload.get("machine-uid").is_none_or(str::is_empty) {
            self.complaints
                .add("a conference request without machine-uid");
        }
        self.request(room, Waiting::Iq(iq.clone()));
    }

    fn request(&mut self, room: String, waiting: Waiting) {
        let room = room.to_lowercase();
        if room
            .split_once('@')
            .is_none_or(|(node, host)| node.is_empty() || host != self.muc)
        {
            if let Waiting::Http(answer) = waiting {
                let _ = answer.send(Err("bad-request".to_owned()));
            }
            return;
        }
        let new = !self.conferences.contains_key(&room);
        let conference = self.conferences.entry(room.clone()).or_default();
        conference.waiting.push(waiting);
        if new {
            self.account
                .send(&stanzas::presence(&self.jid, &room, true, None));
            self.later(
                INITIAL_TIMEOUT,
                Timer::Empty {
                    room,
                    generation: 0,
                },
            );
        } else if conference.joined {
            self.answer_waiting(&room, None);
        }
    }

    /// Answers conference requests for a room that is ready, or that can't be had.
    fn answer_waiting(&mut self, room: &str, failure: Option<&str>) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        for waiting in std::mem::take(&mut conference.waiting) {
            match (waiting, failure) {
                (Waiting::Iq(iq), None) => {
                    self.requests.send(&stanzas::result(
                        &iq,
                        Some(stanzas::conference(room, &self.bare)),
                    ));
                }
                (Waiting::Iq(iq), Some(condition)) => {
                    self.requests
                        .send(&stanzas::error(&iq, "cancel", condition, None, None));
                }
                (Waiting::Http(answer), None) => drop(answer.send(Ok(()))),
                (Waiting::Http(answer), Some(condition)) => {
                    drop(answer.send(Err(condition.to_owned())))
                }
            }
        }
    }

    async fn iq_answer(&mut self, fine: bool, iq: &Element) {
        let Some(pending) = iq.get("id").and_then(|id| self.pending.remove(id)) else {
            return;
        };
        match pending {
            Pending::Features { room, nick, caps } => {
                let query = iq.find("query", ns::DISCO_INFO).filter(|_| fine);
                let features = query.map_or(Features::DEFAULT, Features::of);
                if let (Some(caps), true) = (caps, query.is_some()) {
                    self.caps.insert(caps, features);
                }
                self.learnt(&room, &nick, features).await;
            }
            Pending::Jingle { room, nick, action } if !fine => {
                // Without the namespace of Jingle errors it may be Prosody that sends back what was
                // for somebody who is gone.
                let condition = ranzen_xmpp::StanzaError::of(iq).map(|error| error.condition);
                let specific = iq
                    .find_any("error")
                    .and_then(|error| error.children().find(|c| c.ns() == ns::JINGLE_ERRORS))
                    .map(|specific| format!(", {}", specific.name()));
                self.complaints.add(format!(
                    "{nick}@{room} refused {action}: {}{}",
                    condition.unwrap_or_default(),
                    specific.unwrap_or_default()
                ));
            }
            Pending::Knob(answer) => {
                let error = ranzen_xmpp::StanzaError::of(iq).map(|error| error.condition);
                let _ = answer.send(error.map_or(Ok(()), Err));
            }
            Pending::Jingle { .. } | Pending::Nothing => {}
        }
    }

    async fn timer(&mut self, timer: Timer) {
        match timer {
            Timer::Empty { room, generation } => {
                if self
                    .conferences
                    .get(&room)
                    .is_some_and(|it| it.participants.is_empty() && it.generation == generation)
                {
                    self.account.send(&stanzas::leave(&self.jid, &room));
                    self.forget(&room);
                }
            }
            Timer::Alone { room, generation } => {
                if self
                    .conferences
                    .get(&room)
                    .is_some_and(|it| it.generation == generation)
                {
                    self.expire_sessions(&room);
                }
            }
            Timer::Silent { id } => {
                if let Some(Pending::Features { room, nick, .. }) = self.pending.remove(&id) {
                    self.learnt(&room, &nick, Features::DEFAULT).await;
                }
            }
            Timer::Again { room, nick } => {
                if let Some(who) = self
                    .conferences
                    .get_mut(&room)
                    .and_then(|it| it.participants.get_mut(&nick))
                {
                    who.declined = false;
                    self.invite_all(&room).await;
                }
            }
        }
    }

    fn forget(&mut self, room: &str) {
        self.answer_waiting(room, Some("service-unavailable"));
        self.conferences.remove(room);
        self.bridge.expire_conference(room);
    }

    fn refuse(
        &self,
        iq: &Element,
        kind: &str,
        condition: &str,
        text: Option<&str>,
        specific: Option<Element>,
    ) {
        self.complaints.add(format!(
            "refused with {condition}: {}",
            text.unwrap_or("no words")
        ));
        let mut answer = stanzas::error(iq, kind, condition, text, specific);
        // The original sends the request back, without what it had taken out of it.
        if let Some(jingle) = iq.find("jingle", ns::JINGLE) {
            let mut echo = Element::new("jingle", ns::JINGLE);
            for (name, value) in jingle.attrs() {
                echo.set_attr(name, value);
            }
            let kept = jingle
                .children()
                .filter(|child| !child.is("bridge-session", ns::FOCUS))
                .cloned();
            answer.push(echo.children_from(kept));
        }
        self.account.send(&answer);
    }

    /// Sends an IQ of our own.
    fn ask(&mut self, kind: &str, to: &str, payload: Element, about: Pending) -> String {
        self.next_id += 1;
        let id = format!("{}-{}", random::base36::<5>().to_uppercase(), self.next_id);
        self.account
            .send(&stanzas::iq(kind, &self.jid, to, &id, Some(payload)));
        self.pending.insert(id.clone(), about);
        id
    }

    fn later(&self, after: Duration, timer: Timer) {
        let itself = self.itself.clone();
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let _ = itself.send(Input::Timer(timer));
        });
    }
}
