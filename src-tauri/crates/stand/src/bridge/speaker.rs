//! Who speaks most: a smoothed loudness per endpoint with hysteresis.
//!
//! Not the original's algorithm (Volfin and Cohen 2012), only its manners: it looks at the audio-level
//! extension alone, and does not jump for a cough.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Share of the newest packet in the average (20 ms packets: about 200 ms).
const WEIGHT: f32 = 0.1;
/// Quieter than this (dB over silence) is nobody's speech.
const SPEECH_DB: f32 = 60.0;
/// How much louder a challenger must be.
const MARGIN_DB: f32 = 6.0;
/// For how long.
const PATIENCE: Duration = Duration::from_millis(300);
/// As many former speakers are named.
const PREVIOUS: usize = 10;
/// A level older than this has faded.
const FADE: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(crate) struct DominantSpeaker {
    levels: HashMap<String, (f32, Instant)>,
    current: Option<String>,
    previous: Vec<String>,
    challenger: Option<(String, Instant)>,
}

impl DominantSpeaker {
    /// A packet of `endpoint` with its audio level (0 loudest to 127 silence); true when the speaker changed.
    pub(crate) fn heard(&mut self, endpoint: &str, level: u8, now: Instant) -> bool {
        let loudness = f32::from(127 - level.min(127));
        let (average, at) = self.levels.entry(endpoint.to_owned()).or_insert((0.0, now));
        *average += WEIGHT * (loudness - *average);
        *at = now;
        let average = *average;
        if self.current.as_deref() == Some(endpoint) || average < SPEECH_DB {
            if self
                .challenger
                .as_ref()
                .is_some_and(|(who, _)| who == endpoint)
            {
                self.challenger = None;
            }
            return false;
        }
        let to_beat = self
            .current
            .as_ref()
            .and_then(|who| self.levels.get(who))
            .map_or(0.0, |(level, at)| {
                if now.duration_since(*at) > FADE {
                    0.0
                } else {
                    *level
                }
            });
        if self.current.is_some() && average < to_beat + MARGIN_DB {
            return false;
        }
        if self.current.is_some() {
            match &self.challenger {
                Some((who, since)) if who == endpoint => {
                    if now.duration_since(*since) < PATIENCE {
                        return false;
                    }
                }
                _ => {
                    self.challenger = Some((endpoint.to_owned(), now));
                    return false;
                }
            }
        }
        self.challenger = None;
        if let Some(before) = self.current.replace(endpoint.to_owned()) {
            self.previous
                .retain(|who| *who != before && who != endpoint);
            self.previous.insert(0, before);
            self.previous.truncate(PREVIOUS);
        }
        true
    }

    /// The speaker and those before.
    pub(crate) fn current(&self) -> Option<(&str, &[String])> {
        self.current
            .as_deref()
            .map(|who| (who, self.previous.as_slice()))
    }

    /// Somebody left.
    pub(crate) fn forget(&mut self, endpoint: &str) {
        self.levels.remove(endpoint);
        self.previous.retain(|who| who != endpoint);
        if self.current.as_deref() == Some(endpoint) {
            self.current = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_louder_one_takes_over_but_not_for_a_cough() {
        let mut speaker = DominantSpeaker::default();
        let start = Instant::now();
        let mut changes = Vec::new();
        for packet in 0..500u64 {
            let now = start + Duration::from_millis(20 * packet);
            let second = packet / 50;
            // a speaks; b coughs in second 2 (200 ms) and speaks from second 5 while a is silent.
            let a = if second < 5 { 30 } else { 120 };
            let b = if second >= 5 || (100..110).contains(&packet) {
                20
            } else {
                120
            };
            for (who, level) in [("a", a), ("b", b)] {
                if speaker.heard(who, level, now) {
                    changes.push((who, second));
                }
            }
        }
        assert_eq!(changes, [("a", 0), ("b", 5)]);
        assert_eq!(speaker.current(), Some(("b", ["a".to_owned()].as_slice())));
    }
}
