//! Plays a frame in one sample more or less than it has: the step by which two clocks are kept
//! together. Between steps the sound is untouched.

/// Reads `input` at `output.len()` evenly spaced places, with cubic interpolation (Catmull-Rom).
/// Frames changed one after another join smoothly: the place after the last one is the beginning of
/// the next frame.
pub(super) fn slip(input: &[f32], output: &mut [f32]) {
    if input.len() == output.len() {
        output.copy_from_slice(input);
        return;
    }
    let step = input.len() as f64 / output.len() as f64;
    let at = |index: isize| -> f32 {
        let last = input.len() as isize - 1;
        if index > last && last > 0 {
            // One sample beyond the end: straight on.
            return 2.0 * input[last as usize] - input[last as usize - 1];
        }
        input.get(index.max(0) as usize).copied().unwrap_or(0.0)
    };
    for (n, sample) in output.iter_mut().enumerate() {
        let place = n as f64 * step;
        let whole = place as isize;
        let part = (place - whole as f64) as f32;
        let [a, b, c, d] = [at(whole - 1), at(whole), at(whole + 1), at(whole + 2)];
        let bend = 2.0 * a - 5.0 * b + 4.0 * c - d;
        let twist = 3.0 * (b - c) + d - a;
        *sample = b + 0.5 * part * (c - a + part * (bend + part * twist));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_in_a_sample_more_or_less_is_the_same_tone() {
        let step = std::f32::consts::TAU * 1000.0 / 48_000.0;
        let input: Vec<f32> = (0..481).map(|n| (n as f32 * step).sin()).collect();
        for (from, to) in [(481, 480), (479, 480), (480, 480)] {
            let mut output = vec![0.0; to];
            slip(&input[..from], &mut output);
            for (n, sample) in output.iter().enumerate() {
                let place = n as f32 * from as f32 / to as f32;
                let wanted = (place * step).sin();
                assert!((sample - wanted).abs() < 0.02, "{from}→{to} at {n}");
            }
        }
    }
}
