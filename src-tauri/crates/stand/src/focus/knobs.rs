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
        let muc = self.muc.clone();
        let about = Pending::Knob(answer);
        match knob {
            Knob::Kick { room, nick, reason } => {
                self.ask("set", &room, stanzas::kick(&nick, &reason), about)
            }
            Knob::Destroy { room, reason } => {
                self.ask("set", &room, stanzas::destroy(&reason), about)
            }
            Knob::Password { room, password } => {
                let protected = if password.is_some() { "1" } else { "0" };
                let secret = password.unwrap_or_default();
                let form = stanzas::configure(&[
                    ("muc#roomconfig_roomsecret", &secret),
                    ("muc#roomconfig_passwordprotectedroom", protected),
                    ("muc#roomconfig_whois", "anyone"),
                ]);
                self.ask("set", &room, form, about)
            }
            Knob::Lobby { room, on } => self.lobby(&room, on, about),
            Knob::MaxOccupants { room, max } => {
                let limit = Element::new("limit", "urn:ranzen:stand")
                    .attr("room", room)
                    .attr("max", max.to_string());
                self.ask("set", &muc, limit, about)
            }
            Knob::Reinvite { room } => {
                self.reinvite(&room).await;
                return finish(about);
            }
        };
    }

    /// Everybody present becomes member first, or the room would put them out.
    fn lobby(&mut self, room: &str, on: bool, about: Pending) -> String {
        if on && let Some(conference) = self.conferences.get(room) {
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
        let value = if on { "true" } else { "false" };
        self.ask(
            "set",
            room,
            stanzas::configure(&[("muc#roomconfig_membersonly", value)]),
            about,
        )
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

fn finish(about: Pending) {
    if let Pending::Knob(answer) = about {
        let _ = answer.send(Ok(()));
    }
}
