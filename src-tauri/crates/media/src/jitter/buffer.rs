//! Decides, each time sound is needed, which packet it comes from – or that it must be made up.
//!
//! The measure of everything is the *delay*: how much later a sample is played than it would be if
//! it had come the fastest way. The target is the delay that 97 % of the packets keep, plus a
//! packet's length while packets are being lost, because a lost packet's copy (FEC) comes with the
//! next one. Between talk spurts the delay is set by waiting; within, by stretching and squeezing
//! the decoded sound, which the caller does as [`Pace`] says.

use super::delay::{DelayHistogram, FastestWay, MS};
use super::packets::{Kept, Packet, Placed, Waiting};
use super::unwrap::Unwrap;
use crate::VoiceStats;
use bytes::Bytes;
use std::time::{Duration, Instant};

/// Added to the quantile for the grain of our own ticks and for threads that wake late.
const MARGIN: i64 = 14 * MS;
/// How often sound is asked for.
const TICK: i64 = 10 * MS;
/// Opus makes sound up in multiples of 2.5 ms.
const GRAIN: i64 = 120;
/// After this much made-up sound the source counts as silent.
const STALL: i64 = 200 * MS;
/// Comfort noise after an announced silence; a sender in DTX refreshes it every 400 ms.
const COMFORT: i64 = 1000 * MS;
/// Beyond this, squeezing (100 ms in a second) would take too long and packets are dropped.
const CUT: i64 = 400 * MS;
/// RFC 3550 A.1: a sequence number this far off is believed only when the next one follows it.
const SEQUENCE_STEPS: std::ops::RangeInclusive<i64> = -100..=3000;
/// Packets in a row that were all too late: the sender's clock has jumped back.
const LATE_RUN: u32 = 25;

/// Where the next piece of sound comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Decode this packet.
    Packet(Packet),
    /// Decode the copy of the lost packet in this following one.
    Fec {
        /// The following packet.
        payload: Bytes,
        /// How much sound to take from it.
        samples: u32,
    },
    /// Make up this much sound.
    Conceal {
        /// In 48 kHz samples.
        samples: u32,
    },
    /// Between talk spurts: this much comfort noise.
    Silence {
        /// In 48 kHz samples.
        samples: u32,
    },
    /// Nothing is being said and nothing is known of the background.
    Idle,
}

/// What to do with the decoded packet to bring the delay to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Leave it.
    Keep,
    /// Play too late: take out at most this many samples.
    Squeeze(u32),
    /// Play too early: add about this many samples.
    Stretch(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Not playing; this much comfort noise is left.
    Waiting { comfort: i64 },
    /// Sound follows sound.
    Playing,
}

/// One source's jitter buffer.
#[derive(Debug)]
pub(crate) struct JitterBuffer {
    epoch: Option<Instant>,
    ssrc: Option<u32>,
    sequence: Unwrap<16>,
    timestamp: Unwrap<32>,
    suspect: Option<u16>,
    late_run: u32,
    last_arrival: i64,
    way: FastestWay,
    histogram: DelayHistogram,
    waiting: Waiting,
    mode: Mode,
    next_sequence: Option<i64>,
    next_timestamp: i64,
    /// Sound made up since the buffer ran dry, not yet set against missing packets.
    expanded: i64,
    packet_samples: i64,
    recent_loss: f32,
    delay: i64,
    stats: VoiceStats,
}

impl JitterBuffer {
    pub(crate) fn new() -> Self {
        Self {
            epoch: None,
            ssrc: None,
            sequence: Unwrap::new(),
            timestamp: Unwrap::new(),
            suspect: None,
            late_run: 0,
            last_arrival: 0,
            way: FastestWay::default(),
            histogram: DelayHistogram::new(),
            waiting: Waiting::default(),
            mode: Mode::Waiting { comfort: 0 },
            next_sequence: None,
            next_timestamp: 0,
            expanded: 0,
            packet_samples: 20 * MS,
            recent_loss: 0.0,
            delay: 0,
            stats: VoiceStats::default(),
        }
    }

    /// Takes a packet that came at `arrived`.
    pub(crate) fn insert(&mut self, ssrc: u32, packet: Packet, arrived: Instant) {
        let arrival = self.clock(arrived);
        if self.ssrc != Some(ssrc) {
            self.restart();
            self.ssrc = Some(ssrc);
        }
        let mut sequence = self.sequence.place(u32::from(packet.sequence));
        if let Some(furthest) = self.sequence.furthest()
            && !SEQUENCE_STEPS.contains(&(sequence - furthest))
        {
            if self.suspect != Some(packet.sequence) {
                self.suspect = Some(packet.sequence.wrapping_add(1));
                self.stats.discarded += 1;
                return;
            }
            self.restart();
            sequence = self.sequence.place(u32::from(packet.sequence));
        }
        self.suspect = None;
        let timestamp = self.timestamp.place(packet.timestamp);
        self.measure(arrival, arrival - timestamp);
        if self.is_late(sequence, timestamp) {
            self.stats.late += 1;
            self.late_run += 1;
            if self.late_run > LATE_RUN {
                self.restart();
            }
            return;
        }
        self.late_run = 0;
        self.sequence.advance(sequence);
        self.timestamp.advance(timestamp);
        let kept = self.waiting.insert(Placed {
            sequence,
            timestamp,
            arrival,
            packet,
        });
        match kept {
            Kept::Yes => self.stats.received += 1,
            Kept::Duplicate => self.stats.duplicates += 1,
            Kept::InPlaceOfOldest => {
                self.stats.received += 1;
                self.stats.discarded += 1;
            }
        }
    }

    /// The next piece of sound, when `queued` decoded samples are still to be played before it.
    /// `now` is the time of the tick, not of the call.
    pub(crate) fn pull(&mut self, now: Instant, queued: usize) -> (Decision, Pace) {
        let playing_at = self.clock(now) + queued as i64;
        if let Mode::Waiting { comfort } = self.mode {
            if !self.spurt_is_due(playing_at) {
                return (self.wait(comfort), Pace::Keep);
            }
            self.start();
        }
        self.play(playing_at, queued)
    }

    /// Forgets the waiting packets: the source is not going to be played for a while.
    pub(crate) fn skip(&mut self) {
        while let Some(placed) = self.waiting.take_first() {
            self.next_sequence = Some(placed.sequence + 1);
        }
        self.mode = Mode::Waiting { comfort: 0 };
    }

    /// Whether a packet is waiting or sound is being played.
    pub(crate) fn is_active(&self) -> bool {
        self.mode == Mode::Playing || self.waiting.len() > 0
    }

    /// The counters; the caller adds what it stretched and squeezed.
    pub(crate) fn stats(&self) -> VoiceStats {
        let span = |samples: i64| Duration::from_micros((samples.max(0) * 1000 / MS) as u64);
        VoiceStats {
            delay: span(self.delay),
            target: span(self.target()),
            ..self.stats
        }
    }

    fn wait(&mut self, comfort: i64) -> Decision {
        if comfort <= 0 {
            return Decision::Idle;
        }
        self.mode = Mode::Waiting {
            comfort: comfort - TICK,
        };
        Decision::Silence {
            samples: TICK as u32,
        }
    }

    fn spurt_is_due(&self, playing_at: i64) -> bool {
        let Some(first) = self.waiting.first() else {
            return false;
        };
        self.delay_of(first.timestamp, playing_at) >= self.target()
    }

    /// Begins a talk spurt with the first waiting packet.
    fn start(&mut self) {
        let Some(first) = self.waiting.first() else {
            return;
        };
        let (sequence, timestamp) = (first.sequence, first.timestamp);
        if self.next_sequence == Some(sequence) && timestamp > self.next_timestamp {
            self.forgive();
        }
        self.next_timestamp = timestamp;
        self.expanded = 0;
        self.mode = Mode::Playing;
    }

    fn play(&mut self, playing_at: i64, queued: usize) -> (Decision, Pace) {
        self.cut(playing_at);
        let Some(first) = self.waiting.first() else {
            return (self.run_dry(queued), Pace::Keep);
        };
        let missing = first.sequence - self.next_sequence.unwrap_or(first.sequence);
        let gap = first.timestamp - self.next_timestamp;
        let open = gap - self.expanded;
        if gap <= 0 || (missing > 0 && open <= 0) {
            return self.play_first(playing_at, missing);
        }
        // The sequence has no hole, or one too small for the gap: the sender was silent (DTX).
        if missing <= 0 || gap > (missing + 2) * self.packet_samples {
            self.forgive();
            self.mode = Mode::Waiting { comfort: COMFORT };
            return (self.wait(COMFORT), Pace::Keep);
        }
        let copied = i64::from(first.packet.samples);
        if first.packet.fec && open <= copied {
            let payload = first.packet.payload.clone();
            let samples = gap.min(copied);
            self.next_timestamp = first.timestamp;
            self.lose(missing, first.sequence);
            self.stats.recovered += 1;
            self.expanded = 0;
            let samples = samples as u32;
            return (Decision::Fec { payload, samples }, Pace::Keep);
        }
        let without_copy = if first.packet.fec {
            open - copied
        } else {
            open
        };
        let piece = without_copy.min(self.packet_samples);
        self.next_timestamp += piece + self.expanded;
        self.expanded = 0;
        (self.conceal(piece), Pace::Keep)
    }

    fn play_first(&mut self, playing_at: i64, missing: i64) -> (Decision, Pace) {
        let Some(placed) = self.waiting.take_first() else {
            return (Decision::Idle, Pace::Keep);
        };
        self.lose(missing, placed.sequence);
        self.recent_loss *= 0.998;
        self.expanded = 0;
        self.delay = self.delay_of(placed.timestamp, playing_at);
        self.packet_samples = i64::from(placed.packet.samples);
        self.next_sequence = Some(placed.sequence + 1);
        self.next_timestamp = placed.timestamp + self.packet_samples;
        if placed.packet.dtx {
            self.mode = Mode::Waiting { comfort: COMFORT };
        }
        self.stats.waited_samples += (playing_at - placed.arrival).max(0) as u64;
        self.stats.played_packets += 1;
        (Decision::Packet(placed.packet), self.pace())
    }

    fn pace(&self) -> Pace {
        let excess = self.delay - self.target();
        let (early, late) = if self.is_lossy() {
            (-MS, 4 * MS)
        } else {
            (-4 * MS, 6 * MS)
        };
        if excess > late {
            Pace::Squeeze(excess as u32)
        } else if excess < early {
            Pace::Stretch(-excess as u32)
        } else {
            Pace::Keep
        }
    }

    /// Nothing is there: no more is made up than this tick needs, for the next packet, or the one
    /// with the lost one's copy, may come before the next tick.
    fn run_dry(&mut self, queued: usize) -> Decision {
        if self.expanded >= STALL {
            self.mode = Mode::Waiting { comfort: 0 };
            return Decision::Idle;
        }
        let needed = (TICK - queued as i64).clamp(GRAIN, TICK);
        let piece = (needed + GRAIN - 1) / GRAIN * GRAIN;
        self.expanded += piece;
        self.conceal(piece)
    }

    fn conceal(&mut self, samples: i64) -> Decision {
        self.stats.concealed_samples += samples.max(0) as u64;
        Decision::Conceal {
            samples: samples.max(0) as u32,
        }
    }

    /// Drops packets when the delay is far too long (after a stall of the network).
    fn cut(&mut self, playing_at: i64) {
        let delay = |buffer: &Self| {
            let first = buffer.waiting.first();
            first.map_or(0, |first| buffer.delay_of(first.timestamp, playing_at))
        };
        if delay(self) <= self.target() + CUT {
            return;
        }
        while self.waiting.len() > 1 && delay(self) > self.target() + 2 * TICK {
            if let Some(dropped) = self.waiting.take_first() {
                self.stats.discarded += 1;
                self.next_sequence = Some(dropped.sequence + 1);
            }
        }
        if let Some(first) = self.waiting.first() {
            self.next_timestamp = first.timestamp;
            self.next_sequence = Some(first.sequence);
        }
    }

    /// What was made up stood for nothing: the sender was silent.
    fn forgive(&mut self) {
        let expanded = std::mem::take(&mut self.expanded).max(0) as u64;
        self.stats.concealed_samples = self.stats.concealed_samples.saturating_sub(expanded);
    }

    fn lose(&mut self, missing: i64, next: i64) {
        if missing > 0 {
            self.stats.lost += missing as u64;
            self.recent_loss += 0.002 * missing.min(10) as f32;
        }
        self.next_sequence = Some(next);
    }

    fn is_lossy(&self) -> bool {
        self.recent_loss > 0.001
    }

    fn target(&self) -> i64 {
        let copy = if self.is_lossy() {
            self.packet_samples + MS
        } else {
            MARGIN
        };
        self.histogram.quantile() + copy
    }

    fn delay_of(&self, timestamp: i64, playing_at: i64) -> i64 {
        playing_at - timestamp - self.way.transit().unwrap_or(0)
    }

    fn is_late(&self, sequence: i64, timestamp: i64) -> bool {
        let passed = self.next_sequence.is_some_and(|next| sequence < next);
        passed || (self.mode == Mode::Playing && timestamp < self.next_timestamp)
    }

    /// Learns from a packet's transit time, unless the sender's clock has evidently been set anew
    /// or stood still while it was silent.
    fn measure(&mut self, arrival: i64, transit: i64) {
        if let Some(fastest) = self.way.transit() {
            let delay = transit - fastest;
            let paused = arrival - self.last_arrival > 1000 * MS;
            if !(-1000 * MS..=5000 * MS).contains(&delay) || (paused && delay > 500 * MS) {
                self.way.forget();
                self.waiting.clear();
                self.mode = Mode::Waiting { comfort: 0 };
            }
        }
        self.last_arrival = arrival;
        self.way.record(arrival, transit);
        let delay = transit - self.way.transit().unwrap_or(transit);
        self.histogram.record(delay);
    }

    fn restart(&mut self) {
        self.sequence = Unwrap::new();
        self.timestamp = Unwrap::new();
        self.suspect = None;
        self.late_run = 0;
        self.way.forget();
        self.waiting.clear();
        self.mode = Mode::Waiting { comfort: 0 };
        self.next_sequence = None;
        self.expanded = 0;
    }

    fn clock(&mut self, at: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(at);
        let samples = |span: Duration| span.as_micros() as i64 * MS / 1000;
        match at.checked_duration_since(epoch) {
            Some(span) => samples(span),
            None => -samples(epoch.duration_since(at)),
        }
    }
}
