//! Our session-accept.

use super::description;
use super::offer::Offer;
use ranzen_rtp::MediaKind;
use ranzen_transport::{LocalAnswer, Setup};
use ranzen_xmpp::{Element, ns};

/// What goes into a session-accept besides the offer.
pub(crate) struct Accept<'a> {
    /// The focus' address in the room.
    pub(crate) initiator: String,
    /// Our own full address.
    pub(crate) responder: String,
    /// Our endpoint id.
    pub(crate) nick: &'a str,
    /// Identifies our track; random.
    pub(crate) track: &'a str,
    /// What the transport answers.
    pub(crate) answer: &'a LocalAnswer,
}

/// `<jingle action="session-accept"/>`. It carries credentials and fingerprint but no candidates: the
/// bridge learns our address from our checks, and nobody learns our inner addresses.
pub(crate) fn accept(offer: &Offer, accept: &Accept<'_>) -> Element {
    let contents: Vec<Element> = offer
        .contents
        .iter()
        .filter_map(|name| content(name, offer, accept))
        .collect();
    let group = Element::new("group", ns::JINGLE_GROUPING)
        .attr("semantics", "BUNDLE")
        .children_from(contents.iter().filter_map(|content| {
            let name = content.get("name")?;
            Some(Element::new("content", ns::JINGLE_GROUPING).attr("name", name))
        }));
    Element::new("jingle", ns::JINGLE)
        .attr("action", "session-accept")
        .attr("initiator", accept.initiator.clone())
        .attr("responder", accept.responder.clone())
        .attr("sid", offer.sid.clone())
        .children_from(offer.traceparent.clone())
        .child(group)
        .children_from(contents)
}

fn content(name: &str, offer: &Offer, accept: &Accept<'_>) -> Option<Element> {
    let content = Element::new("content", ns::JINGLE)
        .attr("creator", "responder")
        .attr("name", name);
    if let Some((data, port)) = &offer.data
        && data == name
    {
        let map = Element::new("sctpmap", ns::JINGLE_SCTP)
            .attr("number", port.to_string())
            .attr("protocol", "webrtc-datachannel")
            .attr("streams", "0");
        return Some(content.child(transport(accept.answer, Some(map))));
    }
    let media = accept.answer.media.iter().find(|media| media.mid == name)?;
    let sources = sources(media.kind, accept);
    Some(
        content
            .attr("senders", "both")
            .child(description::write(media, sources))
            .child(transport(accept.answer, None)),
    )
}

fn transport(answer: &LocalAnswer, map: Option<Element>) -> Element {
    let setup = match answer.dtls.setup {
        Setup::ActPass | Setup::Active => "active",
        Setup::Passive => "passive",
    };
    Element::new("transport", ns::JINGLE_ICE)
        .attr("pwd", answer.ice.pwd.clone())
        .attr("ufrag", answer.ice.ufrag.clone())
        .children_from(map)
        .children_from(answer.dtls.fingerprints.iter().map(|fingerprint| {
            // The bridge compares letters: upper-case hex, nothing around it.
            Element::new("fingerprint", ns::JINGLE_DTLS)
                .attr("hash", fingerprint.algorithm.to_ascii_lowercase())
                .attr("setup", setup)
                .text(&fingerprint.value.to_ascii_uppercase())
        }))
}

/// Our sources of one kind, named and with a msid, which Jicofo demands in groups and wants unique.
fn sources(kind: MediaKind, accept: &Accept<'_>) -> Vec<Element> {
    let (letter, word, video_type) = match kind {
        MediaKind::Audio => ('a', "audio", None),
        MediaKind::Video => ('v', "video", Some("camera")),
    };
    let mine = accept.answer.sources.iter().filter(|s| s.kind == kind);
    let mut all = Vec::new();
    let mut groups = Vec::new();
    for (at, source) in mine.enumerate() {
        let name = format!("{}-{letter}{at}", accept.nick);
        let msid = format!("{}-{word}-{at}-1 {}-1", accept.nick, accept.track);
        for ssrc in [Some(source.ssrc), source.rtx].into_iter().flatten() {
            all.push(
                Element::new("source", ns::JINGLE_SSMA)
                    .attr("name", name.clone())
                    .attr("ssrc", ssrc.to_string())
                    .attr_opt("videoType", video_type)
                    .child(
                        Element::new("parameter", ns::JINGLE_SSMA)
                            .attr("name", "msid")
                            .attr("value", msid.clone()),
                    ),
            );
        }
        if let Some(rtx) = source.rtx {
            let member =
                |ssrc: u32| Element::new("source", ns::JINGLE_SSMA).attr("ssrc", ssrc.to_string());
            groups.push(
                Element::new("ssrc-group", ns::JINGLE_SSMA)
                    .attr("semantics", "FID")
                    .child(member(source.ssrc))
                    .child(member(rtx)),
            );
        }
    }
    all.extend(groups);
    all
}

#[cfg(test)]
mod tests {
    use super::super::offer::tests::recorded;
    use super::*;
    use ranzen_transport::{DtlsParameters, Fingerprint, IceParameters, LocalSource};

    fn answer(offer: &Offer) -> LocalAnswer {
        LocalAnswer {
            ice: IceParameters {
                ufrag: "T5qf".into(),
                pwd: "vVuvUW18A+422jKqQsvqDUK4".into(),
                ..IceParameters::default()
            },
            dtls: DtlsParameters {
                fingerprints: vec![Fingerprint {
                    algorithm: "sha-256".into(),
                    value: "e1:95:ce".into(),
                }],
                setup: Setup::Active,
            },
            media: offer.media.clone(),
            sources: vec![
                LocalSource {
                    kind: MediaKind::Audio,
                    ssrc: 1_809_133_359,
                    rtx: None,
                    cname: "c".into(),
                },
                LocalSource {
                    kind: MediaKind::Video,
                    ssrc: 5,
                    rtx: Some(6),
                    cname: "c".into(),
                },
            ],
        }
    }

    #[test]
    fn the_accept_is_the_reference_clients() {
        let offer = Offer::read(&recorded()).unwrap();
        let answer = answer(&offer);
        let element = accept(
            &offer,
            &Accept {
                initiator: "vsctp@conference.meet.test/focus".into(),
                responder: "05943ab0-6f94@meet.test/r".into(),
                nick: "05943ab0",
                track: "b4761e8b",
                answer: &answer,
            },
        );
        insta::assert_snapshot!(element.to_xml().replace("><", ">\n<"));
    }

    #[test]
    fn an_m_line_that_is_not_accepted_is_not_in_the_group() {
        let offer = Offer::read(&recorded()).unwrap();
        let mut answer = answer(&offer);
        answer.media.truncate(1);
        let element = accept(
            &offer,
            &Accept {
                initiator: "r@c/focus".into(),
                responder: "u@d/r".into(),
                nick: "n",
                track: "t",
                answer: &answer,
            },
        );
        let group = element.find("group", ns::JINGLE_GROUPING).unwrap();
        let names: Vec<_> = group.children().filter_map(|c| c.get("name")).collect();
        assert_eq!(names, ["audio", "data"]);
    }
}
