//! Finds how much later one signal starts in another.

/// Samples of one piece that is followed (one second).
const PIECE: usize = 10_000;
/// How far from the last lag a piece is looked for, samples (60 ms).
const REACH: isize = 600;
/// A piece moves only where its waveform is this much like the original (1 for the same).
const SURE: f32 = 0.5;
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
    best(middle - reach..middle + reach, |lag| {
        correlation(clean, heard, lag, 3).abs()
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
    best((at - reach).max(0)..at + reach + 1, |from| {
        correlation(piece, heard, from, 1)
    })
}

/// `heard` moved to where `clean` is, in pieces: a jitter buffer stretches and shortens pauses, so that
/// the lag changes on the way. Each piece is looked for near the lag of the one before.
#[must_use]
pub fn follow(clean: &[f32], heard: &[f32], lag: isize) -> Vec<f32> {
    let mut moved = Vec::with_capacity(clean.len());
    let mut lag = lag;
    for (index, piece) in clean.chunks(PIECE).enumerate() {
        let start = (index * PIECE) as isize;
        let at = |lag: isize| {
            let from = start + lag;
            move |n: usize| {
                usize::try_from(from + n as isize)
                    .ok()
                    .and_then(|n| heard.get(n))
                    .copied()
                    .unwrap_or(0.0)
            }
        };
        let likeness = |lag: isize| {
            let heard = at(lag);
            let (mut product, mut power) = (0.0, 0.0);
            for (n, sample) in piece.iter().enumerate().step_by(2) {
                product += sample * heard(n);
                power += heard(n) * heard(n);
            }
            product.abs() / (power.sqrt() + f32::EPSILON)
        };
        let own: f32 = piece.iter().step_by(2).map(|sample| sample * sample).sum();
        if let Some(better) = best(lag - REACH..lag + REACH, likeness)
            && likeness(better) > SURE * own.sqrt()
        {
            lag = better;
        }
        moved.extend((0..piece.len()).map(at(lag)));
    }
    moved
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
