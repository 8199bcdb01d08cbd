//! Our own sound into Opus: mono, 48 kHz, 20 ms, about 32 kbit/s, with forward error correction and
//! discontinuous transmission (RFC 6716, RFC 7587).

use crate::MediaError;
use crate::frame::{FRAME, Frame, RATE};
use bytes::Bytes;
use opus::{Application, Bitrate, Channels, Encoder, Signal};
use ranzen_rtp::{AudioLevel, EncodedAudio};

/// Speech at full band with room for a copy of the last packet.
const BITRATE_BPS: i32 = 32_000;
/// Below this the encoder makes no copies; the first lost packets need them before any report came.
const LEAST_LOSS_PERCENT: u8 = 5;
/// RFC 6716 §2.1.9: packets of one or two bytes need not be sent.
const DTX_BYTES: usize = 2;
/// An Opus frame of 20 ms has at most 1275 bytes (RFC 6716 §3.2.1).
const MOST_BYTES: usize = 1276;
/// Samples in a packet.
const PACKET: usize = 2 * FRAME;

/// Collects frames of 10 ms and makes packets of 20 ms.
#[derive(Debug)]
pub(crate) struct OpusEncoder {
    encoder: Encoder,
    pending: Vec<f32>,
    level: AudioLevel,
    timestamp: u64,
    loss_percent: u8,
    /// Whether the last packet was sent; the next one after a pause carries the marker.
    sending: bool,
    toc: u8,
}

impl OpusEncoder {
    pub(crate) fn new() -> Result<Self, MediaError> {
        let encoder = configured().map_err(failed)?;
        Ok(Self {
            encoder,
            pending: Vec::with_capacity(PACKET),
            level: crate::level::SILENT,
            timestamp: 0,
            loss_percent: LEAST_LOSS_PERCENT,
            sending: false,
            toc: 0,
        })
    }

    /// Takes the next 10 ms. Every second time there may be a packet.
    pub(crate) fn push(
        &mut self,
        frame: &Frame,
        level: AudioLevel,
    ) -> Result<Option<EncodedAudio>, MediaError> {
        self.note_level(level);
        self.pending.extend_from_slice(frame);
        if self.pending.len() < PACKET {
            return Ok(None);
        }
        let mut bytes = [0u8; MOST_BYTES];
        let len = self
            .encoder
            .encode_float(&self.pending, &mut bytes)
            .map_err(failed)?;
        self.pending.clear();
        let silent = len <= DTX_BYTES;
        let was_sending = std::mem::replace(&mut self.sending, !silent);
        if !silent {
            self.toc = bytes[0];
        }
        // The first silent packet is sent, as other clients do: it tells that a pause is no loss.
        let send = !silent || was_sending;
        let packet = send.then(|| self.packet(&bytes[..len], !was_sending));
        self.finish_packet();
        Ok(packet)
    }

    /// Lets 10 ms pass without sound: muted. The first time there may be a packet that tells it.
    pub(crate) fn pass(&mut self) -> Option<EncodedAudio> {
        self.pending.resize(self.pending.len() + FRAME, 0.0);
        if self.pending.len() < PACKET {
            return None;
        }
        self.pending.clear();
        let was_sending = std::mem::replace(&mut self.sending, false);
        self.level = crate::level::SILENT;
        // An Opus packet without a frame: the last one's configuration, code 0, nothing behind.
        let packet = was_sending.then(|| {
            // What comes after the pause must not depend on what was before it.
            let _ = self.encoder.reset_state();
            self.packet(&[self.toc & !0x03], false)
        });
        self.finish_packet();
        packet
    }

    /// The share of packets the other side misses.
    pub(crate) fn set_packet_loss(&mut self, percent: u8) -> Result<(), MediaError> {
        let percent = percent.clamp(LEAST_LOSS_PERCENT, 40);
        if percent != self.loss_percent {
            self.loss_percent = percent;
            self.encoder
                .set_packet_loss_perc(i32::from(percent))
                .map_err(failed)?;
        }
        Ok(())
    }

    fn packet(&self, bytes: &[u8], marker: bool) -> EncodedAudio {
        EncodedAudio {
            payload: Bytes::copy_from_slice(bytes),
            timestamp_48k: self.timestamp,
            marker,
            level: self.level,
        }
    }

    fn finish_packet(&mut self) {
        self.timestamp += PACKET as u64;
        self.level = crate::level::SILENT;
    }

    /// A packet's level is that of its louder half.
    fn note_level(&mut self, level: AudioLevel) {
        self.level = AudioLevel {
            minus_dbov: self.level.minus_dbov.min(level.minus_dbov),
            voice: self.level.voice || level.voice,
        };
    }
}

fn configured() -> opus::Result<Encoder> {
    let mut encoder = Encoder::new(RATE, Channels::Mono, Application::Voip)?;
    encoder.set_bitrate(Bitrate::Bits(BITRATE_BPS))?;
    encoder.set_signal(Signal::Voice)?;
    encoder.set_complexity(9)?;
    encoder.set_inband_fec(true)?;
    encoder.set_packet_loss_perc(i32::from(LEAST_LOSS_PERCENT))?;
    encoder.set_dtx(true)?;
    Ok(encoder)
}

fn failed(error: opus::Error) -> MediaError {
    MediaError::Engine(error.to_string())
}
