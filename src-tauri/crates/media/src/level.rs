//! Loudness and voice: RFC 6464 levels, voice activity against an adaptive noise floor, and
//! "speaking" with hysteresis for the people's eyes.

use ranzen_rtp::AudioLevel;

/// Voice must stand this much above the background.
const ABOVE_FLOOR_DB: f32 = 9.0;
/// Below this nothing is voice.
const QUIETEST_DBOV: f32 = -58.0;
/// How the floor follows the background: down at once, up slowly (dB per 10 ms).
const FLOOR_RISE_DB: f32 = 0.02;

/// Measures blocks of 10 ms.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    floor_dbov: f32,
    smoothed_dbov: f32,
    hangover: u32,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self {
            floor_dbov: -70.0,
            smoothed_dbov: SILENCE_DBOV,
            hangover: 0,
        }
    }

    /// The level of a block and whether it holds voice.
    pub(crate) fn measure(&mut self, block: &[f32]) -> AudioLevel {
        let dbov = dbov(block);
        self.smoothed_dbov = if dbov > self.smoothed_dbov {
            dbov
        } else {
            0.7 * self.smoothed_dbov + 0.3 * dbov
        };
        let above = self.smoothed_dbov - self.floor_dbov;
        if self.smoothed_dbov > QUIETEST_DBOV && above > ABOVE_FLOOR_DB {
            // The pause between two syllables is voice, too.
            self.hangover = 8;
        } else {
            self.hangover = self.hangover.saturating_sub(1);
        }
        self.floor_dbov = if dbov < self.floor_dbov {
            (0.9 * self.floor_dbov + 0.1 * dbov).max(-90.0)
        } else {
            self.floor_dbov + FLOOR_RISE_DB
        };
        AudioLevel {
            minus_dbov: (-self.smoothed_dbov).round().clamp(0.0, 127.0) as u8,
            voice: self.hangover > 0,
        }
    }
}

/// RFC 6464: −127 dBov stands for digital silence.
const SILENCE_DBOV: f32 = -127.0;

/// The level of silence.
pub(crate) const SILENT: AudioLevel = AudioLevel {
    minus_dbov: 127,
    voice: false,
};

fn dbov(block: &[f32]) -> f32 {
    let energy: f32 = block.iter().map(|sample| sample * sample).sum();
    let mean = energy / block.len().max(1) as f32;
    if mean <= 0.0 {
        return SILENCE_DBOV;
    }
    (10.0 * mean.log10()).clamp(SILENCE_DBOV, 0.0)
}

/// Turns voice activity into "is speaking": on after 60 ms of voice within a short while, off after
/// 700 ms without, so that a mark on the screen doesn't flicker.
#[derive(Debug, Clone, Default)]
pub(crate) struct Speaking {
    voiced: u32,
    unvoiced: u32,
    on: bool,
}

impl Speaking {
    /// Takes 10 ms; returns the new state when it changed.
    pub(crate) fn update(&mut self, voice: bool) -> Option<bool> {
        if voice {
            self.voiced += 1;
            self.unvoiced = 0;
        } else {
            self.unvoiced += 1;
            if self.unvoiced > 5 {
                self.voiced = 0;
            }
        }
        let on = if self.on {
            self.unvoiced < 70
        } else {
            self.voiced >= 6
        };
        if on == self.on {
            return None;
        }
        self.on = on;
        Some(on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32) -> Vec<f32> {
        let step = std::f32::consts::TAU * 440.0 / 48_000.0;
        (0..480)
            .map(|n| amplitude * (n as f32 * step).sin())
            .collect()
    }

    #[test]
    fn a_full_sine_is_three_db_below_overload() {
        let level = Meter::new().measure(&tone(1.0));
        assert_eq!(level.minus_dbov, 3);
        assert!(level.voice);
        assert_eq!(Meter::new().measure(&[0.0; 480]), SILENT);
    }

    #[test]
    fn a_steady_background_is_not_voice_for_long() {
        let mut meter = Meter::new();
        let hum = tone(0.01);
        let voiced = (0..6000).filter(|_| meter.measure(&hum).voice).count();
        assert!(voiced < 2500, "the floor must rise to it: {voiced}");
        assert!(!meter.measure(&hum).voice);
        assert!(meter.measure(&tone(0.1)).voice, "20 dB above it is voice");
    }

    #[test]
    fn speaking_does_not_flicker() {
        let mut speaking = Speaking::default();
        assert_eq!(speaking.update(true), None, "a click is not speech");
        (0..10).for_each(|_| assert_eq!(speaking.update(false), None));
        let changes: Vec<_> = (0..20).filter_map(|_| speaking.update(true)).collect();
        assert_eq!(changes, [true]);
        let pause: Vec<_> = (0..60).filter_map(|_| speaking.update(false)).collect();
        assert!(pause.is_empty(), "a pause for breath is no end");
        let end: Vec<_> = (0..60).filter_map(|_| speaking.update(false)).collect();
        assert_eq!(end, [false]);
    }
}
