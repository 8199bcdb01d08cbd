//! The focus' session-initiate.

use super::description;
use super::sources::{Source, sources_of};
use ranzen_meeting::{Code, Problem};
use ranzen_rtp::MediaKind;
use ranzen_transport::{
    Candidate, DtlsParameters, Fingerprint, IceParameters, MediaOffer, RemoteOffer, SctpOffer,
    Setup,
};
use ranzen_xmpp::{Element, ns};
use std::net::{IpAddr, SocketAddr};

/// Audio, video and data; more contents are not looked at.
const CONTENTS_MAX: usize = 8;
const CANDIDATES_MAX: usize = 64;
const SID_MAX: usize = 256;
/// What the bridge's data channel is called by the reference client.
const CHANNEL_LABEL: &str = "JVB data channel";
const CHANNEL_PROTOCOL: &str = "http://jitsi.org/protocols/colibri";

/// An offered session.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    /// Session id.
    pub(crate) sid: String,
    /// Names of the contents in order, for the answer's BUNDLE group.
    pub(crate) contents: Vec<String>,
    /// ICE, DTLS.
    pub(crate) ice: IceParameters,
    /// DTLS.
    pub(crate) dtls: DtlsParameters,
    /// m-lines.
    pub(crate) media: Vec<MediaOffer>,
    /// The data content, if offered: its name and SCTP port.
    pub(crate) data: Option<(String, u16)>,
    /// Bridge channel URLs.
    pub(crate) websockets: Vec<String>,
    /// Participants' sources.
    pub(crate) sources: Vec<Source>,
    /// Identifies the session at the bridge.
    pub(crate) bridge_session: Option<String>,
    /// The focus wants our microphone muted.
    pub(crate) start_muted: bool,
    /// Tracing context, which the reference client sends back.
    pub(crate) traceparent: Option<Element>,
}

impl Offer {
    /// Reads `<jingle action="session-initiate"/>`.
    pub(crate) fn read(jingle: &Element) -> Result<Self, Problem> {
        let wrong =
            |what: &str| Problem::new(Code::ServerProtocol, format!("session-initiate {what}"));
        let sid = jingle
            .get("sid")
            .filter(|sid| !sid.is_empty() && sid.len() <= SID_MAX)
            .ok_or_else(|| wrong("without sid"))?;
        let contents: Vec<&Element> = jingle
            .children()
            .filter(|child| child.name() == "content")
            .take(CONTENTS_MAX)
            .collect();
        let transports = || {
            contents
                .iter()
                .filter_map(|content| content.find_any("transport"))
        };
        // The same transport stands in each content; whichever says something counts.
        let word = |name: &str| transports().find_map(|t| t.get(name)).map(str::to_owned);
        let media: Vec<MediaOffer> = contents
            .iter()
            .filter_map(|content| {
                description::read(content.get("name")?, content.find_any("description")?)
            })
            .collect();
        if !media.iter().any(|offer| offer.kind == MediaKind::Audio) {
            return Err(wrong("without sound"));
        }
        Ok(Self {
            sid: sid.to_owned(),
            contents: contents
                .iter()
                .filter_map(|content| content.get("name").map(str::to_owned))
                .collect(),
            ice: IceParameters {
                ufrag: word("ufrag").ok_or_else(|| wrong("without ufrag"))?,
                pwd: word("pwd").ok_or_else(|| wrong("without pwd"))?,
                candidates: candidates(transports()),
                lite: false,
            },
            dtls: dtls(transports()).ok_or_else(|| wrong("without fingerprint"))?,
            media,
            data: contents.iter().find_map(|content| data(content)),
            websockets: websockets(transports()),
            sources: sources_of(jingle),
            bridge_session: jingle
                .find("bridge-session", ns::FOCUS)
                .and_then(|session| session.get("id"))
                .map(str::to_owned),
            start_muted: jingle
                .find("startmuted", ns::START_MUTED)
                .and_then(|muted| muted.get("audio"))
                == Some("true"),
            traceparent: jingle.find_any("traceparent").cloned(),
        })
    }

    /// For the transport. SCTP only if the bridge channel is to run over it; pictures are not
    /// received as long as nothing decodes them.
    pub(crate) fn remote(&self, channel_over_sctp: bool) -> RemoteOffer {
        let sctp = self.data.as_ref().filter(|_| channel_over_sctp);
        RemoteOffer {
            ice: self.ice.clone(),
            dtls: self.dtls.clone(),
            media: self.media.clone(),
            sctp: sctp.map(|(mid, port)| SctpOffer {
                mid: mid.clone(),
                port: *port,
                label: CHANNEL_LABEL.to_owned(),
                protocol: CHANNEL_PROTOCOL.to_owned(),
            }),
            sources: self
                .sources
                .iter()
                .filter(|source| source.kind == MediaKind::Audio)
                .map(Source::remote)
                .collect(),
        }
    }
}

fn candidates<'a>(transports: impl Iterator<Item = &'a Element>) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    for candidate in transports
        .flat_map(Element::children)
        .filter(|child| child.name() == "candidate")
        .filter_map(candidate)
    {
        if all.len() < CANDIDATES_MAX && !all.contains(&candidate) {
            all.push(candidate);
        }
    }
    all
}

fn candidate(element: &Element) -> Option<Candidate> {
    // With rtcp-mux there is only component 1.
    if element.get("component").is_some_and(|c| c != "1") {
        return None;
    }
    let ip: IpAddr = element.get("ip")?.parse().ok()?;
    let port = element.get("port")?.parse().ok()?;
    Some(Candidate {
        foundation: element.get("foundation").unwrap_or("1").to_owned(),
        protocol: element.get("protocol")?.to_ascii_lowercase(),
        priority: element.get("priority")?.parse().ok()?,
        address: SocketAddr::new(ip, port),
        kind: element.get("type")?.to_owned(),
    })
}

fn dtls<'a>(transports: impl Iterator<Item = &'a Element>) -> Option<DtlsParameters> {
    let mut fingerprints: Vec<Fingerprint> = Vec::new();
    let mut setup = Setup::ActPass;
    for element in transports
        .flat_map(Element::children)
        .filter(|child| child.name() == "fingerprint")
        .take(CANDIDATES_MAX)
    {
        let Some(hash) = element.get("hash") else {
            continue;
        };
        let fingerprint = Fingerprint {
            algorithm: hash.to_ascii_lowercase(),
            value: element.own_text().trim().to_ascii_uppercase(),
        };
        setup = match element.get("setup") {
            Some("active") => Setup::Active,
            Some("passive") => Setup::Passive,
            _ => Setup::ActPass,
        };
        if !fingerprints.contains(&fingerprint) {
            fingerprints.push(fingerprint);
        }
    }
    (!fingerprints.is_empty()).then_some(DtlsParameters {
        fingerprints,
        setup,
    })
}

fn data(content: &Element) -> Option<(String, u16)> {
    let map = content.find_any("transport")?.find_any("sctpmap")?;
    let port = map
        .get("number")
        .and_then(|n| n.parse().ok())
        .unwrap_or(5000);
    Some((content.get("name")?.to_owned(), port))
}

fn websockets<'a>(transports: impl Iterator<Item = &'a Element>) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for url in transports
        .flat_map(Element::children)
        .filter(|child| child.is("web-socket", ns::COLIBRI))
        .filter_map(|socket| socket.get("url"))
        .filter(|url| url.starts_with("wss://") || url.starts_with("ws://"))
    {
        if urls.len() < CONTENTS_MAX && !urls.iter().any(|known| known == url) {
            urls.push(url.to_owned());
        }
    }
    urls
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    pub(crate) fn recorded() -> Element {
        let iq = parse(include_str!("../../tests/fixtures/session-initiate.xml")).unwrap();
        iq.find("jingle", ns::JINGLE).unwrap().clone()
    }

    #[test]
    fn the_recorded_offer_is_read() {
        let offer = Offer::read(&recorded()).unwrap();
        assert_eq!(offer.sid, "ce77j6ab0hn0r");
        assert_eq!(offer.contents, ["audio", "video", "data"]);
        assert_eq!(offer.ice.ufrag, "e4qsu1k84u9kn3");
        assert_eq!(offer.ice.candidates.len(), 1, "the same in each content");
        assert_eq!(offer.dtls.fingerprints.len(), 1);
        assert_eq!(offer.data, Some(("data".to_owned(), 5000)));
        assert_eq!(offer.websockets.len(), 1);
        assert!(offer.sources.is_empty(), "only the bridge's own");
        let h264 = &offer.media[1].payload_types[2];
        assert_eq!(
            h264.parameters,
            [
                ("profile-level-id".to_owned(), "42e01f".to_owned()),
                ("level-asymmetry-allowed".to_owned(), "1".to_owned()),
                ("packetization-mode".to_owned(), "1".to_owned()),
            ]
        );
        assert!(offer.remote(false).sctp.is_none());
        assert_eq!(offer.remote(true).sctp.unwrap().port, 5000);
    }

    #[test]
    fn an_offer_that_can_not_be_answered_says_what_is_missing() {
        let without = |what: &str| {
            let text = recorded()
                .to_xml()
                .replace(what, &what.replace(['i', 'u'], "y"));
            Offer::read(&parse(&text).unwrap()).unwrap_err().chain
        };
        assert!(without("ufrag=").contains("ufrag"));
        assert!(without("fingerprint").contains("fingerprint"));
        assert!(without("media=\"audio\"").contains("sound"));
        assert!(without("sid=").contains("sid"));
    }

    /// What the focus offered to minimal clients that announced fewer features.
    fn offered_to(recording: &str) -> Offer {
        let line = recording
            .lines()
            .find(|line| line.contains("session-initiate"))
            .unwrap();
        let iq = parse(line).unwrap();
        Offer::read(iq.find_any("jingle").unwrap()).unwrap()
    }

    #[test]
    fn offers_to_lesser_clients_are_read_too() {
        macro_rules! raw {
            ($name:literal) => {
                offered_to(include_str!(concat!(
                    "../../../stand/tests/recordings/raw-",
                    $name,
                    ".txt"
                )))
            };
        }
        let xml = raw!("xmlsources");
        let names: Vec<_> = xml.sources.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["f0fc043c-a0", "f0fc043c-v0"]);
        assert_eq!(xml.sources[1].rtx, Some(1_941_508_940));
        let audio_only = raw!("audioonly");
        assert!(audio_only.media.iter().all(|m| m.kind == MediaKind::Audio));
        assert!(audio_only.data.is_none());
        for offer in [raw!("silent"), raw!("nodisco"), raw!("badnick")] {
            assert!(!offer.ice.ufrag.is_empty() && !offer.websockets.is_empty());
        }
    }
}
