//! Our own `unavailable` presence: why we are no longer in the room (XEP-0045 §9, §10).

use super::occupant::shown_name;
use ranzen_xmpp::{Element, Jid, ns};

/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 300;

/// Why we are out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Removal {
    /// A moderator removed us.
    Kicked {
        /// The moderator's nick.
        by: Option<String>,
        /// The reason given.
        reason: Option<String>,
    },
    /// The room was closed.
    Destroyed {
        /// Where to go instead.
        to: Option<Jid>,
        /// The reason given.
        reason: Option<String>,
    },
    /// The server is going down or lost us: come back.
    Technical,
    /// We left, or the server does not say why.
    Left,
    /// Not about us leaving at all.
    Ignored,
}

/// Reads our own `unavailable` presence.
pub(crate) fn removal(presence: &Element) -> Removal {
    // Sent to hide somebody from a recorder, not because anybody left.
    if presence.children().any(|child| child.name() == "ignore") {
        return Removal::Ignored;
    }
    let Some(x) = presence.find("x", ns::MUC_USER) else {
        return Removal::Left;
    };
    if let Some(destroy) = x.find_any("destroy") {
        return Removal::Destroyed {
            to: destroy.get("jid").and_then(|jid| jid.parse().ok()),
            reason: destroy.find_any("reason").and_then(reason),
        };
    }
    let has = |code: &str| {
        x.children()
            .any(|child| child.name() == "status" && child.get("code") == Some(code))
    };
    let item = x.find_any("item");
    if has("333") || has("332") {
        return Removal::Technical;
    }
    if ["301", "307", "321", "322"].iter().any(|code| has(code)) {
        return Removal::Kicked {
            by: item
                .and_then(|item| item.find_any("actor"))
                .and_then(|actor| actor.get("nick"))
                .map(str::to_owned),
            reason: item
                .and_then(|item| item.find_any("reason"))
                .and_then(reason),
        };
    }
    Removal::Left
}

fn reason(element: &Element) -> Option<String> {
    let text: String = element.own_text().chars().take(REASON_MAX).collect();
    let text: String = text
        .lines()
        .map(shown_name)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    fn read(inside: &str) -> Removal {
        let presence = parse(&format!(
            "<presence xmlns='jabber:client' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'>\
             {inside}<status code='110'/></x></presence>"
        ))
        .unwrap();
        removal(&presence)
    }

    #[test]
    fn every_way_out_is_told_apart() {
        assert_eq!(
            read(
                "<status code='307'/><item role='none'><actor nick='11e41cc1'/><reason>bye</reason></item>"
            ),
            Removal::Kicked {
                by: Some("11e41cc1".into()),
                reason: Some("bye".into())
            }
        );
        assert_eq!(
            read("<destroy jid='r@c.test'><reason>Meeting ended\nfor all</reason></destroy>"),
            Removal::Destroyed {
                to: Some("r@c.test".parse().unwrap()),
                reason: Some("Meeting ended for all".into())
            }
        );
        assert_eq!(read("<status code='332'/>"), Removal::Technical);
        assert_eq!(read("<item role='none'/>"), Removal::Left);
        // A kick for a technical reason is none (Prosody sends 307 and 333 together).
        assert_eq!(
            read("<status code='307'/><status code='333'/>"),
            Removal::Technical
        );
        let hidden = parse(
            "<presence xmlns='jabber:client' type='unavailable'><ignore xmlns='http://jitsi.org/jitmeet/'/></presence>",
        )
        .unwrap();
        assert_eq!(removal(&hidden), Removal::Ignored);
    }
}
