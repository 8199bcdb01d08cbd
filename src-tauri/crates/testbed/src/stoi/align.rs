//! Finds how much later one signal starts in another.

/// Samples of one energy block for the coarse search (10 ms at 10 kHz).
const BLOCK: usize = 100;

/// Below this a piece is a pause and says nothing about time.
const AUDIBLE: f32 = 0.01;

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
    fine(middle - reach..middle + reach, |lag, stride| {
        correlation(clean, heard, lag, stride).abs()
    })
}

/// Where in `heard` a piece lies best within `reach` samples around `at`; `None` if the piece is
/// silent or `heard` ends before.
pub(super) fn lag_near(piece: &[f32], heard: &[f32], at: isize, reach: isize) -> Option<isize> {
    let loudest = piece
        .iter()
        .fold(0.0_f32, |most, sample| most.max(sample.abs()));
    if loudest < AUDIBLE || at + reach < 0 || at - reach >= heard.len() as isize {
        return None;
    }
    fine((at - reach).max(0)..at + reach + 1, |from, stride| {
        correlation(piece, heard, from, stride)
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

/// Every second lag with every fifth sample, then the neighbourhood of the best with all: speech at
/// 10 kHz is smooth enough for that, and tests run unoptimised.
fn fine(lags: std::ops::Range<isize>, measure: impl Fn(isize, usize) -> f32) -> Option<isize> {
    let half = (lags.end - lags.start + 1) / 2;
    let near = best(0..half, |step| measure(lags.start + 2 * step, 5))?;
    let near = lags.start + 2 * near;
    best(
        (near - 3).max(lags.start)..(near + 4).min(lags.end),
        |lag| measure(lag, 1),
    )
}

fn best(lags: std::ops::Range<isize>, measure: impl Fn(isize) -> f32) -> Option<isize> {
    lags.map(|lag| (lag, measure(lag)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(lag, _)| lag)
}
