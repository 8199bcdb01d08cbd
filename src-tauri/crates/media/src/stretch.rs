//! Plays decoded speech a little faster or slower without changing its pitch: takes out or repeats
//! one pitch period inside a frame, where the wave resembles itself (after WSOLA, Verhelst and
//! Roelands 1993). Both ends of the frame stay as they are, so frames still join without a click.

use crate::jitter::Pace;

/// Periods of 400 Hz … 100 Hz.
const SHORTEST: usize = 120;
const LONGEST: usize = 480;
/// Length of the comparison, and of the least frame that can be changed.
const WINDOW: usize = 480;
/// The search goes in steps of four samples first (12 kHz), then one by one around the best.
const COARSE: usize = 4;
/// At most every tenth sample is taken out or put in.
const SHARE: usize = 10;
/// How alike the periods must be; quiet frames may be cut anywhere.
const ALIKE: f32 = 0.82;
const QUIET: f32 = 0.002;

/// Stretches and squeezes the frames of one source.
#[derive(Debug, Default)]
pub(crate) struct Stretcher {
    /// Samples that may be taken out or put in by now.
    credit: usize,
    /// Samples put in so far.
    pub(crate) added: u64,
    /// Samples taken out so far.
    pub(crate) removed: u64,
}

impl Stretcher {
    /// Changes `frame` as asked, if its sound allows it now.
    pub(crate) fn apply(&mut self, frame: &mut Vec<f32>, pace: Pace) {
        self.credit = (self.credit + frame.len() / SHARE).min(LONGEST);
        let (longest, squeeze) = match pace {
            Pace::Keep => return,
            Pace::Squeeze(most) => (most as usize, true),
            Pace::Stretch(about) => ((about as usize).max(SHORTEST), false),
        };
        let longest = longest.min(self.credit).min(LONGEST);
        if longest < SHORTEST || frame.len() < LONGEST + WINDOW {
            return;
        }
        let Some(period) = best_period(frame, longest) else {
            return;
        };
        self.credit -= period;
        if squeeze {
            squeeze_by(frame, period);
            self.removed += period as u64;
        } else {
            stretch_by(frame, period);
            self.added += period as u64;
        }
    }
}

/// Fades from the first period into the second and goes on after it.
fn squeeze_by(frame: &mut Vec<f32>, period: usize) {
    for n in 0..period {
        let share = (n as f32 + 0.5) / period as f32;
        frame[n] = frame[n] * (1.0 - share) + frame[period + n] * share;
    }
    frame.drain(period..2 * period);
}

/// Plays the first period, fades from the second into the first again, and goes on with the second.
fn stretch_by(frame: &mut Vec<f32>, period: usize) {
    let old_len = frame.len();
    frame.resize(old_len + period, 0.0);
    frame.copy_within(period..old_len, 2 * period);
    // Now the second period is to be found twice: at `period`, where the fade goes, and behind it.
    for n in 0..period {
        let share = (n as f32 + 0.5) / period as f32;
        frame[period + n] = frame[2 * period + n] * (1.0 - share) + frame[n] * share;
    }
}

fn best_period(frame: &[f32], longest: usize) -> Option<usize> {
    let energy: f32 = frame.iter().map(|sample| sample * sample).sum();
    if (energy / frame.len() as f32).sqrt() < QUIET {
        return Some(longest);
    }
    let coarse = (SHORTEST..=longest)
        .step_by(COARSE)
        .map(|period| (likeness(frame, period, COARSE), period))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let around =
        coarse.1.saturating_sub(COARSE - 1).max(SHORTEST)..=(coarse.1 + COARSE - 1).min(longest);
    let fine = around
        .map(|period| (likeness(frame, period, 1), period))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (fine.0 > ALIKE).then_some(fine.1)
}

/// Normalised correlation of the frame's beginning with itself, `period` later.
fn likeness(frame: &[f32], period: usize, step: usize) -> f32 {
    let (mut both, mut one, mut other) = (0.0f32, 1e-9f32, 1e-9f32);
    for n in (0..WINDOW).step_by(step) {
        let (a, b) = (frame[n], frame[n + period]);
        both += a * b;
        one += a * a;
        other += b * b;
    }
    both / (one * other).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, from: usize, len: usize) -> Vec<f32> {
        let step = std::f32::consts::TAU * hertz / 48_000.0;
        (from..from + len)
            .map(|n| 0.5 * (n as f32 * step).sin())
            .collect()
    }

    fn run(hertz: f32, pace: Pace) -> (usize, Vec<f32>) {
        let mut stretcher = Stretcher::default();
        let (mut out, mut taken) = (Vec::new(), 0);
        while taken < 48_000 {
            let mut frame = tone(hertz, taken, 960);
            taken += 960;
            stretcher.apply(&mut frame, pace);
            out.extend(frame);
        }
        (taken, out)
    }

    fn steepest(sound: &[f32]) -> f32 {
        let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0, f32::max)
    }

    #[test]
    fn a_tone_is_squeezed_by_at_most_a_tenth_and_has_no_click() {
        for hertz in [110.0, 150.0, 223.0, 390.0] {
            let (taken, out) = run(hertz, Pace::Squeeze(4800));
            let share = 1.0 - out.len() as f32 / taken as f32;
            assert!((0.05..0.1001).contains(&share), "{hertz} Hz: {share}");
            let own = steepest(&tone(hertz, 0, 4800));
            assert!(steepest(&out) < 1.3 * own, "a click at {hertz} Hz");
        }
    }

    #[test]
    fn a_tone_is_stretched_by_at_most_a_tenth_and_has_no_click() {
        for hertz in [110.0, 150.0, 223.0, 390.0] {
            let (taken, out) = run(hertz, Pace::Stretch(4800));
            let share = out.len() as f32 / taken as f32 - 1.0;
            assert!((0.05..0.1001).contains(&share), "{hertz} Hz: {share}");
            let own = steepest(&tone(hertz, 0, 4800));
            assert!(steepest(&out) < 1.3 * own, "a click at {hertz} Hz");
        }
    }

    #[test]
    fn noise_that_resembles_nothing_is_left_alone() {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as f32 / u32::MAX as f32 - 0.5
        };
        let mut stretcher = Stretcher::default();
        for _ in 0..50 {
            let mut frame: Vec<f32> = (0..960).map(|_| noise()).collect();
            let before = frame.clone();
            stretcher.apply(&mut frame, Pace::Squeeze(480));
            assert_eq!(frame, before);
        }
    }

    #[test]
    fn nothing_more_than_asked_is_taken() {
        let mut stretcher = Stretcher::default();
        for _ in 0..10 {
            stretcher.apply(&mut vec![0.0; 960], Pace::Keep);
        }
        let mut frame = vec![0.0; 960];
        stretcher.apply(&mut frame, Pace::Squeeze(200));
        assert_eq!(frame.len(), 760);
        stretcher.apply(&mut frame, Pace::Squeeze(100));
        assert_eq!(frame.len(), 760, "less than the shortest period");
    }
}
