//! Cuts of the line: noticing them, opening new sockets, going on where the session stood.

use super::conference::Stage;
use super::line::{Cut, FIRST_WITHIN, Phase};
use super::questions::Ask;
use super::{Client, Output};
use crate::clock::Now;
use ranzen_meeting::{Code, Connection, EndReason, Event, Problem};
use ranzen_xmpp::{Element, ns};
use std::time::Duration;

/// The same when the media path has just broken: the network is probably gone.
const PONG_SUSPECT: Duration = Duration::from_secs(2);
/// For so long a cut is mended in haste: short attempts, because an attempt that began while the
/// network was away would hold up the one that finds it back (SYN retransmission doubles).
const HASTE: Duration = Duration::from_secs(60);
/// For so long a cut is mended at all.
const GIVE_UP: Duration = Duration::from_secs(600);

impl Client {
    /// No socket could be opened.
    pub(crate) fn socket_failed(&mut self, problem: Problem, now: Now) {
        if self.is_over() {
            return;
        }
        self.line.phase = Phase::Down;
        match self.line.cut {
            None => self.finish(EndReason::Failed { problem }, now),
            Some(_) => self.try_again(now),
        }
    }

    /// The socket is gone, whoever closed it.
    pub(crate) fn socket_lost(&mut self, now: Now) {
        if self.is_over() || matches!(self.line.phase, Phase::Down) {
            return;
        }
        self.line.phase = Phase::Down;
        if matches!(self.stage, Stage::Leaving { .. }) {
            self.finish(EndReason::Left, now);
            return;
        }
        if self.line.cut.is_some() {
            self.try_again(now);
            return;
        }
        if self.jid.is_none() {
            let problem = Problem::new(Code::ConnectionLost, "the server hung up before login");
            self.finish(EndReason::Failed { problem }, now);
            return;
        }
        self.line.cut = Some(Cut {
            since: now.at,
            attempts: 0,
            again_at: None,
        });
        self.event(Event::ConnectionChanged {
            connection: Connection::Reconnecting,
        });
        self.open_socket(now);
    }

    pub(super) fn resumed(&mut self, h: u32, now: Now) {
        self.line.phase = Phase::Up;
        self.line.up_since = Some(now.at);
        self.line.cut = None;
        self.acknowledged(h, now);
        for element in self.smacks.unacked() {
            self.out.push_back(Output::Send(element));
        }
        self.pending.extend(now.at + Duration::from_secs(10));
        self.ask_acknowledgement(true);
        self.event(Event::ConnectionChanged {
            connection: self.stage.connection(),
        });
    }

    pub(super) fn resumable(&self, now: Now) -> bool {
        match (self.smacks.resumption(), self.line.cut) {
            (Some((_, wait)), Some(cut)) => cut.since + wait > now.at,
            _ => false,
        }
    }

    pub(super) fn open_socket(&mut self, now: Now) {
        let previd = match self.smacks.resumption() {
            Some((id, _)) if self.resumable(now) && !self.line.afresh => Some(id.to_owned()),
            _ => None,
        };
        let within = match self.line.cut {
            None => FIRST_WITHIN,
            // Every fourth attempt is patient: a slow network must not lose against the hurry.
            Some(cut) if cut.attempts % 4 == 3 => Duration::from_secs(10),
            Some(_) => Duration::from_millis(2_500),
        };
        self.line.phase = Phase::Opening;
        self.out.push_back(Output::OpenSocket { previd, within });
    }

    pub(super) fn try_again(&mut self, now: Now) {
        let jitter = Duration::from_millis(self.ids.below(300));
        let Some(cut) = &mut self.line.cut else {
            return;
        };
        let lasted = now.at.saturating_duration_since(cut.since);
        if lasted >= GIVE_UP {
            let problem = Problem::new(
                Code::ConnectionLost,
                "the server could not be reached again",
            );
            self.finish(EndReason::Failed { problem }, now);
            return;
        }
        cut.attempts += 1;
        let pause = match cut.attempts {
            1 => Duration::from_millis(100),
            _ if lasted < HASTE => Duration::from_millis(700),
            // A whole school that comes back at once must not do so in step.
            _ => Duration::from_secs(5) + jitter * 15,
        };
        cut.again_at = Some(now.at + pause + jitter);
    }

    /// The media path broke: is the server still there?
    pub(super) fn suspect_network(&mut self, now: Now) {
        if self.is_up() && self.last_heard + Duration::from_secs(1) < now.at {
            self.ping(PONG_SUSPECT, now);
        }
    }

    pub(super) fn ping(&mut self, within: Duration, now: Now) {
        let iq = self.question(
            "get",
            &self.settings.domain.clone(),
            Element::new("ping", ns::PING),
        );
        self.ask(iq, Ask::Ping, within, now);
    }

    pub(super) fn pong_missing(&mut self, now: Now) {
        if self.is_up() {
            tracing::info!("the server does not answer: opening a new socket");
            self.out.push_back(Output::CloseSocket);
            self.socket_lost(now);
        }
    }
}
