//! A call without devices, threads and clock: sound is encoded, sent through an imagined network and
//! played out, in virtual time. For tests and for the table of the jitter buffer's merits.

use crate::capture::Capture;
use crate::chain::CaptureChain;
use crate::event::VoiceStats;
use crate::frame::{FRAME, Frame, SILENCE};
use crate::playout::{Playout, Tap};
use crate::{AudioEvent, MediaError};
use ranzen_rtp::{EncodedAudio, ReceivedAudio, SourceKey};
use std::time::{Duration, Instant};

/// What an imagined network does to packets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Network {
    /// Share of packets that are lost, 0…1.
    pub loss: f64,
    /// How many are lost in a row, at least 1; `loss` stays the overall share.
    pub burst: u32,
    /// Each packet is late by up to this much, evenly spread; packets overtake each other.
    pub jitter: Duration,
    /// How fast the sender's clock runs against ours, in millionths.
    pub drift_ppm: i32,
    /// Seed of its dice: the same seed, the same network.
    pub seed: u64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            loss: 0.0,
            burst: 1,
            jitter: Duration::ZERO,
            drift_ppm: 0,
            seed: 1,
        }
    }
}

/// What came out of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was played, 48 kHz.
    pub sound: Vec<f32>,
    /// What the jitter buffer counted.
    pub stats: VoiceStats,
    /// The lateness that 95 of 100 packets kept.
    pub jitter_p95: Duration,
    /// Packets that were sent.
    pub sent: u64,
}

impl Outcome {
    /// The share of the played sound that was made up.
    pub fn concealed(&self) -> f64 {
        self.stats.concealed_samples as f64 / self.stats.played_samples.max(1) as f64
    }

    /// How long a packet waited for its turn, on average.
    pub fn mean_wait(&self) -> Duration {
        let samples = self.stats.waited_samples / self.stats.played_packets.max(1);
        Duration::from_micros(samples * 1000 / 48)
    }
}

/// The network's transit time without jitter.
const TRANSIT: Duration = Duration::from_millis(20);
/// Played on after the last sound was sent.
const TAIL_TICKS: u64 = 60;

/// Sends `speech` (48 kHz mono) through `network` and plays it.
pub fn call(speech: &[f32], network: Network) -> Result<Outcome, MediaError> {
    let packets = encode(speech, (network.loss * 100.0) as u8)?;
    let (mut arrivals, jitter_p95) = deliver(&packets, network);
    arrivals.sort_by_key(|packet| packet.arrived);
    let mut playout = Playout::new();
    let mut heard = Heard {
        sound: Vec::new(),
        tick: 0,
    };
    let mut news = Vec::<AudioEvent>::new();
    let start = epoch(&arrivals);
    let mut arrivals = arrivals.into_iter().peekable();
    let ticks = speech.len().div_ceil(FRAME) as u64 + TAIL_TICKS;
    for tick in 0..ticks {
        let now = start + Duration::from_millis(10 * tick);
        while let Some(packet) = arrivals.next_if(|packet| packet.arrived <= now) {
            playout.insert(packet);
        }
        heard.tick = tick as usize;
        playout.tick(now, &mut heard, &mut news)?;
        news.clear();
    }
    let stats = playout.stats();
    Ok(Outcome {
        sound: heard.sound,
        stats: stats.first().map(|only| only.counters).unwrap_or_default(),
        jitter_p95,
        sent: packets.len() as u64,
    })
}

/// Encodes as a call does, telling the encoder the loss.
pub(crate) fn encode(speech: &[f32], loss_percent: u8) -> Result<Vec<EncodedAudio>, MediaError> {
    let mut capture = Capture::new(CaptureChain::default(), false)?;
    capture.set_packet_loss(loss_percent)?;
    let mut packets = Vec::new();
    for piece in speech.chunks(FRAME) {
        let mut frame = SILENCE;
        frame[..piece.len()].copy_from_slice(piece);
        packets.extend(capture.tick(Some(&frame), &SILENCE, false)?.packet);
    }
    // The end is told, as when somebody mutes; else it would look like lost sound.
    for _ in 0..6 {
        packets.extend(capture.tick(None, &SILENCE, true)?.packet);
    }
    Ok(packets)
}

fn deliver(packets: &[EncodedAudio], network: Network) -> (Vec<ReceivedAudio>, Duration) {
    let start = Instant::now();
    let mut dice = Dice(network.seed.max(1));
    let mut burst_left = 0;
    let mut lateness = Vec::new();
    let mut arrivals = Vec::new();
    for (n, packet) in packets.iter().enumerate() {
        let late = network.jitter.mul_f64(dice.roll());
        lateness.push(late);
        if burst_left > 0 {
            burst_left -= 1;
            continue;
        }
        // The chance of a burst's beginning that makes `loss` the overall share.
        let share = network.loss.min(0.99);
        let length = f64::from(network.burst.max(1));
        if dice.roll() < share / (length - share * (length - 1.0)) {
            burst_left = network.burst.max(1) - 1;
            continue;
        }
        let sender_us = packet.timestamp_48k as f64 / 0.048;
        let sent = sender_us / (1.0 + f64::from(network.drift_ppm) * 1e-6);
        arrivals.push(ReceivedAudio {
            source: SourceKey("offline-a0".into()),
            ssrc: 0x5EED,
            sequence: (65_500 + n as u64) as u16,
            timestamp: (u64::from(u32::MAX) - 48_000 + packet.timestamp_48k) as u32,
            marker: packet.marker,
            level: Some(packet.level),
            payload: packet.payload.clone(),
            // A packet is complete when its 20 ms have been spoken.
            arrived: start + Duration::from_micros(sent as u64 + 20_000) + TRANSIT + late,
        });
    }
    lateness.sort();
    let p95 = lateness.get(lateness.len() * 95 / 100).copied();
    (arrivals, p95.unwrap_or_default())
}

fn epoch(arrivals: &[ReceivedAudio]) -> Instant {
    // Ticks and packets have different phases; 7 ms apart is neither the best nor the worst case.
    let first = arrivals.first().map(|packet| packet.arrived);
    first.map_or_else(Instant::now, |first| first - Duration::from_millis(7))
}

struct Heard {
    sound: Vec<f32>,
    tick: usize,
}

impl Tap for Heard {
    fn hear(&mut self, _: &SourceKey, sound: &Frame) {
        self.sound.resize(self.tick * FRAME, 0.0);
        self.sound.extend_from_slice(sound);
    }

    fn end(&mut self, _: &SourceKey) {}
}

/// Marsaglia's xorshift64: the same dice on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}
