//! Hann frames and third-octave band magnitudes.

/// Samples of one frame (25.6 ms at 10 kHz).
pub(super) const FRAME: usize = 256;
/// Samples from one frame to the next.
pub(super) const HOP: usize = FRAME / 2;
/// Points of the transform.
const POINTS: usize = 512;
/// Number of third-octave bands.
pub(super) const BANDS: usize = 15;
/// Centre of the lowest band, Hz.
const LOWEST_HZ: f64 = 150.0;

/// The Hann window without its zero end points (as the reference does it).
pub(super) fn window() -> [f64; FRAME] {
    std::array::from_fn(|n| {
        0.5 - 0.5 * (std::f64::consts::TAU * (n + 1) as f64 / (FRAME + 1) as f64).cos()
    })
}

/// Band magnitudes of each frame of `samples`.
pub(super) fn magnitudes(samples: &[f64]) -> Vec<[f64; BANDS]> {
    let window = window();
    let edges = edges();
    let mut frames = Vec::new();
    let mut start = 0;
    while start + FRAME < samples.len() {
        let mut re = [0.0; POINTS];
        let mut im = [0.0; POINTS];
        for (n, weight) in window.iter().enumerate() {
            re[n] = samples[start + n] * weight;
        }
        transform(&mut re, &mut im);
        frames.push(std::array::from_fn(|band| {
            let (low, high) = edges[band];
            (low..high)
                .map(|bin| re[bin] * re[bin] + im[bin] * im[bin])
                .sum::<f64>()
                .sqrt()
        }));
        start += HOP;
    }
    frames
}

/// First and one-past-last bin of each band: the bins nearest to its edges.
fn edges() -> [(usize, usize); BANDS] {
    let nearest = |hz: f64| (hz * POINTS as f64 / f64::from(super::RATE_HZ)).round() as usize;
    std::array::from_fn(|band| {
        let band = band as f64;
        (
            nearest(LOWEST_HZ * 2f64.powf((2.0 * band - 1.0) / 6.0)),
            nearest(LOWEST_HZ * 2f64.powf((2.0 * band + 1.0) / 6.0)),
        )
    })
}

/// In-place radix-2 Fourier transform.
fn transform(re: &mut [f64; POINTS], im: &mut [f64; POINTS]) {
    let bits = POINTS.trailing_zeros();
    for n in 0..POINTS {
        let mirrored = (n as u32).reverse_bits() as usize >> (32 - bits);
        if mirrored > n {
            re.swap(n, mirrored);
            im.swap(n, mirrored);
        }
    }
    let mut size = 2;
    while size <= POINTS {
        let (sin, cos) = (-std::f64::consts::TAU / size as f64).sin_cos();
        for start in (0..POINTS).step_by(size) {
            let (mut w_re, mut w_im) = (1.0, 0.0);
            for n in start..start + size / 2 {
                let m = n + size / 2;
                let (t_re, t_im) = (re[m] * w_re - im[m] * w_im, re[m] * w_im + im[m] * w_re);
                (re[m], im[m]) = (re[n] - t_re, im[n] - t_im);
                (re[n], im[n]) = (re[n] + t_re, im[n] + t_im);
                (w_re, w_im) = (w_re * cos - w_im * sin, w_re * sin + w_im * cos);
            }
        }
        size *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_lands_in_its_band() {
        let tone: Vec<f64> = (0..2000)
            .map(|n| (std::f64::consts::TAU * 1200.0 * f64::from(n) / 10_000.0).sin())
            .collect();
        let frame = magnitudes(&tone)[3];
        let loudest = (0..BANDS).max_by(|a, b| frame[*a].total_cmp(&frame[*b]));
        assert_eq!(loudest, Some(9), "150 Hz · 2^(9/3) = 1200 Hz: {frame:?}");
    }
}
