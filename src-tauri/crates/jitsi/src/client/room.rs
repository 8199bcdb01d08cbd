//! In the room: who is here, what they and we show, what is allowed.

use super::conference::Stage;
use super::{Client, Output};
use crate::clock::Now;
use crate::muc::{MucItem, Occupant, Removal, removal};
use ranzen_meeting::{
    Capability, Code, Connection, EndReason, Event, MediaPhase, Participant, ParticipantId,
    Problem, Role,
};
use ranzen_xmpp::{Element, Jid, ns};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Beyond that a server's occupants are not kept.
const OCCUPANTS_MAX: usize = 5_000;
/// Servers let four presences a second pass; changes closer together become one.
const PRESENCE_EVERY: Duration = Duration::from_millis(300);
/// History comes before the subject; without a subject we wait so long for it.
const HISTORY_WITHIN: Duration = Duration::from_secs(3);

impl Client {
    pub(super) fn presence(&mut self, presence: &Element, now: Now) {
        let Some(from) = presence
            .get("from")
            .and_then(|from| from.parse::<Jid>().ok())
        else {
            return;
        };
        if self.is_lobby(&from) {
            self.lobby_presence(&from, presence, now);
            return;
        }
        if !from.same_bare(&self.settings.room) {
            return;
        }
        let item = MucItem::read(presence);
        let nick = from.resource().unwrap_or_default();
        let is_own = item.is_self() || nick == self.own.nick;
        match presence.get("type") {
            Some("error") => {
                if is_own || nick.is_empty() {
                    self.join_refused(presence, now);
                }
            }
            Some("unavailable") if is_own => self.removed(presence, now),
            Some("unavailable") => self.left(nick, now),
            None if is_own => self.own_reflected(nick, presence, &item, now),
            None => self.occupant(nick, presence, &item, now),
            Some(_) => {}
        }
    }

    fn own_reflected(&mut self, nick: &str, presence: &Element, item: &MucItem, now: Now) {
        if let Some(permissions) = presence.find("permissions", ns::JITMEET) {
            self.permissions = permissions
                .children()
                .filter(|p| p.name() == "p")
                .filter_map(|p| Some((p.get("name")?.to_owned(), p.get("val")? == "true")))
                .take(64)
                .collect();
        }
        let role = if item.moderator {
            Role::Moderator
        } else {
            Role::Participant
        };
        let role_changed = std::mem::replace(&mut self.own_role, role) != role;
        match self.stage {
            Stage::Joining { .. } => {
                // The server may have given us another nick (status 210).
                self.own.nick = nick.to_owned();
                self.entered(now);
            }
            Stage::Joined if role_changed => {
                let id = self.own_id();
                self.event(Event::RoleChanged { id, role });
            }
            _ => {}
        }
        self.capabilities_changed();
    }

    /// We are in. Everybody who was here before us has been told already.
    fn entered(&mut self, now: Now) {
        self.stage = Stage::Joined;
        self.ever_joined = true;
        self.host_missing_told = false;
        self.invite_password = None;
        self.history_done = false;
        self.history_until = now.at + HISTORY_WITHIN;
        self.presence_not_before = now.at + PRESENCE_EVERY;
        self.chat.joined_as(&self.own.nick);
        self.leave_lobby();
        self.event(Event::ConnectionChanged {
            connection: Connection::Joined,
        });
        let own = self.own_id();
        self.event(Event::Joined { own });
        self.own_seen();
        let here: Vec<Participant> = self
            .occupants
            .iter()
            .filter(|(_, occupant)| !occupant.hidden)
            .map(|(nick, occupant)| occupant.participant(nick))
            .collect();
        for participant in here {
            self.event(Event::ParticipantSeen { participant });
        }
        self.capabilities.clear();
        self.capabilities_changed();
        self.set_media_phase(MediaPhase::Idle);
    }

    fn occupant(&mut self, nick: &str, presence: &Element, item: &MucItem, now: Now) {
        if nick == "focus" && self.is_focus(item) {
            self.focus_here = true;
            self.focus_presence(presence, now);
            return;
        }
        let hidden_domain = self.settings.hidden_domain.as_deref();
        let occupant = Occupant::read(presence, item, hidden_domain, now.wall);
        if self.occupants.len() >= OCCUPANTS_MAX && !self.occupants.contains_key(nick) {
            return;
        }
        let before = self.occupants.insert(nick.to_owned(), occupant.clone());
        if !self.is_joined() || occupant.hidden || before.as_ref() == Some(&occupant) {
            return;
        }
        let only_role = before.is_some_and(|mut before| {
            let changed = before.role != occupant.role;
            before.role = occupant.role;
            changed && before == occupant
        });
        if only_role {
            self.event(Event::RoleChanged {
                id: ParticipantId(nick.to_owned()),
                role: occupant.role,
            });
        } else {
            let participant = occupant.participant(nick);
            self.event(Event::ParticipantSeen { participant });
        }
    }

    fn is_focus(&self, item: &MucItem) -> bool {
        match &item.jid {
            Some(jid) if !self.focus_users.is_empty() => {
                self.focus_users.iter().any(|focus| focus.same_bare(jid))
            }
            // Without real addresses, or without a word on its own, the nick has to do.
            _ => true,
        }
    }

    fn focus_presence(&mut self, presence: &Element, now: Now) {
        let missing = presence
            .children()
            .any(|c| c.name() == "bridgeNotAvailable");
        if missing && !std::mem::replace(&mut self.bridge_missing_told, missing) {
            let problem = Problem::new(Code::BridgeMissing, "the focus has no bridge");
            self.trouble(problem, now);
        }
        self.bridge_missing_told = missing;
    }

    fn left(&mut self, nick: &str, now: Now) {
        if nick == "focus" {
            self.focus_here = false;
            self.focus_left(now);
            return;
        }
        // Nobody tells us about the sources of those who leave.
        self.drop_sources_of(nick);
        if let Some(occupant) = self.occupants.remove(nick)
            && self.is_joined()
            && !occupant.hidden
        {
            self.event(Event::ParticipantLeft {
                id: ParticipantId(nick.to_owned()),
            });
        }
    }

    fn removed(&mut self, presence: &Element, now: Now) {
        if matches!(self.stage, Stage::Leaving { .. }) {
            self.finish(EndReason::Left, now);
            return;
        }
        if !matches!(self.stage, Stage::Joined | Stage::Joining { .. }) {
            return;
        }
        match removal(presence) {
            Removal::Ignored => {}
            Removal::Kicked { by, reason } => {
                let by = by.map(|nick| match self.occupants.get(&nick) {
                    Some(occupant) if !occupant.name.is_empty() => occupant.name.clone(),
                    _ => nick,
                });
                self.finish(EndReason::Kicked { by, reason }, now);
            }
            Removal::Destroyed { reason, .. } => {
                self.finish(EndReason::MeetingEnded { reason }, now);
            }
            Removal::Technical | Removal::Left => {
                self.forget_room(now);
                self.event(Event::ConnectionChanged {
                    connection: Connection::Reconnecting,
                });
                self.chat.session_lost();
                self.enter(now);
            }
        }
    }

    /// Everything that belonged to this stay in the room is void.
    pub(super) fn forget_room(&mut self, _now: Now) {
        self.occupants.clear();
        self.focus_here = false;
        self.permissions.clear();
        self.microphone_blocked = false;
        self.history_done = false;
        self.stop_media();
    }

    /// How many others are here, services not counted.
    pub(super) fn others(&self) -> usize {
        self.occupants.values().filter(|o| !o.hidden).count()
    }

    // What the others are told about us.

    /// Something about us changed: told to the engine now, to the others when it is time.
    pub(super) fn own_changed(&mut self) {
        self.presence_dirty = true;
        if self.is_joined() {
            self.own_seen();
        }
    }

    fn own_seen(&mut self) {
        let participant = Participant {
            id: self.own_id(),
            name: self.own.name.clone(),
            role: self.own_role,
            audio_muted: self.own.audio_muted,
            speaking: false,
            hand_raised_at: self.own.hand,
        };
        self.event(Event::ParticipantSeen { participant });
    }

    pub(super) fn flush_presence(&mut self, now: Now) {
        let ready = self.presence_dirty && self.is_joined() && self.is_up();
        if ready && self.presence_not_before <= now.at {
            self.presence_dirty = false;
            self.presence_not_before = now.at + PRESENCE_EVERY;
            let presence = self.own.update(&self.settings.room);
            self.send(presence);
        }
    }

    pub(super) fn presence_deadline(&self) -> Option<Instant> {
        let waits = self.presence_dirty && self.is_joined() && self.is_up();
        waits.then_some(self.presence_not_before)
    }

    pub(super) fn set_muted(&mut self, muted: bool, now: Now) {
        if !muted && self.microphone_blocked {
            let problem = Problem::new(Code::NotNow, "moderators have to allow the microphone");
            self.trouble(problem, now);
            self.event(Event::MutedByModerator { by: None });
            return;
        }
        if self.own.audio_muted != muted {
            self.own.audio_muted = muted;
            self.own_changed();
        }
    }

    /// The focus carries a moderator's word to us.
    pub(super) fn mute_request(&mut self, iq: &Element, mute: &Element, _now: Now) {
        if !self.is_from_focus(iq) {
            self.refuse(iq, "auth", "forbidden", None);
            return;
        }
        self.reply(iq, None);
        // Nobody can open our microphone from afar.
        if mute.own_text().trim() != "true" {
            return;
        }
        let by = mute
            .get("actor")
            .and_then(|actor| actor.parse::<Jid>().ok())
            .and_then(|actor| actor.resource().map(ParticipantId::from));
        self.muted_by(by);
    }

    pub(super) fn muted_by(&mut self, by: Option<ParticipantId>) {
        if !self.own.audio_muted {
            self.own.audio_muted = true;
            self.own_changed();
            self.event(Event::MutedByModerator { by });
        }
    }

    pub(super) fn capabilities_changed(&mut self) {
        let allowed = |name: &str| self.permissions.get(name).copied().unwrap_or(true);
        let mut now = BTreeSet::from([Capability::RaiseHand]);
        if allowed("send-groupchat") {
            now.insert(Capability::PublicChat);
        }
        if allowed("send-private-message") {
            now.insert(Capability::PrivateChat);
        }
        if !self.microphone_blocked {
            now.insert(Capability::Microphone);
        }
        if self.is_joined() && now != self.capabilities {
            self.capabilities.clone_from(&now);
            self.push(Output::Event(Event::CapabilitiesChanged {
                capabilities: now,
            }));
        }
    }

    pub(super) fn history_deadline(&self) -> Option<Instant> {
        (self.is_joined() && !self.history_done).then_some(self.history_until)
    }

    pub(super) fn history_tick(&mut self, now: Now) {
        if self.is_joined() && self.history_until <= now.at {
            self.history_done = true;
        }
    }
}
