//! The media side of a raw client: accepts an offer and speaks ICE, DTLS, SRTP and SCTP with the bridge.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use ranzen_xmpp::{Element, ns};
use str0m::channel::{ChannelConfig, ChannelId};
use str0m::config::{DtlsVersion, Fingerprint};
use str0m::format::{Codec, FormatParams};
use str0m::ice::IceCreds;
use str0m::media::{Frequency, MediaKind, Mid};
use str0m::net::{DatagramRecv, Protocol, Receive};
use str0m::rtp::{Extension, ExtensionMap, ExtensionValues, RtpWrite, Ssrc};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use tokio::net::UdpSocket;

use super::Client;

/// What came from the bridge.
#[derive(Debug, Clone, PartialEq)]
pub enum Came {
    Rtp {
        ssrc: u32,
        number: u16,
        level: Option<i8>,
        payload: Vec<u8>,
    },
    Text(String),
}

/// One media session.
pub struct Peer {
    pub rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    pub ssrc: u32,
    pub came: Vec<Came>,
    pub channel: Option<ChannelId>,
    next_number: u64,
}

/// How an accept may be spoilt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    None,
    LowerCaseFingerprint,
    NoSetup,
    ForeignName,
}

fn text<'a>(element: &'a Element, name: &str) -> &'a str {
    element.get(name).unwrap()
}

/// The remote source of each other participant, from the offer or a source-add.
pub fn audio_sources(jingle: &Element) -> Vec<(String, u32)> {
    let json = jingle.text_of("json-message", ns::JITMEET).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut all = Vec::new();
    for (owner, lists) in json["sources"].as_object().unwrap() {
        for source in lists[2].as_array().unwrap() {
            all.push((
                owner.clone(),
                u32::try_from(source["s"].as_u64().unwrap()).unwrap(),
            ));
        }
    }
    all
}

impl Peer {
    /// Accepts `jingle` for `client`, announcing one audio source.
    pub async fn accept(
        client: &mut Client,
        room: &str,
        jingle: &Element,
        own: IpAddr,
        ssrc: u32,
        fault: Fault,
    ) -> (Self, Element) {
        let content = jingle.find("content", ns::JINGLE).unwrap();
        let transport = content.find("transport", ns::JINGLE_ICE).unwrap();
        let candidate = transport.find("candidate", ns::JINGLE_ICE).unwrap();
        let remote: SocketAddr = format!("{}:{}", text(candidate, "ip"), text(candidate, "port"))
            .parse()
            .unwrap();
        let fingerprint = transport.text_of("fingerprint", ns::JINGLE_DTLS).unwrap();
        let bytes = fingerprint
            .split(':')
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect();
        let socket = UdpSocket::bind((own, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let mut extensions = ExtensionMap::empty();
        extensions.set(1, Extension::AudioLevel);
        extensions.set(5, Extension::TransportSequenceNumber);
        let mut config = RtcConfig::new()
            .set_crypto_provider(std::sync::Arc::new(str0m::crypto::from_feature_flags()))
            .set_dtls_version(DtlsVersion::Dtls12)
            .set_rtp_mode(true)
            .set_extension_map(extensions)
            .clear_codecs();
        config.codec_config().add_config(
            111.into(),
            None,
            Codec::Opus,
            Frequency::FORTY_EIGHT_KHZ,
            Some(2),
            FormatParams::default(),
        );
        let mut rtc = config.build(Instant::now());
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        rtc.add_remote_candidate(Candidate::host(remote, "udp").unwrap());
        let mut api = rtc.direct_api();
        api.set_ice_controlling(false);
        api.set_remote_ice_credentials(IceCreds {
            ufrag: text(transport, "ufrag").to_owned(),
            pass: text(transport, "pwd").to_owned(),
        });
        api.set_remote_fingerprint(Fingerprint {
            hash_func: "sha-256".to_owned(),
            bytes,
        });
        api.start_dtls(true).unwrap();
        api.start_sctp(true);
        api.enable_twcc_feedback();
        api.declare_media(Mid::from("own"), MediaKind::Audio);
        api.declare_stream_tx(Ssrc::from(ssrc), None, Mid::from("own"), None);
        let IceCreds { ufrag, pass } = api.local_ice_credentials();
        let own_bytes: Vec<String> = api
            .local_dtls_fingerprint()
            .bytes
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        let mut own_fingerprint = own_bytes.join(":");
        if fault == Fault::LowerCaseFingerprint {
            own_fingerprint = own_fingerprint.to_lowercase();
        }
        let setup = if fault == Fault::NoSetup {
            ""
        } else {
            "setup='active'"
        };
        let name = if fault == Fault::ForeignName {
            "somebody-a0".to_owned()
        } else {
            format!("{}-a0", client.nick)
        };
        let transport = format!(
            "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='{ufrag}' pwd='{pass}'>\
             <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' {setup}>{own_fingerprint}</fingerprint></transport>"
        );
        let sid = text(jingle, "sid");
        let accept = format!(
            "<jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='{sid}' responder='{}'>\
             <content creator='responder' name='audio' senders='both'>\
             <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>\
             <payload-type id='111' name='opus' clockrate='48000' channels='2'>\
             <rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' type='transport-cc'/></payload-type>\
             <rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='urn:ietf:params:rtp-hdrext:ssrc-audio-level'/>\
             <rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='5' uri='http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'/>\
             <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='{ssrc}' name='{name}'>\
             <parameter name='msid' value='{ssrc} track'/></source></description>{transport}</content></jingle>",
            client.jid
        );
        let payload = ranzen_xmpp::parse(&accept).unwrap();
        let answer = client
            .ask(
                "set",
                &format!("{room}@conference.meet.test/focus"),
                payload,
            )
            .await;
        let peer = Self {
            rtc,
            socket,
            address,
            ssrc,
            came: Vec::new(),
            channel: None,
            next_number: 65_500,
        };
        (peer, answer)
    }

    /// Expects a stream of somebody else.
    pub fn expect(&mut self, ssrc: u32) {
        let mid = Mid::from(format!("r{}", ssrc % 10_000_000).as_str());
        let mut api = self.rtc.direct_api();
        api.declare_media(mid, MediaKind::Audio);
        api.expect_stream_rx(Ssrc::from(ssrc), None, mid, None);
    }

    /// Opens the bridge channel as the reference client does.
    pub fn open_channel(&mut self) {
        let config = ChannelConfig {
            label: "JVB data channel".to_owned(),
            protocol: "http://jitsi.org/protocols/colibri".to_owned(),
            ..ChannelConfig::default()
        };
        self.channel = Some(self.rtc.direct_api().create_data_channel(config));
    }

    /// Says something on the channel, if it is open already.
    pub fn say(&mut self, text: &str) {
        if let Some(mut channel) = self.channel.and_then(|id| self.rtc.channel(id)) {
            channel.write(false, text.as_bytes()).unwrap();
        }
    }

    /// Sends one packet of sound with this level.
    pub fn speak(&mut self, level: i8) {
        let number = self.next_number;
        self.next_number += 1;
        let extensions = ExtensionValues {
            audio_level: Some(level),
            voice_activity: Some(true),
            ..Default::default()
        };
        let payload = number.to_be_bytes();
        let write = RtpWrite::new(
            111.into(),
            number.into(),
            (number as u32).wrapping_mul(960),
            Instant::now(),
            payload.as_slice(),
        );
        let mut api = self.rtc.direct_api();
        api.stream_tx(&Ssrc::from(self.ssrc))
            .unwrap()
            .write_rtp(write.ext_vals(extensions));
    }

    /// Works for `time`, calling `each` about every 20 ms; stops early when `done`.
    pub async fn work(
        &mut self,
        time: Duration,
        mut each: impl FnMut(&mut Self),
        mut done: impl FnMut(&Self) -> bool,
    ) {
        let end = Instant::now() + time;
        let mut next = Instant::now();
        let mut buffer = vec![0; 2048];
        while Instant::now() < end && !done(self) {
            if Instant::now() >= next {
                next += Duration::from_millis(20);
                each(self);
            }
            let wake = self.drain().await.min(next);
            let now = Instant::now();
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    let (length, source) = received.unwrap();
                    if let Ok(contents) = DatagramRecv::try_from(&buffer[..length]) {
                        let receive = Receive { proto: Protocol::Udp, source, destination: self.address, contents };
                        self.rtc.handle_input(Input::Receive(Instant::now(), receive)).unwrap();
                    }
                }
                () = tokio::time::sleep(wake.saturating_duration_since(now)) => {
                    self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
                }
            }
        }
    }

    async fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => return at,
                Output::Transmit(transmit) => {
                    let _ = self
                        .socket
                        .send_to(&transmit.contents, transmit.destination)
                        .await;
                }
                Output::Event(Event::RtpPacket(packet)) => self.came.push(Came::Rtp {
                    ssrc: *packet.header.ssrc,
                    number: packet.header.sequence_number,
                    level: packet.header.ext_vals.audio_level,
                    payload: packet.payload.to_vec(),
                }),
                Output::Event(Event::ChannelData(data)) => {
                    self.came
                        .push(Came::Text(String::from_utf8_lossy(&data.data).into_owned()));
                }
                Output::Event(_) => {}
            }
        }
    }

    /// Texts of the channel so far that contain `part`.
    pub fn texts(&self, part: &str) -> Vec<&str> {
        self.came
            .iter()
            .filter_map(|came| match came {
                Came::Text(text) if text.contains(part) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Packets of a stream so far.
    pub fn packets(&self, wanted: u32) -> usize {
        self.came
            .iter()
            .filter(|came| matches!(came, Came::Rtp { ssrc, .. } if *ssrc == wanted))
            .count()
    }
}
