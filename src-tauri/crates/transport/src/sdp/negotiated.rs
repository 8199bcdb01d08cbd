//! What both sides agreed on, as the RTP paths need it: payload types and extension ids.

use crate::description::{MediaOffer, PayloadType};
use ranzen_rtp::MediaKind;
use std::collections::HashMap;

/// RFC 6464.
pub(crate) const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/// draft-holmer-rmcat-transport-wide-cc-extensions-01.
pub(crate) const TRANSPORT_CC: &str =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// Header extensions that we write and read. abs-send-time is left out: TWCC says the same better,
/// and the stack announces it without writing it. sdes:mid is left out: sources are known by SSRC.
pub(crate) const SUPPORTED_EXTENSIONS: [&str; 2] = [AUDIO_LEVEL, TRANSPORT_CC];

/// The payload types of an m-section that we take: Opus, VP8 and the RTX of VP8.
pub(crate) fn accepted(media: &MediaOffer) -> Vec<&PayloadType> {
    let codec = |pt: &PayloadType| match media.kind {
        MediaKind::Audio => pt.name.eq_ignore_ascii_case("opus") && pt.clock_rate == 48_000,
        MediaKind::Video => pt.name.eq_ignore_ascii_case("VP8"),
    };
    let codecs: Vec<u8> = media
        .payload_types
        .iter()
        .filter(|pt| codec(pt))
        .map(|pt| pt.id)
        .collect();
    media
        .payload_types
        .iter()
        .filter(|pt| pt.id < 128)
        .filter(|pt| codecs.contains(&pt.id) || repairs(pt).is_some_and(|id| codecs.contains(&id)))
        .collect()
}

/// The payload type that an RTX payload type repairs (RFC 4588 `apt`).
fn repairs(pt: &PayloadType) -> Option<u8> {
    if !pt.name.eq_ignore_ascii_case("rtx") {
        return None;
    }
    pt.parameters
        .iter()
        .find(|(name, _)| name == "apt")?
        .1
        .trim()
        .parse()
        .ok()
}

/// The outcome of a negotiation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Negotiated {
    /// Opus.
    pub opus: Option<u8>,
    /// Codec payload types for pictures, without RTX.
    pub video: Vec<u8>,
    /// RTX payload type → the one it repairs.
    pub rtx: HashMap<u8, u8>,
    /// Generic NACK was agreed on for video.
    pub nack: bool,
    /// Id of [`AUDIO_LEVEL`] on the audio section.
    pub audio_level: Option<u8>,
    /// Id of [`TRANSPORT_CC`]; BUNDLE makes it the same everywhere.
    pub transport_cc: Option<u8>,
}

impl Negotiated {
    /// From the sections that both sides accepted.
    pub fn new(media: &[MediaOffer]) -> Self {
        let mut out = Self::default();
        for section in media {
            let id_of = |uri: &str| {
                section
                    .extensions
                    .iter()
                    .find(|(_, u)| u == uri)
                    .map(|(id, _)| *id)
            };
            out.transport_cc = out.transport_cc.or_else(|| id_of(TRANSPORT_CC));
            if section.kind == MediaKind::Audio {
                out.audio_level = id_of(AUDIO_LEVEL);
            }
            for pt in accepted(section) {
                match (section.kind, repairs(pt)) {
                    (_, Some(primary)) => {
                        out.rtx.insert(pt.id, primary);
                    }
                    (MediaKind::Audio, None) => out.opus = out.opus.or(Some(pt.id)),
                    (MediaKind::Video, None) => {
                        out.nack |= pt.feedback.iter().any(|feedback| feedback == "nack");
                        out.video.push(pt.id);
                    }
                }
            }
        }
        out
    }

    /// What a packet of this payload type carries, if we can use it.
    pub fn kind(&self, payload_type: u8) -> Option<MediaKind> {
        if self.opus == Some(payload_type) {
            Some(MediaKind::Audio)
        } else if self.video.contains(&payload_type) {
            Some(MediaKind::Video)
        } else {
            None
        }
    }
}
