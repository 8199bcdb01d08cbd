//! What participants say in their session.

use std::time::{Duration, Instant};

use ranzen_xmpp::{Element, ns};

use super::conference::Change;
use super::{Focus, Timer, accept, stanzas};
use crate::sources;

/// How soon a client may ask for another session again.
const RESTART_INTERVAL: Duration = Duration::from_secs(5);
/// How often within [`RESTART_WINDOW`].
const RESTARTS: usize = 5;
const RESTART_WINDOW: Duration = Duration::from_secs(60);
/// Seen between a client's `restart` and the new session-initiate.
const INVITE_AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Focus {
    pub(super) async fn jingle(&mut self, room: &str, nick: &str, iq: &Element, jingle: &Element) {
        let action = jingle.get("action").unwrap_or_default();
        // The original looks at the bridge before it looks at the session.
        if action == "session-terminate"
            && asks_restart(jingle)
            && let Some(refusal) = self.another_bridge(room, jingle)
        {
            return self.refuse(iq, "cancel", "item-not-found", Some(&refusal), None);
        }
        let session = self
            .conferences
            .get(room)
            .and_then(|conference| conference.participants.get(nick))
            .and_then(|who| who.session.as_ref());
        let Some(session) = session.filter(|session| jingle.get("sid") == Some(&session.sid))
        else {
            let unknown = Element::new("unknown-session", ns::JINGLE_ERRORS);
            return self.refuse(
                iq,
                "cancel",
                "item-not-found",
                Some("no session for this sid"),
                Some(unknown),
            );
        };
        let accepted = session.accepted;
        match action {
            "session-accept" if accepted => self.refuse(
                iq,
                "wait",
                "unexpected-request",
                Some("already accepted"),
                None,
            ),
            "session-accept" => self.accepted(room, nick, iq, jingle).await,
            "source-add" | "source-remove" if !accepted => {
                self.refuse(
                    iq,
                    "wait",
                    "unexpected-request",
                    Some("sources before session-accept"),
                    None,
                );
            }
            "source-add" => self.change(room, nick, iq, jingle, Change::Add),
            "source-remove" => self.change(room, nick, iq, jingle, Change::Remove),
            "transport-info" => {
                self.account.send(&stanzas::result(iq, None));
                let remote = accept::read_candidates(jingle);
                self.bridge.candidates(room, nick, remote);
            }
            "session-info" => self.info(room, nick, iq, jingle),
            "session-terminate" => self.terminated(room, nick, iq, jingle).await,
            "transport-accept" | "transport-reject" => {
                self.account.send(&stanzas::result(iq, None))
            }
            _ => self.refuse(iq, "cancel", "feature-not-implemented", Some(action), None),
        }
    }

    async fn accepted(&mut self, room: &str, nick: &str, iq: &Element, jingle: &Element) {
        let set = match sources::read(jingle) {
            Ok(set) => set,
            Err(fault) => return self.refuse(iq, "modify", "bad-request", Some(&fault), None),
        };
        let remote = accept::read(jingle, nick, &self.complaints);
        if remote.ufrag.is_none() || remote.pwd.is_none() || remote.fingerprint.is_none() {
            return self.refuse(
                iq,
                "modify",
                "bad-request",
                Some("no transport in session-accept"),
                None,
            );
        }
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        if let Err(fault) = conference.sources.add(nick, &set) {
            return self.refuse(iq, "modify", "bad-request", Some(&fault), None);
        }
        let Some(session) = conference
            .participants
            .get_mut(nick)
            .and_then(|who| who.session.as_mut())
        else {
            return;
        };
        session.accepted = true;
        self.bridge.connect(room, nick, remote);
        self.tell_bridge(room, nick);
        self.account.send(&stanzas::result(iq, None));
        self.catch_up(room, nick);
        self.propagate(room, nick, Change::Add, &set);
    }

    fn change(&mut self, room: &str, nick: &str, iq: &Element, jingle: &Element, change: Change) {
        let set = match sources::read(jingle) {
            Ok(set) if set.is_empty() => {
                return self.refuse(iq, "modify", "bad-request", Some("no sources"), None);
            }
            Ok(set) => set,
            Err(fault) => return self.refuse(iq, "modify", "bad-request", Some(&fault), None),
        };
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        let done = match change {
            Change::Add => conference.sources.add(nick, &set),
            Change::Remove => conference.sources.remove(nick, &set),
        };
        if let Err(fault) = done {
            return self.refuse(iq, "modify", "bad-request", Some(&fault), None);
        }
        self.tell_bridge(room, nick);
        self.account.send(&stanzas::result(iq, None));
        self.propagate(room, nick, change, &set);
    }

    fn tell_bridge(&self, room: &str, nick: &str) {
        let sources = self
            .conferences
            .get(room)
            .and_then(|it| it.sources.0.get(nick));
        self.bridge
            .set_sources(room, nick, sources.cloned().unwrap_or_default());
    }

    /// `ice-state` failed: the client asks for help.
    fn info(&mut self, room: &str, nick: &str, iq: &Element, jingle: &Element) {
        if let Some(refusal) = self.another_bridge(room, jingle) {
            return self.refuse(iq, "cancel", "item-not-found", Some(&refusal), None);
        }
        self.account.send(&stanzas::result(iq, None));
        if jingle.text_of("ice-state", ns::FOCUS).as_deref() == Some("failed") {
            self.drop_session(room, nick);
            self.again(room, nick);
        }
    }

    async fn terminated(&mut self, room: &str, nick: &str, iq: &Element, jingle: &Element) {
        let restart = asks_restart(jingle);
        let Some(who) = self
            .conferences
            .get_mut(room)
            .and_then(|it| it.participants.get_mut(nick))
        else {
            return;
        };
        if restart {
            let now = Instant::now();
            who.restarts
                .retain(|then| now.duration_since(*then) < RESTART_WINDOW);
            let hasty = who
                .restarts
                .last()
                .is_some_and(|then| now.duration_since(*then) < RESTART_INTERVAL);
            if hasty || who.restarts.len() >= RESTARTS {
                return self.refuse(
                    iq,
                    "wait",
                    "resource-constraint",
                    Some("too many restarts"),
                    None,
                );
            }
            who.restarts.push(now);
        }
        // Without `restart` the client wants no session any more.
        who.declined = true;
        self.account.send(&stanzas::result(iq, None));
        self.drop_session(room, nick);
        if restart {
            let known = self
                .conferences
                .get(room)
                .and_then(|it| it.bridge_session.as_ref())
                .map(|(id, _)| id.clone());
            if known == self.bridge.conference(room).await {
                self.again(room, nick);
            } else {
                self.bridge_lost(room);
            }
        }
    }

    pub(super) fn again(&mut self, room: &str, nick: &str) {
        if let Some(who) = self
            .conferences
            .get_mut(room)
            .and_then(|it| it.participants.get_mut(nick))
        {
            who.declined = true;
        }
        self.later(
            INVITE_AGAIN_AFTER,
            Timer::Again {
                room: room.to_owned(),
                nick: nick.to_owned(),
            },
        );
    }

    /// Why the named bridge session is not the current one.
    fn another_bridge(&self, room: &str, jingle: &Element) -> Option<String> {
        let named = jingle
            .find("bridge-session", ns::FOCUS)
            .and_then(|it| it.get("id"))
            .unwrap_or_default();
        let current = self
            .conferences
            .get(room)
            .and_then(|it| it.bridge_session.as_ref());
        let same = current.is_some_and(|(_, session)| session == named);
        (!same).then(|| format!("{named} is not a currently active session"))
    }
}

/// Does a session-terminate ask for a new session?
fn asks_restart(jingle: &Element) -> bool {
    jingle
        .find("bridge-session", ns::FOCUS)
        .is_some_and(|it| it.get("restart") == Some("true"))
}
