//! The measure itself, on two aligned signals at 10 kHz.

use super::bands::{BANDS, FRAME, HOP, magnitudes, window};

/// Frames of one segment (384 ms).
const SEGMENT: usize = 30;
/// Lower bound of the signal-to-distortion ratio, dB.
const BETA_DB: f64 = -15.0;
/// Frames this much below the loudest are silence, dB.
const RANGE_DB: f64 = 40.0;

/// STOI of `heard` against `clean` (same length, aligned, 10 kHz); `None` when less than 384 ms of speech remains.
#[must_use]
pub fn stoi(clean: &[f32], heard: &[f32]) -> Option<f64> {
    let (clean, heard) = without_silence(clean, heard);
    let (clean, heard) = (magnitudes(&clean), magnitudes(&heard));
    if clean.len() < SEGMENT {
        return None;
    }
    let clip = 1.0 + 10f64.powf(-BETA_DB / 20.0);
    let mut sum = 0.0;
    let mut count = 0.0;
    for (x, y) in clean.windows(SEGMENT).zip(heard.windows(SEGMENT)) {
        for band in 0..BANDS {
            let x: [f64; SEGMENT] = std::array::from_fn(|frame| x[frame][band]);
            let y: [f64; SEGMENT] = std::array::from_fn(|frame| y[frame][band]);
            let alpha = norm(&x) / (norm(&y) + f64::EPSILON);
            let y: [f64; SEGMENT] =
                std::array::from_fn(|frame| (y[frame] * alpha).min(x[frame] * clip));
            sum += correlation(&x, &y);
            count += 1.0;
        }
    }
    Some(sum / count)
}

/// Leaves out the frames in which the original is silent, in both signals, and overlaps the rest again.
fn without_silence(clean: &[f32], heard: &[f32]) -> (Vec<f64>, Vec<f64>) {
    let window = window();
    let frame = |samples: &[f32], start: usize| -> [f64; FRAME] {
        std::array::from_fn(|n| f64::from(samples[start + n]) * window[n])
    };
    let length = clean.len().min(heard.len());
    let starts: Vec<usize> = (0..length.saturating_sub(FRAME)).step_by(HOP).collect();
    let level = |start: &usize| 20.0 * (norm(&frame(clean, *start)) + f64::EPSILON).log10();
    let levels: Vec<f64> = starts.iter().map(level).collect();
    let loudest = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let kept: Vec<usize> = starts
        .iter()
        .zip(&levels)
        .filter(|(_, level)| **level > loudest - RANGE_DB)
        .map(|(start, _)| *start)
        .collect();
    let total = if kept.is_empty() {
        0
    } else {
        (kept.len() - 1) * HOP + FRAME
    };
    let (mut x, mut y) = (vec![0.0; total], vec![0.0; total]);
    for (index, start) in kept.iter().enumerate() {
        let (a, b) = (frame(clean, *start), frame(heard, *start));
        for n in 0..FRAME {
            x[index * HOP + n] += a[n];
            y[index * HOP + n] += b[n];
        }
    }
    (x, y)
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let centred = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let (x, y) = (centred(x), centred(y));
    let product: f64 = x.iter().zip(&y).map(|(a, b)| a * b).sum();
    product / ((norm(&x) + f64::EPSILON) * (norm(&y) + f64::EPSILON))
}
