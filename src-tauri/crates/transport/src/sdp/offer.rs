//! Writes the peer's neutral offer as the SDP that the stack is given.
//!
//! Streams of the peer get no m-section: they are received by SSRC (see [`crate::receive`]), so a
//! source that comes or goes needs no renegotiation at all and there is nothing that could grow.
//! There is one section for each kind of media, for what we send and for what both sides agree on,
//! and the one for SCTP.

use super::negotiated::{SUPPORTED_EXTENSIONS, accepted};
use crate::TransportError;
use crate::description::{MediaOffer, PayloadType, RemoteOffer, Setup};
use ranzen_rtp::MediaKind;
use std::fmt::Write as _;

/// Anything of a peer's that goes into a line must not end that line.
fn word(value: &str) -> Result<&str, TransportError> {
    if value.is_empty() || value.len() > 1024 || value.chars().any(|c| c.is_control()) {
        return Err(TransportError::Description(
            "a value is empty, too long or has control characters".into(),
        ));
    }
    Ok(value)
}

/// The offer as SDP text.
pub(crate) fn offer_text(offer: &RemoteOffer) -> Result<String, TransportError> {
    let mut sdp = String::from("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
    let sections: Vec<&MediaOffer> = [MediaKind::Audio, MediaKind::Video]
        .into_iter()
        .filter_map(|kind| {
            offer
                .media
                .iter()
                .find(|media| media.kind == kind && !accepted(media).is_empty())
        })
        .collect();
    let mut mids = Vec::new();
    for media in &sections {
        mids.push(word(&media.mid)?);
    }
    if let Some(sctp) = &offer.sctp {
        mids.push(word(&sctp.mid)?);
    }
    if mids.is_empty() {
        return Err(TransportError::Description(
            "nothing in the offer that we can use".into(),
        ));
    }
    line(&mut sdp, &format!("a=group:BUNDLE {}", mids.join(" ")));
    if offer.ice.lite {
        line(&mut sdp, "a=ice-lite");
    }
    for media in sections {
        let formats: Vec<String> = accepted(media).iter().map(|pt| pt.id.to_string()).collect();
        let kind = if media.kind == MediaKind::Audio {
            "audio"
        } else {
            "video"
        };
        line(
            &mut sdp,
            &format!("m={kind} 9 UDP/TLS/RTP/SAVPF {}", formats.join(" ")),
        );
        transport(&mut sdp, offer, &media.mid)?;
        line(&mut sdp, "a=rtcp-mux");
        // What the peer sends is received beside SDP, so here it only receives.
        line(&mut sdp, "a=recvonly");
        for (id, uri) in &media.extensions {
            if SUPPORTED_EXTENSIONS.contains(&uri.as_str()) {
                line(&mut sdp, &format!("a=extmap:{id} {uri}"));
            }
        }
        for pt in accepted(media) {
            payload_type(&mut sdp, pt)?;
        }
    }
    if let Some(sctp) = &offer.sctp {
        line(&mut sdp, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
        transport(&mut sdp, offer, &sctp.mid)?;
        line(&mut sdp, &format!("a=sctp-port:{}", sctp.port));
        line(&mut sdp, "a=max-message-size:262144");
    }
    Ok(sdp)
}

fn line(sdp: &mut String, text: &str) {
    sdp.push_str(text);
    sdp.push_str("\r\n");
}

fn transport(sdp: &mut String, offer: &RemoteOffer, mid: &str) -> Result<(), TransportError> {
    line(sdp, "c=IN IP4 0.0.0.0");
    line(sdp, &format!("a=mid:{mid}"));
    line(sdp, &format!("a=ice-ufrag:{}", word(&offer.ice.ufrag)?));
    line(sdp, &format!("a=ice-pwd:{}", word(&offer.ice.pwd)?));
    for fingerprint in &offer.dtls.fingerprints {
        line(
            sdp,
            &format!(
                "a=fingerprint:{} {}",
                word(&fingerprint.algorithm)?,
                word(&fingerprint.value)?
            ),
        );
    }
    let setup = match offer.dtls.setup {
        Setup::ActPass => "actpass",
        Setup::Active => "active",
        Setup::Passive => "passive",
    };
    line(sdp, &format!("a=setup:{setup}"));
    // ICE-TCP needs local TCP addresses, which we do not open.
    for c in offer
        .ice
        .candidates
        .iter()
        .filter(|c| c.protocol.eq_ignore_ascii_case("udp"))
    {
        let (ip, port) = (c.address.ip(), c.address.port());
        let mut text = format!(
            "a=candidate:{} 1 {} {} {ip} {port} typ {}",
            word(&c.foundation)?,
            word(&c.protocol)?,
            c.priority,
            word(&c.kind)?
        );
        if c.kind != "host" {
            // Required by the grammar and of no use to us.
            text.push_str(if c.address.is_ipv4() {
                " raddr 0.0.0.0 rport 0"
            } else {
                " raddr :: rport 0"
            });
        }
        line(sdp, &text);
    }
    Ok(())
}

fn payload_type(sdp: &mut String, pt: &PayloadType) -> Result<(), TransportError> {
    let mut map = format!("a=rtpmap:{} {}/{}", pt.id, word(&pt.name)?, pt.clock_rate);
    if pt.channels > 1 {
        let _ = write!(map, "/{}", pt.channels);
    }
    line(sdp, &map);
    if !pt.parameters.is_empty() {
        line(sdp, &format!("a=fmtp:{} {}", pt.id, word(&pt.fmtp())?));
    }
    for feedback in &pt.feedback {
        line(sdp, &format!("a=rtcp-fb:{} {}", pt.id, word(feedback)?));
    }
    Ok(())
}

impl PayloadType {
    /// The parameters as an `a=fmtp` line has them.
    pub(crate) fn fmtp(&self) -> String {
        let parts: Vec<String> = self
            .parameters
            .iter()
            .map(|(name, value)| {
                if value.is_empty() {
                    name.clone()
                } else {
                    format!("{name}={value}")
                }
            })
            .collect();
        parts.join(";")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::text::Sdp;
    use super::*;
    use crate::description::{DtlsParameters, Fingerprint, IceParameters, SctpOffer};

    pub(crate) fn jicofo() -> RemoteOffer {
        let pt = |id,
                  name: &str,
                  clock_rate,
                  channels,
                  parameters: &[(&str, &str)],
                  feedback: &[&str]| PayloadType {
            id,
            name: name.into(),
            clock_rate,
            channels,
            parameters: parameters
                .iter()
                .map(|(a, b)| ((*a).into(), (*b).into()))
                .collect(),
            feedback: feedback.iter().map(|f| (*f).into()).collect(),
        };
        RemoteOffer {
            ice: IceParameters {
                ufrag: "u".into(),
                pwd: "p".into(),
                candidates: vec![],
                lite: false,
            },
            dtls: DtlsParameters {
                fingerprints: vec![Fingerprint {
                    algorithm: "sha-256".into(),
                    value: "AA:BB".into(),
                }],
                setup: Setup::ActPass,
            },
            media: vec![
                MediaOffer {
                    mid: "audio".into(),
                    kind: MediaKind::Audio,
                    payload_types: vec![
                        pt(
                            111,
                            "opus",
                            48000,
                            2,
                            &[("minptime", "10"), ("useinbandfec", "1")],
                            &["transport-cc"],
                        ),
                        pt(126, "telephone-event", 8000, 1, &[], &[]),
                    ],
                    extensions: vec![
                        (1, "urn:ietf:params:rtp-hdrext:ssrc-audio-level".into()),
                        (10, "urn:ietf:params:rtp-hdrext:sdes:mid".into()),
                    ],
                },
                MediaOffer {
                    mid: "video".into(),
                    kind: MediaKind::Video,
                    payload_types: vec![
                        pt(41, "AV1", 90000, 1, &[], &["nack"]),
                        pt(100, "VP8", 90000, 1, &[], &["nack", "nack pli"]),
                        pt(96, "rtx", 90000, 1, &[("apt", "100")], &[]),
                        pt(97, "rtx", 90000, 1, &[("apt", "101")], &[]),
                    ],
                    extensions: vec![],
                },
            ],
            sctp: Some(SctpOffer {
                mid: "data".into(),
                port: 5000,
                label: "x".into(),
                protocol: String::new(),
            }),
            sources: vec![],
        }
    }

    #[test]
    fn only_what_we_support_reaches_the_stack() {
        let sdp = Sdp::parse(&offer_text(&jicofo()).unwrap()).unwrap();
        let formats: Vec<Vec<&str>> = sdp.media.iter().map(|m| m.formats().collect()).collect();
        assert_eq!(
            formats,
            [vec!["111"], vec!["100", "96"], vec!["webrtc-datachannel"]]
        );
        let extensions: Vec<_> = sdp.media[0].attributes("extmap").collect();
        assert_eq!(
            extensions,
            ["1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"],
            "mid is not offered"
        );
        assert!(
            sdp.session
                .contains(&"a=group:BUNDLE audio video data".to_owned())
        );
    }

    #[test]
    fn a_value_can_not_smuggle_a_line() {
        let mut offer = jicofo();
        offer.ice.pwd = "p\r\na=ice-lite".into();
        assert!(offer_text(&offer).is_err());
    }
}
