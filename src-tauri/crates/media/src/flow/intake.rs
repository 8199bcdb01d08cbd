//! From a microphone's ring to one frame per tick.

use super::reserve::Reserve;
use super::{Resampler, slip::slip};
use crate::MediaError;
use crate::frame::{self, FRAME, Frame, RATE, SILENCE};
use rtrb::Consumer;

/// More than this is a stall of ours; what is older is thrown away.
const MOST_WAITING: usize = 9600;

/// Turns what a device delivers, at its own pace and rate, into frames.
#[derive(Debug)]
pub(crate) struct Intake {
    ring: Consumer<f32>,
    rate: u32,
    resampler: Resampler,
    fifo: Vec<f32>,
    scratch: Vec<f32>,
    reserve: Reserve,
    primed: bool,
    /// A file has no clock of its own: it is there as soon as it is asked for.
    paced: bool,
    fade_in: bool,
    pub(crate) gaps: u64,
}

impl Intake {
    /// From a device that delivers `rate` samples a second.
    pub(crate) fn from_device(ring: Consumer<f32>, rate: u32) -> Result<Self, MediaError> {
        Ok(Self {
            scratch: vec![0.0; ring.buffer().capacity()],
            ring,
            rate,
            resampler: Resampler::new(rate, RATE)?,
            fifo: Vec::with_capacity(2 * MOST_WAITING),
            reserve: Reserve::new(),
            primed: false,
            paced: true,
            fade_in: true,
            gaps: 0,
        })
    }

    /// From a ring that is filled with 48 kHz samples as fast as they are taken.
    pub(crate) fn from_file(ring: Consumer<f32>) -> Result<Self, MediaError> {
        let mut intake = Self::from_device(ring, RATE)?;
        intake.paced = false;
        intake.fade_in = false;
        Ok(intake)
    }

    /// Whether the other end of the ring is gone and everything has been taken out.
    pub(crate) fn is_finished(&self) -> bool {
        self.ring.is_abandoned() && self.ring.is_empty() && self.fifo.is_empty()
    }

    /// The next 10 ms; silence when the device is behind. `period` is how many of its samples the
    /// device delivers at once (0 before the first time).
    pub(crate) fn take(&mut self, period: usize) -> Result<Frame, MediaError> {
        if !self.paced {
            return Ok(self.take_unpaced());
        }
        self.drain_ring()?;
        if self.fifo.len() > MOST_WAITING {
            let surplus = self.fifo.len() - FRAME - self.reserve.start();
            self.fifo.drain(..surplus);
            self.reserve.restart();
            self.fade_in = true;
        }
        if !self.primed {
            let period_48k = period * RATE as usize / self.rate as usize;
            self.reserve.set_period(period_48k);
            self.primed = self.fifo.len() >= FRAME + self.reserve.start();
            if !self.primed {
                return Ok(SILENCE);
            }
            self.reserve.restart();
        }
        let left = self.fifo.len().saturating_sub(FRAME);
        let draw = self.reserve.observe(left);
        let wanted = (FRAME as i32 + draw) as usize;
        let mut out = SILENCE;
        if self.fifo.len() < wanted {
            self.run_dry(&mut out);
            return Ok(out);
        }
        slip(&self.fifo[..wanted], &mut out);
        self.fifo.drain(..wanted);
        if std::mem::take(&mut self.fade_in) {
            frame::fade_in(&mut out);
        }
        Ok(out)
    }

    fn take_unpaced(&mut self) -> Frame {
        let mut out = SILENCE;
        let available = self.ring.slots().min(FRAME);
        let over = self.ring.is_abandoned();
        if available == FRAME || over {
            let _ = self.ring.pop_partial_slice(&mut out[..available]);
        }
        out
    }

    /// The device is behind: its last samples fade away, and more will be kept in reserve.
    fn run_dry(&mut self, out: &mut Frame) {
        let rest = self.fifo.len().min(FRAME);
        out[..rest].copy_from_slice(&self.fifo[..rest]);
        frame::fade_out(&mut out[..rest]);
        self.fifo.clear();
        self.gaps += 1;
        self.primed = false;
        self.fade_in = true;
        self.reserve.gap();
    }

    fn drain_ring(&mut self) -> Result<(), MediaError> {
        let (taken, _) = self.ring.pop_partial_slice(&mut self.scratch);
        self.resampler.run(taken, &mut self.fifo)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rtrb::RingBuffer;

    /// Plays `seconds` of a device whose clock is off by `ppm` and that delivers `burst` samples at
    /// a time; returns the intake and the longest delay in samples.
    fn play(rate: u32, ppm: f64, burst: usize, seconds: usize) -> (Intake, usize, Vec<f32>) {
        let (mut device, ring) = RingBuffer::new(rate as usize);
        let mut intake = Intake::from_device(ring, rate).unwrap();
        let (mut due, mut made, mut longest, mut heard) = (0.0, 0usize, 0, Vec::new());
        for tick in 0..seconds * 100 {
            due += f64::from(rate) / 100.0 * (1.0 + ppm * 1e-6);
            while made as f64 + burst as f64 <= due {
                for _ in 0..burst {
                    let step = std::f32::consts::TAU * 440.0 / rate as f32;
                    device
                        .push(0.5 * (made as f32 % rate as f32 * step).sin())
                        .unwrap();
                    made += 1;
                }
            }
            heard.extend(intake.take(burst).unwrap());
            if tick > 500 {
                longest = longest.max(intake.fifo.len());
            }
        }
        (intake, longest, heard)
    }

    #[test]
    fn a_clock_that_is_off_never_runs_over_or_dry_in_twenty_minutes() {
        for ppm in [-300.0, -50.0, 50.0, 300.0] {
            let (intake, longest, _) = play(48_000, ppm, 480, 1200);
            assert!(intake.gaps <= 2, "{ppm} ppm: {} gaps", intake.gaps);
            assert!(longest < 2400, "{ppm} ppm: {longest} samples waiting");
        }
    }

    #[test]
    fn bursts_of_any_size_settle() {
        for burst in [24, 480, 1024, 2048] {
            let (intake, longest, _) = play(48_000, 100.0, burst, 120);
            assert!(intake.gaps <= 8, "bursts of {burst}: {} gaps", intake.gaps);
            assert!(longest < 2 * burst + 2400, "bursts of {burst}: {longest}");
        }
    }

    #[test]
    fn other_rates_are_brought_to_48_khz_without_a_gap() {
        for rate in [16_000, 44_100] {
            let (intake, _, heard) = play(rate, 100.0, rate as usize / 100, 20);
            assert!(intake.gaps <= 2, "{rate}: {}", intake.gaps);
            let tail = &heard[heard.len() - 48_000..];
            let crossings = tail.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0);
            let pitch = crossings.count();
            assert!((438..=442).contains(&pitch), "{rate}: {pitch} Hz");
        }
    }

    #[test]
    fn corrections_make_no_clicks() {
        let (_, _, heard) = play(48_000, 300.0, 480, 60);
        let steady = &heard[96_000..];
        let steepest = steady.windows(2).map(|w| (w[1] - w[0]).abs());
        let steepest = steepest.fold(0.0f32, f32::max);
        let own = 0.5 * std::f32::consts::TAU * 440.0 / 48_000.0;
        assert!(steepest < 1.1 * own, "{steepest} instead of {own}");
    }
}
