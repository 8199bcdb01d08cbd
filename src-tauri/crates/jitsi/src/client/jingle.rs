//! The focus' and the participants' Jingle requests.

use super::Client;
use crate::clock::Now;
use crate::jingle::{Offer, Reason, nick_in, sources_of, terminate};
use ranzen_meeting::{Code, MediaPhase, Problem};
use ranzen_xmpp::{Element, Jid, ns};

impl Client {
    pub(super) fn jingle_request(&mut self, iq: &Element, jingle: &Element, now: Now) {
        let from = iq.get("from").and_then(|from| from.parse::<Jid>().ok());
        if self.is_from_focus(iq) {
            self.focus_request(iq, jingle, now);
        } else if let Some(from) = from.filter(|from| nick_in(&self.settings.room, from).is_some())
        {
            self.participant_request(iq, jingle, &from);
        } else {
            self.refuse(iq, "auth", "forbidden", None);
        }
    }

    fn focus_request(&mut self, iq: &Element, jingle: &Element, now: Now) {
        let action = jingle.get("action").unwrap_or_default();
        if action == "session-initiate" {
            self.offered(iq, jingle, now);
            return;
        }
        let known = self
            .media
            .as_ref()
            .is_some_and(|media| Some(media.offer.sid.as_str()) == jingle.get("sid"));
        if !known && self.media_ended.is_some() && self.media_ended.as_deref() == jingle.get("sid")
        {
            // It crossed our ending of the session.
            self.reply(iq, None);
            return;
        }
        if !known {
            self.unknown_session(iq);
            return;
        }
        match action {
            "source-add" => {
                self.reply(iq, None);
                self.add_sources(sources_of(jingle));
            }
            "source-remove" => {
                self.reply(iq, None);
                self.remove_sources(&sources_of(jingle));
            }
            "session-terminate" => {
                self.reply(iq, None);
                self.terminated(now);
            }
            // The bridge sends no further candidates; they would change nothing for us.
            "transport-info" | "session-info" | "description-info" | "security-info" => {
                self.reply(iq, None);
            }
            "transport-replace" => {
                // Today's reference client only acknowledges; a new session is the sure way.
                self.reply(iq, None);
                self.restart_media("transport-replace", now);
            }
            _ => self.unknown_action(iq),
        }
    }

    fn offered(&mut self, iq: &Element, jingle: &Element, now: Now) {
        match Offer::read(jingle) {
            Ok(offer) => {
                self.reply(iq, None);
                self.start_media(offer, now);
            }
            Err(problem) => {
                self.refuse(iq, "modify", "bad-request", None);
                let problem = Problem::new(Code::MediaFailed, problem.chain);
                self.trouble(problem, now);
            }
        }
    }

    /// Two browsers alone talk directly; there is no capability by which one could say beforehand
    /// that one does not (`ljm: JitsiConference.ts, _maybeStartOrStopP2P`). The peer stays on the bridge.
    fn participant_request(&mut self, iq: &Element, jingle: &Element, from: &Jid) {
        match (jingle.get("action"), jingle.get("sid")) {
            (Some("session-initiate"), Some(sid)) => {
                self.reply(iq, None);
                let to = from.to_string();
                let payload = terminate(sid, &to, Reason::Decline, "P2P disabled", None);
                let answer = self.question("set", &to, payload);
                self.send(answer);
            }
            // What is still under way for the declined session.
            (Some("transport-info" | "session-terminate"), _) => self.reply(iq, None),
            _ => self.unknown_session(iq),
        }
    }

    fn unknown_session(&mut self, iq: &Element) {
        let unknown = Element::new("unknown-session", ns::JINGLE_ERRORS);
        self.refuse(iq, "cancel", "item-not-found", Some(unknown));
    }

    fn unknown_action(&mut self, iq: &Element) {
        self.refuse(iq, "cancel", "feature-not-implemented", None);
    }

    /// The focus ended the session: because we are alone, or because a new one follows.
    fn terminated(&mut self, now: Now) {
        self.stop_media();
        if self.others() == 0 {
            self.set_media_phase(MediaPhase::Idle);
        } else {
            self.await_media(now);
        }
    }
}
