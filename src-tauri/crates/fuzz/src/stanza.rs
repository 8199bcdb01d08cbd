//! XMPP stanzas: what was read can be written and read again, and is the same.

use crate::Verdict;
use ranzen_xmpp::{Element, Jid, StanzaError, parse};

/// Reads a stanza and its addresses and error.
pub fn stanza(bytes: &[u8]) -> Verdict {
    let Ok(element) = std::str::from_utf8(bytes)
        .map_err(drop)
        .and_then(|t| parse(t).map_err(drop))
    else {
        return Verdict::Refused;
    };
    let written = element.to_xml();
    let again = parse(&written).expect("what we write can be read");
    assert_eq!(again.to_xml(), written, "writing is stable");
    look_at(&element);
    Verdict::Taken
}

fn look_at(element: &Element) {
    for name in ["from", "to", "by", "jid"] {
        if let Some(Ok(jid)) = element.get(name).map(str::parse::<Jid>) {
            let again: Jid = jid.to_string().parse().expect("a shown address is one");
            assert_eq!(again, jid);
            assert!(jid.bare().resource().is_none());
        }
    }
    // What errors say goes into problems and has to be short enough for people; here it only has
    // to come back without a panic.
    drop(StanzaError::of(element));
    element.children().for_each(look_at);
}
