//! Jingle of the focus: what was understood is bounded, and our answer is XML whatever was in it.

use crate::Verdict;
use ranzen_xmpp::{Element, ns, parse};

/// The largest conference that Jitsi is known to hold has some 500; SSRCs per participant are
/// limited to 40 of each kind.
const SOURCES_MAX: usize = 5_000 * 80;

/// Reads the `<jingle/>` of a stanza, or the stanza itself.
pub fn jingle(bytes: &[u8]) -> Verdict {
    let Some(stanza) = std::str::from_utf8(bytes).ok().and_then(|t| parse(t).ok()) else {
        return Verdict::Refused;
    };
    let jingle: &Element = stanza.find("jingle", ns::JINGLE).unwrap_or(&stanza);
    let (answer, sources) = ranzen_jitsi::fuzz::jingle(jingle);
    assert!(sources <= SOURCES_MAX);
    if let Some(answer) = &answer {
        let again = parse(&answer.to_xml()).expect("our answer can be read");
        assert!(again.is("jingle", ns::JINGLE));
    }
    if answer.is_some() || sources > 0 {
        Verdict::Taken
    } else {
        Verdict::Refused
    }
}
