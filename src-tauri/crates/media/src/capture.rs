//! Our own sound's way from the device to packets: chain, level, mute, Opus.

use crate::MediaError;
use crate::chain::CaptureChain;
use crate::encode::OpusEncoder;
use crate::frame::{self, Frame, SILENCE};
use crate::level::{Meter, Speaking};
use ranzen_rtp::{AudioLevel, EncodedAudio};

/// What a tick of our own sound gave.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) level: AudioLevel,
    pub(crate) speaking: Option<bool>,
    pub(crate) packet: Option<EncodedAudio>,
}

/// The sending half of a call's sound.
#[derive(Debug)]
pub(crate) struct Capture {
    chain: CaptureChain,
    encoder: OpusEncoder,
    meter: Meter,
    speaking: Speaking,
    /// 1 = heard, 0 = muted.
    gain: f32,
}

impl Capture {
    pub(crate) fn new(chain: CaptureChain, muted: bool) -> Result<Self, MediaError> {
        Ok(Self {
            chain,
            encoder: OpusEncoder::new()?,
            meter: Meter::new(),
            speaking: Speaking::default(),
            gain: if muted { 0.0 } else { 1.0 },
        })
    }

    /// Another source of sound: its chain starts afresh.
    pub(crate) fn set_chain(&mut self, chain: CaptureChain) {
        self.chain = chain;
    }

    /// The share of packets the other side misses.
    pub(crate) fn set_packet_loss(&mut self, percent: u8) -> Result<(), MediaError> {
        self.encoder.set_packet_loss(percent)
    }

    /// Takes the next 10 ms; `far_end` is what is being played. `None` is a device that has nothing
    /// to say: there is none, or nothing was chosen.
    pub(crate) fn tick(
        &mut self,
        sound: Option<&Frame>,
        far_end: &Frame,
        muted: bool,
    ) -> Result<Captured, MediaError> {
        let mut near = sound.copied().unwrap_or(SILENCE);
        self.chain.process(&mut near, far_end);
        // Measured before muting: the window can say "you are muted" to somebody who speaks.
        let level = self.meter.measure(&near);
        let speaking = self.speaking.update(level.voice);
        let wanted = if muted || sound.is_none() { 0.0 } else { 1.0 };
        let packet = if self.gain == 0.0 && wanted == 0.0 {
            self.encoder.pass()
        } else {
            frame::ramp(&mut near, self.gain, wanted);
            self.encoder.push(&near, level)?
        };
        self.gain = wanted;
        Ok(Captured {
            level,
            speaking,
            packet,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tone(tick: usize) -> Frame {
        let step = std::f32::consts::TAU * 220.0 / 48_000.0;
        std::array::from_fn(|n| {
            let at = (tick * 480 + n) as f32 * step;
            0.2 * at.sin() + 0.1 * (2.0 * at).sin() + 0.05 * (5.0 * at).sin()
        })
    }

    fn run(
        capture: &mut Capture,
        ticks: std::ops::Range<usize>,
        muted: bool,
        silent: bool,
    ) -> Vec<EncodedAudio> {
        let packets = ticks.filter_map(|tick| {
            let sound = if silent { SILENCE } else { tone(tick) };
            let captured = capture.tick(Some(&sound), &SILENCE, muted).unwrap();
            captured.packet
        });
        packets.collect()
    }

    fn capture(muted: bool) -> Capture {
        Capture::new(CaptureChain::default(), muted).unwrap()
    }

    #[test]
    fn sound_gives_a_packet_every_20_ms_at_about_32_kbit_per_second() {
        let packets = run(&mut capture(false), 0..200, false, false);
        assert_eq!(packets.len(), 100);
        for (n, packet) in packets.iter().enumerate() {
            assert_eq!(packet.timestamp_48k, n as u64 * 960);
            assert_eq!(packet.marker, n == 0);
        }
        let bytes: usize = packets.iter().map(|packet| packet.payload.len()).sum();
        let rate = bytes * 8 / 2;
        assert!((20_000..45_000).contains(&rate), "{rate} bit/s");
        assert!(packets[50].level.minus_dbov < 25);
    }

    #[test]
    fn muted_means_nothing_is_sent_and_the_level_still_shows() {
        let mut capture = capture(false);
        run(&mut capture, 0..20, false, false);
        let last = run(&mut capture, 20..26, true, false);
        let last = last.last().unwrap();
        assert_eq!(last.payload.len(), 1, "the end is told");
        let after = run(&mut capture, 26..200, true, false);
        assert!(after.is_empty(), "{} packets while muted", after.len());
        let captured = capture.tick(Some(&tone(0)), &SILENCE, true).unwrap();
        assert!(captured.level.minus_dbov < 25);
    }

    #[test]
    fn time_goes_on_while_muted() {
        let mut capture = capture(false);
        run(&mut capture, 0..20, false, false);
        run(&mut capture, 20..120, true, false);
        let again = run(&mut capture, 120..124, false, false);
        assert_eq!(again[0].timestamp_48k, 120 * 480);
        assert!(again[0].marker);
        assert!(!again[1].marker);
    }

    #[test]
    fn starting_muted_sends_nothing() {
        assert!(run(&mut capture(true), 0..100, true, false).is_empty());
    }

    #[test]
    fn silence_pauses_the_packets_with_a_refresh_now_and_then() {
        let mut capture = capture(false);
        run(&mut capture, 0..50, false, false);
        let settling = run(&mut capture, 50..150, false, true);
        assert!(settling.iter().any(|packet| packet.payload.len() <= 2));
        let silent = run(&mut capture, 150..550, false, true);
        assert!(silent.len() <= 25, "{} packets in 4 s", silent.len());
        let spurt = run(&mut capture, 550..560, false, false);
        assert!(spurt.iter().any(|packet| packet.marker));
    }
}
