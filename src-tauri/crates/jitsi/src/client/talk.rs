//! Messages: chat, subject, and what components and the room say in JSON.

use super::Client;
use crate::chat::{self, BODY_MAX, Novelty, Received, Waiting};
use crate::clock::Now;
use crate::muc::shown_name;
use ranzen_meeting::{
    Audience, ChatMessage, Code, Delivery, Event, MessageId, ParticipantId, Problem,
};
use ranzen_xmpp::{Element, Jid, StanzaError, ns, xml_text};
use serde_json::Value;

/// A longer subject is cut, in characters.
const SUBJECT_MAX: usize = 500;
/// Longer JSON of a component is not looked at.
const JSON_MAX: usize = 256 * 1024;

impl Client {
    pub(super) fn message(&mut self, message: &Element, now: Now) {
        if message.get("type") == Some("error") {
            self.message_refused(message);
            return;
        }
        let room = self.settings.room.clone();
        let Some(from) = message
            .get("from")
            .and_then(|from| from.parse::<Jid>().ok())
        else {
            return;
        };
        if let Some(json) = message.find("json-message", ns::JITMEET) {
            // Replayed ones describe what is no longer so.
            if chat::stamp(message).is_none() {
                self.component_message(message, &json.own_text(), now);
            }
            return;
        }
        if !from.same_bare(&room) {
            return;
        }
        if from.resource().is_none() {
            self.invited(message, now);
        }
        if let Some(subject) = message.find("subject", ns::CLIENT)
            && message.find("body", ns::CLIENT).is_none()
            && message.get("type") == Some("groupchat")
        {
            let subject: String = subject.own_text().chars().take(SUBJECT_MAX).collect();
            // The subject ends the history (XEP-0045 §7.2.15).
            self.history_done = true;
            self.event(Event::SubjectChanged {
                subject: subject.trim().to_owned(),
            });
            return;
        }
        if let Some(received) = chat::read(&room, message) {
            self.received(&received, now);
        }
    }

    fn received(&mut self, received: &Received, now: Now) {
        match self.chat.receive(received, now.wall) {
            Novelty::Known => {}
            Novelty::Echo(own) => self.own_message(&own, Delivery::Delivered),
            Novelty::New(id) => {
                let own = self.chat.is_own(&received.nick);
                let here = self.occupants.get(&received.nick);
                let known_name = if own {
                    self.own.name.clone()
                } else {
                    here.map(|o| o.name.clone()).unwrap_or_default()
                };
                let from_name = match &received.name {
                    Some(name) => name.clone(),
                    None => known_name,
                };
                let from = ParticipantId(received.nick.clone());
                let to = if received.private {
                    Audience::Private {
                        with: from.clone(),
                        name: from_name.clone(),
                    }
                } else {
                    Audience::Everyone
                };
                let message = ChatMessage {
                    id: MessageId(id),
                    from: (here.is_some() || own).then_some(from),
                    from_name,
                    to,
                    body: received.body.clone(),
                    sent_at: received.stamp.unwrap_or(now.wall),
                    own,
                    from_history: received.stamp.is_some(),
                    delivery: Delivery::Delivered,
                };
                self.event(Event::Chat { message });
            }
        }
    }

    fn own_message(&mut self, own: &Waiting, delivery: Delivery) {
        let message = ChatMessage {
            id: MessageId(own.id.clone()),
            from: (!self.own.nick.is_empty()).then(|| self.own_id()),
            from_name: self.own.name.clone(),
            to: own.to.clone(),
            body: own.body.clone(),
            sent_at: own.at,
            own: true,
            from_history: false,
            delivery,
        };
        self.event(Event::Chat { message });
    }

    /// Takes a message of the engine.
    pub(super) fn write_chat(&mut self, id: MessageId, to: Audience, body: String, now: Now) {
        let body = xml_text(&body).into_owned();
        let problem = if body.trim().is_empty() {
            Some(Problem::new(Code::MessageEmpty, "an empty message"))
        } else if body.len() > BODY_MAX {
            Some(Problem::new(Code::MessageTooLong, "a message too long").with("limit", BODY_MAX))
        } else {
            None
        };
        if let Some(problem) = problem {
            self.event(Event::ChatFailed { id, problem });
            return;
        }
        let waiting = Waiting {
            id: id.0.clone(),
            to,
            body,
            at: now.wall,
            sent: false,
        };
        self.own_message(&waiting, Delivery::Pending);
        if !self.chat.write(waiting) {
            let problem = Problem::new(Code::ServerBusy, "too many messages wait");
            self.event(Event::ChatFailed { id, problem });
        }
    }

    /// Sends what waits, once it is clear what the history already has.
    pub(super) fn flush_chat(&mut self, now: Now) {
        if !(self.is_joined() && self.is_up() && self.history_done) {
            return;
        }
        let room = self.settings.room.clone();
        for waiting in self.chat.unsent() {
            let element = match chat::recipient(&waiting.to) {
                None => chat::public(&room, &waiting.id, &waiting.body),
                Some(nick) if self.occupants.contains_key(nick) => {
                    chat::private(&room, nick, &waiting.id, &waiting.body)
                }
                Some(_) => {
                    self.chat.refused(&waiting.id);
                    self.event(Event::ChatFailed {
                        id: MessageId(waiting.id),
                        problem: Problem::new(Code::MessageRefused, "the recipient is gone"),
                    });
                    continue;
                }
            };
            self.send(element.clone());
            if self.smacks.is_on() {
                self.ask_acknowledgement(true);
            } else {
                // Without acknowledgements the hand-over is all there is to know.
                self.message_handled(&element, now);
            }
        }
    }

    /// The server has this message of ours.
    pub(super) fn message_handled(&mut self, element: &Element, _now: Now) {
        if let Some(own) = element.get("id").and_then(|id| self.chat.handled(id)) {
            self.own_message(&own, Delivery::Delivered);
        }
    }

    fn message_refused(&mut self, message: &Element) {
        let error = StanzaError::of(message).unwrap_or_default();
        let policy = message
            .children()
            .find(|child| child.name() == "settings-error")
            .and_then(|e| e.find_any("text"))
            .map(|text| shown_name(&text.own_text()));
        let Some(id) = message
            .get("id")
            .and_then(|id| self.chat.refused(id))
            .map(|own| own.id)
        else {
            return;
        };
        let text = policy.or(error.text).unwrap_or_default();
        let code = match error.condition.as_str() {
            "resource-constraint" | "policy-violation" => Code::ServerBusy,
            _ => Code::MessageRefused,
        };
        let problem =
            Problem::new(code, format!("message: {}", error.condition)).with("text", text);
        self.event(Event::ChatFailed {
            id: MessageId(id),
            problem,
        });
    }

    pub(super) fn fail_waiting_chat(&mut self, code: Code) {
        for own in self.chat.give_up() {
            self.event(Event::ChatFailed {
                id: MessageId(own.id),
                problem: Problem::new(code, "the message could not be handed over"),
            });
        }
    }

    /// Marks what never arrived when everything is over.
    pub(super) fn abandon_chat(&mut self) {
        for own in self.chat.give_up() {
            self.own_message(&own, Delivery::Failed);
        }
    }

    /// A component's JSON. Anybody in the room can send such a message: only the component's own
    /// address counts.
    fn component_message(&mut self, message: &Element, text: &str, now: Now) {
        if text.len() > JSON_MAX {
            return;
        }
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return;
        };
        match value["type"].as_str() {
            Some("av_moderation") if self.components.sent("av_moderation", message) => {
                self.moderation(&value, now);
            }
            Some("room_metadata") if self.components.sent("room_metadata", message) => {
                let start_muted = value["metadata"]["startMuted"]["audio"] == Value::Bool(true);
                self.start_muted(start_muted);
            }
            _ => {}
        }
    }

    /// "Nobody opens the microphone without a moderator's permission" (jitsi.md §4.9).
    fn moderation(&mut self, value: &Value, _now: Now) {
        if value["mediaType"].as_str() != Some("audio") {
            return;
        }
        let flag = |key: &str| value[key].as_bool();
        if let Some(enabled) = flag("enabled") {
            self.microphone_blocked = enabled && self.own_role != ranzen_meeting::Role::Moderator;
        } else if flag("approved") == Some(true) {
            self.microphone_blocked = false;
        } else if flag("removed") == Some(true) {
            self.microphone_blocked = true;
        }
        if self.microphone_blocked {
            self.muted_by(None);
        }
        self.capabilities_changed();
    }

    /// The meeting wants newcomers to start muted: once, at the beginning.
    pub(super) fn start_muted(&mut self, wanted: bool) {
        if wanted && !self.start_muted_done {
            self.muted_by(None);
        }
        self.start_muted_done |= wanted;
    }
}
