//! Sets the WebRTC stack up as our peers need it.

use crate::TransportError;
use crate::config::{IcePolicy, TransportConfig};
use crate::description::MediaOffer;
use crate::receive::{Receiver, Streams};
use crate::relay::{DoorRuntime, Servers};
use crate::sdp::{SUPPORTED_EXTENSIONS, accepted};
use ranzen_rtp::MediaKind;
use rtc::crypto::{self, SignatureScheme};
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{
    NackResponderBuilder, Registry, SenderReportBuilder, Slot, TwccSenderBuilder,
};
use rtc::peer_connection::certificate::{CertificateParams, RTCCertificate};
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCConfigurationBuilder, RTCIceTransportPolicy, SettingEngine, SettingEngineBuilder,
};

/// [`Receiver`] replaces the stack's NACK generator, TWCC receiver and receiver reports, and ends the
/// inbound path: it stands where the first of them would.
const RECEIVER: usize = 6_500;
/// How long a relay waits for something better: the stack's default of 2 s makes people wait.
const RELAY_WAIT: Duration = Duration::from_millis(500);

pub(crate) fn error(error: impl std::fmt::Display) -> TransportError {
    TransportError::Stack(error.to_string())
}

/// A certificate for one connection, so that connections can't be linked by it. ECDSA with P-256 is the
/// only kind that the Videobridge takes from a client.
pub(crate) fn certificate() -> Result<RTCCertificate, TransportError> {
    let provider = crypto::default_provider().map_err(error)?;
    let params = CertificateParams::new(Vec::new()).map_err(error)?;
    RTCCertificate::generate(provider.crypto(), SignatureScheme::EcdsaP256Sha256, params)
        .map_err(error)
}

/// A peer connection that accepts `media` with these numbers.
pub(crate) async fn build(
    config: &TransportConfig,
    servers: &Servers,
    certificate: RTCCertificate,
    media: &[MediaOffer],
    streams: Arc<Streams>,
    handler: Arc<dyn PeerConnectionEventHandler>,
) -> Result<Arc<dyn PeerConnection>, TransportError> {
    let runtime = DoorRuntime::new(config.door.clone(), servers.clone())
        .await
        .ok_or_else(|| error("no runtime"))?;
    let policy = match config.policy {
        IcePolicy::All => RTCIceTransportPolicy::All,
        IcePolicy::Relay => RTCIceTransportPolicy::Relay,
    };
    let connection = PeerConnectionBuilder::new()
        .with_configuration(
            RTCConfigurationBuilder::default()
                .with_ice_servers(servers.for_stack())
                .with_ice_transport_policy(policy)
                .with_certificates(vec![certificate])
                .build(),
        )
        .with_media_engine(media_engine(media)?)
        .with_interceptor_registry(interceptors(streams))
        .with_setting_engine(settings(config.policy))
        .with_handler(handler)
        .with_runtime(Arc::new(runtime))
        .with_udp_addrs(
            config
                .bind
                .iter()
                .map(|ip| SocketAddr::new(*ip, 0))
                .collect::<Vec<_>>(),
        )
        .build()
        .await
        .map_err(error)?;
    Ok(Arc::new(connection))
}

fn interceptors(streams: Arc<Streams>) -> Registry {
    Registry::new()
        .with(Slot::TwccSender, TwccSenderBuilder::new().build())
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(Slot::from(RECEIVER), Receiver::new(streams))
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
}

fn settings(policy: IcePolicy) -> SettingEngine {
    let relay_wait = if policy == IcePolicy::Relay {
        Duration::ZERO
    } else {
        RELAY_WAIT
    };
    SettingEngineBuilder::new()
        // Without a multicast route (VPN, container) nothing would start at all.
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        // Replaced by our own check, which knows every hash (see `fingerprint`).
        .with_disable_certificate_fingerprint_verification(true)
        // As browsers answer, and as the Videobridge wants it.
        .with_answering_dtls_role(RTCDtlsRole::Client)
        // A retransmission on the stream's own SSRC (BBB's SFU has no RTX) may come this late.
        .with_srtp_replay_protection_window(crate::receive::WINDOW)
        .with_relay_acceptance_min_wait(Some(relay_wait))
        .build()
}

/// Registers exactly what the offer has and we support, with the offer's numbers.
fn media_engine(media: &[MediaOffer]) -> Result<MediaEngine, TransportError> {
    let mut engine = MediaEngine::default();
    for section in media {
        let (kind, prefix) = match section.kind {
            MediaKind::Audio => (RtpCodecKind::Audio, "audio"),
            MediaKind::Video => (RtpCodecKind::Video, "video"),
        };
        for pt in accepted(section) {
            let feedback = |text: &String| {
                let (typ, parameter) = text.split_once(' ').unwrap_or((text, ""));
                // REMB is the older way to say what transport-cc says.
                let known = matches!(
                    (typ, parameter),
                    ("nack", "" | "pli") | ("ccm", "fir") | ("transport-cc", "")
                );
                known.then(|| RTCPFeedback {
                    typ: typ.to_owned(),
                    parameter: parameter.to_owned(),
                })
            };
            let codec = RTCRtpCodecParameters {
                rtp_codec: RTCRtpCodec {
                    mime_type: format!("{prefix}/{}", pt.name),
                    clock_rate: pt.clock_rate,
                    channels: if pt.channels > 1 {
                        pt.channels.into()
                    } else {
                        0
                    },
                    sdp_fmtp_line: pt.fmtp(),
                    rtcp_feedback: pt.feedback.iter().filter_map(feedback).collect(),
                },
                payload_type: pt.id,
            };
            engine.register_codec(codec, kind).map_err(error)?;
        }
        for (_, uri) in section
            .extensions
            .iter()
            .filter(|(_, uri)| SUPPORTED_EXTENSIONS.contains(&uri.as_str()))
        {
            let extension = RTCRtpHeaderExtensionCapability { uri: uri.clone() };
            engine
                .register_header_extension(extension, kind, None)
                .map_err(error)?;
        }
    }
    Ok(engine)
}
