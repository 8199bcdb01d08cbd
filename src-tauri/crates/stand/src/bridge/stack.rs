//! Makes str0m behave like the bridge: full ICE as controlling side, DTLS 1.2, the accepted payload types.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::bwe::Bitrate;
use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion, Fingerprint};
use str0m::format::{Codec, FormatParams};
use str0m::ice::IceCreds;
use str0m::media::{Frequency, Pt};
use str0m::rtp::{Extension, ExtensionMap};
use str0m::{Candidate, Rtc, RtcConfig};

use super::endpoint::START_BANDWIDTH_BPS;
use crate::focus::Remote;

/// The bridge's certificate and its fingerprint as it stands in offers.
pub(crate) struct Identity {
    provider: std::sync::Arc<CryptoProvider>,
    certificate: DtlsCert,
    pub(crate) fingerprint: String,
}

impl Identity {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let provider = str0m::crypto::from_feature_flags();
        let certificate = provider
            .dtls_provider
            .generate_certificate()
            .ok_or_else(|| anyhow::anyhow!("no certificate for the bridge"))?;
        let digest = ring::digest::digest(&ring::digest::SHA256, &certificate.certificate);
        let bytes: Vec<String> = digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        Ok(Self {
            provider: std::sync::Arc::new(provider),
            certificate,
            fingerprint: bytes.join(":"),
        })
    }
}

/// Brings a stack up for a client.
pub(crate) fn build(
    identity: &Identity,
    address: SocketAddr,
    (ufrag, pwd): (&str, &str),
    remote: &Remote,
    sctp: bool,
    now: Instant,
) -> Result<Rtc, String> {
    let fingerprint = remote
        .fingerprint
        .as_ref()
        .and_then(|(hash, value)| parse(hash, value));
    let fingerprint = fingerprint.ok_or("its fingerprint can't match any certificate")?;
    let (Some(remote_ufrag), Some(remote_pwd)) = (remote.ufrag.clone(), remote.pwd.clone()) else {
        return Err("no ICE credentials".to_owned());
    };
    let client_is_active = match remote.setup.as_deref() {
        Some("active") => true,
        Some("passive") => false,
        other => return Err(format!("no DTLS role follows from setup {other:?}")),
    };
    let mut config = RtcConfig::new()
        .set_crypto_provider(identity.provider.clone())
        .set_dtls_cert(identity.certificate.clone())
        .set_dtls_version(DtlsVersion::Dtls12)
        .set_local_ice_credentials(IceCreds {
            ufrag: ufrag.to_owned(),
            pass: pwd.to_owned(),
        })
        .set_rtp_mode(true)
        .set_extension_map(extensions(remote))
        .clear_codecs();
    if remote.tcc {
        config = config.enable_bwe(Some(Bitrate::from(START_BANDWIDTH_BPS)));
    }
    payloads(&mut config, remote);
    let mut rtc = config.build(now);
    rtc.add_local_candidate(Candidate::host(address, "udp").map_err(|error| error.to_string())?);
    add_candidates(&mut rtc, &remote.candidates);
    let mut api = rtc.direct_api();
    api.set_ice_controlling(true);
    api.set_remote_ice_credentials(IceCreds {
        ufrag: remote_ufrag,
        pass: remote_pwd,
    });
    api.set_remote_fingerprint(fingerprint);
    api.start_dtls(!client_is_active)
        .map_err(|error| error.to_string())?;
    if sctp {
        // The bridge waits for the client's association.
        api.start_sctp(false);
    }
    if remote.tcc {
        api.enable_twcc_feedback();
    }
    Ok(rtc)
}

/// Tells the stack of the client's own candidates.
pub(crate) fn add_candidates(rtc: &mut Rtc, candidates: &[SocketAddr]) {
    for candidate in candidates {
        if let Ok(candidate) = Candidate::host(*candidate, "udp") {
            rtc.add_remote_candidate(candidate);
        }
    }
}

/// The original compares text: only upper-case hexadecimal pairs with colons match.
fn parse(hash: &str, value: &str) -> Option<Fingerprint> {
    if hash != "sha-256" || value != value.to_uppercase() {
        return None;
    }
    let bytes: Option<Vec<u8>> = value
        .split(':')
        .map(|pair| {
            (pair.len() == 2)
                .then(|| u8::from_str_radix(pair, 16).ok())
                .flatten()
        })
        .collect();
    Some(Fingerprint {
        hash_func: hash.to_owned(),
        bytes: bytes?,
    })
}

fn extensions(remote: &Remote) -> ExtensionMap {
    let mut map = ExtensionMap::empty();
    for (id, uri) in &remote.extensions {
        let extension = match uri.as_str() {
            "urn:ietf:params:rtp-hdrext:ssrc-audio-level" => Extension::AudioLevel,
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
                if remote.tcc =>
            {
                Extension::TransportSequenceNumber
            }
            "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" => {
                Extension::AbsoluteSendTime
            }
            "urn:3gpp:video-orientation" => Extension::VideoOrientation,
            // Streams are told apart by SSRC alone; a mid from the client must not confuse that.
            _ => continue,
        };
        if (1..=14).contains(id) {
            map.set(*id, extension);
        }
    }
    map
}

fn payloads(config: &mut RtcConfig, remote: &Remote) {
    for (id, (name, apt)) in &remote.payloads {
        if apt.is_some() {
            continue;
        }
        let (codec, clock_rate, channels) = match name.as_str() {
            "opus" => (Codec::Opus, Frequency::FORTY_EIGHT_KHZ, Some(2)),
            "vp8" => (Codec::Vp8, Frequency::NINETY_KHZ, None),
            "vp9" => (Codec::Vp9, Frequency::NINETY_KHZ, None),
            "h264" => (Codec::H264, Frequency::NINETY_KHZ, None),
            "av1" => (Codec::Av1, Frequency::NINETY_KHZ, None),
            _ => continue,
        };
        let repair = remote
            .payloads
            .iter()
            .find(|(_, (_, of))| *of == Some(*id))
            .map(|(rtx, _)| Pt::from(*rtx));
        config.codec_config().add_config(
            Pt::from(*id),
            repair,
            codec,
            clock_rate,
            channels,
            FormatParams::default(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_of_a_fingerprint_counts() {
        let fine = ["AB"; 32].join(":");
        assert!(parse("sha-256", &fine).is_some());
        assert!(parse("sha-256", &fine.to_lowercase()).is_none());
        assert!(parse("sha-256", &format!(" {fine}")).is_none());
        assert!(parse("sha-1", &fine).is_none());
    }
}
