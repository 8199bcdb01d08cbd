//! Reads session-accept: the client's transport and the payload types and extensions it took.

use std::collections::BTreeMap;

use ranzen_xmpp::{Element, ns};

use crate::complaints::Complaints;

/// What the bridge needs to know about a client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Remote {
    pub(crate) ufrag: Option<String>,
    pub(crate) pwd: Option<String>,
    /// Hash function and value, as written.
    pub(crate) fingerprint: Option<(String, String)>,
    /// `active` or `passive`.
    pub(crate) setup: Option<String>,
    pub(crate) candidates: Vec<std::net::SocketAddr>,
    /// Accepted payload types: name and, for repair streams, what they repair.
    pub(crate) payloads: BTreeMap<u8, (String, Option<u8>)>,
    /// Payload types with `transport-cc` feedback.
    pub(crate) tcc: bool,
    /// Accepted header extensions.
    pub(crate) extensions: BTreeMap<u8, String>,
}

/// Reads all contents and merges their transports, as Jicofo does.
pub(crate) fn read(jingle: &Element, who: &str, complaints: &Complaints) -> Remote {
    let mut remote = Remote::default();
    for content in jingle
        .children()
        .filter(|child| child.is("content", ns::JINGLE))
    {
        if let Some(transport) = content.find("transport", ns::JINGLE_ICE) {
            read_transport(transport, &mut remote);
        }
        if let Some(description) = content.find("description", ns::JINGLE_RTP) {
            read_description(description, &mut remote);
        }
    }
    if remote.setup.is_none() {
        complaints.add(format!(
            "{who}: a fingerprint without setup gives the bridge no DTLS role"
        ));
    }
    if let Some((_, value)) = &remote.fingerprint
        && *value != value.to_uppercase()
    {
        complaints.add(format!(
            "{who}: the bridge compares fingerprints with upper-case hexadecimal digits"
        ));
    }
    remote
}

/// Reads one transport.
fn read_transport(transport: &Element, remote: &mut Remote) {
    let keep = |name: &str, known: &mut Option<String>| {
        if let Some(value) = transport.get(name) {
            *known = Some(value.to_owned());
        }
    };
    keep("ufrag", &mut remote.ufrag);
    keep("pwd", &mut remote.pwd);
    if let Some(fingerprint) = transport.find("fingerprint", ns::JINGLE_DTLS) {
        remote.fingerprint = Some((
            fingerprint.get("hash").unwrap_or_default().to_lowercase(),
            fingerprint.own_text(),
        ));
        remote.setup = fingerprint.get("setup").map(str::to_owned);
    }
    for candidate in transport
        .children()
        .filter(|child| child.is("candidate", ns::JINGLE_ICE))
    {
        let udp = candidate
            .get("protocol")
            .is_some_and(|protocol| protocol.eq_ignore_ascii_case("udp"));
        let address = candidate.get("ip").and_then(|ip| ip.parse().ok());
        let port = candidate.get("port").and_then(|port| port.parse().ok());
        if let (true, Some(ip), Some(port)) = (udp, address, port) {
            let address = std::net::SocketAddr::new(ip, port);
            if !remote.candidates.contains(&address) {
                remote.candidates.push(address);
            }
        }
    }
}

fn read_description(description: &Element, remote: &mut Remote) {
    for child in description.children() {
        match child.name() {
            "payload-type" => {
                let Some(id) = child.get("id").and_then(|id| id.parse().ok()) else {
                    continue;
                };
                let apt = child
                    .children()
                    .find(|parameter| parameter.get("name") == Some("apt"))
                    .and_then(|parameter| parameter.get("value"))
                    .and_then(|value| value.parse().ok());
                remote.payloads.insert(
                    id,
                    (
                        child.get("name").unwrap_or_default().to_ascii_lowercase(),
                        apt,
                    ),
                );
                remote.tcc |= child
                    .children()
                    .any(|fb| fb.name() == "rtcp-fb" && fb.get("type") == Some("transport-cc"));
            }
            "rtp-hdrext" => {
                if let (Some(id), Some(uri)) = (
                    child.get("id").and_then(|id| id.parse().ok()),
                    child.get("uri"),
                ) {
                    remote.extensions.insert(id, uri.to_owned());
                }
            }
            _ => {}
        }
    }
}

/// The candidates of a transport-info.
pub(crate) fn read_candidates(jingle: &Element) -> Vec<std::net::SocketAddr> {
    let mut remote = Remote::default();
    for content in jingle
        .children()
        .filter(|child| child.is("content", ns::JINGLE))
    {
        if let Some(transport) = content.find("transport", ns::JINGLE_ICE) {
            read_transport(transport, &mut remote);
        }
    }
    remote.candidates
}
