//! Our own presence. It is whole-state: whatever is not in the newest one is no longer true for the
//! others (`ljm: modules/xmpp/ChatRoom.ts, sendPresence`).

use crate::disco;
use ranzen_meeting::UnixMillis;
use ranzen_xmpp::{Element, Jid, ns};
use serde_json::json;

/// Everything the others are told about us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnPresence {
    /// Our endpoint id.
    pub(crate) nick: String,
    /// Shown name.
    pub(crate) name: String,
    /// Identifies this join in server-side statistics; random.
    pub(crate) stats_id: String,
    /// Our sound is muted.
    pub(crate) audio_muted: bool,
    /// Since when our hand is up.
    pub(crate) hand: Option<UnixMillis>,
}

impl OwnPresence {
    /// The name of our one audio source.
    pub(crate) fn audio_source(&self) -> String {
        format!("{}-a0", self.nick)
    }

    /// The presence that joins.
    pub(crate) fn join(&self, room: &Jid, password: Option<&str>) -> Element {
        let mut x = Element::new("x", ns::MUC);
        if let Some(password) = password {
            x.push(Element::new("password", ns::MUC).text(password));
        }
        self.build(room, Some(x))
    }

    /// A presence that tells what changed.
    pub(crate) fn update(&self, room: &Jid) -> Element {
        self.build(room, None)
    }

    /// The presence that leaves.
    pub(crate) fn leave(&self, room: &Jid) -> Element {
        Element::new("presence", ns::CLIENT)
            .attr("to", room.with_resource(&self.nick).to_string())
            .attr("type", "unavailable")
    }

    fn build(&self, room: &Jid, x: Option<Element>) -> Element {
        let own = |name: &str, text: &str| Element::new(name, ns::CLIENT).text(text);
        let mut presence = Element::new("presence", ns::CLIENT)
            .attr("to", room.with_resource(&self.nick).to_string())
            .children_from(x)
            .child(own("stats-id", &self.stats_id))
            .child(disco::caps())
            .child(own("SourceInfo", &self.source_info()));
        // No jitsi_participant_codecList: it names what we can decode, and senders take the absence as
        // "no restriction". As long as we decode no picture and ask the bridge for none, naming a
        // codec would only take better ones away from the others.
        if !self.name.is_empty() {
            presence.push(Element::new("nick", ns::NICK).text(&self.name));
        }
        if let Some(since) = self.hand {
            presence.push(own("jitsi_participant_raisedHand", &since.0.to_string()));
        }
        presence
    }

    fn source_info(&self) -> String {
        json!({ self.audio_source(): { "muted": self.audio_muted } }).to_string()
    }
}

/// The presence that knocks at a lobby (`ljm: modules/xmpp/Lobby.js`).
pub(crate) fn knock(lobby: &Jid, nick: &str, name: &str) -> Element {
    Element::new("presence", ns::CLIENT)
        .attr("to", lobby.with_resource(nick).to_string())
        .child(Element::new("x", ns::MUC))
        .child(disco::caps())
        .child(Element::new("nick", ns::NICK).text(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presence() -> OwnPresence {
        OwnPresence {
            nick: "05943ab0".into(),
            name: "Bob & Co".into(),
            stats_id: "s".into(),
            audio_muted: true,
            hand: None,
        }
    }

    #[test]
    fn what_is_sent_at_each_moment() {
        let room: Jid = "vsctp@conference.meet.test".parse().unwrap();
        let mut own = presence();
        insta::assert_snapshot!("join", own.join(&room, None).to_xml());
        insta::assert_snapshot!(
            "join_with_password",
            own.join(&room, Some("ge<heim")).to_xml()
        );
        own.audio_muted = false;
        own.hand = Some(UnixMillis(1_795_462_256_938));
        insta::assert_snapshot!("hand_up", own.update(&room).to_xml());
        insta::assert_snapshot!("leave", own.leave(&room).to_xml());
        let lobby: Jid = "scen@lobby.meet.test".parse().unwrap();
        insta::assert_snapshot!("knock", knock(&lobby, "3c6a7793", "dave").to_xml());
    }

    #[test]
    fn no_name_is_no_nick_element() {
        let room: Jid = "r@c.test".parse().unwrap();
        let mut own = presence();
        own.name.clear();
        assert!(!own.update(&room).has_child("nick", ns::NICK));
    }
}
