//! Questions to the server and their answers; questions of others to us.

use super::{Client, Output};
use crate::clock::Now;
use crate::disco::{self, Components};
use crate::focus::ConferenceAnswer;
use crate::services;
use ranzen_meeting::Problem;
use ranzen_xmpp::{Element, Jid, StanzaError, ns};
use std::time::Duration;

/// The shortest life of a relay's login that is worth thinking of; servers give an hour to a day.
const SERVICES_GOOD: Duration = Duration::from_secs(20 * 60);

/// What a question was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    /// The server's components.
    Components,
    /// Relays, by this version of XEP-0215.
    Services(&'static str),
    /// The conference.
    Conference,
    /// Are you there?
    Ping,
    /// A session-accept of this media session.
    Accept(u64),
    /// A session-terminate that asks for a new session.
    Restart,
    /// Something whose answer changes nothing.
    Nothing,
}

impl Client {
    /// An IQ with a new id.
    pub(super) fn question(&mut self, kind: &str, to: &str, payload: Element) -> Element {
        Element::new("iq", ns::CLIENT)
            .attr("id", self.ids.uuid())
            .attr("to", to)
            .attr("type", kind)
            .child(payload)
    }

    /// Sends a question.
    pub(super) fn ask(&mut self, iq: Element, about: Ask, within: Duration, now: Now) {
        self.pending.ask(&iq, about, now.at + within);
        self.send(iq);
    }

    /// What is asked at the beginning of each session, besides the conference.
    pub(super) fn ask_server(&mut self, now: Now) {
        self.ask_services(now);
        let domain = self.settings.domain.clone();
        let iq = self.question("get", &domain, Element::new("query", ns::DISCO_INFO));
        self.ask(iq, Ask::Components, Duration::from_secs(10), now);
    }

    fn ask_services(&mut self, now: Now) {
        self.servers_asked = now.at;
        let domain = self.settings.domain.clone();
        let iq = self.question("get", &domain, services::query(ns::EXTDISCO));
        let about = Ask::Services(ns::EXTDISCO);
        self.ask(iq, about, Duration::from_secs(10), now);
    }

    /// Logins of relays are good for a limited time: they are asked for again before they are needed
    /// again.
    pub(super) fn refresh_services(&mut self, now: Now) {
        if self.is_up() && self.servers_asked + SERVICES_GOOD <= now.at {
            self.ask_services(now);
        }
    }

    pub(super) fn iq(&mut self, iq: &Element, now: Now) {
        match iq.get("type") {
            Some("result" | "error") => {
                if let Some((about, outcome)) = self.pending.answer(iq) {
                    self.answered(about, outcome, iq, now);
                }
            }
            Some("get" | "set") => self.asked(iq, now),
            _ => {}
        }
    }

    fn answered(&mut self, about: Ask, outcome: Result<(), StanzaError>, iq: &Element, now: Now) {
        match (about, outcome) {
            (Ask::Components, Ok(())) => {
                if let Some(query) = iq.find("query", ns::DISCO_INFO) {
                    self.components = Components::read(query);
                }
            }
            (Ask::Services(_), Ok(())) => self.servers = services::read(iq),
            (Ask::Services(ns::EXTDISCO), Err(_)) => {
                let domain = self.settings.domain.clone();
                let again = self.question("get", &domain, services::query(ns::EXTDISCO_1));
                self.ask(
                    again,
                    Ask::Services(ns::EXTDISCO_1),
                    Duration::from_secs(10),
                    now,
                );
            }
            (Ask::Conference, outcome) => {
                let answer = ConferenceAnswer::of_iq(iq, outcome);
                self.conference_answered(answer, now);
            }
            (Ask::Accept(media), Err(error)) => self.accept_refused(media, &error, now),
            (Ask::Restart, Err(error)) => self.restart_refused(&error, now),
            _ => {}
        }
    }

    pub(super) fn unanswered(&mut self, about: Ask, now: Now) {
        match about {
            Ask::Ping => self.pong_missing(now),
            Ask::Conference => self.conference_unanswered(now),
            Ask::Accept(media) => self.accept_refused(media, &StanzaError::default(), now),
            Ask::Components | Ask::Services(_) | Ask::Restart | Ask::Nothing => {}
        }
    }

    fn asked(&mut self, iq: &Element, now: Now) {
        let Some(payload) = iq.children().next() else {
            self.refuse(iq, "modify", "bad-request", None);
            return;
        };
        let get = iq.get("type") == Some("get");
        match (payload.name(), payload.ns()) {
            ("query", ns::DISCO_INFO) if get => self.reply(iq, Some(disco::answer(payload))),
            ("ping", ns::PING) if get => self.reply(iq, None),
            ("jingle", ns::JINGLE) if !get => self.jingle_request(iq, payload, now),
            ("mute", ns::JITMEET_AUDIO) if !get => self.mute_request(iq, payload, now),
            // There is no picture of ours to be stopped.
            ("mute", ns::JITMEET_VIDEO) if !get && self.is_from_focus(iq) => self.reply(iq, None),
            _ => self.refuse(iq, "cancel", "service-unavailable", None),
        }
    }

    /// Is this stanza from the focus in our room? The nick alone proves nothing; the focus' presence
    /// was checked against its real address.
    pub(super) fn is_from_focus(&self, stanza: &Element) -> bool {
        let from = stanza.get("from").and_then(|from| from.parse::<Jid>().ok());
        self.focus_here
            && from.is_some_and(|from| {
                from.same_bare(&self.settings.room) && from.resource() == Some("focus")
            })
    }

    /// Answers with a result.
    pub(super) fn reply(&mut self, iq: &Element, payload: Option<Element>) {
        let answer = Element::new("iq", ns::CLIENT)
            .attr_opt("id", iq.get("id"))
            .attr_opt("to", iq.get("from"))
            .attr("type", "result")
            .children_from(payload);
        self.send(answer);
    }

    /// Answers with an error.
    pub(super) fn refuse(
        &mut self,
        iq: &Element,
        kind: &str,
        condition: &str,
        more: Option<Element>,
    ) {
        let error = StanzaError::element(kind, condition).children_from(more);
        let answer = Element::new("iq", ns::CLIENT)
            .attr_opt("id", iq.get("id"))
            .attr_opt("to", iq.get("from"))
            .attr("type", "error")
            .child(error);
        self.send(answer);
    }

    /// The HTTP conference request was answered.
    pub(crate) fn conference_http(&mut self, status: u16, body: &[u8], now: Now) {
        self.conference_answered(ConferenceAnswer::of_http(status, body), now);
        self.flush(now);
    }

    /// The HTTP conference request got no answer.
    pub(crate) fn conference_failed(&mut self, problem: Problem, now: Now) {
        self.conference_answered(ConferenceAnswer::Refused(problem), now);
        self.flush(now);
    }

    pub(super) fn push(&mut self, output: Output) {
        self.out.push_back(output);
    }
}
