//! Which messages were seen, and which of our own are still on their way.
//!
//! History is replayed at each join, and messages of our own come back as echoes: the ledger gives each
//! message one id for ever and says what is new.

use super::Received;
use crate::ids::hex;
use ranzen_meeting::{Audience, UnixMillis};
use std::collections::VecDeque;

/// Servers replay 20 to 100 messages; more need not be remembered.
const SEEN_MAX: usize = 2_000;
/// Own messages waiting for the network.
const WAITING_MAX: usize = 200;
/// A message without an id, seen live and again in history, differs by at most the way it took.
const SAME_WITHIN_MS: i64 = 10_000;

/// One message that was seen.
#[derive(Debug)]
struct Seen {
    id: String,
    nick: String,
    body: [u8; 32],
    at: UnixMillis,
    had_id: bool,
}

/// An own message until the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Its id, on the wire too.
    pub(crate) id: String,
    /// Who it is for.
    pub(crate) to: Audience,
    /// The text.
    pub(crate) body: String,
    /// When it was written.
    pub(crate) at: UnixMillis,
    /// It was handed to the stream of the current session.
    pub(crate) sent: bool,
}

/// What a received message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Novelty {
    /// New, under this id.
    New(String),
    /// Our own message has arrived.
    Echo(Box<Waiting>),
    /// Seen before.
    Known,
}

/// The ledger.
#[derive(Debug, Default)]
pub(crate) struct ChatLedger {
    seen: VecDeque<Seen>,
    waiting: Vec<Waiting>,
    own_nicks: Vec<String>,
}

impl ChatLedger {
    /// We are in the room under this nick (again).
    pub(crate) fn joined_as(&mut self, nick: &str) {
        if !self.is_own(nick) {
            self.own_nicks.push(nick.to_owned());
        }
    }

    /// Was this ever our nick?
    pub(crate) fn is_own(&self, nick: &str) -> bool {
        self.own_nicks.iter().any(|own| own == nick)
    }

    /// Notes a message of our own. False: too many are waiting.
    pub(crate) fn write(&mut self, message: Waiting) -> bool {
        if self.waiting.len() >= WAITING_MAX {
            return false;
        }
        self.waiting.push(message);
        true
    }

    /// Messages that the current session has not been given yet, in order.
    pub(crate) fn unsent(&mut self) -> Vec<Waiting> {
        self.waiting
            .iter_mut()
            .filter(|waiting| !waiting.sent)
            .map(|waiting| {
                waiting.sent = true;
                waiting.clone()
            })
            .collect()
    }

    /// The session that was given them is gone. What it is known to have handled is not sent again,
    /// what is not known is: history tells public messages apart before that.
    pub(crate) fn session_lost(&mut self) {
        for waiting in &mut self.waiting {
            waiting.sent = false;
        }
    }

    /// The server has handled this message: a private one has no echo and is done with that.
    pub(crate) fn handled(&mut self, id: &str) -> Option<Waiting> {
        let at = self
            .waiting
            .iter()
            .position(|waiting| waiting.id == id && waiting.to != Audience::Everyone)?;
        let waiting = self.waiting.remove(at);
        Some(waiting)
    }

    /// The server refused this message.
    pub(crate) fn refused(&mut self, id: &str) -> Option<Waiting> {
        let at = self.waiting.iter().position(|waiting| waiting.id == id)?;
        Some(self.waiting.remove(at))
    }

    /// Everything that will not arrive any more.
    pub(crate) fn give_up(&mut self) -> Vec<Waiting> {
        std::mem::take(&mut self.waiting)
    }

    /// Takes a received message.
    pub(crate) fn receive(&mut self, message: &Received, now: UnixMillis) -> Novelty {
        let at = message.stamp.unwrap_or(now);
        let body = digest(message.body.as_bytes());
        if self.is_own(&message.nick)
            && !message.private
            && let Some(id) = &message.id
            && let Some(position) = self.waiting.iter().position(|w| w.id == *id)
        {
            let waiting = self.waiting.remove(position);
            self.remember(id.clone(), &message.nick, body, at, true);
            return Novelty::Echo(Box::new(waiting));
        }
        if let Some(id) = &message.id {
            let taken = self.waiting.iter().any(|waiting| waiting.id == *id);
            match self.seen.iter().find(|seen| seen.id == *id) {
                Some(seen) if seen.nick == message.nick => return Novelty::Known,
                // Somebody reuses another's id: it must not replace the other's message.
                known if taken || known.is_some() => {
                    let own = derived(&message.nick, at, &body);
                    return self.remember_new(own, &message.nick, body, at, true);
                }
                _ => return self.remember_new(id.clone(), &message.nick, body, at, true),
            }
        }
        let again = message.stamp.is_some()
            && self.seen.iter().any(|seen| {
                !seen.had_id
                    && seen.nick == message.nick
                    && seen.body == body
                    && (seen.at.0 - at.0).abs() <= SAME_WITHIN_MS
            });
        if again {
            return Novelty::Known;
        }
        let id = derived(&message.nick, at, &body);
        self.remember_new(id, &message.nick, body, at, false)
    }

    fn remember_new(
        &mut self,
        id: String,
        nick: &str,
        body: [u8; 32],
        at: UnixMillis,
        had_id: bool,
    ) -> Novelty {
        if self.seen.iter().any(|seen| seen.id == id) {
            return Novelty::Known;
        }
        self.remember(id.clone(), nick, body, at, had_id);
        Novelty::New(id)
    }

    fn remember(&mut self, id: String, nick: &str, body: [u8; 32], at: UnixMillis, had_id: bool) {
        self.seen.push_back(Seen {
            id,
            nick: nick.to_owned(),
            body,
            at,
            had_id,
        });
        if self.seen.len() > SEEN_MAX {
            self.seen.pop_front();
        }
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    out
}

/// An id that comes out the same whenever the same message is seen in history.
fn derived(nick: &str, at: UnixMillis, body: &[u8; 32]) -> String {
    let mut input = nick.as_bytes().to_vec();
    input.push(0);
    input.extend_from_slice(&at.0.to_be_bytes());
    input.extend_from_slice(body);
    format!("r-{}", hex(&digest(&input)[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(id: Option<&str>, nick: &str, body: &str, stamp: Option<i64>) -> Received {
        Received {
            id: id.map(str::to_owned),
            nick: nick.to_owned(),
            name: None,
            private: false,
            body: body.to_owned(),
            stamp: stamp.map(UnixMillis),
        }
    }

    fn waiting(id: &str, to: Audience) -> Waiting {
        Waiting {
            id: id.to_owned(),
            to,
            body: "hallo".to_owned(),
            at: UnixMillis(1),
            sent: false,
        }
    }

    fn to_bob() -> Audience {
        Audience::Private {
            with: "bob".into(),
            name: "Bob".into(),
        }
    }

    #[test]
    fn history_after_a_rejoin_brings_nothing_twice() {
        let mut ledger = ChatLedger::default();
        let live = received(Some("1"), "alice", "hi", None);
        assert_eq!(
            ledger.receive(&live, UnixMillis(5_000)),
            Novelty::New("1".into())
        );
        let again = received(Some("1"), "alice", "hi", Some(5_000));
        assert_eq!(ledger.receive(&again, UnixMillis(90_000)), Novelty::Known);
    }

    #[test]
    fn messages_without_an_id_are_recognised_too() {
        let mut ledger = ChatLedger::default();
        let live = received(None, "alice", "hi", None);
        let Novelty::New(id) = ledger.receive(&live, UnixMillis(5_400)) else {
            panic!("not new")
        };
        assert!(id.starts_with("r-"));
        let again = received(None, "alice", "hi", Some(5_000));
        assert_eq!(ledger.receive(&again, UnixMillis(90_000)), Novelty::Known);
        // The same words a minute later are another message, and keep their id over two histories.
        let later = received(None, "alice", "hi", Some(65_000));
        let first = ledger.receive(&later, UnixMillis(90_000));
        assert!(matches!(first, Novelty::New(_)));
        assert_eq!(
            ChatLedger::default().receive(&later, UnixMillis(99_000)),
            first
        );
        // Said twice in a row, live, they are two messages.
        assert!(matches!(
            ledger.receive(&live, UnixMillis(91_000)),
            Novelty::New(_)
        ));
        assert!(matches!(
            ledger.receive(&live, UnixMillis(92_000)),
            Novelty::New(_)
        ));
    }

    #[test]
    fn an_echo_confirms_and_history_does_after_a_lost_session() {
        let mut ledger = ChatLedger::default();
        ledger.joined_as("me1");
        assert!(ledger.write(waiting("a", Audience::Everyone)));
        assert!(ledger.write(waiting("b", Audience::Everyone)));
        assert_eq!(ledger.unsent().len(), 2);
        assert!(ledger.unsent().is_empty(), "sent once");
        let echo = ledger.receive(&received(Some("a"), "me1", "hallo", None), UnixMillis(2));
        assert!(matches!(echo, Novelty::Echo(w) if w.id == "a"));
        ledger.session_lost();
        ledger.joined_as("me2");
        // "b" had arrived before the cut: history says so under the old nick.
        let echo = ledger.receive(&received(Some("b"), "me1", "hallo", Some(1)), UnixMillis(3));
        assert!(matches!(echo, Novelty::Echo(w) if w.id == "b"));
        assert!(ledger.unsent().is_empty());
    }

    #[test]
    fn nobody_else_can_confirm_or_replace_a_message() {
        let mut ledger = ChatLedger::default();
        ledger.joined_as("me");
        ledger.write(waiting("a", Audience::Everyone));
        let forged = ledger.receive(&received(Some("a"), "evil", "x", None), UnixMillis(2));
        assert!(
            matches!(&forged, Novelty::New(id) if id != "a"),
            "{forged:?}"
        );
        let echo = ledger.receive(&received(Some("a"), "me", "hallo", None), UnixMillis(3));
        assert!(matches!(echo, Novelty::Echo(_)));
        let Novelty::New(id) =
            ledger.receive(&received(Some("a"), "eve", "y", None), UnixMillis(4))
        else {
            panic!("swallowed")
        };
        assert_ne!(id, "a");
    }

    #[test]
    fn private_messages_are_done_when_the_server_has_them() {
        let mut ledger = ChatLedger::default();
        ledger.write(waiting("p", to_bob()));
        ledger.write(waiting("q", Audience::Everyone));
        assert_eq!(ledger.handled("p").unwrap().id, "p");
        assert_eq!(ledger.handled("q"), None, "public ones wait for their echo");
        assert_eq!(ledger.refused("q").unwrap().id, "q");
    }

    #[test]
    fn the_queue_is_bounded() {
        let mut ledger = ChatLedger::default();
        let all = (0..500).all(|n| ledger.write(waiting(&n.to_string(), Audience::Everyone)));
        assert!(!all);
        assert_eq!(ledger.give_up().len(), WAITING_MAX);
    }
}
