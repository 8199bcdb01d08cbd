//! The line to the server: login, frames, acknowledgements, keep-alive.

use super::{Client, Output};
use crate::clock::Now;
use crate::stream::{Login, Step};
use ranzen_meeting::{Code, Connection, EndReason, Event, Problem};
use ranzen_xmpp::{Element, Jid, close, ns};
use std::time::{Duration, Instant};

/// A server that says nothing for this long is pinged (XEP-0199), as the reference client does.
const QUIET: Duration = Duration::from_secs(10);
/// Without an answer to a ping within this the socket is dead.
const PONG: Duration = Duration::from_secs(5);
/// A first connection may be slow; names, proxy and TLS have their own time-outs inside.
pub(super) const FIRST_WITHIN: Duration = Duration::from_secs(20);

/// Where the line stands.
#[derive(Debug, Default)]
pub(crate) struct LineState {
    pub(super) phase: Phase,
    /// The socket carries stream management (a WebSocket does, BOSH does not).
    managed: bool,
    pub(super) cut: Option<Cut>,
    /// The next attempt may not resume: the server broke the session on purpose.
    pub(super) afresh: bool,
    /// Since when the line is up.
    pub(super) up_since: Option<Instant>,
    /// Too much is unacknowledged.
    overflow: bool,
}

#[derive(Debug, Default)]
pub(super) enum Phase {
    #[default]
    Down,
    Opening,
    LoggingIn(Login),
    Up,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) since: Instant,
    pub(super) attempts: u32,
    pub(super) again_at: Option<Instant>,
}

impl Client {
    /// Begins: opens the first socket.
    pub(crate) fn start(&mut self, now: Now) {
        self.last_heard = now.at;
        self.event(Event::ConnectionChanged {
            connection: Connection::Joining,
        });
        self.open_socket(now);
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(self.line.phase, Phase::Up)
    }

    /// It is over: no more of the socket.
    pub(super) fn hang_up(&mut self) {
        self.line.phase = Phase::Down;
        self.line.cut = None;
        self.line.overflow = false;
    }

    /// Were we ever logged in?
    pub(crate) fn is_logged_in(&self) -> bool {
        self.jid.is_some()
    }

    /// The first way did not work, another is being opened.
    pub(crate) fn other_line(&mut self) {
        self.line.phase = Phase::Opening;
        let within = FIRST_WITHIN;
        let previd = None;
        self.out.push_back(Output::OpenSocket { previd, within });
    }

    pub(super) fn up_since(&self) -> Instant {
        self.line.up_since.unwrap_or(self.last_heard)
    }

    /// A socket is there; logging in begins.
    pub(crate) fn socket_opened(&mut self, managed: bool, now: Now) {
        if self.is_over() || !matches!(self.line.phase, Phase::Opening) {
            return;
        }
        self.last_heard = now.at;
        self.line.managed = managed;
        let resume = self.resumable(now).then(|| self.smacks.resume()).flatten();
        let resume = resume.filter(|_| managed && !self.line.afresh);
        let bind_id = self.ids.uuid();
        let with_token = self.settings.token.is_some();
        let (login, first) = Login::begin(&self.settings.domain, with_token, resume, bind_id);
        self.line.phase = Phase::LoggingIn(login);
        self.out.push_back(Output::Send(first));
    }

    /// A frame of the server.
    pub(crate) fn frame(&mut self, element: &Element, now: Now) {
        if self.is_over() {
            return;
        }
        self.last_heard = now.at;
        if element.is("error", ns::STREAMS) {
            self.stream_error(element, now);
        } else if element.is("close", ns::FRAMING) {
            // A redirect to another host is not followed: it would be an unseen third party.
            self.drop_socket(now);
        } else if let Phase::LoggingIn(login) = &mut self.line.phase {
            for step in login.handle(element) {
                self.login_step(step, now);
            }
        } else if self.is_up() {
            self.smacks.received(element);
            self.stanza(element, now);
        }
        self.flush(now);
    }

    fn login_step(&mut self, step: Step, now: Now) {
        match step {
            Step::Send(element) => self.out.push_back(Output::Send(element)),
            Step::Bound { jid, managed } => self.bound(jid, managed, now),
            Step::Resumed { h } => self.resumed(h, now),
            Step::NotResumed { h } => {
                if let Some(h) = h {
                    self.acknowledged(h, now);
                }
            }
            Step::Refused(problem) => {
                let busy = problem.code == Code::ServerBusy;
                self.line.phase = Phase::Down;
                self.out.push_back(Output::CloseSocket);
                if busy && self.line.cut.is_some() {
                    self.try_again(now);
                } else {
                    self.finish(EndReason::Failed { problem }, now);
                }
            }
        }
    }

    fn bound(&mut self, jid: Jid, managed: bool, now: Now) {
        self.line.phase = Phase::Up;
        self.line.up_since = Some(now.at);
        self.line.cut = None;
        self.line.afresh = false;
        self.pending.clear();
        self.jid = Some(jid);
        // What the old session was given and never acknowledged is lost with it, except chat, which
        // keeps its own book.
        self.smacks.give_up();
        if managed && self.line.managed {
            let enable = self.smacks.enable();
            self.out.push_back(Output::Send(enable));
        }
        self.session_begins(now);
    }

    /// Sends a stanza, or keeps it for the resumed session.
    pub(super) fn send(&mut self, element: Element) {
        if self.smacks.is_full() {
            // The server takes nothing any more: a new session is the only way on.
            self.line.overflow = true;
            return;
        }
        if self.is_up() {
            self.smacks.sent(&element);
            self.out.push_back(Output::Send(element));
            self.ask_acknowledgement(false);
        } else if self.smacks.is_on() {
            self.smacks.sent(&element);
        }
    }

    pub(super) fn ask_acknowledgement(&mut self, at_once: bool) {
        if let Some(ask) = self.smacks.ask(at_once) {
            self.out.push_back(Output::Send(ask));
        }
    }

    fn stanza(&mut self, element: &Element, now: Now) {
        match (element.name(), element.ns()) {
            ("r", ns::SM) => {
                let answer = self.smacks.answer();
                self.out.push_back(Output::Send(answer));
            }
            ("a", ns::SM) => {
                if let Some(h) = element.get("h").and_then(|h| h.parse().ok()) {
                    self.acknowledged(h, now);
                }
            }
            ("enabled", ns::SM) => self.smacks.enabled(element),
            ("failed", ns::SM) => self.smacks.refused(),
            ("iq", ns::CLIENT) => self.iq(element, now),
            ("presence", ns::CLIENT) => self.presence(element, now),
            ("message", ns::CLIENT) => self.message(element, now),
            _ => {}
        }
    }

    pub(super) fn acknowledged(&mut self, h: u32, now: Now) {
        match self.smacks.acked(h) {
            Ok(covered) => {
                for element in covered.iter().filter(|e| e.name() == "message") {
                    self.message_handled(element, now);
                }
            }
            Err(_) => tracing::warn!("the server acknowledges more than was sent"),
        }
    }

    fn stream_error(&mut self, error: &Element, now: Now) {
        let condition = error
            .children()
            .find(|child| child.ns() == ns::STREAM_ERRORS && child.name() != "text")
            .map_or("", Element::name);
        tracing::warn!(condition, "the server ends the stream");
        let ended = |code: Code| EndReason::Failed {
            problem: Problem::new(code, format!("stream error {condition}")),
        };
        match condition {
            "conflict" => self.finish(ended(Code::ConnectionLost), now),
            "not-authorized" | "host-unknown" | "host-gone" | "unsupported-version" => {
                self.finish(ended(Code::ServerRefused), now);
            }
            "policy-violation" => {
                // Sending the same again would end the same way.
                self.line.afresh = true;
                self.fail_waiting_chat(Code::ServerBusy);
                self.drop_socket(now);
            }
            _ => self.drop_socket(now),
        }
    }

    pub(super) fn drop_socket(&mut self, now: Now) {
        self.out.push_back(Output::Send(close()));
        self.out.push_back(Output::CloseSocket);
        self.socket_lost(now);
    }

    pub(super) fn line_deadline(&self) -> Option<Instant> {
        if self.line.overflow {
            return Some(self.last_heard);
        }
        match self.line.phase {
            Phase::Down => self.line.cut.and_then(|cut| cut.again_at),
            Phase::Opening => None,
            Phase::LoggingIn(_) => Some(self.last_heard + FIRST_WITHIN),
            Phase::Up => Some(self.last_heard + QUIET),
        }
    }

    pub(super) fn line_tick(&mut self, now: Now) {
        if std::mem::take(&mut self.line.overflow) {
            self.line.afresh = true;
            self.drop_socket(now);
        }
        match self.line.phase {
            Phase::Down => {
                if let Some(cut) = &mut self.line.cut
                    && cut.again_at.is_some_and(|at| at <= now.at)
                {
                    cut.again_at = None;
                    self.open_socket(now);
                }
            }
            Phase::LoggingIn(_) if self.last_heard + FIRST_WITHIN <= now.at => {
                self.out.push_back(Output::CloseSocket);
                self.socket_lost(now);
            }
            Phase::Up if self.last_heard + QUIET <= now.at => {
                // The next ping is due when this one is answered or overdue.
                self.last_heard = now.at;
                self.ping(PONG, now);
            }
            _ => {}
        }
    }
}
