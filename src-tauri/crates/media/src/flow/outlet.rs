//! From one frame per tick to a loudspeaker's ring.

use super::reserve::Reserve;
use super::{Resampler, slip::slip};
use crate::MediaError;
use crate::frame::{FRAME, Frame, RATE, SILENCE};
use rtrb::Producer;

/// Hands frames to a device that takes them at its own pace and rate.
#[derive(Debug)]
pub(crate) struct Outlet {
    ring: Producer<f32>,
    rate: u32,
    resampler: Resampler,
    resampled: Vec<f32>,
    slipped: Vec<f32>,
    reserve: Reserve,
    gaps_seen: u64,
    started: bool,
}

impl Outlet {
    /// To a device that takes `rate` samples a second.
    pub(crate) fn new(ring: Producer<f32>, rate: u32) -> Result<Self, MediaError> {
        Ok(Self {
            ring,
            rate,
            resampler: Resampler::new(RATE, rate)?,
            resampled: Vec::with_capacity(2 * rate as usize / 100),
            slipped: Vec::with_capacity(2 * FRAME),
            reserve: Reserve::new(),
            gaps_seen: 0,
            started: false,
        })
    }

    /// Puts in the next 10 ms. `gaps` is how often the device found too little so far, `period` how
    /// many of its samples it takes at once (0 before the first time).
    pub(crate) fn put(
        &mut self,
        frame: &Frame,
        gaps: u64,
        period: usize,
    ) -> Result<(), MediaError> {
        if !self.started && period == 0 {
            // Nobody is taking yet: only the freshest sound shall be there when it begins.
            return Ok(());
        }
        if !self.started || gaps != self.gaps_seen {
            if self.started {
                self.reserve.gap();
            }
            self.gaps_seen = gaps;
            self.started = true;
            let period_48k = period * RATE as usize / self.rate as usize;
            self.reserve.set_period(period_48k);
            self.refill(period)?;
        }
        let waiting = self.ring.buffer().capacity() - self.ring.slots();
        let waiting_48k = waiting * RATE as usize / self.rate as usize;
        let draw = self.reserve.observe(waiting_48k);
        let length = (FRAME as i32 - draw) as usize;
        self.slipped.clear();
        self.slipped.resize(length, 0.0);
        slip(frame, &mut self.slipped);
        self.resampled.clear();
        self.resampler.run(&self.slipped, &mut self.resampled)?;
        // A full ring means that the device stands still; the newest sound is dropped.
        let _ = self.ring.push_partial_slice(&self.resampled);
        Ok(())
    }

    /// Puts silence in front: a period of the device and the reserve.
    fn refill(&mut self, period: usize) -> Result<(), MediaError> {
        let reserve = self.reserve.start() * self.rate as usize / RATE as usize;
        let wanted = reserve.max(period);
        let waiting = self.ring.buffer().capacity() - self.ring.slots();
        let mut missing = wanted.saturating_sub(waiting);
        while missing > 0 {
            let piece = missing.min(FRAME);
            let _ = self.ring.push_partial_slice(&SILENCE[..piece]);
            missing -= piece;
        }
        self.reserve.restart();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rtrb::RingBuffer;

    /// A device whose clock is off by `ppm` and that takes `period` samples at a time; returns its
    /// gaps and the most that ever waited, after the first five seconds.
    fn play(rate: u32, ppm: f64, period: usize, seconds: usize) -> (u64, usize) {
        let (ring, mut device) = RingBuffer::new(rate as usize);
        let mut outlet = Outlet::new(ring, rate).unwrap();
        let (mut due, mut taken, mut gaps, mut most) = (0.0, 0usize, 0, 0);
        let mut settled_gaps = 0;
        let mut scratch = vec![0.0; period];
        for tick in 0..seconds * 100 {
            outlet.put(&[0.1; FRAME], gaps, period).unwrap();
            due += f64::from(rate) / 100.0 * (1.0 + ppm * 1e-6);
            if tick == 500 {
                settled_gaps = gaps;
            }
            if tick > 500 {
                most = most.max(device.slots());
            }
            while taken as f64 + period as f64 <= due {
                taken += period;
                let (_, missing) = device.pop_partial_slice(&mut scratch);
                gaps += u64::from(!missing.is_empty());
            }
        }
        (gaps - settled_gaps, most)
    }

    #[test]
    fn a_clock_that_is_off_never_runs_over_or_dry_in_twenty_minutes() {
        for ppm in [-300.0, -50.0, 50.0, 300.0] {
            let (gaps, most) = play(48_000, ppm, 480, 1200);
            assert_eq!(gaps, 0, "{ppm} ppm");
            assert!(most < 2400, "{ppm} ppm: {most} samples waiting");
        }
    }

    #[test]
    fn periods_of_any_size_settle() {
        for period in [64, 480, 1024, 2048] {
            let (gaps, most) = play(48_000, 100.0, period, 120);
            assert!(gaps <= 4, "periods of {period}: {gaps} gaps");
            assert!(most < 2 * period + 2400, "periods of {period}: {most}");
        }
    }

    #[test]
    fn other_rates_are_served_without_a_gap() {
        for rate in [16_000, 44_100, 96_000] {
            let (gaps, _) = play(rate, -100.0, rate as usize / 100, 60);
            assert!(gaps <= 2, "{rate}: {gaps}");
        }
    }
}
