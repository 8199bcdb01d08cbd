//! What the jitter buffer does with every kind of stream, packet by packet, in virtual time.

use super::{Decision, JitterBuffer, Packet};
use crate::VoiceStats;
use bytes::Bytes;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// A buffer with a clock; packet `n` holds 20 ms from `n · 20 ms` on and says so in its payload.
struct Bench {
    buffer: JitterBuffer,
    start: Instant,
    now_ms: u64,
    queued: usize,
    first_sequence: u16,
    first_timestamp: u32,
    ssrc: u32,
}

impl Bench {
    fn new() -> Self {
        Self {
            buffer: JitterBuffer::new(),
            start: Instant::now(),
            now_ms: 0,
            queued: 0,
            first_sequence: 65_530,
            first_timestamp: u32::MAX - 4000,
            ssrc: 1,
        }
    }

    fn packet(&self, n: u32) -> Packet {
        Packet {
            sequence: self.first_sequence.wrapping_add(n as u16),
            timestamp: self.first_timestamp.wrapping_add(n * 960),
            samples: 960,
            fec: true,
            dtx: false,
            payload: Bytes::copy_from_slice(&n.to_be_bytes()),
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn receive(&mut self, n: u32) {
        self.receive_changed(n, |_| {});
    }

    fn receive_changed(&mut self, n: u32, change: impl FnOnce(&mut Packet)) {
        let mut packet = self.packet(n);
        change(&mut packet);
        self.buffer.insert(self.ssrc, packet, self.at(self.now_ms));
    }

    /// Plays 10 ms and returns what was decided.
    fn tick(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while self.queued < 480 {
            let (decision, _) = self.buffer.pull(self.at(self.now_ms), self.queued);
            let (what, samples) = match decision {
                Decision::Packet(packet) => (Heard::Packet(number(&packet.payload)), 960),
                Decision::Fec { payload, samples } => {
                    (Heard::CopyBefore(number(&payload)), samples as usize)
                }
                Decision::Conceal { samples } => (Heard::MadeUp, samples as usize),
                Decision::Silence { samples } => (Heard::Comfort, samples as usize),
                Decision::Idle => {
                    heard.push(Heard::Nothing);
                    self.queued = 480;
                    continue;
                }
            };
            heard.push(what);
            self.queued += samples;
        }
        self.queued -= 480;
        self.now_ms += 10;
        heard
    }

    fn ticks(&mut self, count: u32) -> Vec<Heard> {
        (0..count).flat_map(|_| self.tick()).collect()
    }

    /// Packets `from..to` come every 20 ms except those that `is_lost`; 10 ms after the last one
    /// it returns what was heard.
    fn stream(&mut self, from: u32, to: u32, is_lost: impl Fn(u32) -> bool) -> Vec<Heard> {
        let mut heard = Vec::new();
        for n in from..to {
            if !is_lost(n) {
                self.receive(n);
            }
            heard.extend(self.ticks(2));
        }
        heard
    }

    fn stats(&self) -> VoiceStats {
        self.buffer.stats()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Packet(u32),
    CopyBefore(u32),
    MadeUp,
    Comfort,
    Nothing,
}

fn number(payload: &[u8]) -> u32 {
    payload
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn packets(heard: &[Heard]) -> Vec<u32> {
    let packets = heard.iter().filter_map(|what| match what {
        Heard::Packet(n) => Some(*n),
        _ => None,
    });
    packets.collect()
}

fn count(heard: &[Heard], what: Heard) -> usize {
    heard.iter().filter(|one| **one == what).count()
}

#[test]
fn the_first_packet_waits_between_forty_and_sixty_milliseconds() {
    let mut bench = Bench::new();
    let heard = bench.stream(0, 10, |_| false);
    let waited = count(&heard, Heard::Nothing) * 10;
    assert!((40..=60).contains(&waited), "{waited} ms");
}

#[test]
fn sequence_and_timestamp_wrap_unnoticed() {
    let mut bench = Bench::new();
    let heard = bench.stream(0, 100, |_| false);
    let played = packets(&heard);
    assert_eq!(played, (0..played.len() as u32).collect::<Vec<_>>());
    assert!(played.len() >= 97);
    assert_eq!(count(&heard, Heard::MadeUp), 0);
}

#[test]
fn reordered_packets_are_put_in_order_and_doubled_ones_dropped() {
    let mut bench = Bench::new();
    let mut heard = bench.stream(0, 10, |_| false);
    for pair in (10..60).step_by(2) {
        heard.extend(bench.ticks(2));
        for n in [pair + 1, pair, pair + 1] {
            bench.receive(n);
        }
        heard.extend(bench.ticks(2));
    }
    let played = packets(&heard);
    assert!(
        played.windows(2).all(|pair| pair[0] + 1 == pair[1]),
        "{played:?}"
    );
    assert_eq!(bench.stats().duplicates, 25);
    assert_eq!(bench.stats().lost, 0);
}

#[test]
fn a_lost_packet_is_taken_from_the_copy_in_the_next_one() {
    let mut bench = Bench::new();
    let heard = bench.stream(0, 400, |n| n % 20 == 7);
    let copies = heard
        .iter()
        .filter(|what| matches!(what, Heard::CopyBefore(_)))
        .count();
    assert!(copies >= 18, "{copies} of 20");
    assert!(
        heard.contains(&Heard::CopyBefore(388)),
        "{:?}",
        bench.stats()
    );
    let stats = bench.stats();
    assert_eq!((stats.lost, stats.recovered), (20, 20));
    // Once the buffer knows that packets get lost, it waits long enough for the copies.
    let late = bench.stream(400, 800, |n| n % 20 == 7);
    assert!(count(&late, Heard::MadeUp) <= 1);
}

#[test]
fn of_several_lost_packets_the_last_is_recovered_and_the_others_made_up() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |_| false);
    let heard = bench.stream(50, 60, |n| (52..55).contains(&n));
    assert!(heard.contains(&Heard::CopyBefore(55)));
    let stats = bench.stats();
    assert_eq!((stats.lost, stats.recovered), (3, 1));
    assert!(
        (1900..=2900).contains(&stats.concealed_samples),
        "{stats:?}"
    );
}

#[test]
fn packets_without_a_copy_are_made_up() {
    let mut bench = Bench::new();
    for n in 0..100 {
        if n != 50 {
            bench.receive_changed(n, |packet| packet.fec = false);
        }
        bench.ticks(2);
    }
    let stats = bench.stats();
    assert_eq!((stats.lost, stats.recovered), (1, 0));
    assert!((900..=1500).contains(&stats.concealed_samples), "{stats:?}");
}

#[test]
fn a_packet_after_its_turn_is_late_and_not_played() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |n| n == 30);
    bench.receive(30);
    let heard = bench.stream(50, 60, |_| false);
    assert!(!packets(&heard).contains(&30));
    assert_eq!(bench.stats().late, 1);
}

#[test]
fn an_announced_silence_is_no_loss_and_gets_comfort_noise() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |_| false);
    bench.receive_changed(50, |packet| packet.dtx = true);
    let pause = bench.ticks(100);
    assert!(count(&pause, Heard::Comfort) > 80, "{pause:?}");
    assert_eq!(count(&pause, Heard::MadeUp), 0);
    // The timestamp went on, the sequence did not.
    let mut spurt = Vec::new();
    for n in 0..20 {
        bench.receive_changed(100 + n, |packet| {
            packet.sequence = packet.sequence.wrapping_sub(49);
        });
        spurt.extend(bench.ticks(2));
    }
    assert_eq!(packets(&spurt).first(), Some(&100));
    assert_eq!(count(&spurt, Heard::MadeUp), 0);
    let stats = bench.stats();
    assert_eq!((stats.lost, stats.concealed_samples), (0, 0));
}

#[test]
fn an_unannounced_silence_is_forgiven_when_the_sender_comes_back() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |_| false);
    let pause = bench.ticks(200);
    assert!(
        count(&pause, Heard::Nothing) > 150,
        "it doesn't hum for ever"
    );
    for n in 0..20 {
        bench.receive_changed(150 + n, |packet| {
            packet.sequence = packet.sequence.wrapping_sub(100);
        });
        bench.ticks(2);
    }
    let stats = bench.stats();
    assert_eq!((stats.lost, stats.concealed_samples), (0, 0));
}

#[test]
fn a_new_ssrc_starts_afresh() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |_| false);
    bench.ssrc = 2;
    bench.first_sequence = 7;
    bench.first_timestamp = 1_000_000;
    let heard = bench.stream(0, 50, |_| false);
    assert!(packets(&heard).contains(&45));
    assert_eq!(bench.stats().lost, 0);
    assert_eq!(bench.stats().discarded, 0);
}

#[test]
fn a_stray_sequence_number_is_ignored_and_a_real_jump_followed() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |_| false);
    bench.receive_changed(50, |packet| {
        packet.sequence = packet.sequence.wrapping_add(20_000)
    });
    let heard = bench.stream(50, 80, |_| false);
    assert_eq!(bench.stats().discarded, 1);
    assert_eq!(count(&heard, Heard::MadeUp), 0);
    bench.first_sequence = bench.first_sequence.wrapping_add(20_000);
    let heard = bench.stream(80, 120, |_| false);
    assert!(packets(&heard).contains(&115), "{heard:?}");
}

#[test]
fn a_sender_whose_clock_stood_still_while_it_was_silent_is_not_delayed() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |_| false);
    bench.ticks(3000);
    let heard = bench.stream(50, 100, |_| false);
    assert!(packets(&heard).contains(&95));
    assert!(
        bench.stats().delay < Duration::from_millis(100),
        "{:?}",
        bench.stats()
    );
}

#[test]
fn a_timestamp_that_jumps_back_is_followed() {
    let mut bench = Bench::new();
    bench.stream(0, 50, |_| false);
    bench.first_timestamp = bench.first_timestamp.wrapping_sub(500_000);
    bench.stream(50, 120, |_| false);
    bench.first_timestamp = bench.first_timestamp.wrapping_sub(30_000);
    let heard = bench.stream(120, 200, |_| false);
    assert!(packets(&heard).contains(&195), "{heard:?}");
}

#[test]
fn after_a_stall_of_the_network_the_delay_comes_down_again() {
    let mut bench = Bench::new();
    bench.stream(0, 100, |_| false);
    bench.ticks(100);
    (100..150).for_each(|n| bench.receive(n));
    bench.stream(150, 450, |_| false);
    let stats = bench.stats();
    assert!(stats.delay < Duration::from_millis(500), "{stats:?}");
}

#[test]
fn a_flood_is_bounded() {
    let mut bench = Bench::new();
    (0..3000).for_each(|n| bench.receive(n));
    assert!(bench.buffer.stats().discarded >= 2900);
    let heard = bench.ticks(10);
    assert!(!packets(&heard).is_empty());
}

proptest! {
    /// Whatever comes, each tick gets its sound, in order and without end.
    #[test]
    fn anything_may_come(
        packets in proptest::collection::vec(
            (any::<u16>(), any::<u32>(), 0u8..4, any::<bool>(), any::<bool>(), 0u32..5),
            0..200,
        ),
    ) {
        let mut bench = Bench::new();
        for (sequence, timestamp, ssrc, fec, dtx, ticks) in packets {
            bench.ssrc = u32::from(ssrc);
            bench.receive_changed(0, |packet| {
                packet.sequence = sequence;
                packet.timestamp = timestamp;
                packet.fec = fec;
                packet.dtx = dtx;
            });
            for _ in 0..ticks {
                prop_assert!(bench.tick().len() < 20);
            }
        }
        prop_assert!(bench.ticks(300).len() < 1000);
    }
}
