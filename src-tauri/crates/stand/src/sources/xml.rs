//! The long form: `<source/>` and `<ssrc-group/>` inside a description.

use ranzen_xmpp::{Element, ns};

use super::Kind;

/// The elements of one participant's sources of one kind.
pub(crate) fn to_xml(owner: &str, kind: &Kind) -> Vec<Element> {
    let sources = kind.sources.iter().map(|source| {
        let mut element = Element::new("source", ns::JINGLE_SSMA)
            .attr("name", &source.name)
            .attr_opt("videoType", source.video_type.as_ref())
            .attr("ssrc", source.ssrc.to_string())
            .child(Element::new("ssrc-info", ns::JITMEET).attr("owner", owner));
        if let Some(msid) = &source.msid {
            // Sic: in the namespace of the description, as Jicofo writes it.
            element.push(
                Element::new("parameter", ns::JINGLE_RTP)
                    .attr("name", "msid")
                    .attr("value", msid),
            );
        }
        element
    });
    let groups =
        kind.groups.iter().map(|group| {
            Element::new("ssrc-group", ns::JINGLE_SSMA)
                .attr("semantics", &group.semantics)
                .children_from(group.ssrcs.iter().map(|ssrc| {
                    Element::new("source", ns::JINGLE_SSMA).attr("ssrc", ssrc.to_string())
                }))
        });
    sources.chain(groups).collect()
}
