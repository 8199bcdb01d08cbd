//! Adds the voices up so that the sum can't clip: a gain that steps aside for peaks, and behind it
//! a soft knee that never reaches full scale.

use crate::frame::Frame;

/// Peaks above this turn the gain down.
const CEILING: f32 = 0.89;
/// Up to here the knee leaves samples as they are.
const KNEE: f32 = 0.9;
/// The gain comes back to 1 with this share per 10 ms (about 200 ms).
const RELEASE: f32 = 0.05;
/// The gain goes down within the first 2.5 ms of a frame; the knee catches what is louder before.
const ATTACK: usize = 120;

/// Keeps a sum of voices within ±1.
#[derive(Debug)]
pub(crate) struct Limiter {
    gain: f32,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self { gain: 1.0 }
    }

    /// Limits a frame in place.
    pub(crate) fn apply(&mut self, mix: &mut Frame) {
        let mut peak = 0.0f32;
        for sample in mix.iter_mut() {
            // A NaN must spread neither into the gain nor into the device.
            if !sample.is_finite() {
                *sample = 0.0;
            }
            peak = peak.max(sample.abs());
        }
        let needed = if peak > CEILING { CEILING / peak } else { 1.0 };
        let wanted = if needed < self.gain {
            needed
        } else {
            (self.gain + RELEASE * (1.0 - self.gain)).min(needed)
        };
        if peak <= CEILING && self.gain > 0.999 {
            self.gain = 1.0;
            return;
        }
        let from = self.gain;
        for (n, sample) in mix.iter_mut().enumerate() {
            let share = ((n + 1) as f32 / ATTACK as f32).min(1.0);
            *sample = knee(*sample * (from + (wanted - from) * share));
        }
        self.gain = wanted;
    }
}

fn knee(sample: f32) -> f32 {
    let size = sample.abs();
    if size <= KNEE {
        return sample;
    }
    let over = (size - KNEE) / (1.0 - KNEE);
    sample.signum() * (KNEE + (1.0 - KNEE) * over.tanh())
}

/// Adds a voice to the mix.
pub(crate) fn add(mix: &mut Frame, voice: &Frame) {
    for (sum, sample) in mix.iter_mut().zip(voice) {
        *sum += sample;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{FRAME, SILENCE};
    use proptest::prelude::*;

    #[test]
    fn a_single_voice_passes_unchanged() {
        let mut limiter = Limiter::new();
        let voice: Frame = std::array::from_fn(|n| 0.8 * (n as f32 / 9.0).sin());
        let mut mix = SILENCE;
        add(&mut mix, &voice);
        limiter.apply(&mut mix);
        assert_eq!(mix, voice);
    }

    #[test]
    fn the_gain_comes_back_after_a_peak() {
        let mut limiter = Limiter::new();
        limiter.apply(&mut [4.0; FRAME]);
        let mut quiet = [0.1; FRAME];
        limiter.apply(&mut quiet);
        assert!(quiet[FRAME - 1] < 0.05, "still turned down");
        for _ in 0..200 {
            quiet = [0.1; FRAME];
            limiter.apply(&mut quiet);
        }
        assert!((quiet[0] - 0.1).abs() < 1e-3);
    }

    proptest! {
        #[test]
        fn nothing_clips(loud in proptest::collection::vec(-50.0f32..50.0, FRAME), broken in any::<bool>()) {
            let mut limiter = Limiter::new();
            let mut mix: Frame = std::array::from_fn(|n| loud[n]);
            if broken {
                mix[7] = f32::NAN;
                mix[9] = f32::INFINITY;
            }
            limiter.apply(&mut mix);
            prop_assert!(mix.iter().all(|sample| sample.abs() <= 1.0));
        }
    }
}
