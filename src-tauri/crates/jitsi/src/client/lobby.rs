//! The lobby: knocking, being let in, being refused.

use super::Client;
use super::conference::Stage;
use crate::clock::Now;
use crate::muc::{JoinFailure, MucItem, Removal, join_failure, knock, removal};
use ranzen_meeting::{Code, Connection, EndReason, Event, Problem};
use ranzen_xmpp::{Element, Jid, ns};
use zeroize::Zeroizing;

/// A lobby that we are in.
#[derive(Debug, Clone)]
pub(super) struct Lobby {
    room: Jid,
    nick: String,
}

impl Client {
    pub(super) fn knock(&mut self, room: Jid) {
        let nick = self.ids.nick();
        let presence = knock(&room, &nick, &self.settings.name);
        self.lobby = Some(Lobby { room, nick });
        self.stage = Stage::Lobby;
        self.send(presence);
    }

    pub(super) fn is_lobby(&self, from: &Jid) -> bool {
        self.lobby
            .as_ref()
            .is_some_and(|lobby| from.same_bare(&lobby.room))
    }

    /// A presence of the lobby.
    pub(super) fn lobby_presence(&mut self, from: &Jid, presence: &Element, now: Now) {
        let own = self.lobby.as_ref().map(|lobby| lobby.nick.clone());
        if from.resource() != own.as_deref() {
            return;
        }
        match presence.get("type") {
            Some("error") => {
                self.lobby = None;
                match join_failure(presence, false) {
                    // The lobby was closed in this moment.
                    JoinFailure::Race(_) => self.enter(now),
                    JoinFailure::Refused(problem) | JoinFailure::Busy(problem) => {
                        self.finish(EndReason::Failed { problem }, now);
                    }
                    _ => {
                        let problem = Problem::new(Code::RoomMembersOnly, "the lobby refused us");
                        self.finish(EndReason::Failed { problem }, now);
                    }
                }
            }
            Some("unavailable") if matches!(self.stage, Stage::Lobby) => {
                self.lobby = None;
                match removal(presence) {
                    Removal::Kicked { reason, .. } => {
                        let problem = Problem::new(Code::RoomMembersOnly, "removed from the lobby")
                            .with("text", reason.unwrap_or_default());
                        self.finish(EndReason::Failed { problem }, now);
                    }
                    Removal::Destroyed { to: None, reason } => {
                        self.finish(EndReason::MeetingEnded { reason }, now);
                    }
                    _ => self.enter(now),
                }
            }
            None if MucItem::read(presence).is_self() => {
                self.event(Event::ConnectionChanged {
                    connection: Connection::Lobby,
                });
            }
            _ => {}
        }
    }

    /// Somebody let us in: an invitation from the room itself (XEP-0045 §7.8.2).
    pub(super) fn invited(&mut self, message: &Element, now: Now) {
        let x = message.find("x", ns::MUC_USER);
        let is_invite = x.is_some_and(|x| x.has_child("invite", ns::MUC_USER));
        if !is_invite || !matches!(self.stage, Stage::Lobby) {
            return;
        }
        self.invite_password = x
            .and_then(|x| x.text_of("password", ns::MUC_USER))
            .filter(|password| !password.is_empty())
            .map(Zeroizing::new);
        self.event(Event::ConnectionChanged {
            connection: Connection::Joining,
        });
        self.enter(now);
    }

    pub(super) fn leave_lobby(&mut self) {
        if let Some(lobby) = self.lobby.take() {
            let presence = Element::new("presence", ns::CLIENT)
                .attr("to", lobby.room.with_resource(&lobby.nick).to_string())
                .attr("type", "unavailable");
            self.send(presence);
        }
    }
}
