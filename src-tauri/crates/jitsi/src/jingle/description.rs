//! `<description/>` both ways: payload types, feedback, header extensions.

use ranzen_rtp::MediaKind;
use ranzen_transport::{MediaOffer, PayloadType};
use ranzen_xmpp::{Element, ns};

/// The wire has room for 128 payload types and 255 header extensions.
const PAYLOAD_TYPES_MAX: usize = 128;
const EXTENSIONS_MAX: usize = 64;
const PARAMETERS_MAX: usize = 32;

pub(super) fn read(content_name: &str, description: &Element) -> Option<MediaOffer> {
    let kind = match description.get("media")? {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        _ => return None,
    };
    let children = |name: &'static str| description.children().filter(move |c| c.name() == name);
    Some(MediaOffer {
        mid: content_name.to_owned(),
        kind,
        payload_types: children("payload-type")
            .filter_map(payload_type)
            .take(PAYLOAD_TYPES_MAX)
            .collect(),
        extensions: children("rtp-hdrext")
            .filter_map(|e| Some((e.get("id")?.parse().ok()?, e.get("uri")?.to_owned())))
            .take(EXTENSIONS_MAX)
            .collect(),
    })
}

fn payload_type(element: &Element) -> Option<PayloadType> {
    let id = element
        .get("id")?
        .parse::<u8>()
        .ok()
        .filter(|id| *id < 128)?;
    let parameters = element
        .children()
        .filter(|c| c.name() == "parameter")
        .filter_map(|p| Some((p.get("name")?, p.get("value")?)))
        .flat_map(|(name, value)| parameters(name, value))
        .take(PARAMETERS_MAX)
        .collect();
    let feedback = element
        .children()
        .filter(|c| c.name() == "rtcp-fb")
        .filter_map(|fb| {
            let kind = fb.get("type")?;
            Some(match fb.get("subtype") {
                Some(subtype) => format!("{kind} {subtype}"),
                None => kind.to_owned(),
            })
        })
        .take(PARAMETERS_MAX)
        .collect();
    Some(PayloadType {
        id,
        name: element.get("name")?.to_owned(),
        clock_rate: element.get("clockrate")?.parse().ok()?,
        channels: element
            .get("channels")
            .and_then(|channels| channels.parse().ok())
            .unwrap_or(1),
        parameters,
        feedback,
    })
}

/// Jicofo puts H.264's three parameters into the value of the first:
/// `profile-level-id` = `42e01f;level-asymmetry-allowed=1;packetization-mode=1;`.
fn parameters(name: &str, value: &str) -> Vec<(String, String)> {
    let mut parts = value.split(';');
    let first = parts.next().unwrap_or_default();
    let mut all = vec![(name.to_owned(), first.to_owned())];
    all.extend(parts.filter(|part| !part.is_empty()).map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (name.trim().to_owned(), value.trim().to_owned())
    }));
    all
}

pub(super) fn write(media: &MediaOffer, sources: Vec<Element>) -> Element {
    let kind = match media.kind {
        MediaKind::Audio => "audio",
        MediaKind::Video => "video",
    };
    Element::new("description", ns::JINGLE_RTP)
        .attr("media", kind)
        .children_from(media.payload_types.iter().map(write_payload_type))
        .children_from(sources)
        .child(Element::new("rtcp-mux", ns::JINGLE_RTP))
        .children_from(media.extensions.iter().map(|(id, uri)| {
            Element::new("rtp-hdrext", ns::JINGLE_HDREXT)
                .attr("id", id.to_string())
                .attr("uri", uri.clone())
        }))
        .child(Element::new("extmap-allow-mixed", ns::JINGLE_HDREXT))
}

fn write_payload_type(payload_type: &PayloadType) -> Element {
    Element::new("payload-type", ns::JINGLE_RTP)
        .attr("channels", payload_type.channels.max(1).to_string())
        .attr("clockrate", payload_type.clock_rate.to_string())
        .attr("id", payload_type.id.to_string())
        .attr("name", payload_type.name.clone())
        .children_from(payload_type.parameters.iter().map(|(name, value)| {
            Element::new("parameter", ns::JINGLE_RTP)
                .attr("name", name.clone())
                .attr("value", value.clone())
        }))
        .children_from(payload_type.feedback.iter().map(|feedback| {
            let (kind, subtype) = match feedback.split_once(' ') {
                Some((kind, subtype)) => (kind, Some(subtype)),
                None => (feedback.as_str(), None),
            };
            Element::new("rtcp-fb", ns::JINGLE_RTCP_FB)
                .attr_opt("subtype", subtype)
                .attr("type", kind)
        }))
}
