//! Muting others: only moderators may, and nobody can be unmuted by another.

use ranzen_xmpp::{Element, ns};

use super::{Focus, Pending, stanzas};

impl Focus {
    pub(super) fn mute(&mut self, room: &str, nick: &str, iq: &Element, mute: &Element) {
        let on = match mute.own_text().trim() {
            "true" => true,
            "false" => false,
            _ => {
                return self.refuse(
                    iq,
                    "modify",
                    "bad-request",
                    Some("neither true nor false"),
                    None,
                );
            }
        };
        let target = match mute.get("jid") {
            None => nick.to_owned(),
            Some(jid) => match jid
                .strip_prefix(room)
                .and_then(|rest| rest.strip_prefix('/'))
            {
                Some(target) => target.to_owned(),
                None => {
                    return self.refuse(
                        iq,
                        "cancel",
                        "item-not-found",
                        Some("not in this room"),
                        None,
                    );
                }
            },
        };
        let Some(conference) = self.conferences.get(room) else {
            return;
        };
        let moderator = conference
            .participants
            .get(nick)
            .is_some_and(|who| who.moderator);
        if !conference.participants.contains_key(&target) {
            return self.refuse(
                iq,
                "cancel",
                "item-not-found",
                Some("no such participant"),
                None,
            );
        }
        let own = target == nick;
        if !own && (!moderator || !on) {
            return self.refuse(
                iq,
                "cancel",
                "not-allowed",
                Some("no right to mute others"),
                None,
            );
        }
        self.account.send(&stanzas::result(iq, None));
        if !own {
            let order = order(mute.ns()).attr("actor", format!("{room}/{nick}"));
            self.ask("set", &format!("{room}/{target}"), order, Pending::Nothing);
        }
    }

    /// Unmuting needs permission from now on: everybody without it is muted.
    pub(super) fn mute_everybody(&mut self, room: &str, kind: &str) {
        let Some(conference) = self.conferences.get(room) else {
            return;
        };
        let namespace = match kind {
            "audio" => ns::JITMEET_AUDIO,
            "video" => ns::JITMEET_VIDEO,
            _ => return,
        };
        let others: Vec<String> = conference
            .participants
            .iter()
            .filter(|(_, who)| !who.moderator)
            .map(|(nick, _)| nick.clone())
            .collect();
        for nick in others {
            self.ask(
                "set",
                &format!("{room}/{nick}"),
                order(namespace),
                Pending::Nothing,
            );
        }
    }
}

fn order(namespace: &str) -> Element {
    Element::new("mute", namespace).text("true")
}
