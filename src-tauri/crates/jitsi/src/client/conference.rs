//! Getting into the room: conference request, join, lobby, waiting for the host.

use super::questions::Ask;
use super::{Client, Output};
use crate::clock::Now;
use crate::focus::{ConferenceAnswer, ConferenceRequest};
use crate::muc::{JoinFailure, join_failure};
use ranzen_meeting::{Code, Connection, EndReason, Event, Problem};
use ranzen_xmpp::{Element, Jid};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// A cold Jicofo answers within a few seconds.
const CONFERENCE_WITHIN: Duration = Duration::from_secs(15);
/// Unanswered or unready for this long: nobody manages the meeting.
const FOCUS_PATIENCE: Duration = Duration::from_secs(60);
/// jitsi-meet asks that often whether the host has come.
const HOST_AGAIN: Duration = Duration::from_secs(5);
/// Rooms let in a few people a second and queue the rest; a class of 30 takes ten seconds.
const JOIN_PATIENCE: Duration = Duration::from_secs(60);
/// After that we say that it takes long.
const JOIN_SLOW: Duration = Duration::from_secs(15);
/// A join that lost a race against the focus is tried again so many times.
const RACES: u32 = 3;

/// Where we are on the way into the room.
#[derive(Debug)]
pub(super) enum Stage {
    /// Not logged in yet.
    Offline,
    /// The conference was asked for.
    Asking {
        since: Instant,
        attempt: u32,
        again_at: Option<Instant>,
    },
    /// The join presence was sent.
    Joining {
        since: Instant,
        races: u32,
        again_at: Option<Instant>,
        told: bool,
    },
    /// Knocking.
    Lobby,
    /// In the room.
    Joined,
    /// Saying goodbye.
    Leaving { until: Instant },
    /// Done.
    Over,
}

impl Client {
    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    pub(super) fn is_joined(&self) -> bool {
        matches!(self.stage, Stage::Joined)
    }

    /// A new session under a new address: everything of the old one in the room is void.
    pub(super) fn session_begins(&mut self, now: Now) {
        self.forget_room(now);
        self.lobby = None;
        self.chat.session_lost();
        let node = self.jid.as_ref().and_then(Jid::node).unwrap_or_default();
        // Endpoint ids are hex in Jitsi, source names are split at the hyphen behind them.
        self.own.nick = match node.get(..8) {
            Some(eight) if eight.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) => {
                eight.to_owned()
            }
            _ => self.ids.nick(),
        };
        self.ask_server(now);
        self.enter(now);
    }

    /// Begins to enter the room, or begins again.
    pub(super) fn enter(&mut self, now: Now) {
        self.stage = Stage::Asking {
            since: now.at,
            attempt: 0,
            again_at: None,
        };
        self.ask_conference(now);
    }

    fn ask_conference(&mut self, now: Now) {
        let room = self.settings.room.clone();
        let request = ConferenceRequest {
            room: &room,
            machine_uid: &self.machine_uid,
            token: self.settings.token.as_ref().map(|token| token.secret()),
        };
        if self.settings.conference_by_http {
            let json = request.json();
            self.push(Output::AskConference(json));
            return;
        }
        let element = request.element();
        let focus = self.settings.focus.to_string();
        let iq = self.question("set", &focus, element);
        self.ask(iq, Ask::Conference, CONFERENCE_WITHIN, now);
    }

    pub(super) fn conference_answered(&mut self, answer: ConferenceAnswer, now: Now) {
        let Stage::Asking {
            since,
            attempt,
            again_at,
        } = &mut self.stage
        else {
            return;
        };
        match answer {
            ConferenceAnswer::Ready { focus } => {
                self.focus_users
                    .extend(focus.filter(|focus| !self.focus_users.contains(focus)));
                self.join_room(now);
            }
            ConferenceAnswer::NotReady => {
                if now.at.saturating_duration_since(*since) >= FOCUS_PATIENCE {
                    self.focus_missing(now);
                    return;
                }
                *again_at = Some(now.at + Duration::from_secs(1 << (*attempt).min(4)));
                *attempt += 1;
            }
            ConferenceAnswer::WaitForHost => self.wait_for_host(now),
            ConferenceAnswer::Refused(problem) => {
                // A focus that is just being restarted is back within seconds.
                if problem.code == Code::FocusMissing && *attempt < 2 && self.ever_joined {
                    *again_at = Some(now.at + Duration::from_secs(2));
                    *attempt += 1;
                    return;
                }
                self.finish(EndReason::Failed { problem }, now);
            }
        }
    }

    pub(super) fn conference_unanswered(&mut self, now: Now) {
        match &self.stage {
            Stage::Asking { since, .. }
                if now.at.saturating_duration_since(*since) < FOCUS_PATIENCE / 2 =>
            {
                self.ask_conference(now);
            }
            Stage::Asking { .. } => self.focus_missing(now),
            _ => {}
        }
    }

    fn focus_missing(&mut self, now: Now) {
        let problem = Problem::new(Code::FocusMissing, "the focus does not answer");
        self.finish(EndReason::Failed { problem }, now);
    }

    fn wait_for_host(&mut self, now: Now) {
        self.stage = Stage::Asking {
            // Hosts come when they come: no patience runs out.
            since: now.at + HOST_AGAIN,
            attempt: 0,
            again_at: Some(now.at + HOST_AGAIN),
        };
        if !std::mem::replace(&mut self.host_missing_told, true) {
            self.event(Event::ConnectionChanged {
                connection: Connection::Lobby,
            });
            let problem = Problem::new(Code::RoomWaitForHost, "the host has not come");
            self.trouble(problem, now);
        }
    }

    fn join_room(&mut self, now: Now) {
        self.stage = Stage::Joining {
            since: now.at,
            races: 0,
            again_at: None,
            told: false,
        };
        self.send_join();
    }

    fn send_join(&mut self) {
        let password = self
            .invite_password
            .as_ref()
            .or(self.settings.password.as_ref());
        let password = password.map(|p| Zeroizing::new(p.to_string()));
        let presence = self
            .own
            .join(&self.settings.room, password.as_ref().map(|p| p.as_str()));
        self.presence_dirty = false;
        self.send(presence);
    }

    /// The room refused us.
    pub(super) fn join_refused(&mut self, presence: &Element, now: Now) {
        let is_guest = self.settings.is_guest_domain;
        let failure = join_failure(presence, is_guest);
        let pause = Duration::from_millis(500 + self.ids.below(500));
        let Stage::Joining {
            races, again_at, ..
        } = &mut self.stage
        else {
            return;
        };
        match failure {
            JoinFailure::Lobby(lobby) => self.knock(lobby),
            JoinFailure::WaitForHost => self.wait_for_host(now),
            JoinFailure::Race(_) if *races < RACES => {
                *races += 1;
                *again_at =
                    Some(now.at + pause.mul_f32(1.5_f32.powi(i32::try_from(*races).unwrap_or(1))));
            }
            JoinFailure::Busy(_) if *races < RACES => {
                *races += 1;
                *again_at = Some(now.at + Duration::from_secs(2) + pause);
            }
            JoinFailure::NickTaken => {
                self.own.nick = self.ids.nick();
                self.send_join();
            }
            JoinFailure::Race(problem)
            | JoinFailure::Busy(problem)
            | JoinFailure::Refused(problem) => {
                self.finish(EndReason::Failed { problem }, now);
            }
        }
    }

    pub(super) fn stage_deadline(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Asking { again_at, .. } => *again_at,
            Stage::Joining {
                since,
                again_at,
                told,
                ..
            } => {
                let patience = if *told { JOIN_PATIENCE } else { JOIN_SLOW };
                Some(again_at.map_or(*since + patience, |at| at.min(*since + patience)))
            }
            Stage::Leaving { until } => Some(*until),
            _ => None,
        }
    }

    pub(super) fn stage_tick(&mut self, now: Now) {
        let is_up = self.is_up();
        let due = |at: &Option<Instant>| at.is_some_and(|at| at <= now.at);
        match &mut self.stage {
            Stage::Asking { again_at, .. } if due(again_at) => {
                *again_at = None;
                if is_up {
                    self.ask_conference(now);
                }
            }
            Stage::Joining { again_at, .. } if due(again_at) => {
                *again_at = None;
                self.send_join();
            }
            Stage::Joining { since, told, .. } => {
                let waited = now.at.saturating_duration_since(*since);
                if waited >= JOIN_PATIENCE {
                    let problem = Problem::new(Code::FocusMissing, "no answer to the join");
                    self.finish(EndReason::Failed { problem }, now);
                } else if waited >= JOIN_SLOW && !std::mem::replace(told, true) {
                    let problem = Problem::new(Code::ServerBusy, "the join takes long");
                    self.trouble(problem, now);
                }
            }
            Stage::Leaving { until } if *until <= now.at => self.finish(EndReason::Left, now),
            _ => {}
        }
    }
}

impl Stage {
    /// How the connection looks from outside when the line is up.
    pub(super) fn connection(&self) -> Connection {
        match self {
            Stage::Joined | Stage::Leaving { .. } => Connection::Joined,
            Stage::Lobby => Connection::Lobby,
            Stage::Offline | Stage::Asking { .. } | Stage::Joining { .. } => Connection::Joining,
            Stage::Over => Connection::Ended,
        }
    }
}
