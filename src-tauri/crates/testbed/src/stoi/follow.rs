//! Follows a playout that stretches and squeezes: jitter buffers do so by some 10 ms at a time, which
//! the ear does not notice and a comparison at one fixed lag takes for unintelligible.

use super::align::lag_near;

/// A piece that is aligned by itself: 0.8 s at 10 kHz, about two words.
const PIECE: usize = 8_000;
/// How far a piece may lie from where the one before lay: 60 ms. Sound that is further off is lost
/// sound, not stretched sound.
const REACH: isize = 600;

/// `heard` cut into pieces that each lie where they fit `clean` best, beginning with `lag` samples
/// (not negative), as long as `clean` or as far as `heard` goes.
pub(super) fn follow(clean: &[f32], heard: &[f32], mut lag: isize) -> Vec<f32> {
    let mut followed = Vec::with_capacity(clean.len());
    for (number, piece) in clean.chunks(PIECE).enumerate() {
        let at = isize::try_from(number * PIECE).unwrap_or(isize::MAX);
        lag = lag_near(piece, heard, at + lag, REACH).map_or(lag, |found| found - at);
        let from = usize::try_from(at + lag).unwrap_or(0);
        let Some(there) = heard.get(from..) else {
            break;
        };
        let length = piece.len().min(there.len());
        followed.extend_from_slice(&there[..length]);
        if length < piece.len() {
            break;
        }
    }
    followed
}
