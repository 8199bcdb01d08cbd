//! How much later than the fastest packet the others come, and hence how long to wait for them.

use std::collections::VecDeque;

/// Samples of the 48 kHz clock in a millisecond.
pub(super) const MS: i64 = 48;
/// Width of a histogram bucket.
const BUCKET: i64 = 2 * MS;
/// Delays of a second and more share the last bucket.
const BUCKETS: usize = 500;
/// Forgetting per packet: 10 s of 20 ms packets.
const KEEP: f32 = 0.998;
/// The share of packets that is waited for.
const QUANTILE: f32 = 0.97;
/// The first guess, until 30 packets have been seen.
const FIRST_GUESS: i64 = 30 * MS;
/// The fastest way is the fastest packet of the last five spans.
const SPAN: i64 = 2000 * MS;
const SPANS: usize = 5;

/// The least transit time of the last ten seconds. A window, because the sender's clock drifts
/// against ours and the way changes.
#[derive(Debug, Default)]
pub(super) struct FastestWay {
    spans: VecDeque<(i64, i64)>,
}

impl FastestWay {
    /// Takes a packet's transit time (arrival minus timestamp; its zero is arbitrary).
    pub(super) fn record(&mut self, arrival: i64, transit: i64) {
        let span = arrival.div_euclid(SPAN);
        match self.spans.back_mut() {
            Some((last, least)) if *last >= span => *least = transit.min(*least),
            _ => self.spans.push_back((span, transit)),
        }
        while self.spans.len() > SPANS {
            self.spans.pop_front();
        }
    }

    /// The least transit time, if any packet was seen.
    pub(super) fn transit(&self) -> Option<i64> {
        self.spans.iter().map(|(_, least)| *least).min()
    }

    pub(super) fn forget(&mut self) {
        self.spans.clear();
    }
}

/// A histogram of delays beyond the fastest way that forgets slowly.
#[derive(Debug)]
pub(super) struct DelayHistogram {
    weights: Box<[f32; BUCKETS]>,
    seen: u32,
}

impl DelayHistogram {
    pub(super) fn new() -> Self {
        let mut weights = Box::new([0.0; BUCKETS]);
        weights[(FIRST_GUESS / BUCKET) as usize] = 1.0;
        Self { weights, seen: 0 }
    }

    /// Takes one packet's delay. The first packets weigh more, so that the guess is left soon.
    pub(super) fn record(&mut self, delay: i64) {
        self.seen = self.seen.saturating_add(1);
        let keep = KEEP.min(1.0 - 1.0 / (self.seen + 1) as f32);
        for weight in self.weights.iter_mut() {
            *weight *= keep;
        }
        let bucket = (delay / BUCKET).clamp(0, BUCKETS as i64 - 1) as usize;
        self.weights[bucket] += 1.0 - keep;
    }

    /// The delay that 97 of 100 packets keep.
    pub(super) fn quantile(&self) -> i64 {
        let total: f32 = self.weights.iter().sum();
        let wanted = total * QUANTILE;
        let mut below = 0.0;
        for (bucket, weight) in self.weights.iter().enumerate() {
            if below + weight >= wanted && *weight > 0.0 {
                let within = (wanted - below) / weight;
                return bucket as i64 * BUCKET + (within * BUCKET as f32) as i64;
            }
            below += weight;
        }
        BUCKETS as i64 * BUCKET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guess_stands_until_enough_was_seen() {
        let mut histogram = DelayHistogram::new();
        assert!((30 * MS..=32 * MS).contains(&histogram.quantile()));
        (0..10).for_each(|_| histogram.record(0));
        assert!(histogram.quantile() >= 30 * MS, "ten packets prove nothing");
        (0..40).for_each(|_| histogram.record(0));
        assert!(histogram.quantile() <= 2 * MS);
    }

    #[test]
    fn finds_the_quantile_and_follows_a_change_within_20_s() {
        let mut histogram = DelayHistogram::new();
        for n in 0..1000 {
            histogram.record((n % 100) * MS);
        }
        let q = histogram.quantile() / MS;
        assert!((94..=99).contains(&q), "97 % of 0…99 ms, got {q}");
        (0..1000).for_each(|n| histogram.record((n % 20) * MS));
        let q = histogram.quantile() / MS;
        assert!(q <= 90, "on its way down: {q}");
        (0..1500).for_each(|n| histogram.record((n % 20) * MS));
        assert!(histogram.quantile() / MS <= 21);
    }

    #[test]
    fn the_fastest_way_is_forgotten_after_ten_seconds() {
        let mut way = FastestWay::default();
        way.record(0, 7);
        for second in 1..20 {
            way.record(second * 1000 * MS, 100);
            let expected = if second < 10 { 7 } else { 100 };
            assert_eq!(way.transit(), Some(expected), "after {second} s");
        }
    }
}
