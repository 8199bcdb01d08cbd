//! A server by hand: each test says what it answers, time passes only when told.

use super::super::{Client, Output, Settings};
use crate::clock::Now;
use crate::ids::Ids;
use ranzen_meeting::{Command, Event, UnixMillis};
use ranzen_xmpp::{Element, parse};
use std::time::{Duration, Instant};

pub(super) const OWN: &str = "0123abcd-1@meet.test/r";
pub(super) const ROOM: &str = "r@conference.meet.test";

pub(super) struct Scripted {
    pub(super) client: Client,
    pub(super) now: Now,
    pub(super) sent: Vec<Element>,
    pub(super) events: Vec<Event>,
    pub(super) outputs: Vec<Output>,
}

pub(super) fn settings() -> Settings {
    Settings {
        domain: "meet.test".into(),
        room: ROOM.parse().unwrap(),
        focus: "focus.meet.test".parse().unwrap(),
        focus_user: Some("focus@auth.meet.test".parse().unwrap()),
        is_guest_domain: false,
        hidden_domain: Some("recorder.test".into()),
        conference_by_http: false,
        prefer_sctp: false,
        token: None,
        name: "Ich".into(),
        password: None,
        muted: false,
    }
}

impl Scripted {
    pub(super) fn new(settings: Settings) -> Self {
        let now = Now {
            at: Instant::now(),
            wall: UnixMillis(1_000_000),
        };
        let mut client = Client::new(settings, Ids::Counted(0), now);
        client.start(now);
        let mut scripted = Self {
            client,
            now,
            sent: Vec::new(),
            events: Vec::new(),
            outputs: Vec::new(),
        };
        scripted.drain();
        scripted
    }

    /// In the room as its first participant, with the focus, all answers given.
    pub(super) fn joined() -> Self {
        let mut scripted = Self::new(settings());
        scripted.log_in(OWN);
        scripted.enter();
        scripted.forget();
        scripted
    }

    pub(super) fn drain(&mut self) {
        while let Some(output) = self.client.poll() {
            match output {
                Output::Send(element) => self.sent.push(element),
                Output::Event(event) => self.events.push(event),
                other => self.outputs.push(other),
            }
        }
    }

    /// Forgets what was seen so far.
    pub(super) fn forget(&mut self) {
        self.sent.clear();
        self.events.clear();
        self.outputs.clear();
    }

    pub(super) fn feed(&mut self, xml: &str) {
        self.client.frame(&parse(xml).unwrap(), self.now);
        self.drain();
    }

    pub(super) fn command(&mut self, command: Command) {
        self.client.command(command, self.now);
        self.drain();
    }

    /// Lets time pass, waking the client exactly when it wants.
    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now.at + time;
        while let Some(at) = self.client.deadline().filter(|at| *at <= until) {
            let passed = at.saturating_duration_since(self.now.at);
            self.step(passed);
        }
        self.step(until.saturating_duration_since(self.now.at));
    }

    fn step(&mut self, time: Duration) {
        self.now.at += time;
        self.now.wall.0 += i64::try_from(time.as_millis()).unwrap();
        self.client.tick(self.now);
        self.drain();
    }

    /// The login up to an answered bind, with stream management.
    pub(super) fn log_in(&mut self, jid: &str) {
        self.client.socket_opened(true, self.now);
        self.drain();
        self.mechanisms();
        let bind = self.last("iq").get("id").unwrap().to_owned();
        self.feed(&format!(
            "<iq xmlns='jabber:client' type='result' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{jid}</jid></bind></iq>"
        ));
        self.feed("<enabled xmlns='urn:xmpp:sm:3' resume='true' id='sm-1' max='60'/>");
    }

    pub(super) fn mechanisms(&mut self) {
        self.feed(
            "<features xmlns='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
             <mechanism>ANONYMOUS</mechanism></mechanisms></features>",
        );
        self.feed("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
        self.feed(
            "<features xmlns='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
             <sm xmlns='urn:xmpp:sm:3'/></features>",
        );
    }

    /// The conference is ready, the focus is there, we are in, the history has ended.
    pub(super) fn enter(&mut self) {
        self.conference_ready();
        self.focus_presence();
        self.own_presence();
        self.feed(&format!(
            "<message xmlns='jabber:client' type='groupchat' from='{ROOM}'><subject/></message>"
        ));
    }

    pub(super) fn conference_ready(&mut self) {
        let id = self.question("conference").get("id").unwrap().to_owned();
        self.feed(&format!(
            "<iq xmlns='jabber:client' type='result' id='{id}' from='focus.meet.test'>\
             <conference xmlns='http://jitsi.org/protocol/focus' ready='true' focusjid='focus@auth.meet.test'/></iq>"
        ));
    }

    pub(super) fn focus_presence(&mut self) {
        self.presence(
            "focus",
            "",
            "<item jid='focus@auth.meet.test/focus' role='moderator'/>",
        );
    }

    pub(super) fn own_presence(&mut self) {
        let nick = self.nick();
        self.presence(
            &nick,
            "",
            "<item jid='x@meet.test/r' role='participant'/><status code='110'/>",
        );
    }

    /// Our nick, as last sent.
    pub(super) fn nick(&self) -> String {
        let to = self
            .sent
            .iter()
            .rev()
            .filter(|e| e.name() == "presence")
            .find_map(|e| e.get("to"))
            .unwrap_or("r@conference.meet.test/0123abcd");
        to.rsplit_once('/').unwrap().1.to_owned()
    }

    pub(super) fn presence(&mut self, nick: &str, children: &str, x: &str) {
        self.feed(&format!(
            "<presence xmlns='jabber:client' from='{ROOM}/{nick}'>{children}\
             <x xmlns='http://jabber.org/protocol/muc#user'>{x}</x></presence>"
        ));
    }

    pub(super) fn gone(&mut self, nick: &str, x: &str) {
        self.feed(&format!(
            "<presence xmlns='jabber:client' type='unavailable' from='{ROOM}/{nick}'>\
             <x xmlns='http://jabber.org/protocol/muc#user'>{x}</x></presence>"
        ));
    }

    /// The last element of that name that was sent.
    pub(super) fn last(&self, name: &str) -> &Element {
        self.sent
            .iter()
            .rev()
            .find(|e| e.name() == name)
            .unwrap_or_else(|| panic!("no {name} was sent: {:?}", self.sent))
    }

    /// The last IQ with that payload.
    pub(super) fn question(&self, payload: &str) -> &Element {
        self.sent
            .iter()
            .rev()
            .find(|e| e.name() == "iq" && e.find_any(payload).is_some())
            .unwrap_or_else(|| panic!("no {payload} was asked: {:?}", self.sent))
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.sent.iter().filter(|e| e.name() == name).count()
    }

    pub(super) fn opened_sockets(&self) -> Vec<Option<String>> {
        self.outputs
            .iter()
            .filter_map(|output| match output {
                Output::OpenSocket { previd, .. } => Some(previd.clone()),
                _ => None,
            })
            .collect()
    }
}
