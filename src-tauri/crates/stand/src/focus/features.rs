//! What a client says it can do, and what follows from it for the offer.

use ranzen_xmpp::{Element, ns};

/// The features the focus looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features {
    pub(crate) audio: bool,
    pub(crate) video: bool,
    pub(crate) sctp: bool,
    pub(crate) rtx: bool,
    pub(crate) tcc: bool,
    pub(crate) json_sources: bool,
}

impl Features {
    /// What is assumed of a client that refuses to say or stays silent. The original's set names SCTP,
    /// but no `data` content was seen then.
    pub(crate) const DEFAULT: Self = Self {
        audio: true,
        video: true,
        sctp: false,
        rtx: false,
        tcc: false,
        json_sources: false,
    };

    /// Reads an answer to disco#info.
    pub(crate) fn of(query: &Element) -> Self {
        let list = query
            .children()
            .filter(|child| child.is("feature", ns::DISCO_INFO));
        Self::named(
            &list
                .filter_map(|child| child.get("var").map(str::to_owned))
                .collect::<Vec<_>>(),
        )
    }

    /// From the features' names.
    pub(crate) fn named(features: &[String]) -> Self {
        let has = |wanted: &str| features.iter().any(|feature| feature == wanted);
        Self {
            audio: has("urn:xmpp:jingle:apps:rtp:audio"),
            video: has("urn:xmpp:jingle:apps:rtp:video"),
            sctp: has(ns::JINGLE_SCTP),
            rtx: has("urn:ietf:rfc:4588"),
            tcc: has("http://jitsi.org/tcc"),
            json_sources: has("http://jitsi.org/json-encoded-sources"),
        }
    }
}
