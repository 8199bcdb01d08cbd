//! One source's way from packets to sound: jitter buffer, Opus decoder, time-stretching, gain and
//! fades. Driven by time passed in; it has no clock and no thread of its own.

use crate::event::VoiceStats;
use crate::frame::{FRAME, Frame, SILENCE};
use crate::jitter::{Decision, JitterBuffer, Packet};
use crate::level::{Meter, Speaking};
use crate::stretch::Stretcher;
use crate::{MediaError, frame};
use ranzen_rtp::{AudioLevel, OpusPacket, ReceivedAudio};
use std::time::Instant;

/// 120 ms, the longest Opus packet.
const LONGEST: usize = 5760;
/// Without sound for this many ticks, the decoder's state is of no use any more.
const FORGET_AFTER: u32 = 500;

/// A source that is being received.
#[derive(Debug)]
pub(crate) struct Voice {
    buffer: JitterBuffer,
    decoder: Option<opus::Decoder>,
    stretcher: Stretcher,
    /// Decoded sound that is not played yet.
    queue: Vec<f32>,
    scratch: Vec<f32>,
    sounding: bool,
    quiet_ticks: u32,
    gain: f32,
    wanted_gain: f32,
    leaving: bool,
    meter: Meter,
    speaking: Speaking,
    level: AudioLevel,
    told_level: AudioLevel,
    played_samples: u64,
    undecodable: u64,
}

impl Voice {
    pub(crate) fn new() -> Self {
        Self {
            buffer: JitterBuffer::new(),
            decoder: None,
            stretcher: Stretcher::default(),
            queue: Vec::with_capacity(2 * LONGEST),
            scratch: Vec::with_capacity(2 * LONGEST),
            sounding: false,
            quiet_ticks: 0,
            gain: 1.0,
            wanted_gain: 1.0,
            leaving: false,
            meter: Meter::new(),
            speaking: Speaking::default(),
            level: crate::level::SILENT,
            told_level: crate::level::SILENT,
            played_samples: 0,
            undecodable: 0,
        }
    }

    /// Takes a packet. What is no Opus packet is counted and dropped.
    pub(crate) fn insert(&mut self, received: ReceivedAudio) {
        let Some(shape) = OpusPacket::parse(&received.payload) else {
            self.undecodable += 1;
            return;
        };
        // A sender that doesn't tell its level must not be drowned by those who do.
        self.told_level = received.level.unwrap_or(AudioLevel {
            minus_dbov: 30,
            voice: true,
        });
        let packet = Packet {
            sequence: received.sequence,
            timestamp: received.timestamp,
            samples: shape.samples_48k,
            fec: shape.has_fec,
            dtx: shape.dtx,
            payload: received.payload,
        };
        self.buffer.insert(received.ssrc, packet, received.arrived);
    }

    /// The next 10 ms, gain applied, or `None` when the source is silent.
    pub(crate) fn pull(&mut self, now: Instant, out: &mut Frame) -> Result<bool, MediaError> {
        while self.queue.len() < FRAME && self.refill(now)? {}
        let sounding = !self.queue.is_empty();
        if sounding {
            self.quiet_ticks = 0;
            let taken = self.queue.len().min(FRAME);
            *out = SILENCE;
            out[..taken].copy_from_slice(&self.queue[..taken]);
            self.queue.drain(..taken);
            self.played_samples += FRAME as u64;
            self.apply_gain(out);
        } else {
            self.rest();
        }
        self.level = self.meter.measure(if sounding { out } else { &SILENCE });
        Ok(sounding)
    }

    /// Lets the next 10 ms pass unheard: others are louder.
    pub(crate) fn skip(&mut self) {
        self.buffer.skip();
        self.queue.clear();
        self.rest();
        self.level = self.meter.measure(&SILENCE);
    }

    /// Whether there is or will be something to play.
    pub(crate) fn is_active(&self) -> bool {
        !self.queue.is_empty() || self.buffer.is_active()
    }

    /// How loud the source is in comparison with others, the loudest first; whoever is heard is
    /// ranked louder by `staying_db`. The sender's word is believed while nothing is decoded.
    pub(crate) fn rank(&self, staying_db: u8) -> u8 {
        if self.sounding {
            return self.level.minus_dbov.saturating_sub(staying_db);
        }
        self.told_level.minus_dbov
    }

    /// Whether something of it was played in the last tick.
    pub(crate) fn is_heard(&self) -> bool {
        self.sounding
    }

    pub(crate) fn level(&self) -> AudioLevel {
        self.level
    }

    /// Whether the source began or stopped speaking in the last tick.
    pub(crate) fn speaking_change(&mut self) -> Option<bool> {
        self.speaking.update(self.level.voice)
    }

    pub(crate) fn set_gain(&mut self, gain: f32) {
        self.wanted_gain = gain;
    }

    /// Fades out; the voice can be dropped when [`Voice::has_left`].
    pub(crate) fn leave(&mut self) {
        self.leaving = true;
    }

    pub(crate) fn has_left(&self) -> bool {
        self.leaving && (self.gain == 0.0 || !self.sounding)
    }

    pub(crate) fn stats(&self) -> VoiceStats {
        let mut stats = self.buffer.stats();
        stats.discarded += self.undecodable;
        stats.played_samples = self.played_samples;
        stats.stretched_samples = self.stretcher.added;
        stats.squeezed_samples = self.stretcher.removed;
        stats
    }

    /// Decodes the next piece; `false` when there is none.
    fn refill(&mut self, now: Instant) -> Result<bool, MediaError> {
        let (decision, pace) = self.buffer.pull(now, self.queue.len());
        match decision {
            Decision::Packet(packet) => {
                self.decode(&packet.payload, LONGEST, false)?;
                self.stretcher.apply(&mut self.scratch, pace);
            }
            Decision::Fec { payload, samples } => self.decode(&payload, samples as usize, true)?,
            Decision::Conceal { samples } | Decision::Silence { samples } => {
                self.decode(&[], samples as usize, false)?;
            }
            Decision::Idle => return self.fall_silent(),
        }
        if !self.sounding {
            self.sounding = true;
            frame::fade_in(&mut self.scratch);
        }
        self.queue.append(&mut self.scratch);
        Ok(true)
    }

    /// Ends the sound with a fade of what the decoder would go on with, not with a click.
    fn fall_silent(&mut self) -> Result<bool, MediaError> {
        if !self.sounding {
            return Ok(false);
        }
        self.sounding = false;
        self.decode(&[], FRAME, false)?;
        frame::fade_out(&mut self.scratch);
        self.queue.append(&mut self.scratch);
        Ok(true)
    }

    /// Decodes into `scratch`. An undecodable packet is concealed.
    fn decode(&mut self, payload: &[u8], samples: usize, fec: bool) -> Result<(), MediaError> {
        if self.decoder.is_none() {
            let new = opus::Decoder::new(48_000, opus::Channels::Mono);
            self.decoder = Some(new.map_err(|error| MediaError::Engine(error.to_string()))?);
        }
        self.scratch.clear();
        let Some(decoder) = self.decoder.as_mut() else {
            return Ok(());
        };
        // Opus works in steps of 2.5 ms when it makes sound up.
        let samples = samples.clamp(120, LONGEST).next_multiple_of(120);
        self.scratch.resize(samples, 0.0);
        let decoded = decoder.decode_float(payload, &mut self.scratch, fec);
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(_) => {
                self.undecodable += 1;
                self.scratch.truncate(2 * FRAME);
                let concealed = decoder.decode_float(&[], &mut self.scratch, false);
                concealed.unwrap_or(0)
            }
        };
        self.scratch.truncate(decoded);
        Ok(())
    }

    fn apply_gain(&mut self, out: &mut Frame) {
        let wanted = if self.leaving { 0.0 } else { self.wanted_gain };
        frame::ramp(out, self.gain, wanted);
        self.gain = wanted;
    }

    fn rest(&mut self) {
        self.sounding = false;
        self.quiet_ticks = self.quiet_ticks.saturating_add(1);
        if self.quiet_ticks > FORGET_AFTER {
            self.decoder = None;
        }
    }
}
