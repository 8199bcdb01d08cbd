//! The receiving half of a call's sound: every source's voice, mixed.
//!
//! Up to 200 sources are known; of those that sound at the same time, the 16 loudest are decoded
//! and heard. More voices at once can't be told apart by anybody, and 16 decoders cost about 3 % of
//! a core. A voice that is heard is preferred by 6 dB, so that equals don't alternate.

use crate::event::SourceStats;
use crate::frame::{Frame, SILENCE};
use crate::mix::{self, Limiter};
use crate::voice::Voice;
use crate::{AudioEvent, MediaError};
use ranzen_rtp::{AudioLevel, ReceivedAudio, SourceKey};
use std::collections::BTreeMap;
use std::time::Instant;

/// Sources known at once; packets of further ones are dropped.
const MOST_KNOWN: usize = 200;
/// Sources decoded at once.
const MOST_HEARD: usize = 16;
/// Preference of those that are heard already, in dB.
const STAYING_DB: u8 = 6;

/// What is played, source by source, as it is mixed.
pub(crate) trait Tap {
    /// 10 ms of one source.
    fn hear(&mut self, source: &SourceKey, sound: &Frame);
    /// The source is gone.
    fn end(&mut self, source: &SourceKey);
}

/// Nobody listens in.
impl Tap for () {
    fn hear(&mut self, _: &SourceKey, _: &Frame) {}
    fn end(&mut self, _: &SourceKey) {}
}

/// All received sources.
#[derive(Debug)]
pub(crate) struct Playout {
    voices: BTreeMap<SourceKey, Voice>,
    limiter: Limiter,
    turned_away: u64,
}

impl Playout {
    pub(crate) fn new() -> Self {
        Self {
            voices: BTreeMap::new(),
            limiter: Limiter::new(),
            turned_away: 0,
        }
    }

    /// Takes a packet; an unknown source becomes known.
    pub(crate) fn insert(&mut self, packet: ReceivedAudio) {
        if let Some(voice) = self.voices.get_mut(&packet.source) {
            voice.insert(packet);
            return;
        }
        if self.voices.len() >= MOST_KNOWN {
            self.turned_away += 1;
            return;
        }
        let mut voice = Voice::new();
        let source = packet.source.clone();
        voice.insert(packet);
        self.voices.insert(source, voice);
    }

    /// Lets a source fade out and forgets it.
    pub(crate) fn remove(&mut self, source: &SourceKey) {
        if let Some(voice) = self.voices.get_mut(source) {
            voice.leave();
        }
    }

    pub(crate) fn set_gain(&mut self, source: &SourceKey, gain: f32) {
        if let Some(voice) = self.voices.get_mut(source) {
            voice.set_gain(gain);
        }
    }

    /// Mixes the 10 ms that begin at `now`. `news` takes who began and who stopped speaking.
    pub(crate) fn tick(
        &mut self,
        now: Instant,
        tap: &mut dyn Tap,
        news: &mut Vec<AudioEvent>,
    ) -> Result<Frame, MediaError> {
        let faintest = self.faintest_heard();
        let mut mix = SILENCE;
        let mut sound = SILENCE;
        let mut heard = 0;
        for (source, voice) in &mut self.voices {
            let listed = voice.is_active() && heard < MOST_HEARD;
            if listed && voice.rank(STAYING_DB) <= faintest {
                heard += 1;
                if voice.pull(now, &mut sound)? {
                    mix::add(&mut mix, &sound);
                    tap.hear(source, &sound);
                }
            } else {
                voice.skip();
            }
            if let Some(speaking) = voice.speaking_change() {
                news.push(AudioEvent::Speaking {
                    source: Some(source.clone()),
                    speaking,
                });
            }
        }
        self.limiter.apply(&mut mix);
        self.voices.retain(|source, voice| {
            if voice.has_left() {
                tap.end(source);
            }
            !voice.has_left()
        });
        Ok(mix)
    }

    /// The levels of those who are heard.
    pub(crate) fn levels(&self) -> Vec<(SourceKey, AudioLevel)> {
        let heard = self.voices.iter().filter(|(_, voice)| voice.is_heard());
        heard
            .map(|(source, voice)| (source.clone(), voice.level()))
            .collect()
    }

    pub(crate) fn stats(&self) -> Vec<SourceStats> {
        let voices = self.voices.iter();
        voices
            .map(|(source, voice)| SourceStats {
                source: source.clone(),
                counters: voice.stats(),
            })
            .collect()
    }

    /// The rank of the last one that may be heard now.
    fn faintest_heard(&self) -> u8 {
        let active = self.voices.values().filter(|voice| voice.is_active());
        let mut ranks: Vec<u8> = active.map(|voice| voice.rank(STAYING_DB)).collect();
        if ranks.len() <= MOST_HEARD {
            return u8::MAX;
        }
        ranks.sort_unstable();
        ranks[MOST_HEARD - 1]
    }
}
