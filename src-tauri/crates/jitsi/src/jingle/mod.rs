//! Jingle (XEP-0166) with the focus: what it offers, what we answer.

mod answer;
mod description;
mod offer;
mod requests;
mod sources;

pub(crate) use answer::{Accept, accept};
pub(crate) use offer::Offer;
pub(crate) use requests::{Reason, terminate};
pub(crate) use sources::{Source, sources_of};

use ranzen_xmpp::Jid;

/// The occupant of an address, if it is one of this room.
pub(crate) fn nick_in<'a>(room: &Jid, from: &'a Jid) -> Option<&'a str> {
    if from.same_bare(room) {
        from.resource()
    } else {
        None
    }
}
