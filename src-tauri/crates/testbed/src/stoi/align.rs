//! Finds how much later one signal starts in another.

/// Samples of one energy block for the coarse search (10 ms at 10 kHz).
const BLOCK: usize = 100;

/// The lag of `heard` behind `clean` in samples (positive: heard later); both at 10 kHz.
///
/// Coarse by the correlation of energy envelopes over all lags, then fine by the waveforms around the best.
#[must_use]
pub fn lag(clean: &[f32], heard: &[f32]) -> Option<isize> {
    let (slow_clean, slow_heard) = (envelope(clean), envelope(heard));
    if slow_clean.is_empty() || slow_heard.is_empty() {
        return None;
    }
    let coarse = best(
        1 - slow_clean.len() as isize..slow_heard.len() as isize,
        |lag| correlation(&slow_clean, &slow_heard, lag, 1),
    )?;
    let middle = coarse * BLOCK as isize;
    let reach = 3 * BLOCK as isize;
    best(middle - reach..middle + reach, |lag| {
        correlation(clean, heard, lag, 3).abs()
    })
}

fn envelope(samples: &[f32]) -> Vec<f32> {
    let blocks: Vec<f32> = samples
        .chunks_exact(BLOCK)
        .map(|block| {
            block
                .iter()
                .map(|sample| sample * sample)
                .sum::<f32>()
                .sqrt()
        })
        .collect();
    let mean = blocks.iter().sum::<f32>() / blocks.len().max(1) as f32;
    blocks.iter().map(|level| level - mean).collect()
}

/// Sum of products at `lag`, reading every `stride`-th sample (not divided by the overlap: short overlaps must not win).
fn correlation(clean: &[f32], heard: &[f32], lag: isize, stride: usize) -> f32 {
    let from_clean = usize::try_from(-lag).unwrap_or(0);
    let from_heard = usize::try_from(lag).unwrap_or(0);
    let (Some(clean), Some(heard)) = (clean.get(from_clean..), heard.get(from_heard..)) else {
        return 0.0;
    };
    clean
        .iter()
        .zip(heard)
        .step_by(stride)
        .map(|(a, b)| a * b)
        .sum()
}

fn best(lags: std::ops::Range<isize>, measure: impl Fn(isize) -> f32) -> Option<isize> {
    lags.map(|lag| (lag, measure(lag)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(lag, _)| lag)
}
