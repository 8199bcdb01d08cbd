//! The neutral face against a connection of our own that speaks SDP.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::description::{Fingerprint, LocalAnswer};
use crate::fingerprint;
use crate::sdp::{Sdp, describe};
use bytes::Bytes;
use ranzen_net::{Door, ProxyChoice};
use ranzen_rtp::{AudioLevel, ReceivedAudio};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::time::{sleep, timeout};

struct Side {
    connection: Arc<Connection>,
    events: mpsc::Receiver<TransportEvent>,
    sound: mpsc::Receiver<ReceivedAudio>,
}

async fn side() -> Side {
    let mut config =
        TransportConfig::new(Door::builder().proxy(ProxyChoice::None).build().unwrap());
    config.bind = vec![Ipv4Addr::LOCALHOST.into()];
    config.connect_timeout = Duration::from_secs(8);
    let (audio_in, sound) = mpsc::channel(4096);
    let (connection, events) = connect(config, audio_in).await.unwrap();
    Side {
        connection,
        events,
        sound,
    }
}

impl Side {
    async fn expect(&mut self, wanted: TransportEvent) {
        let waiting = async {
            while let Some(event) = self.events.recv().await {
                if event == wanted {
                    return;
                }
            }
            panic!("the events ended before {wanted:?}");
        };
        assert!(
            timeout(Duration::from_secs(15), waiting).await.is_ok(),
            "never came: {wanted:?}"
        );
    }

    async fn next_sound(&mut self) -> ReceivedAudio {
        timeout(Duration::from_secs(5), self.sound.recv())
            .await
            .expect("no sound")
            .unwrap()
    }
}

fn sound(number: u64) -> EncodedAudio {
    EncodedAudio {
        payload: Bytes::copy_from_slice(&number.to_be_bytes()),
        timestamp_48k: number * 960,
        marker: false,
        level: AudioLevel {
            minus_dbov: 20,
            voice: true,
        },
    }
}

/// An offer of `offerer` in neutral form, as Jingle would bring it.
async fn neutral_offer(offerer: &Side) -> RemoteOffer {
    let wish = OfferWish {
        receive_video: true,
        channel: Some(("theirs".into(), String::new())),
    };
    let offer = offerer.connection.offer_sdp(&wish).await.unwrap();
    let mut offer = describe(&Sdp::parse(&offer).unwrap()).unwrap();
    if let Some(sctp) = &mut offer.sctp {
        sctp.label = "JVB data channel".into();
        sctp.protocol = "http://jitsi.org/protocols/colibri".into();
    }
    offer
}

/// Answers it and brings the answer back.
async fn answered(offerer: &Side, answerer: &Side, offer: RemoteOffer) -> LocalAnswer {
    let answer = answerer.connection.answer(offer).await.unwrap();
    let mut slot = answerer.connection.live.lock().await;
    let live = slot.as_mut().unwrap();
    live.gathering().await;
    let text = live.connection.local_description().await.unwrap().sdp;
    // The offerer sends, too; the neutral offer does not say so to the stack.
    let text = text.replace("a=sendonly", "a=sendrecv");
    offerer.connection.accept_answer_sdp(&text).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_has_the_peers_numbers_and_our_stream() {
    let (offerer, answerer) = (side().await, side().await);
    let mut offer = neutral_offer(&offerer).await;
    // Numbers that no default has.
    for pt in &mut offer.media[0].payload_types {
        pt.id = 109;
    }
    for (id, uri) in &mut offer.media[0].extensions {
        *id = if uri == crate::sdp::AUDIO_LEVEL {
            9
        } else {
            12
        };
    }
    let answer = answerer.connection.answer(offer).await.unwrap();
    assert_eq!(answer.media[0].payload_types[0].id, 109);
    assert_eq!(answer.media[0].extensions.len(), 2);
    assert!(
        answer.media[0]
            .extensions
            .contains(&(9, crate::sdp::AUDIO_LEVEL.to_owned()))
    );
    assert!(
        answer.media[0]
            .extensions
            .contains(&(12, crate::sdp::TRANSPORT_CC.to_owned()))
    );
    let video: Vec<u8> = answer.media[1]
        .payload_types
        .iter()
        .map(|pt| pt.id)
        .collect();
    assert_eq!(video, [96, 97]);
    assert_eq!(
        answer.media[1].payload_types[0].feedback,
        ["nack", "nack pli", "ccm fir", "transport-cc"]
    );
    assert_eq!(answer.dtls.setup, crate::Setup::Active);
    assert_eq!(answer.dtls.fingerprints[0].algorithm, "sha-256");
    assert!(
        answer.dtls.fingerprints[0]
            .value
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ':')
    );
    assert!(!answer.ice.ufrag.is_empty() && !answer.ice.pwd.is_empty());
    assert_eq!(answer.sources.len(), 1);
    assert_eq!(
        answerer.connection.audio.get().unwrap().source(),
        &answer.sources[0]
    );
    assert!(
        answerer
            .connection
            .answer(neutral_offer(&side().await).await)
            .await
            .is_err(),
        "only one offer"
    );
}

/// What Jicofo offers a client that announces everything, with numbers and all.
fn jicofo() -> RemoteOffer {
    let video = "a=rtcp-fb:{} ccm fir\r\na=rtcp-fb:{} nack\r\na=rtcp-fb:{} nack pli\r\na=rtcp-fb:{} transport-cc\r\n";
    let codec = |id: u8, name: &str| {
        format!(
            "a=rtpmap:{id} {name}/90000\r\n{}",
            video.replace("{}", &id.to_string())
        )
    };
    let rtx = |id: u8, apt: u8| format!("a=rtpmap:{id} rtx/90000\r\na=fmtp:{id} apt={apt}\r\n");
    let transport = "a=ice-ufrag:3u1pj1hd2k\r\na=ice-pwd:5gdkfbdp0ufkmdcvk3c6f3b6vv\r\na=setup:actpass\r\n\
        a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
        a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host generation 0\r\n";
    let text = format!(
        "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 126\r\na=mid:audio\r\n{transport}\
         a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
         a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
         a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:mid\r\n\
         a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtcp-fb:111 transport-cc\r\n\
         a=rtpmap:126 telephone-event/8000\r\n\
         m=video 9 UDP/TLS/RTP/SAVPF 41 42 100 96 101 97 107 99\r\na=mid:video\r\n{transport}\
         a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
         a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
         a=extmap:11 https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension\r\n\
         {}{}{}{}{}{}{}a=fmtp:107 profile-level-id=42e01f;level-asymmetry-allowed=1;packetization-mode=1;\r\n{}",
        codec(41, "AV1"),
        rtx(42, 41),
        codec(100, "VP8"),
        rtx(96, 100),
        codec(101, "VP9"),
        rtx(97, 101),
        codec(107, "H264"),
        rtx(99, 107),
    );
    describe(&Sdp::parse(&text).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jicofos_numbers_come_back_in_the_answer() {
    let side = side().await;
    let answer = side.connection.answer(jicofo()).await.unwrap();
    let numbers: Vec<(&str, Vec<u8>, Vec<u8>)> = answer
        .media
        .iter()
        .map(|media| {
            let mut extensions: Vec<u8> = media.extensions.iter().map(|(id, _)| *id).collect();
            extensions.sort_unstable();
            (
                media.mid.as_str(),
                media.payload_types.iter().map(|pt| pt.id).collect(),
                extensions,
            )
        })
        .collect();
    assert_eq!(
        numbers,
        [
            ("audio", vec![111], vec![1, 5]),
            ("video", vec![100, 96], vec![5])
        ]
    );
    assert_eq!(
        answer.media[1].payload_types[1].parameters,
        [("apt".to_owned(), "100".to_owned())]
    );
    let negotiated = side.connection.streams.table().negotiated.clone();
    assert_eq!(
        (
            negotiated.opus,
            negotiated.audio_level,
            negotiated.transport_cc
        ),
        (Some(111), Some(1), Some(5))
    );
    assert_eq!((negotiated.video, negotiated.nack), (vec![100], true));
    assert_eq!(negotiated.rtx.get(&96), Some(&100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_signalling_adds_later_is_heard_from_then_on() {
    let (mut offerer, mut answerer) = (side().await, side().await);
    let mut offer = neutral_offer(&offerer).await;
    let sources = std::mem::take(&mut offer.sources);
    assert_eq!(sources.len(), 1);
    answered(&offerer, &answerer, offer).await;
    offerer
        .expect(TransportEvent::State(TransportState::Connected))
        .await;
    answerer
        .expect(TransportEvent::State(TransportState::Connected))
        .await;

    offerer.connection.send_audio(sound(1)).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert!(
        answerer.sound.try_recv().is_err(),
        "nobody named this stream"
    );

    let key = sources[0].key.clone();
    answerer.connection.add_sources(sources).await.unwrap();
    offerer.connection.send_audio(sound(2)).await.unwrap();
    let heard = answerer.next_sound().await;
    assert_eq!(heard.payload[..], 2u64.to_be_bytes());
    assert_eq!(heard.source, key);
    assert_eq!(heard.level.unwrap().minus_dbov, 20);

    answerer
        .connection
        .remove_sources(std::slice::from_ref(&key))
        .await
        .unwrap();
    offerer.connection.send_audio(sound(3)).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert!(answerer.sound.try_recv().is_err(), "it was removed");

    // The other direction needs no naming here: the SDP names our stream.
    answerer.connection.send_audio(sound(4)).await.unwrap();
    assert_eq!(offerer.next_sound().await.payload[..], 4u64.to_be_bytes());
}

/// Sockets and tasks end with the connection, in whatever state it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_let_go_ends_everything() {
    async fn ends(mut side: Side) {
        drop(side.connection);
        let all = async {
            while side.events.recv().await.is_some() {}
            while side.sound.recv().await.is_some() {}
        };
        assert!(
            timeout(Duration::from_secs(5), all).await.is_ok(),
            "something still holds its ends"
        );
    }
    let offering = side().await;
    offering
        .connection
        .offer_sdp(&OfferWish::default())
        .await
        .unwrap();
    ends(offering).await;

    let (mut offerer, mut answerer) = (side().await, side().await);
    let offer = neutral_offer(&offerer).await;
    answered(&offerer, &answerer, offer).await;
    answerer.expect(TransportEvent::ChannelOpen).await;
    offerer
        .expect(TransportEvent::State(TransportState::Connected))
        .await;
    ends(answerer).await;
    offerer.connection.close().await;
    ends(offerer).await;
}

/// The ids of the peer are written, not those that we would have chosen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn header_extensions_are_written_with_the_negotiated_ids() {
    let (mut offerer, mut answerer) = (side().await, side().await);
    let offer = offerer
        .connection
        .offer_sdp(&OfferWish::default())
        .await
        .unwrap();
    let renumber = |line: &str| match line {
        _ if line.ends_with(crate::sdp::AUDIO_LEVEL) => {
            format!("a=extmap:9 {}", crate::sdp::AUDIO_LEVEL)
        }
        _ if line.ends_with(crate::sdp::TRANSPORT_CC) => {
            format!("a=extmap:12 {}", crate::sdp::TRANSPORT_CC)
        }
        _ => line.to_owned(),
    };
    let offer: Vec<String> = offer.lines().map(renumber).collect();
    let answer = answerer
        .connection
        .answer_sdp(&offer.join("\r\n"))
        .await
        .unwrap();
    offerer.connection.accept_answer_sdp(&answer).await.unwrap();
    answerer
        .expect(TransportEvent::State(TransportState::Connected))
        .await;
    offerer
        .expect(TransportEvent::State(TransportState::Connected))
        .await;
    for number in 0..10 {
        answerer.connection.send_audio(sound(number)).await.unwrap();
        let heard = offerer.next_sound().await;
        assert_eq!(heard.level.map(|level| level.minus_dbov), Some(20));
    }
    assert_eq!(
        offerer.connection.streams.table().negotiated.transport_cc,
        Some(12)
    );
    assert_eq!(offerer.connection.streams.counters().numbered, 10);
}

/// Participants come and go fifty times while one talks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_changes_of_sources_cost_the_others_nothing() {
    let (mut offerer, mut answerer) = (side().await, side().await);
    let offer = neutral_offer(&offerer).await;
    answered(&offerer, &answerer, offer).await;
    answerer
        .expect(TransportEvent::State(TransportState::Connected))
        .await;
    offerer
        .expect(TransportEvent::State(TransportState::Connected))
        .await;
    let before = answerer.sections().await;
    for round in 0..50u32 {
        let batch = |n: u32| RemoteSource {
            key: SourceKey(format!("someone-{n}-a0")),
            kind: ranzen_rtp::MediaKind::Audio,
            ssrc: 10_000 + round * 10 + n,
            rtx: None,
        };
        answerer
            .connection
            .add_sources((0..3).map(batch).collect())
            .await
            .unwrap();
        for step in 0..4 {
            offerer
                .connection
                .send_audio(sound(u64::from(round * 4 + step)))
                .await
                .unwrap();
            sleep(Duration::from_millis(2)).await;
        }
        let keys: Vec<_> = (0..3).map(|n| batch(n).key).collect();
        answerer.connection.remove_sources(&keys).await.unwrap();
    }
    let mut heard = Vec::new();
    while let Ok(Some(packet)) = timeout(Duration::from_millis(300), answerer.sound.recv()).await {
        heard.push(u64::from_be_bytes(packet.payload[..].try_into().unwrap()));
    }
    assert_eq!(heard, (0..200).collect::<Vec<u64>>());
    assert_eq!(answerer.sections().await, before);
    assert_eq!(answerer.connection.streams.table().streams.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_channel_has_the_label_and_protocol_of_the_offer() {
    let (offerer, mut answerer) = (side().await, side().await);
    let offer = neutral_offer(&offerer).await;
    answered(&offerer, &answerer, offer).await;
    answerer.expect(TransportEvent::ChannelOpen).await;
    answerer.connection.send_message("{}").await.unwrap();
}

/// All the hashes a server may announce, and one of somebody else's certificate.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fingerprint_is_checked_by_its_own_hash() {
    for algorithm in ["sha-1", "sha-224", "sha-256", "sha-384", "sha-512", "all"] {
        let (mut offerer, mut answerer) = (side().await, side().await);
        let mut offer = neutral_offer(&offerer).await;
        let certificate = offerer.certificate().await;
        let names: &[&str] = match algorithm {
            "all" => &["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"],
            _ => &[algorithm],
        };
        offer.dtls.fingerprints = names
            .iter()
            .map(|name| Fingerprint {
                algorithm: (*name).into(),
                value: fingerprint::of(&certificate, name).unwrap(),
            })
            .collect();
        answered(&offerer, &answerer, offer).await;
        answerer
            .expect(TransportEvent::State(TransportState::Connected))
            .await;
        offerer
            .expect(TransportEvent::State(TransportState::Connected))
            .await;
        offerer.connection.send_audio(sound(1)).await.unwrap();
        answerer.next_sound().await;
        offerer.connection.close().await;
        answerer.connection.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_somebody_elses_certificate_nothing_is_sent_or_delivered() {
    for algorithm in ["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"] {
        let (mut offerer, mut answerer) = (side().await, side().await);
        let mut offer = neutral_offer(&offerer).await;
        let value = fingerprint::of(b"another certificate", algorithm).unwrap();
        offer.dtls.fingerprints = vec![Fingerprint {
            algorithm: algorithm.into(),
            value,
        }];
        answered(&offerer, &answerer, offer).await;
        // The offerer trusts its peer and talks at once.
        offerer
            .expect(TransportEvent::State(TransportState::Connected))
            .await;
        for number in 0..20 {
            offerer.connection.send_audio(sound(number)).await.unwrap();
            answerer.connection.send_audio(sound(number)).await.unwrap();
            let _ = offerer.connection.send_message("secret").await;
            sleep(Duration::from_millis(10)).await;
        }
        answerer.expect(TransportEvent::CertificateRefused).await;
        answerer
            .expect(TransportEvent::State(TransportState::Failed))
            .await;
        assert!(
            answerer.sound.try_recv().is_err(),
            "{algorithm}: sound was delivered"
        );
        assert!(
            offerer.sound.try_recv().is_err(),
            "{algorithm}: sound was sent"
        );
        while let Ok(event) = answerer.events.try_recv() {
            assert!(
                !matches!(event, TransportEvent::Channel(_)),
                "{algorithm}: a message was delivered"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_answer_the_connection_fails_and_says_so() {
    let mut lonely = side().await;
    let other = side().await;
    let mut offer = neutral_offer(&other).await;
    offer.ice.candidates.clear();
    lonely.connection.answer(offer).await.unwrap();
    lonely
        .expect(TransportEvent::State(TransportState::Connecting))
        .await;
    lonely
        .expect(TransportEvent::State(TransportState::Failed))
        .await;
}

impl Side {
    /// m-sections of its description.
    async fn sections(&self) -> usize {
        let connection = self
            .connection
            .live
            .lock()
            .await
            .as_ref()
            .unwrap()
            .connection
            .clone();
        connection
            .local_description()
            .await
            .unwrap()
            .sdp
            .matches("\nm=")
            .count()
    }

    /// Its own certificate, DER.
    async fn certificate(&self) -> Vec<u8> {
        self.connection
            .live
            .lock()
            .await
            .as_ref()
            .unwrap()
            .certificate
            .clone()
    }
}
