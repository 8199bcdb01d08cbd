//! The interceptor that ends the inbound path: everything above it belongs to us, not to the stack.

use super::streams::{Stream, Streams, Table};
use crate::event::TransportEvent;
use crate::sdp::Negotiated;
use ranzen_rtp::MediaKind;
use rtc::interceptor::{
    AttributedPacket, Interceptor, NackGeneratorBuilder, NackGeneratorInterceptor, Packet,
    RTCPFeedback, RTPHeaderExtension, ReceiverReportBuilder, ReceiverReportInterceptor, StreamInfo,
    TaggedPacket, TwccReceiverBuilder, TwccReceiverInterceptor,
};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp;
use rtc::sansio::Protocol;
use rtc::shared::TransportContext;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// Repeats of a NACK for one packet; the stack's default has no limit.
const MAX_NACKS: u16 = 10;

/// Takes packets out of the chain, see [`crate::receive`].
pub(crate) struct Receiver {
    streams: Arc<Streams>,
    twcc: TwccReceiverInterceptor,
    nack: NackGeneratorInterceptor,
    reports: ReceiverReportInterceptor,
    /// The transport-wide id the feedback was told.
    twcc_id: Option<u8>,
    out: VecDeque<TaggedPacket>,
    /// Sender SSRC of what we ask for.
    own_ssrc: u32,
}

impl Receiver {
    pub fn new(streams: Arc<Streams>) -> Self {
        Self {
            streams,
            twcc: TwccReceiverBuilder::new().build(),
            nack: NackGeneratorBuilder::new()
                .with_max_nacks_per_packet(MAX_NACKS)
                .build(),
            reports: ReceiverReportBuilder::new().build(),
            twcc_id: None,
            out: VecDeque::new(),
            own_ssrc: crate::random::ssrc(),
        }
    }

    fn rtp(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        let streams = Arc::clone(&self.streams);
        let mut table = streams.table();
        self.follow(&mut table);
        if let (Packet::Rtp(packet), Some(id)) = (&msg.message.packet, self.twcc_id) {
            table.counters.numbered += u64::from(packet.header.get_extension(id).is_some());
        }
        // Feedback counts what arrives on the wire: also RTX, probes and streams nobody named.
        self.twcc.handle_read(msg)?;
        while let Some(msg) = self.twcc.poll_read() {
            if let Packet::Rtp(packet) = msg.message.packet {
                self.named(&mut table, msg.now, msg.transport, packet)?;
            }
        }
        Ok(())
    }

    /// A packet of a stream that signalling named, or of its RTX.
    fn named(
        &mut self,
        table: &mut Table,
        now: Instant,
        transport: TransportContext,
        mut packet: rtp::Packet,
    ) -> Result<(), Error> {
        let streams = Arc::clone(&self.streams);
        if let Some(primary) = table.rtx.get(&packet.header.ssrc).copied()
            && !unwrap_rtx(&mut packet, primary, &table.negotiated)
        {
            return Ok(());
        }
        let Some(stream) = table.streams.get(&packet.header.ssrc) else {
            return Ok(());
        };
        if !stream.bound {
            let info = info(stream, packet.header.payload_type, &table.negotiated);
            if stream.source.kind == MediaKind::Video && streams.sinks().video.is_some() {
                // The first packets are rarely a key frame.
                self.ask_for_key_frame(now, info.ssrc);
            }
            self.nack.bind_remote_stream(&info);
            self.reports.bind_remote_stream(&info);
            if let Some(stream) = table.streams.get_mut(&info.ssrc) {
                stream.bound = true;
            }
        }
        let msg = TaggedPacket {
            now,
            transport,
            message: AttributedPacket::new(Packet::Rtp(packet)),
        };
        self.nack.handle_read(msg)?;
        while let Some(msg) = self.nack.poll_read() {
            self.reports.handle_read(msg)?;
        }
        while let Some(msg) = self.reports.poll_read() {
            if let Packet::Rtp(packet) = msg.message.packet {
                streams.take(table, msg.now, packet);
            }
        }
        Ok(())
    }

    fn rtcp(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &msg.message.packet {
            for packet in packets {
                let wanted: Vec<u32> =
                    if let Some(pli) = packet.as_any().downcast_ref::<PictureLossIndication>() {
                        vec![pli.media_ssrc]
                    } else if let Some(fir) = packet.as_any().downcast_ref::<FullIntraRequest>() {
                        fir.fir.iter().map(|entry| entry.ssrc).collect()
                    } else {
                        continue;
                    };
                for ssrc in wanted {
                    // A full queue means that requests lie there already.
                    let _ = self
                        .streams
                        .sinks()
                        .events
                        .try_send(TransportEvent::KeyFrameWanted { ssrc });
                }
            }
        }
        // The reports need the peer's SR.
        self.reports.handle_read(msg)?;
        while self.reports.poll_read().is_some() {}
        Ok(())
    }

    /// Follows what signalling has changed since the last packet.
    fn follow(&mut self, table: &mut Table) {
        if table.negotiated.transport_cc != self.twcc_id {
            self.twcc_id = table.negotiated.transport_cc;
            // One binding tells the id; feedback is per transport, so the SSRC does not matter.
            let all = StreamInfo {
                rtp_header_extensions: twcc_extension(&table.negotiated),
                ..StreamInfo::default()
            };
            self.twcc.bind_remote_stream(&all);
        }
        for ssrc in table.unbind.drain(..) {
            let gone = StreamInfo {
                ssrc,
                ..StreamInfo::default()
            };
            self.nack.unbind_remote_stream(&gone);
            self.reports.unbind_remote_stream(&gone);
        }
    }

    fn ask_for_key_frame(&mut self, now: Instant, media_ssrc: u32) {
        let pli = PictureLossIndication {
            sender_ssrc: self.own_ssrc,
            media_ssrc,
        };
        self.out.push_back(TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(pli)])),
        });
    }
}

/// Turns an RTX packet (RFC 4588) into the one it repeats; false for a probe that repeats nothing.
fn unwrap_rtx(packet: &mut rtp::Packet, primary: u32, negotiated: &Negotiated) -> bool {
    let Some(payload_type) = negotiated.rtx.get(&packet.header.payload_type) else {
        return false;
    };
    let [high, low, rest @ ..] = &packet.payload[..] else {
        return false;
    };
    if rest.is_empty() {
        return false;
    }
    packet.header.sequence_number = u16::from_be_bytes([*high, *low]);
    packet.header.ssrc = primary;
    packet.header.payload_type = *payload_type;
    packet.payload = packet.payload.slice(2..);
    true
}

fn info(stream: &Stream, payload_type: u8, negotiated: &Negotiated) -> StreamInfo {
    let video = stream.source.kind == MediaKind::Video;
    let nack = RTCPFeedback {
        typ: "nack".into(),
        parameter: String::new(),
    };
    StreamInfo {
        ssrc: stream.source.ssrc,
        payload_type,
        clock_rate: if video { 90_000 } else { 48_000 },
        rtcp_feedback: if video && negotiated.nack {
            vec![nack]
        } else {
            Vec::new()
        },
        ..StreamInfo::default()
    }
}

fn twcc_extension(negotiated: &Negotiated) -> Vec<RTPHeaderExtension> {
    let extension = |id| RTPHeaderExtension {
        uri: crate::sdp::TRANSPORT_CC.into(),
        id: u16::from(id),
    };
    negotiated.transport_cc.map(extension).into_iter().collect()
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Receiver {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        match &msg.message.packet {
            Packet::Rtp(_) => self.rtp(msg),
            _ => self.rtcp(msg),
        }
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        // Nothing goes on to the stack's tracks.
        None
    }

    fn handle_write(&mut self, msg: TaggedPacket) -> Result<(), Error> {
        self.out.push_back(msg);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.out
            .pop_front()
            .or_else(|| self.twcc.poll_write())
            .or_else(|| self.nack.poll_write())
            .or_else(|| self.reports.poll_write())
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        let streams = Arc::clone(&self.streams);
        self.follow(&mut streams.table());
        self.twcc.handle_timeout(now)?;
        self.nack.handle_timeout(now)?;
        self.reports.handle_timeout(now)
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        [
            self.twcc.poll_timeout(),
            self.nack.poll_timeout(),
            self.reports.poll_timeout(),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

impl Interceptor for Receiver {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}
    // The stack's own idea of remote streams does not count.
    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}
