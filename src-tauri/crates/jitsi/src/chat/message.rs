//! Chat messages on the wire.

use crate::muc::shown_name;
use ranzen_meeting::{Audience, UnixMillis};
use ranzen_xmpp::{Element, Jid, ns, xml_text};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The longest message that we send, in bytes: below every server's limit for a stanza before and
/// after login, and far above what people type.
pub(crate) const BODY_MAX: usize = 10_000;
/// The longest received text that is kept, in characters.
const RECEIVED_MAX: usize = 100_000;
/// A longer id is replaced by one of ours.
const ID_MAX: usize = 256;

/// A message of somebody, before it is known whether it is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    /// The id it was sent with, if it has one.
    pub(crate) id: Option<String>,
    /// The sender's nick.
    pub(crate) nick: String,
    /// The sender's name, if the message carries it.
    pub(crate) name: Option<String>,
    /// Only for us.
    pub(crate) private: bool,
    /// The text.
    pub(crate) body: String,
    /// When it was sent, if it comes from history.
    pub(crate) stamp: Option<UnixMillis>,
}

/// A message to everybody.
pub(crate) fn public(room: &Jid, id: &str, body: &str) -> Element {
    build(room.to_string(), "groupchat", id, body)
}

/// A message to one occupant.
pub(crate) fn private(room: &Jid, nick: &str, id: &str, body: &str) -> Element {
    build(room.with_resource(nick).to_string(), "chat", id, body)
}

fn build(to: String, kind: &str, id: &str, body: &str) -> Element {
    Element::new("message", ns::CLIENT)
        .attr("to", to)
        .attr("type", kind)
        .attr("id", id)
        .child(Element::new("body", ns::CLIENT).text(&xml_text(body)))
}

/// Reads a message of an occupant with a text.
pub(crate) fn read(room: &Jid, message: &Element) -> Option<Received> {
    let from: Jid = message.get("from")?.parse().ok()?;
    if !from.same_bare(room) {
        return None;
    }
    let private = match message.get("type") {
        Some("groupchat") => false,
        Some("chat") => true,
        _ => return None,
    };
    let body: String = message
        .text_of("body", ns::CLIENT)?
        .chars()
        .take(RECEIVED_MAX)
        .collect();
    // Retractions and reactions carry a fallback text for clients that don't know them.
    let is_fallback = message.has_child("retract", "urn:xmpp:message-retract:1")
        || message.has_child("reactions", "urn:xmpp:reactions:0");
    if body.is_empty() || is_fallback {
        return None;
    }
    let stanza_id = message
        .children()
        .find(|child| child.name() == "stanza-id" && child.get("by") == Some(&room.to_string()))
        .and_then(|stanza_id| stanza_id.get("id"));
    Some(Received {
        id: message
            .get("id")
            .or(stanza_id)
            .filter(|id| !id.is_empty() && id.len() <= ID_MAX)
            .map(str::to_owned),
        nick: from.resource()?.to_owned(),
        name: message
            .text_of("display-name", ns::DISPLAY_NAME)
            .map(|name| shown_name(&name))
            .filter(|name| !name.is_empty()),
        private,
        body,
        stamp: stamp(message),
    })
}

/// XEP-0203, or the form that preceded it.
pub(crate) fn stamp(message: &Element) -> Option<UnixMillis> {
    let delay = message
        .find("delay", ns::DELAY)
        .or_else(|| message.find("x", ns::DELAY_LEGACY))?;
    let text = delay.get("stamp")?;
    let parsed = OffsetDateTime::parse(text, &Rfc3339)
        .ok()
        .or_else(|| legacy(text));
    Some(parsed.map_or(UnixMillis(0), |at| {
        let millis = at.unix_timestamp_nanos() / 1_000_000;
        UnixMillis(i64::try_from(millis).unwrap_or(0))
    }))
}

/// `CCYYMMDDThh:mm:ss`, always UTC.
fn legacy(text: &str) -> Option<OffsetDateTime> {
    if !text.is_ascii() || text.len() < 17 {
        return None;
    }
    let full = format!("{}-{}-{}Z", &text[..4], &text[4..6], &text[6..17]);
    OffsetDateTime::parse(&full, &Rfc3339).ok()
}

/// Who an own message is for, as an address' nick.
pub(crate) fn recipient(to: &Audience) -> Option<&str> {
    match to {
        Audience::Everyone => None,
        Audience::Private { with, .. } => Some(with.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    fn room() -> Jid {
        "scen@conference.meet.test".parse().unwrap()
    }

    fn message(attrs: &str, children: &str) -> Option<Received> {
        let xml = format!(
            "<message xmlns='jabber:client' from='scen@conference.meet.test/11e41cc1' {attrs}>{children}</message>"
        );
        read(&room(), &parse(&xml).unwrap())
    }

    #[test]
    fn what_is_sent() {
        insta::assert_snapshot!("public", public(&room(), "m1", "Grüße\u{0} <&>").to_xml());
        insta::assert_snapshot!(
            "private",
            private(&room(), "4943ac55", "m2", "psst").to_xml()
        );
    }

    #[test]
    fn recorded_messages_are_read() {
        let live = message("type='groupchat' id='GslmQBF0zJwJ'", "<body>hi all</body>").unwrap();
        assert_eq!(live.id.as_deref(), Some("GslmQBF0zJwJ"));
        assert_eq!(
            (live.body.as_str(), live.private, live.stamp),
            ("hi all", false, None)
        );
        let private = message("type='chat'", "<body>psst</body>").unwrap();
        assert!(private.private && private.id.is_none());
        let history = message(
            "type='groupchat' id='G'",
            "<body>hi all</body><delay xmlns='urn:xmpp:delay' stamp='2026-11-23T19:30:53Z'/>",
        )
        .unwrap();
        assert_eq!(history.stamp, Some(UnixMillis(1_795_462_253_000)));
    }

    #[test]
    fn old_stamps_and_broken_ones_are_history_too() {
        let stamped = |delay: &str| {
            message("type='groupchat'", &format!("<body>x</body>{delay}"))
                .unwrap()
                .stamp
        };
        assert_eq!(
            stamped("<x xmlns='jabber:x:delay' stamp='20261123T19:30:53'/>"),
            Some(UnixMillis(1_795_462_253_000))
        );
        assert_eq!(
            stamped("<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>"),
            Some(UnixMillis(0))
        );
        assert_eq!(
            stamped("<x xmlns='jabber:x:delay' stamp='ä0261123T19:30:5'/>"),
            Some(UnixMillis(0))
        );
    }

    #[test]
    fn what_is_no_chat_is_left_alone() {
        assert_eq!(message("type='groupchat'", "<subject>x</subject>"), None);
        assert_eq!(message("type='error'", "<body>x</body>"), None);
        assert_eq!(message("type='headline'", "<body>x</body>"), None);
        assert_eq!(message("type='groupchat'", "<body/>"), None);
        let retraction =
            "<body>fallback</body><retract xmlns='urn:xmpp:message-retract:1' id='1'/>";
        assert_eq!(message("type='groupchat'", retraction), None);
    }
}
