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
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// Sources known at once; packets of further ones are dropped.
const MOST_KNOWN: usize = 200;
/// Sources decoded at once.
const MOST_HEARD: usize = 16;
/// Preference of those that are heard already, in dB.
const STAYING_DB: u8 = 6;

/// Packets on their way while a source is removed must not bring it back.
const IN_FLIGHT: Duration = Duration::from_secs(2);
/// Removed sources that are remembered for that.
const MOST_REMOVED: usize = 32;

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
    removed: VecDeque<(SourceKey, Instant)>,
}

impl Playout {
    pub(crate) fn new() -> Self {
        Self {
            voices: BTreeMap::new(),
            limiter: Limiter::new(),
            removed: VecDeque::new(),
        }
    }

    /// Takes a packet; an unknown source becomes known.
    pub(crate) fn insert(&mut self, packet: ReceivedAudio) {
        if let Some(voice) = self.voices.get_mut(&packet.source) {
            voice.insert(packet);
            return;
        }
        if self.voices.len() >= MOST_KNOWN || self.was_just_removed(&packet) {
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
        self.drop_who_left(now, tap);
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

    fn drop_who_left(&mut self, now: Instant, tap: &mut dyn Tap) {
        let removed = &mut self.removed;
        self.voices.retain(|source, voice| {
            let left = voice.has_left();
            if left {
                tap.end(source);
                removed.push_back((source.clone(), now));
            }
            !left
        });
        while removed.len() > MOST_REMOVED {
            removed.pop_front();
        }
    }

    fn was_just_removed(&self, packet: &ReceivedAudio) -> bool {
        self.removed.iter().any(|(source, when)| {
            *source == packet.source && packet.arrived.saturating_duration_since(*when) < IN_FLIGHT
        })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::frame::FRAME;
    use crate::offline::encode;
    use ranzen_rtp::EncodedAudio;

    /// A room in virtual time; everybody says the same words.
    struct Room {
        playout: Playout,
        packets: Vec<EncodedAudio>,
        start: Instant,
        tick: u64,
        news: Vec<AudioEvent>,
    }

    /// Counts who is heard, and the ends.
    #[derive(Default)]
    struct Listener {
        heard: BTreeMap<SourceKey, u64>,
        ended: Vec<SourceKey>,
    }

    impl Tap for Listener {
        fn hear(&mut self, source: &SourceKey, _: &Frame) {
            *self.heard.entry(source.clone()).or_default() += 1;
        }

        fn end(&mut self, source: &SourceKey) {
            self.ended.push(source.clone());
        }
    }

    fn key(number: usize) -> SourceKey {
        SourceKey(format!("{number:03}-a0"))
    }

    impl Room {
        fn new() -> Self {
            let step = std::f32::consts::TAU * 200.0 / 48_000.0;
            let words: Vec<f32> = (0..96_000).map(|n| 0.3 * (n as f32 * step).sin()).collect();
            Self {
                playout: Playout::new(),
                packets: encode(&words, 0).unwrap(),
                start: Instant::now(),
                tick: 0,
                news: Vec::new(),
            }
        }

        /// Plays so many ticks, in which the given sources speak at the given level.
        fn play(&mut self, ticks: u64, speakers: &[(usize, u8)], tap: &mut dyn Tap) -> Vec<Frame> {
            let mut heard = Vec::new();
            for _ in 0..ticks {
                let now = self.start + Duration::from_millis(10 * self.tick);
                if self.tick.is_multiple_of(2) {
                    for (speaker, minus_dbov) in speakers {
                        self.speak(*speaker, *minus_dbov, now);
                    }
                }
                heard.push(self.playout.tick(now, tap, &mut self.news).unwrap());
                self.tick += 1;
            }
            heard
        }

        fn speak(&mut self, speaker: usize, minus_dbov: u8, now: Instant) {
            let n = self.tick / 2;
            let packet = &self.packets[n as usize % self.packets.len()];
            self.playout.insert(ReceivedAudio {
                source: key(speaker),
                ssrc: speaker as u32,
                sequence: n as u16,
                timestamp: n as u32 * 960,
                marker: false,
                level: Some(AudioLevel {
                    minus_dbov,
                    voice: true,
                }),
                payload: packet.payload.clone(),
                arrived: now,
            });
        }
    }

    fn peak(frames: &[Frame]) -> f32 {
        frames
            .iter()
            .flatten()
            .fold(0.0, |peak, sample| sample.abs().max(peak))
    }

    #[test]
    fn of_forty_speakers_the_sixteen_loudest_are_heard() {
        let mut room = Room::new();
        let speakers: Vec<_> = (0..40).map(|n| (n, 20 + n as u8)).collect();
        let mut listener = Listener::default();
        room.play(200, &speakers, &mut listener);
        let long = listener.heard.iter().filter(|(_, ticks)| **ticks > 100);
        let heard: Vec<_> = long.map(|(source, _)| source.clone()).collect();
        assert_eq!(heard, (0..16).map(key).collect::<Vec<_>>());
        assert!(peak(&room.play(50, &speakers, &mut ())) <= 1.0);
    }

    #[test]
    fn sources_are_bounded() {
        let mut room = Room::new();
        let speakers: Vec<_> = (0..300).map(|n| (n, 30)).collect();
        room.play(4, &speakers, &mut ());
        assert_eq!(room.playout.stats().len(), MOST_KNOWN);
    }

    #[test]
    fn who_leaves_fades_out_and_is_forgotten() {
        let mut room = Room::new();
        room.play(50, &[(1, 20), (2, 20)], &mut ());
        room.playout.remove(&key(1));
        let mut listener = Listener::default();
        room.play(2, &[], &mut listener);
        assert_eq!(listener.ended, [key(1)]);
        assert_eq!(room.playout.stats().len(), 1);
        room.play(100, &[(1, 20)], &mut ());
        assert_eq!(room.playout.stats().len(), 1, "packets in flight");
        room.play(200, &[(1, 20)], &mut ());
        assert_eq!(room.playout.stats().len(), 2, "it came back");
    }

    #[test]
    fn beginning_and_end_of_speaking_are_told() {
        let mut room = Room::new();
        room.play(100, &[(1, 20)], &mut ());
        let speaking = |speaking| AudioEvent::Speaking {
            source: Some(key(1)),
            speaking,
        };
        assert_eq!(room.news, [speaking(true)]);
        assert_eq!(room.playout.levels().len(), 1);
        room.play(200, &[], &mut ());
        assert_eq!(room.news, [speaking(true), speaking(false)]);
        assert!(room.playout.levels().is_empty());
    }

    #[test]
    fn gain_changes_without_a_step() {
        let mut room = Room::new();
        room.play(50, &[(1, 20)], &mut ());
        room.playout.set_gain(&key(1), 0.0);
        let fading = room.play(1, &[(1, 20)], &mut ());
        assert!(fading[0][0].abs() > 0.0 || fading[0][40].abs() > 0.01);
        assert!(fading[0][FRAME - 1].abs() < 0.001);
        assert!(peak(&room.play(20, &[(1, 20)], &mut ())) < 1e-6);
    }

    #[test]
    fn bytes_that_are_no_opus_harm_nobody() {
        let mut room = Room::new();
        room.packets[30].payload = bytes::Bytes::from_static(&[0xFF; 3]);
        room.packets[31].payload = bytes::Bytes::new();
        room.packets[32].payload = bytes::Bytes::from_static(&[0x78, 1, 2, 3, 4, 5]);
        let frames = room.play(150, &[(1, 20)], &mut ());
        assert!(peak(&frames) <= 1.0);
        assert!(peak(&frames[100..]) > 0.1, "it goes on afterwards");
    }
}
