//! Doors for the fuzzer (crate `fuzz`) to parsers that are nobody else's business.

mod session;

pub use session::{Progress, session};

use crate::colibri::BridgeMessage;
use crate::jingle::{Accept, Offer, accept, sources_of};
use ranzen_transport::LocalAnswer;
use ranzen_xmpp::Element;

/// Reads a `<jingle/>` as offer and as announcement of sources, and answers the offer. Gives the
/// answer if it was understood, and how many sources were found.
pub fn jingle(element: &Element) -> (Option<Element>, usize) {
    let sources = sources_of(element).len();
    let Ok(offer) = Offer::read(element) else {
        return (None, sources);
    };
    let remote = [offer.remote(false), offer.remote(true)].map(|remote| remote.sources.len());
    let answer = LocalAnswer {
        ice: offer.ice.clone(),
        dtls: offer.dtls.clone(),
        media: offer.media.clone(),
        sources: Vec::new(),
    };
    let answered = accept(
        &offer,
        &Accept {
            initiator: "room@conference.meet.test/focus".to_owned(),
            responder: "us@meet.test/r".to_owned(),
            nick: "us",
            track: "t",
            answer: &answer,
        },
    );
    (Some(answered), sources.max(remote[0]).max(remote[1]))
}

/// Reads a message of the bridge channel. Whether it is one.
pub fn bridge_message(text: &str) -> bool {
    BridgeMessage::read(text).is_some()
}
