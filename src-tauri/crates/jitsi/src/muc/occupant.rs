//! Somebody in the room, as their presence tells.

use ranzen_meeting::{Participant, ParticipantId, Role, UnixMillis};
use ranzen_xmpp::{Element, Jid, ns};
use serde_json::Value;

/// Longer names are cut, in characters.
const NAME_MAX: usize = 100;
/// Longer SourceInfo is not looked at: the largest real one has a handful of sources.
const SOURCE_INFO_MAX: usize = 16 * 1024;

/// What the room says about an occupant (XEP-0045 §17.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MucItem {
    /// The real address.
    pub(crate) jid: Option<Jid>,
    /// Moderates.
    pub(crate) moderator: bool,
    /// Status codes.
    pub(crate) status: Vec<u16>,
}

impl MucItem {
    /// Reads `<x xmlns="…muc#user"/>`.
    pub(crate) fn read(presence: &Element) -> Self {
        let Some(x) = presence.find("x", ns::MUC_USER) else {
            return Self::default();
        };
        let item = x.find_any("item");
        Self {
            jid: item
                .and_then(|item| item.get("jid"))
                .and_then(|jid| jid.parse().ok()),
            moderator: item.and_then(|item| item.get("role")) == Some("moderator"),
            status: x
                .children()
                .filter(|child| child.name() == "status")
                .filter_map(|status| status.get("code")?.parse().ok())
                .take(16)
                .collect(),
        }
    }

    /// Is this our own presence reflected?
    pub(crate) fn is_self(&self) -> bool {
        self.status.contains(&110)
    }
}

/// An occupant other than the focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Occupant {
    /// Shown name.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// Their sound is muted (or they have none).
    pub(crate) audio_muted: bool,
    /// Since when the hand is up.
    pub(crate) hand: Option<UnixMillis>,
    /// A recorder or another service, which is not shown.
    pub(crate) hidden: bool,
}

impl Occupant {
    /// Reads a presence. `now` stands in for hands raised without a time.
    pub(crate) fn read(
        presence: &Element,
        item: &MucItem,
        hidden_domain: Option<&str>,
        now: UnixMillis,
    ) -> Self {
        let hidden = match (&item.jid, hidden_domain) {
            (Some(jid), Some(domain)) => jid.domain() == domain,
            _ => false,
        };
        Self {
            name: presence
                .text_of("nick", ns::NICK)
                .map(|name| shown_name(&name))
                .unwrap_or_default(),
            role: if item.moderator {
                Role::Moderator
            } else {
                Role::Participant
            },
            audio_muted: audio_muted(presence),
            hand: presence
                .find_any("jitsi_participant_raisedHand")
                .and_then(|hand| raised(&hand.own_text(), now)),
            hidden,
        }
    }

    /// As the meeting shows it.
    pub(crate) fn participant(&self, id: &str) -> Participant {
        Participant {
            id: ParticipantId(id.to_owned()),
            name: self.name.clone(),
            role: self.role,
            audio_muted: self.audio_muted,
            speaking: false,
            hand_raised_at: self.hand,
        }
    }
}

/// A name fit to be shown: one line, bounded.
pub(crate) fn shown_name(text: &str) -> String {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_control() && !is_direction_override(*c))
        .take(NAME_MAX)
        .collect();
    clean.trim().to_owned()
}

/// Characters with which a name could turn the text around it.
fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// SourceInfo decides; the older elements count only where it is missing.
fn audio_muted(presence: &Element) -> bool {
    let Some(info) = presence.find_any("SourceInfo") else {
        return presence
            .find_any("audiomuted")
            .is_none_or(|muted| muted.own_text().trim() != "false");
    };
    let text = info.own_text();
    if text.len() > SOURCE_INFO_MAX {
        return true;
    }
    let Ok(Value::Object(sources)) = serde_json::from_str(&text) else {
        return true;
    };
    !sources.iter().any(|(name, state)| {
        let is_audio = name
            .rsplit_once('-')
            .is_some_and(|(_, kind)| kind.starts_with('a'));
        is_audio && state["muted"] != Value::Bool(true)
    })
}

fn raised(text: &str, now: UnixMillis) -> Option<UnixMillis> {
    match text.trim() {
        "" | "0" | "false" => None,
        "true" => Some(now),
        number => number
            .parse::<i64>()
            .ok()
            .filter(|ms| *ms > 0)
            .map(UnixMillis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    fn occupant(children: &str) -> Occupant {
        let presence = parse(&format!(
            "<presence xmlns='jabber:client' from='r@c.test/a'>{children}\
             <x xmlns='http://jabber.org/protocol/muc#user'><item role='moderator' jid='u@hidden.test/r'/></x></presence>"
        ))
        .unwrap();
        let item = MucItem::read(&presence);
        Occupant::read(&presence, &item, Some("recorder.test"), UnixMillis(7))
    }

    #[test]
    fn mute_is_what_source_info_says() {
        let muted = |children: &str| occupant(children).audio_muted;
        let info = |json: &str| format!("<SourceInfo>{json}</SourceInfo>");
        assert!(!muted(&info(
            "{&quot;a-a0&quot;:{&quot;muted&quot;:false}}"
        )));
        assert!(muted(&info(
            "{&quot;a-a0&quot;:{&quot;muted&quot;:true},&quot;a-v0&quot;:{&quot;muted&quot;:false}}"
        )));
        assert!(muted(&info("{}")));
        assert!(muted(&info("{not json")));
        assert!(!muted("<audiomuted>false</audiomuted>"));
        assert!(muted("<audiomuted>true</audiomuted>"));
        assert!(muted(""));
        // An absent "muted" is not muted, as the reference client reads it.
        assert!(!muted(&info("{&quot;a-a0&quot;:{}}")));
    }

    #[test]
    fn hands_are_raised_by_time_or_by_old_words() {
        let hand = |text: &str| {
            occupant(&format!(
                "<jitsi_participant_raisedHand>{text}</jitsi_participant_raisedHand>"
            ))
            .hand
        };
        assert_eq!(hand("1795462256938"), Some(UnixMillis(1_795_462_256_938)));
        assert_eq!(hand("true"), Some(UnixMillis(7)));
        for down in ["", "0", "false", "-3", "x"] {
            assert_eq!(hand(down), None, "{down}");
        }
    }

    #[test]
    fn names_are_bounded_and_can_not_turn_text_around() {
        let name = format!(
            "<nick xmlns='http://jabber.org/protocol/nick'> A\u{202E}n\nna{} </nick>",
            "x".repeat(300)
        );
        let shown = occupant(&name).name;
        assert!(shown.starts_with("Annax"), "{shown}");
        assert!(shown.chars().count() <= NAME_MAX);
    }

    #[test]
    fn members_of_the_hidden_domain_are_hidden() {
        let presence = parse(
            "<presence xmlns='jabber:client'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item jid='u@recorder.test/r' role='participant'/><status code='110'/></x></presence>",
        )
        .unwrap();
        let item = MucItem::read(&presence);
        assert!(item.is_self() && !item.moderator);
        assert!(Occupant::read(&presence, &item, Some("recorder.test"), UnixMillis(0)).hidden);
        assert!(!Occupant::read(&presence, &item, None, UnixMillis(0)).hidden);
    }
}
