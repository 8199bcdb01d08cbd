//! The sending side of sound: EncodedAudio becomes RTP.

use crate::TransportError;
use crate::description::LocalSource;
use crate::sdp::Negotiated;
use crate::stack::error;
use bytes::Bytes;
use ranzen_rtp::{AudioLevel, EncodedAudio, MediaKind};
use rtc::media_stream::MediaStreamTrack;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

/// One outgoing Opus stream.
pub(crate) struct AudioSender {
    track: Arc<TrackLocalStaticRTP>,
    source: LocalSource,
    /// Known when the negotiation is done.
    format: OnceLock<Format>,
    /// Closed until the path is connected and the peer is who it should be.
    open: AtomicBool,
    sequence: AtomicU16,
    /// Our clock's zero on the wire; random (RFC 3550 §5.1).
    timestamp_offset: u32,
    packets: AtomicU64,
    bytes: AtomicU64,
}

#[derive(Debug)]
struct Format {
    payload_type: u8,
    audio_level: Option<u8>,
}

impl AudioSender {
    /// `codec` as it is registered with the stack.
    pub fn new(codec: RTCRtpCodec, cname: &str) -> Self {
        let source = LocalSource {
            kind: MediaKind::Audio,
            ssrc: crate::random::ssrc(),
            rtx: None,
            cname: cname.to_owned(),
        };
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(source.ssrc),
                ..Default::default()
            },
            active: true,
            codec,
            ..Default::default()
        };
        let track = MediaStreamTrack::new(
            cname.to_owned(),
            crate::random::token(16),
            "audio".to_owned(),
            RtpCodecKind::Audio,
            vec![encoding],
        );
        Self {
            track: Arc::new(TrackLocalStaticRTP::new(track)),
            source,
            format: OnceLock::new(),
            open: AtomicBool::new(false),
            sequence: AtomicU16::new(crate::random::number() as u16),
            timestamp_offset: crate::random::number(),
            packets: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        }
    }

    /// For the stack.
    pub fn track(&self) -> Arc<dyn TrackLocal> {
        self.track.clone()
    }

    /// For signalling.
    pub fn source(&self) -> &LocalSource {
        &self.source
    }

    /// Tells the numbers that were agreed on; without Opus among them nothing is ever sent.
    pub fn agree(&self, negotiated: &Negotiated) {
        if let Some(payload_type) = negotiated.opus {
            let _ = self.format.set(Format {
                payload_type,
                audio_level: negotiated.audio_level,
            });
        }
    }

    /// Lets packets through, or drops them.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Release);
    }

    /// Packets and bytes sent.
    pub fn sent(&self) -> (u64, u64) {
        (
            self.packets.load(Ordering::Relaxed),
            self.bytes.load(Ordering::Relaxed),
        )
    }

    /// Sends one packet, if the path is open.
    pub async fn send(&self, audio: EncodedAudio) -> Result<(), TransportError> {
        if !self.open.load(Ordering::Acquire) {
            return Ok(());
        }
        let Some(format) = self.format.get() else {
            return Ok(());
        };
        let packet = self.packet(format, audio).map_err(error)?;
        self.packets.fetch_add(1, Ordering::Relaxed);
        self.bytes
            .fetch_add((packet.payload.len() + 12) as u64, Ordering::Relaxed);
        self.track.write_rtp(packet).await.map_err(error)
    }

    /// Sends a PLI for a stream of the peer.
    pub async fn ask_for_key_frame(&self, media_ssrc: u32) -> Result<(), TransportError> {
        if !self.open.load(Ordering::Acquire) {
            return Ok(());
        }
        let pli = PictureLossIndication {
            sender_ssrc: self.source.ssrc,
            media_ssrc,
        };
        self.track
            .write_rtcp(vec![Box::new(pli)])
            .await
            .map_err(error)
    }

    fn packet(
        &self,
        format: &Format,
        audio: EncodedAudio,
    ) -> Result<rtp::Packet, rtc::shared::error::Error> {
        let mut header = rtp::Header {
            version: 2,
            payload_type: format.payload_type,
            sequence_number: self.sequence.fetch_add(1, Ordering::Relaxed),
            // The wire's clock wraps at 32 bits.
            timestamp: self
                .timestamp_offset
                .wrapping_add(audio.timestamp_48k as u32),
            marker: audio.marker,
            ssrc: self.source.ssrc,
            ..Default::default()
        };
        // The stack's own writer would use the ids from before the negotiation.
        if let Some(id) = format.audio_level {
            header.set_extension(id, Bytes::copy_from_slice(&[level(audio.level)]))?;
        }
        Ok(rtp::Packet {
            header,
            payload: audio.payload,
        })
    }
}

/// RFC 6464.
fn level(level: AudioLevel) -> u8 {
    level.minus_dbov.min(127) | if level.voice { 0x80 } else { 0 }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sound(timestamp_48k: u64, marker: bool) -> EncodedAudio {
        EncodedAudio {
            payload: Bytes::from_static(b"opus"),
            timestamp_48k,
            marker,
            level: AudioLevel {
                minus_dbov: 30,
                voice: true,
            },
        }
    }

    #[test]
    fn packets_follow_each_other_and_carry_the_level_under_the_negotiated_id() {
        let sender = AudioSender::new(RTCRtpCodec::default(), "c");
        let format = Format {
            payload_type: 109,
            audio_level: Some(7),
        };
        let first = sender.packet(&format, sound(0, true)).unwrap();
        let second = sender.packet(&format, sound(2_880, false)).unwrap();
        assert_eq!(first.header.payload_type, 109);
        assert_eq!(
            second.header.sequence_number,
            first.header.sequence_number.wrapping_add(1)
        );
        assert_eq!(
            second.header.timestamp,
            first.header.timestamp.wrapping_add(2_880),
            "a gap stays a gap"
        );
        assert_eq!((first.header.marker, second.header.marker), (true, false));
        assert_eq!(first.header.get_extension(7).unwrap()[..], [0x80 | 30]);
        assert_eq!(first.header.ssrc, sender.source().ssrc);
    }
}
