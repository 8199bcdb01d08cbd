//! Windowed-sinc resampling for the judge: precise, not fast.

/// Zero crossings of the kernel on each side.
const LOBES: f64 = 24.0;

/// Resamples by a Hann-windowed sinc whose cut-off is the lower of both Nyquist frequencies.
#[must_use]
pub fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz {
        return samples.to_vec();
    }
    let step = f64::from(from_hz) / f64::from(to_hz);
    let cutoff = (1.0 / step).min(1.0);
    let half = LOBES / cutoff;
    // The fractional positions repeat after to/gcd outputs: one kernel each.
    let divisor = gcd(from_hz, to_hz);
    let phases = (to_hz / divisor) as usize;
    let kernels: Vec<(isize, Vec<f32>)> = (0..phases)
        .map(|phase| kernel(phase as f64 * step, half, cutoff))
        .collect();
    let advance = (from_hz / divisor) as isize;
    let length = (samples.len() as f64 / step) as usize;
    (0..length)
        .map(|index| {
            let (first, taps) = &kernels[index % phases];
            let start = first + advance * (index / phases) as isize;
            let inside = usize::try_from(start)
                .ok()
                .and_then(|from| samples.get(from..from + taps.len()));
            match inside {
                Some(inside) => inside
                    .iter()
                    .zip(taps)
                    .map(|(sample, weight)| sample * weight)
                    .sum(),
                // At both ends, where the kernel reaches beyond.
                None => (start..)
                    .zip(taps)
                    .filter_map(|(at, weight)| {
                        Some(samples.get(usize::try_from(at).ok()?)? * weight)
                    })
                    .sum(),
            }
        })
        .collect()
}

fn kernel(position: f64, half: f64, cutoff: f64) -> (isize, Vec<f32>) {
    let first = (position - half).ceil() as isize;
    let last = (position + half).floor() as isize;
    let taps = (first..=last)
        .map(|at| {
            let distance = at as f64 - position;
            let x = std::f64::consts::PI * distance * cutoff;
            let sinc = if x.abs() < 1e-12 { 1.0 } else { x.sin() / x };
            let window = 0.5 + 0.5 * (std::f64::consts::PI * distance / half).cos();
            (sinc * window * cutoff) as f32
        })
        .collect();
    (first, taps)
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_tone_keeps_level_and_phase_and_a_high_one_vanishes() {
        let tone = |hz: f64, rate: f64, count: usize| -> Vec<f32> {
            (0..count)
                .map(|n| (std::f64::consts::TAU * hz * n as f64 / rate).sin() as f32)
                .collect()
        };
        let low = resample(&tone(1000.0, 48_000.0, 48_000), 48_000, 10_000);
        let wanted = tone(1000.0, 10_000.0, 10_000);
        let worst = (500..9500)
            .map(|n| (low[n] - wanted[n]).abs())
            .fold(0.0, f32::max);
        assert!(worst < 0.003, "deviation {worst}");
        let high = resample(&tone(7000.0, 48_000.0, 48_000), 48_000, 10_000);
        let loudest = high[500..9500]
            .iter()
            .fold(0.0f32, |most, sample| most.max(sample.abs()));
        assert!(loudest < 0.003, "alias {loudest}");
    }
}
