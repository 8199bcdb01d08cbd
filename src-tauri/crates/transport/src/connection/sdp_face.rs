//! The face for protocols that exchange SDP itself: browsers, BBB's SFU, LiveKit.
//!
//! Streams of the peer are named by the track id of their `a=msid`, or `mid:<mid>` without one.

use super::Connection;
use super::negotiation::Live;
use crate::TransportError;
use crate::description::{MediaOffer, PayloadType, RemoteOffer};
use crate::sdp::{AUDIO_LEVEL, Sdp, TRANSPORT_CC, describe};
use crate::stack::error;
use ranzen_rtp::MediaKind;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use webrtc::peer_connection::{RTCIceCandidateInit, RTCSessionDescription};

/// Lines of the peer that the stack must not see: it would make tracks of its own of them.
const OF_STREAMS: [&str; 3] = ["ssrc", "ssrc-group", "msid"];

/// What our own offer is to contain besides sound.
#[derive(Debug, Clone, Default)]
pub struct OfferWish {
    /// A section on which pictures are received.
    pub receive_video: bool,
    /// A message channel: label and protocol.
    pub channel: Option<(String, String)>,
}

impl Connection {
    /// Our offer, with all candidates in it. Give the answer to [`Connection::accept_answer_sdp`].
    pub async fn offer_sdp(&self, wish: &OfferWish) -> Result<String, TransportError> {
        let mut slot = self.live.lock().await;
        if slot.is_some() {
            return Err(TransportError::Description(
                "this connection has its offer already".into(),
            ));
        }
        let media = our_media(wish);
        let live = self.bring_up(&media).await?;
        let live = slot.insert(live);
        self.add_audio(live, &media).await?;
        if wish.receive_video {
            let init = RTCRtpTransceiverInit {
                direction: RTCRtpTransceiverDirection::Recvonly,
                ..Default::default()
            };
            live.connection
                .add_transceiver_from_kind(RtpCodecKind::Video, Some(init))
                .await
                .map_err(error)?;
        }
        if let Some((label, protocol)) = &wish.channel {
            self.open_channel(live, label, protocol).await?;
        }
        let offer = live.connection.create_offer(None).await.map_err(error)?;
        live.connection
            .set_local_description(offer)
            .await
            .map_err(error)?;
        local_text(live).await
    }

    /// The peer's answer to our offer.
    pub async fn accept_answer_sdp(&self, answer: &str) -> Result<(), TransportError> {
        let sdp = Sdp::parse(answer)?;
        let described = describe(&sdp)?;
        let mut slot = self.live.lock().await;
        let live = slot
            .as_mut()
            .ok_or_else(|| TransportError::Description("there was no offer".into()))?;
        self.take_in(&described.media, &described);
        let text = sdp.without(&OF_STREAMS).text();
        live.connection
            .set_remote_description(RTCSessionDescription::answer(text).map_err(error)?)
            .await
            .map_err(error)?;
        self.watch(live, described.dtls.fingerprints);
        Ok(())
    }

    /// Answers an offer of the peer, the first one or a later one; with all candidates in it.
    pub async fn answer_sdp(&self, offer: &str) -> Result<String, TransportError> {
        let sdp = Sdp::parse(offer)?;
        let described = describe(&sdp)?;
        let mut slot = self.live.lock().await;
        let first = slot.is_none();
        if first {
            *slot = Some(self.bring_up(&described.media).await?);
        }
        let Some(live) = slot.as_mut() else {
            return Err(TransportError::Closed);
        };
        let text = sdp.without(&OF_STREAMS).text();
        live.connection
            .set_remote_description(RTCSessionDescription::offer(text).map_err(error)?)
            .await
            .map_err(error)?;
        if first {
            self.add_audio(live, &described.media).await?;
        }
        let answer = live.connection.create_answer(None).await.map_err(error)?;
        let agreed = describe(&Sdp::parse(&answer.sdp)?)?;
        self.take_in(&agreed.media, &described);
        live.connection
            .set_local_description(answer)
            .await
            .map_err(error)?;
        self.watch(live, described.dtls.fingerprints);
        local_text(live).await
    }

    /// A candidate of the peer that came later (`candidate:…`).
    pub async fn add_candidate(&self, candidate: &str) -> Result<(), TransportError> {
        let slot = self.live.lock().await;
        let live = slot
            .as_ref()
            .ok_or_else(|| TransportError::Description("there was no description".into()))?;
        let init = RTCIceCandidateInit {
            candidate: candidate.to_owned(),
            ..Default::default()
        };
        live.connection.add_ice_candidate(init).await.map_err(error)
    }

    /// What was agreed on and which streams there are from now on.
    fn take_in(&self, agreed: &[MediaOffer], peer: &RemoteOffer) {
        self.agree(agreed);
        let refused = self.streams.replace(peer.sources.clone());
        if refused > 0 {
            tracing::warn!(refused, "the peer has too many streams");
        }
    }
}

async fn local_text(live: &mut Live) -> Result<String, TransportError> {
    live.gathering().await;
    let description = live.connection.local_description().await;
    let text = description
        .ok_or_else(|| error("no local description"))?
        .sdp;
    Ok(Sdp::parse(&text)?.with_usable_candidates().text())
}

/// What we offer: Opus as RFC 7587 wants it for speech, VP8 with its retransmission.
fn our_media(wish: &OfferWish) -> Vec<MediaOffer> {
    let pt =
        |id, name: &str, clock_rate, channels, parameters: &[(&str, &str)], feedback: &[&str]| {
            PayloadType {
                id,
                name: name.to_owned(),
                clock_rate,
                channels,
                parameters: parameters
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
                feedback: feedback.iter().map(|f| (*f).to_owned()).collect(),
            }
        };
    let mut media = vec![MediaOffer {
        mid: "0".to_owned(),
        kind: MediaKind::Audio,
        payload_types: vec![pt(
            111,
            "opus",
            48_000,
            2,
            &[("minptime", "10"), ("useinbandfec", "1")],
            &["transport-cc"],
        )],
        extensions: vec![(1, AUDIO_LEVEL.to_owned()), (2, TRANSPORT_CC.to_owned())],
    }];
    if wish.receive_video {
        media.push(MediaOffer {
            mid: "1".to_owned(),
            kind: MediaKind::Video,
            payload_types: vec![
                pt(
                    96,
                    "VP8",
                    90_000,
                    1,
                    &[],
                    &["nack", "nack pli", "ccm fir", "transport-cc"],
                ),
                pt(97, "rtx", 90_000, 1, &[("apt", "96")], &[]),
            ],
            extensions: vec![(2, TRANSPORT_CC.to_owned())],
        });
    }
    media
}
