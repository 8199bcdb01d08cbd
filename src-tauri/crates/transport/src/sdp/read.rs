//! From SDP text to the neutral description, for offers and answers of a peer and for our own answer.

use super::text::{Sdp, Section};
use crate::TransportError;
use crate::description::{
    Candidate, DtlsParameters, Fingerprint, IceParameters, LocalAnswer, LocalSource, MediaOffer,
    PayloadType, RemoteOffer, RemoteSource, SctpOffer, Setup,
};
use crate::fingerprint;
use ranzen_rtp::{MediaKind, SourceKey};
use std::collections::HashMap;

/// Enough for every m-section we know; the rest is left out.
const MAX_PER_SECTION: usize = 512;

/// What a peer's offer or answer says. Sections that were rejected are left out.
pub(crate) fn describe(sdp: &Sdp) -> Result<RemoteOffer, TransportError> {
    let (ice, dtls) = transport(sdp)?;
    let live = || sdp.media.iter().filter(|section| !section.rejected());
    let media: Vec<_> = live().filter_map(|section| media(sdp, section)).collect();
    let sctp = live()
        .find(|section| section.kind() == "application")
        .map(|section| SctpOffer {
            mid: section.attribute("mid").unwrap_or_default().to_owned(),
            port: section
                .attribute("sctp-port")
                .and_then(|p| p.trim().parse().ok())
                .unwrap_or(5000),
            label: String::new(),
            protocol: String::new(),
        });
    let sources = live()
        .filter(|section| sends(sdp, section))
        .flat_map(sources)
        .collect();
    Ok(RemoteOffer {
        ice,
        dtls,
        media,
        sctp,
        sources,
    })
}

/// What our own answer says, once the stack has written it.
pub(crate) fn local_answer(
    sdp: &Sdp,
    sources: Vec<LocalSource>,
) -> Result<LocalAnswer, TransportError> {
    let described = describe(sdp)?;
    Ok(LocalAnswer {
        ice: described.ice,
        dtls: described.dtls,
        media: described.media,
        sources,
    })
}

/// BUNDLE shares one transport: the first section that names it counts.
fn transport(sdp: &Sdp) -> Result<(IceParameters, DtlsParameters), TransportError> {
    let missing = |what: &str| TransportError::Description(format!("no {what}"));
    let section = sdp
        .media
        .iter()
        .find(|section| !section.rejected() && sdp.attribute(section, "ice-ufrag").is_some())
        .ok_or_else(|| missing("ice-ufrag"))?;
    let of = |name| sdp.attribute(section, name).map(str::trim);
    let ice = IceParameters {
        ufrag: of("ice-ufrag").unwrap_or_default().to_owned(),
        pwd: of("ice-pwd").ok_or_else(|| missing("ice-pwd"))?.to_owned(),
        candidates: section
            .attributes("candidate")
            .take(MAX_PER_SECTION)
            .filter_map(candidate)
            .collect(),
        lite: sdp.session.iter().any(|line| line == "a=ice-lite"),
    };
    let fingerprints: Vec<_> = sdp
        .attributes(section, "fingerprint")
        .into_iter()
        .filter_map(|value| value.trim().split_once(' '))
        .map(|(algorithm, value)| {
            fingerprint::normalised(&Fingerprint {
                algorithm: algorithm.to_owned(),
                value: value.to_owned(),
            })
        })
        .take(16)
        .collect();
    if fingerprints.is_empty() {
        return Err(missing("fingerprint"));
    }
    let setup = match of("setup") {
        Some("active") => Setup::Active,
        Some("passive") => Setup::Passive,
        _ => Setup::ActPass,
    };
    Ok((
        ice,
        DtlsParameters {
            fingerprints,
            setup,
        },
    ))
}

/// `candidate-attribute` of RFC 8839; component 2 and names (mDNS) are of no use to us.
fn candidate(value: &str) -> Option<Candidate> {
    let mut words = value.split_ascii_whitespace();
    let foundation = words.next()?.to_owned();
    let component = words.next()?;
    let protocol = words.next()?.to_ascii_lowercase();
    let priority = words.next()?.parse().ok()?;
    let address = words.next()?.parse().ok()?;
    let port = words.next()?.parse().ok()?;
    let kind = words.nth(1)?.to_owned();
    (component == "1").then(|| Candidate {
        foundation,
        protocol,
        priority,
        address: std::net::SocketAddr::new(address, port),
        kind,
    })
}

fn kind(section: &Section) -> Option<MediaKind> {
    match section.kind() {
        "audio" => Some(MediaKind::Audio),
        "video" => Some(MediaKind::Video),
        _ => None,
    }
}

/// Whether the peer sends on the section.
fn sends(sdp: &Sdp, section: &Section) -> bool {
    sdp.attribute(section, "recvonly").is_none() && sdp.attribute(section, "inactive").is_none()
}

fn media(sdp: &Sdp, section: &Section) -> Option<MediaOffer> {
    let kind = kind(section)?;
    let payload_types = section
        .formats()
        .take(MAX_PER_SECTION)
        .filter_map(|format| payload_type(section, format.parse().ok()?))
        .collect();
    let extensions = sdp
        .attributes(section, "extmap")
        .into_iter()
        .take(MAX_PER_SECTION)
        .filter_map(|value| {
            let mut words = value.split_ascii_whitespace();
            // The id may carry a direction: `3/recvonly`.
            let id = words.next()?.split('/').next()?.parse().ok()?;
            Some((id, words.next()?.to_owned()))
        })
        .collect();
    Some(MediaOffer {
        mid: section.attribute("mid").unwrap_or_default().to_owned(),
        kind,
        payload_types,
        extensions,
    })
}

fn payload_type(section: &Section, id: u8) -> Option<PayloadType> {
    let of_this = |value: &'_ str| {
        value
            .split_once(' ')
            .filter(|(pt, _)| pt.parse() == Ok(id))
            .map(|(_, rest)| rest.trim().to_owned())
    };
    let map = section.attributes("rtpmap").find_map(of_this)?;
    let mut parts = map.split('/');
    Some(PayloadType {
        id,
        name: parts.next()?.to_owned(),
        clock_rate: parts.next()?.parse().ok()?,
        channels: parts.next().and_then(|c| c.parse().ok()).unwrap_or(0),
        parameters: section
            .attributes("fmtp")
            .find_map(of_this)
            .map(|line| {
                line.split(';')
                    .map(str::trim)
                    .filter(|p| !p.is_empty())
                    .map(|p| {
                        let (name, value) = p.split_once('=').unwrap_or((p, ""));
                        (name.to_owned(), value.to_owned())
                    })
                    .collect()
            })
            .unwrap_or_default(),
        feedback: section
            .attributes("rtcp-fb")
            .filter_map(|value| value.split_once(' '))
            .filter(|(pt, _)| *pt == "*" || pt.parse() == Ok(id))
            .map(|(_, feedback)| feedback.trim().to_owned())
            .collect(),
    })
}

/// The declared streams of a section, named by the track id of their msid, or else by the section.
fn sources(section: &Section) -> Vec<RemoteSource> {
    let Some(kind) = kind(section) else {
        return Vec::new();
    };
    let mid = section.attribute("mid").unwrap_or_default();
    let mut rtx: HashMap<u32, u32> = HashMap::new();
    for group in section
        .attributes("ssrc-group")
        .filter_map(|value| value.strip_prefix("FID "))
    {
        let ids: Vec<u32> = group
            .split_ascii_whitespace()
            .filter_map(|id| id.parse().ok())
            .collect();
        if let [primary, repair] = ids[..] {
            rtx.insert(primary, repair);
        }
    }
    let section_msid = section
        .attribute("msid")
        .and_then(|value| value.split_ascii_whitespace().nth(1));
    let mut found: Vec<RemoteSource> = Vec::new();
    for value in section.attributes("ssrc").take(MAX_PER_SECTION) {
        let Some((ssrc, rest)) = value
            .split_once(' ')
            .and_then(|(id, rest)| Some((id.parse::<u32>().ok()?, rest)))
        else {
            continue;
        };
        if rtx.values().any(|repair| *repair == ssrc) {
            continue;
        }
        let name = rest
            .strip_prefix("msid:")
            .and_then(|msid| msid.split_ascii_whitespace().nth(1))
            .or(section_msid);
        match found.iter_mut().find(|source| source.ssrc == ssrc) {
            Some(source) => {
                if let Some(name) = name {
                    source.key = SourceKey(name.to_owned());
                }
            }
            None => found.push(RemoteSource {
                key: SourceKey(name.map_or_else(|| format!("mid:{mid}"), str::to_owned)),
                kind,
                ssrc,
                rtx: rtx.get(&ssrc).copied(),
            }),
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::collection;
    use proptest::prelude::*;

    const CHROMIUM: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789\r\n\
        a=candidate:1 1 udp 2113937151 198.51.100.7 50000 typ host generation 0\r\n\
        a=candidate:2 1 udp 2113937151 1b7c-x.local 50001 typ host\r\n\
        a=fingerprint:sha-256 ab:cd\r\na=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
        a=extmap:4/sendrecv urn:ietf:params:rtp-hdrext:sdes:mid\r\na=sendrecv\r\na=msid:stream track-a\r\na=rtcp-mux\r\n\
        a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\n\
        a=fmtp:63 111/111\r\na=ssrc:1001 cname:x\r\na=ssrc:1001 msid:stream track-a\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n\
        a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=ssrc-group:FID 2001 2002\r\na=ssrc:2001 cname:x\r\na=ssrc:2002 cname:x\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n";

    #[test]
    fn a_browsers_offer_is_understood() {
        let offer = describe(&Sdp::parse(CHROMIUM).unwrap()).unwrap();
        assert_eq!(
            (offer.ice.ufrag.as_str(), offer.ice.pwd.as_str()),
            ("abcd", "0123456789")
        );
        assert_eq!(offer.ice.candidates.len(), 1, "a name is no address");
        assert_eq!(
            offer.ice.candidates[0].address.to_string(),
            "198.51.100.7:50000"
        );
        assert_eq!(offer.dtls.fingerprints[0].value, "AB:CD");
        assert_eq!(offer.media.len(), 2);
        let opus = &offer.media[0].payload_types[0];
        assert_eq!(
            (opus.id, opus.name.as_str(), opus.clock_rate, opus.channels),
            (111, "opus", 48000, 2)
        );
        assert_eq!(
            opus.parameters[1],
            ("useinbandfec".to_owned(), "1".to_owned())
        );
        assert_eq!(opus.feedback, ["transport-cc"]);
        assert_eq!(offer.media[0].extensions[1].0, 4);
        assert_eq!(offer.sctp.unwrap().port, 5000);
        let keys: Vec<_> = offer
            .sources
            .iter()
            .map(|s| (s.key.0.as_str(), s.ssrc, s.rtx))
            .collect();
        assert_eq!(keys, [("track-a", 1001, None), ("mid:1", 2001, Some(2002))]);
    }

    #[test]
    fn nothing_of_a_receiving_section_is_a_source() {
        let text = CHROMIUM.replace("a=sendrecv", "a=recvonly");
        let offer = describe(&Sdp::parse(&text).unwrap()).unwrap();
        assert_eq!(offer.sources.len(), 1);
    }

    #[test]
    fn a_description_without_fingerprint_is_refused() {
        let text = CHROMIUM.replace("a=fingerprint:sha-256 ab:cd\r\n", "");
        assert!(describe(&Sdp::parse(&text).unwrap()).is_err());
    }

    proptest! {
        /// Whatever a server says, reading it ends with a value or an error, and what is read can be told to the stack.
        #[test]
        fn any_mixture_of_lines_is_survived(lines in collection::vec((0..40usize, 0..40usize, 0..60usize), 0..60)) {
            let known: Vec<&str> = CHROMIUM.lines().collect();
            let mut text = String::from("v=0\r\n");
            for (line, cut, take) in lines {
                let line = known[line % known.len()];
                text.extend(line.chars().skip(cut.saturating_sub(30)).take(take));
                text.push_str("\r\n");
            }
            if let Ok(sdp) = Sdp::parse(&text)
                && let Ok(offer) = describe(&sdp)
            {
                let _ = crate::sdp::offer_text(&offer);
            }
        }
    }
}
