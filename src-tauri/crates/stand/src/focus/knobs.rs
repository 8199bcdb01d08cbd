//! What a test can make the server side do.

use ranzen_xmpp::Element;
use tokio::sync::oneshot;

use super::{Focus, Pending, stanzas};

/// One turn.
#[derive(Debug)]
pub(crate) enum Knob {
    Kick {
        room: String,
        nick: String,
        reason: String,
    },
    Destroy {
        room: String,
        reason: String,
    },
    Password {
        room: String,
        password: Option<String>,
    },
    Lobby {
        room: String,
        on: bool,
    },
    MaxOccupants {
        room: String,
        max: u32,
    },
    /// Ends everybody's session and invites them again, as when a bridge is drained.
    Reinvite {
        room: String,
    },
}

impl Focus {
    pub(super) async fn turn(&mut self, knob: Knob, answer: oneshot::Sender<Result<(), String>>) {
        let (to, payload) = match knob {
            Knob::Kick { room, nick, reason } => (room, stanzas::kick(&nick, &reason)),
            Knob::Destroy { room, reason } => (room, stanzas::destroy(&reason)),
            Knob::Password { room, password } => {
                let protected = if password.is_some() { "1" } else { "0" };
                let secret = password.unwrap_or_default();
                let form = stanzas::configure(&[
                    ("muc#roomconfig_roomsecret", &secret),
                    ("muc#roomconfig_passwordprotectedroom", protected),
                    ("muc#roomconfig_whois", "anyone"),
                ]);
                (room, form)
            }
            Knob::Lobby { room, on } => {
                if on {
                    self.make_members(&room);
                }
                let value = if on { "true" } else { "false" };
                (
                    room,
                    stanzas::configure(&[("muc#roomconfig_membersonly", value)]),
                )
            }
            Knob::MaxOccupants { room, max } => {
                let limit = Element::new("limit", "urn:ranzen:stand")
                    .attr("room", room)
                    .attr("max", max.to_string());
                (self.muc.clone(), limit)
            }
            Knob::Reinvite { room } => {
                self.reinvite(&room).await;
                let _ = answer.send(Ok(()));
                return;
            }
        };
        self.ask("set", &to, payload, Pending::Knob(answer));
    }

    /// Before a room becomes members-only, or it would put everybody out.
    fn make_members(&mut self, room: &str) {
        let Some(conference) = self.conferences.get(room) else {
            return;
        };
        let members: Vec<String> = conference
            .participants
            .values()
            .filter(|who| !who.moderator)
            .map(|who| {
                who.real_jid
                    .split('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        for bare in members {
            self.ask(
                "set",
                room,
                stanzas::affiliation("member", &bare),
                Pending::Nothing,
            );
        }
    }

    async fn reinvite(&mut self, room: &str) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        conference.bridge_session = None;
        conference.sources.0.clear();
        let mut ended = Vec::new();
        for (nick, who) in &mut conference.participants {
            if let Some(session) = who.session.take() {
                ended.push((nick.clone(), session.sid));
            }
        }
        self.bridge.expire_conference(room);
        for (nick, sid) in ended {
            self.end(room, &nick, &sid, "success", "moving");
        }
        self.invite_all(room).await;
    }
}
