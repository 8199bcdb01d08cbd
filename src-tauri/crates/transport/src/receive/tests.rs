//! The receiver by itself: packets in, time passed in, requests and deliveries out.
#![allow(clippy::unwrap_used)]

use super::{Receiver, Sinks, Streams};
use crate::description::RemoteSource;
use crate::event::TransportEvent;
use crate::port::ReceivedVideo;
use crate::sdp::Negotiated;
use bytes::Bytes;
use ranzen_rtp::{MediaKind, ReceivedAudio, SourceKey};
use rtc::interceptor::{AttributedPacket, Packet, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::{FirEntry, FullIntraRequest};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::rtp;
use rtc::sansio::Protocol;
use rtc::shared::TransportContext;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const VIDEO: u32 = 100;
const REPAIR: u32 = 101;
const AUDIO: u32 = 200;
const VP8: u8 = 96;
const RTX: u8 = 97;
const OPUS: u8 = 111;
const TWCC_ID: u8 = 5;

struct Bench {
    receiver: Receiver,
    streams: Arc<Streams>,
    now: Instant,
    audio: mpsc::Receiver<ReceivedAudio>,
    video: mpsc::Receiver<ReceivedVideo>,
    events: mpsc::Receiver<TransportEvent>,
}

/// What the receiver asks of the peer.
#[derive(Debug, Default)]
struct Asked {
    nacks: Vec<u16>,
    plis: Vec<u32>,
    feedback: usize,
    reported: Vec<u32>,
}

fn bench() -> Bench {
    let (audio_in, audio) = mpsc::channel(512);
    let (video_in, video) = mpsc::channel(512);
    let (event_in, events) = mpsc::channel(64);
    let streams = Arc::new(Streams::new(Sinks {
        audio: audio_in,
        video: Some(video_in),
        events: event_in,
    }));
    streams.agree(Negotiated {
        opus: Some(OPUS),
        video: vec![VP8],
        rtx: [(RTX, VP8)].into(),
        nack: true,
        audio_level: Some(1),
        transport_cc: Some(TWCC_ID),
    });
    streams.add(vec![
        source("v", MediaKind::Video, VIDEO, Some(REPAIR)),
        source("a", MediaKind::Audio, AUDIO, None),
    ]);
    streams.trust();
    Bench {
        receiver: Receiver::new(streams.clone()),
        streams,
        now: Instant::now(),
        audio,
        video,
        events,
    }
}

fn source(key: &str, kind: MediaKind, ssrc: u32, rtx: Option<u32>) -> RemoteSource {
    RemoteSource {
        key: SourceKey(key.into()),
        kind,
        ssrc,
        rtx,
    }
}

impl Bench {
    fn read(&mut self, packet: Packet) {
        let message = AttributedPacket::new(packet);
        let tagged = TaggedPacket {
            now: self.now,
            transport: TransportContext::default(),
            message,
        };
        self.receiver.handle_read(tagged).unwrap();
        assert!(
            self.receiver.poll_read().is_none(),
            "nothing goes on to the stack"
        );
    }

    fn rtp(&mut self, ssrc: u32, payload_type: u8, sequence_number: u16, payload: &[u8]) {
        let mut header = rtp::Header {
            version: 2,
            ssrc,
            payload_type,
            sequence_number,
            ..Default::default()
        };
        header
            .set_extension(
                TWCC_ID,
                Bytes::copy_from_slice(&sequence_number.to_be_bytes()),
            )
            .unwrap();
        self.read(Packet::Rtp(rtp::Packet {
            header,
            payload: Bytes::copy_from_slice(payload),
        }));
    }

    fn repair(&mut self, number: u16, of: u16) {
        let mut payload = of.to_be_bytes().to_vec();
        payload.extend([of as u8; 4]);
        self.rtp(REPAIR, RTX, number, &payload);
    }

    fn pass(&mut self, time: Duration) -> Asked {
        let end = self.now + time;
        let mut asked = Asked::default();
        while self.now < end {
            self.now += Duration::from_millis(10);
            self.receiver.handle_timeout(self.now).unwrap();
            while let Some(message) = self.receiver.poll_write() {
                let Packet::Rtcp(packets) = message.message.packet else {
                    continue;
                };
                for packet in packets {
                    let packet = packet.as_any();
                    if let Some(nack) = packet.downcast_ref::<TransportLayerNack>() {
                        assert_eq!(nack.media_ssrc, VIDEO);
                        asked
                            .nacks
                            .extend(nack.nacks.iter().flat_map(|pair| pair.packet_list()));
                    } else if let Some(pli) = packet.downcast_ref::<PictureLossIndication>() {
                        asked.plis.push(pli.media_ssrc);
                    } else if let Some(cc) = packet.downcast_ref::<TransportLayerCc>() {
                        asked.feedback += usize::from(cc.packet_status_count);
                    } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
                        asked.reported.extend(report.reports.iter().map(|r| r.ssrc));
                    }
                }
            }
        }
        asked
    }

    fn pictures(&mut self) -> Vec<u16> {
        std::iter::from_fn(|| self.video.try_recv().ok())
            .map(|p| p.sequence)
            .collect()
    }
}

#[test]
fn what_rtx_has_brought_is_not_asked_for_again() {
    let mut bench = bench();
    for number in [1, 2, 4, 5] {
        bench.rtp(VIDEO, VP8, number, b"vp8!");
    }
    assert_eq!(bench.pass(Duration::from_millis(150)).nacks, [3]);
    bench.repair(7000, 3);
    let later = bench.pass(Duration::from_secs(2));
    assert!(later.nacks.is_empty(), "{later:?}");
    let received: Vec<_> = std::iter::from_fn(|| bench.video.try_recv().ok()).collect();
    let repaired = received.iter().find(|p| p.sequence == 3).unwrap();
    assert_eq!(
        (repaired.ssrc, repaired.payload_type, &repaired.payload[..]),
        (VIDEO, VP8, &[3u8; 4][..])
    );
    assert_eq!(bench.streams.counters().lost, 0);
}

#[test]
fn a_packet_is_asked_for_ten_times_at_most() {
    let mut bench = bench();
    for number in [1, 3] {
        bench.rtp(VIDEO, VP8, number, b"vp8!");
    }
    assert_eq!(bench.pass(Duration::from_secs(5)).nacks.len(), 10);
    assert_eq!(bench.streams.counters().lost, 1);
}

#[test]
fn a_duplicate_is_delivered_once() {
    let mut bench = bench();
    bench.rtp(VIDEO, VP8, 1, b"vp8!");
    bench.repair(1, 1);
    bench.rtp(VIDEO, VP8, 1, b"vp8!");
    assert_eq!(bench.pictures(), [1]);
    assert_eq!(bench.streams.counters().duplicates, 2);
}

#[test]
fn probes_and_streams_that_nobody_named_count_in_the_feedback_only() {
    let mut bench = bench();
    bench.rtp(REPAIR, RTX, 1, b"");
    bench.rtp(REPAIR, RTX, 2, &[0, 1]);
    bench.rtp(999, VP8, 3, b"vp8!");
    let asked = bench.pass(Duration::from_millis(1500));
    assert_eq!(asked.feedback, 3, "{asked:?}");
    assert!(
        asked.reported.is_empty() && asked.nacks.is_empty(),
        "{asked:?}"
    );
    assert!(bench.pictures().is_empty());
}

#[test]
fn a_picture_stream_begins_with_the_wish_for_a_key_frame() {
    let mut bench = bench();
    bench.rtp(AUDIO, OPUS, 1, b"opus");
    bench.rtp(VIDEO, VP8, 1, b"vp8!");
    bench.rtp(VIDEO, VP8, 2, b"vp8!");
    let asked = bench.pass(Duration::from_millis(1500));
    assert_eq!(asked.plis, [VIDEO]);
    let mut reported = asked.reported;
    reported.sort_unstable();
    assert_eq!(reported, [VIDEO, AUDIO]);
}

#[test]
fn pli_and_fir_of_the_peer_become_wishes() {
    let mut bench = bench();
    let fir = FullIntraRequest {
        sender_ssrc: 1,
        media_ssrc: 0,
        fir: vec![FirEntry {
            ssrc: 8,
            sequence_number: 0,
        }],
    };
    bench.read(Packet::Rtcp(vec![
        Box::new(PictureLossIndication {
            sender_ssrc: 1,
            media_ssrc: 7,
        }),
        Box::new(fir),
    ]));
    for ssrc in [7, 8] {
        assert_eq!(
            bench.events.try_recv().unwrap(),
            TransportEvent::KeyFrameWanted { ssrc }
        );
    }
}

#[test]
fn a_removed_stream_is_silent_and_no_longer_reported() {
    let mut bench = bench();
    bench.rtp(AUDIO, OPUS, 1, b"opus");
    assert_eq!(bench.audio.try_recv().unwrap().sequence, 1);
    bench
        .streams
        .remove(&[SourceKey("a".into()), SourceKey("unknown".into())]);
    bench.rtp(AUDIO, OPUS, 2, b"opus");
    assert!(bench.audio.try_recv().is_err());
    assert!(bench.pass(Duration::from_millis(1500)).reported.is_empty());
    // The same name comes back with another SSRC, as after a rejoin.
    bench
        .streams
        .add(vec![source("a", MediaKind::Audio, 300, None)]);
    bench.rtp(300, OPUS, 9, b"opus");
    let again = bench.audio.try_recv().unwrap();
    assert_eq!((again.source.0.as_str(), again.ssrc), ("a", 300));
}

#[test]
fn what_is_neither_opus_nor_a_picture_is_not_delivered() {
    let mut bench = bench();
    bench.rtp(AUDIO, 126, 1, b"dtmf");
    bench.rtp(AUDIO, VP8, 2, b"vp8!");
    bench.rtp(AUDIO, OPUS, 3, b"");
    assert!(bench.audio.try_recv().is_err());
}

#[test]
fn before_the_peer_is_trusted_packets_wait_in_order() {
    let mut bench = bench();
    let (audio_in, mut audio) = mpsc::channel(512);
    let sinks = Sinks {
        audio: audio_in,
        video: None,
        events: mpsc::channel(1).0,
    };
    let streams = Arc::new(Streams::new(sinks));
    streams.agree(bench.streams.table().negotiated.clone());
    streams.add(vec![source("a", MediaKind::Audio, AUDIO, None)]);
    bench.receiver = Receiver::new(streams.clone());
    for number in 0..300 {
        bench.rtp(AUDIO, OPUS, number, b"opus");
    }
    assert!(audio.try_recv().is_err());
    streams.trust();
    let waited: Vec<u16> = std::iter::from_fn(|| audio.try_recv().ok())
        .map(|p| p.sequence)
        .collect();
    assert_eq!(waited, (44..300).collect::<Vec<u16>>(), "the newest 256");
}

#[test]
fn a_slow_taker_loses_the_newest_and_it_is_counted() {
    let mut bench = bench();
    for number in 0..600 {
        bench.rtp(AUDIO, OPUS, number, b"opus");
    }
    assert_eq!(bench.streams.counters().overflowed, 88);
}
