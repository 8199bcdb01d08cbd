//! Service discovery (XEP-0030, XEP-0115): what we say of ourselves, what the server says of itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ranzen_xmpp::{Element, Jid, ns};
use std::collections::BTreeMap;

/// The node of our capabilities.
const NODE: &str = "urn:ranzen";

/// What we can do, sorted. Jicofo makes its offer after this list: an unanswered or shorter one
/// costs RTX, transport-cc and compact sources (`jicofo: …/xmpp/Features.kt`).
const FEATURES: [&str; 15] = [
    "http://jabber.org/protocol/caps",
    "http://jabber.org/protocol/disco#info",
    "http://jitsi.org/json-encoded-sources",
    "http://jitsi.org/source-name",
    "http://jitsi.org/start-muted-room-metadata",
    "http://jitsi.org/tcc",
    "urn:ietf:rfc:4588",
    "urn:xmpp:jingle:1",
    "urn:xmpp:jingle:apps:dtls:0",
    "urn:xmpp:jingle:apps:rtp:1",
    "urn:xmpp:jingle:apps:rtp:audio",
    "urn:xmpp:jingle:apps:rtp:video",
    "urn:xmpp:jingle:transports:dtls-sctp:1",
    "urn:xmpp:jingle:transports:ice-udp:1",
    "urn:xmpp:ping",
];

/// The verification string (XEP-0115 §5.1) of a list without identities and forms.
fn verification(features: &[&str]) -> String {
    let mut sorted = features.to_vec();
    sorted.sort_unstable();
    let text: String = sorted.iter().map(|f| format!("{f}<")).collect();
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    STANDARD.encode(hash.as_ref())
}

/// `<c/>` for the presence.
pub(crate) fn caps() -> Element {
    Element::new("c", ns::CAPS)
        .attr("hash", "sha-1")
        .attr("node", NODE)
        .attr("ver", verification(&FEATURES))
}

/// The answer's `<query/>` to a disco#info of somebody else. Nodes other than the advertised one get
/// the same list: it is the only one there is.
pub(crate) fn answer(query: &Element) -> Element {
    let features = FEATURES
        .iter()
        .map(|var| Element::new("feature", ns::DISCO_INFO).attr("var", *var));
    Element::new("query", ns::DISCO_INFO)
        .attr_opt("node", query.get("node"))
        .children_from(features)
}

/// The server's components, by what they are for. Messages of components count only when they come
/// from these addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Components(BTreeMap<String, Jid>);

impl Components {
    /// Reads the answer of the server's domain: the address stands in the identity's name.
    pub(crate) fn read(query: &Element) -> Self {
        let found = query
            .children()
            .filter(|child| {
                child.name() == "identity" && child.get("category") == Some("component")
            })
            .filter_map(|identity| {
                let jid = identity.get("name")?.parse().ok()?;
                Some((identity.get("type")?.to_owned(), jid))
            })
            .take(64)
            .collect();
        Self(found)
    }

    /// Is this stanza from the component of that type?
    pub(crate) fn sent(&self, kind: &str, stanza: &Element) -> bool {
        let from = stanza.get("from").and_then(|from| from.parse::<Jid>().ok());
        from.is_some() && from.as_ref() == self.0.get(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    /// The list and hash that lib-jitsi-meet announced in the recorded cold start.
    #[test]
    fn the_hash_of_the_reference_client_comes_out() {
        let features = [
            "http://jabber.org/protocol/caps",
            "http://jitsi.org/json-encoded-sources",
            "http://jitsi.org/receive-multiple-video-streams",
            "http://jitsi.org/remb",
            "http://jitsi.org/source-name",
            "http://jitsi.org/start-muted-room-metadata",
            "http://jitsi.org/tcc",
            "http://jitsi.org/visitors-1",
            "urn:ietf:rfc:4588",
            "urn:xmpp:jingle:1",
            "urn:xmpp:jingle:apps:dtls:0",
            "urn:xmpp:jingle:apps:rtp:1",
            "urn:xmpp:jingle:apps:rtp:audio",
            "urn:xmpp:jingle:apps:rtp:video",
            "urn:xmpp:jingle:transports:dtls-sctp:1",
            "urn:xmpp:jingle:transports:ice-udp:1",
            "urn:xmpp:rayo:client:1",
        ];
        assert_eq!(verification(&features), "dtzK/3xhISaXUMVg59IpXxdvKyQ=");
    }

    #[test]
    fn the_list_is_sorted_and_answered_under_the_asked_node() {
        assert!(FEATURES.is_sorted());
        let query = Element::new("query", ns::DISCO_INFO).attr("node", "n#v");
        let answer = answer(&query);
        assert_eq!(answer.get("node"), Some("n#v"));
        assert_eq!(answer.children().count(), FEATURES.len());
        insta::assert_snapshot!(caps().to_xml());
    }

    #[test]
    fn a_component_is_known_by_its_address() {
        let query = parse(
            "<query xmlns='http://jabber.org/protocol/disco#info'>\
             <identity category='component' type='av_moderation' name='avmoderation.meet.test'/>\
             <identity category='server' type='im' name='Prosody'/></query>",
        )
        .unwrap();
        let components = Components::read(&query);
        let from = |jid: &str| Element::new("message", ns::CLIENT).attr("from", jid);
        assert!(components.sent("av_moderation", &from("avmoderation.meet.test")));
        assert!(!components.sent("av_moderation", &from("room@conference.meet.test/x")));
        assert!(!components.sent("polls", &from("polls.meet.test")));
    }
}
