//! Who comes and goes in the rooms.

use ranzen_xmpp::{Element, StanzaError, ns};

use super::conference::Participant;
use super::{Features, Focus, MIN_PARTICIPANTS, Pending, Timer, stanzas};

impl Focus {
    pub(super) async fn presence(&mut self, from: &str, presence: &Element) {
        let Some((room, nick)) = from.split_once('/') else {
            return;
        };
        if !self.conferences.contains_key(room) {
            return;
        }
        let kind = presence.get("type");
        match (nick, kind) {
            ("focus", Some("error")) => {
                let condition = StanzaError::of(presence)
                    .map(|error| error.condition)
                    .unwrap_or_default();
                self.answer_waiting(room, Some(&condition));
                self.conferences.remove(room);
            }
            // Kicked, or the room was destroyed.
            ("focus", Some("unavailable")) => self.forget(room),
            ("focus", _) => self.in_room(room),
            (_, Some("unavailable")) => self.left(room, nick),
            (_, None) => self.came(room, nick, presence).await,
            _ => {}
        }
    }

    fn in_room(&mut self, room: &str) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        if conference.joined {
            return;
        }
        conference.joined = true;
        let form = stanzas::configure(&[("muc#roomconfig_whois", "anyone")]);
        self.ask("set", room, form, Pending::Nothing);
        self.answer_waiting(room, None);
    }

    async fn came(&mut self, room: &str, nick: &str, presence: &Element) {
        let Some(item) = presence
            .find("x", ns::MUC_USER)
            .and_then(|x| x.find("item", ns::MUC_USER))
        else {
            return;
        };
        let moderator = item.get("role") == Some("moderator");
        let real_jid = item.get("jid").unwrap_or_default().to_owned();
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        if let Some(known) = conference.participants.get_mut(nick) {
            known.moderator = moderator;
            known.real_jid = real_jid;
            return;
        }
        let owner_missing = !moderator
            && !conference
                .participants
                .values()
                .any(|other| other.moderator);
        conference.generation += 1;
        let caps = presence
            .find("c", ns::CAPS)
            .and_then(|c| Some(format!("{}#{}", c.get("node")?, c.get("ver")?)));
        let features = caps.as_ref().and_then(|caps| self.caps.get(caps).copied());
        conference.participants.insert(
            nick.to_owned(),
            Participant {
                real_jid: real_jid.clone(),
                // The first becomes owner; the room says so in a moment.
                moderator: moderator || owner_missing,
                features,
                session: None,
                declined: false,
                restarts: Vec::new(),
            },
        );
        if owner_missing {
            self.grant(room, &real_jid);
        }
        match features {
            Some(_) => self.invite_all(room).await,
            None => self.ask_features(room, nick, caps),
        }
    }

    /// Makes somebody owner.
    fn grant(&mut self, room: &str, real_jid: &str) {
        let bare = real_jid.split('/').next().unwrap_or_default();
        self.ask(
            "set",
            room,
            stanzas::affiliation("owner", bare),
            Pending::Nothing,
        );
    }

    fn ask_features(&mut self, room: &str, nick: &str, caps: Option<String>) {
        let query = Element::new("query", ns::DISCO_INFO).attr_opt("node", caps.clone());
        let about = Pending::Features {
            room: room.to_owned(),
            nick: nick.to_owned(),
            caps,
        };
        let id = self.ask("get", &format!("{room}/{nick}"), query, about);
        self.later(self.options.disco_timeout, Timer::Silent { id });
    }

    pub(super) async fn learnt(&mut self, room: &str, nick: &str, features: Features) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        let Some(who) = conference.participants.get_mut(nick) else {
            return;
        };
        who.features = Some(features);
        self.invite_all(room).await;
    }

    /// Somebody left: its sources are dropped without a word, others see the presence.
    fn left(&mut self, room: &str, nick: &str) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        let Some(gone) = conference.participants.remove(nick) else {
            return;
        };
        conference.sources.0.remove(nick);
        conference.generation += 1;
        let generation = conference.generation;
        let count = conference.participants.len();
        let heir = (gone.moderator
            && !conference
                .participants
                .values()
                .any(|other| other.moderator))
        .then(|| conference.participants.values_mut().next())
        .flatten()
        .map(|heir| {
            heir.moderator = true;
            heir.real_jid.clone()
        });
        self.bridge.expire(room, nick);
        if let Some(heir) = heir {
            self.grant(room, &heir);
        }
        let room = room.to_owned();
        if count == 0 {
            self.account.send(&stanzas::leave(&self.jid, &room));
            self.forget(&room);
        } else if count < MIN_PARTICIPANTS {
            self.later(
                self.options.single_participant_timeout,
                Timer::Alone { room, generation },
            );
        }
    }

    /// Components speak to the focus, too: it mutes everybody when unmuting needs permission.
    pub(super) fn message(&mut self, from: &str, message: &Element) {
        if from != format!("avmoderation.{}", self.options.domain) {
            return;
        }
        let Some(text) = message.text_of("json-message", ns::JITMEET) else {
            return;
        };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) else {
            return;
        };
        let (Some(room), Some(kind)) = (json["room"].as_str(), json["mediaType"].as_str()) else {
            return;
        };
        if json["enabled"] == true {
            self.mute_everybody(room, kind);
        }
    }
}
