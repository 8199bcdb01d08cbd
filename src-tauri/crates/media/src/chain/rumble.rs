//! Takes away direct current and rumble below 80 Hz (second-order Butterworth high pass).

use super::CaptureStage;

/// Coefficients for 80 Hz at 48 kHz, after Bristow-Johnson's audio EQ cookbook with Q = 1/√2.
const B: [f32; 3] = [0.992_622_9, -1.985_245_8, 0.992_622_9];
const A: [f32; 2] = [-1.985_191_3, 0.985_300_2];

/// The filter's memory.
#[derive(Debug, Default)]
pub(crate) struct RumbleFilter {
    state: [f32; 2],
}

impl CaptureStage for RumbleFilter {
    fn process(&mut self, near_end: &mut [f32; 480], _far_end: &[f32; 480]) {
        let [mut one, mut two] = self.state;
        for sample in near_end {
            let input = *sample;
            let output = B[0] * input + one;
            one = B[1] * input - A[0] * output + two;
            two = B[2] * input - A[1] * output;
            *sample = output;
        }
        self.state = [one, two];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain_at(hertz: f32) -> f32 {
        let mut filter = RumbleFilter::default();
        let step = std::f32::consts::TAU * hertz / 48_000.0;
        let mut loudest = 0.0f32;
        for frame in 0..100 {
            let mut sound: [f32; 480] =
                std::array::from_fn(|n| ((frame * 480 + n) as f32 * step).sin());
            filter.process(&mut sound, &[0.0; 480]);
            if frame > 50 {
                loudest = sound.iter().fold(loudest, |peak, s| peak.max(s.abs()));
            }
        }
        loudest
    }

    #[test]
    fn rumble_goes_and_speech_stays() {
        assert!(gain_at(20.0) < 0.07, "−24 dB at 20 Hz");
        assert!((gain_at(80.0) - 0.707).abs() < 0.02, "−3 dB at 80 Hz");
        assert!((gain_at(300.0) - 1.0).abs() < 0.02);
    }
}
