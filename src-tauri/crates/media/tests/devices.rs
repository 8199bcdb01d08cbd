//! Real devices through a real sound server without hardware: what a microphone hears is sent,
//! received again and played, while devices are plugged in and out.
//!
//! Each test runs in two processes: the test itself is the sound server's owner and the listener in
//! the room; it starts itself again as the process that makes the call, with `PULSE_SERVER` set.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use ranzen_media::{AudioCall, AudioEvent, AudioSetup, DeviceWatch, Input, Preview, devices};
use ranzen_rtp::{ReceivedAudio, SourceKey};
use ranzen_testbed::pulse::{Plugged, Pulse};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const ROLE: &str = "RANZEN_DEVICES_TEST_CALLER";
/// What people are promised is one second; a loaded test machine may be slower.
const SOON: Duration = Duration::from_secs(3);
/// Nothing takes this long, except a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// The calling process: whatever the microphone hears comes back as somebody else's sound. Tells
/// events on stdout until stdin is closed.
fn caller() {
    // RUST_LOG=ranzen_media=debug shows what the devices do.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let (call, mut streams) = AudioCall::start(AudioSetup::default()).unwrap();
    let (closed, ended) = channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = closed.send(());
    });
    let mut sequence = 0u16;
    while ended.try_recv().is_err() {
        while let Ok(packet) = streams.captured.try_recv() {
            call.feed(ReceivedAudio {
                source: SourceKey("echo-a0".into()),
                ssrc: 1,
                sequence,
                timestamp: packet.timestamp_48k as u32,
                marker: packet.marker,
                level: Some(packet.level),
                payload: packet.payload,
                arrived: Instant::now(),
            });
            sequence = sequence.wrapping_add(1);
        }
        while let Ok(event) = streams.events.try_recv() {
            match event {
                AudioEvent::Levels { .. } | AudioEvent::Speaking { .. } => {}
                event => println!("event {event:?}"),
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let stats = call.stats();
    println!(
        "gaps {} {} openings {} late {}, {} threads",
        stats.input_gaps,
        stats.output_gaps,
        stats.device_openings,
        stats.late_ticks,
        std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
    );
    call.stop();
}

fn is_caller() -> bool {
    std::env::var_os(ROLE).is_some()
}

struct Caller {
    process: Child,
    lines: Receiver<String>,
}

impl Caller {
    fn start(test: &str, pulse: &Pulse) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env(ROLE, "1")
            .env("PULSE_SERVER", pulse.server())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { process, lines }
    }

    fn expect(&self, wanted: &str) -> String {
        let started = Instant::now();
        while let Some(left) = PATIENCE.checked_sub(started.elapsed()) {
            let Ok(line) = self.lines.recv_timeout(left) else {
                break;
            };
            if line.contains(wanted) {
                return line;
            }
        }
        panic!("the caller never said {wanted:?}");
    }

    /// Everything said since the last time.
    fn said(&self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// Ends the call; returns the last words.
    fn stop(mut self) -> String {
        drop(self.process.stdin.take());
        let last = self.expect("gaps ");
        assert!(self.process.wait().unwrap().success());
        last
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A loudspeaker that is listened to.
struct Listener(Child);

impl Listener {
    fn at(pulse: &Pulse, speaker: &str) -> Self {
        Self(pulse.record(&format!("{speaker}.monitor")).unwrap())
    }

    /// How long it takes until the tone is heard for 100 ms without a break.
    fn time_to_tone(&mut self) -> Option<Duration> {
        let started = Instant::now();
        let output = self.0.stdout.as_mut().unwrap();
        let mut loud = 0;
        let mut block = [0u8; 960];
        while started.elapsed() < PATIENCE {
            if output.read_exact(&mut block).is_err() {
                return None;
            }
            let samples = block.chunks_exact(2);
            let energy: f64 = samples
                .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])).powi(2))
                .sum();
            let level = (energy / 480.0).sqrt();
            loud = if level > 1000.0 { loud + 1 } else { 0 };
            if loud == 10 {
                return Some(started.elapsed());
            }
        }
        None
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Ends a process that plays into a microphone.
struct Playing(Child);

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn tone(folder: &Path) -> PathBuf {
    let path = folder.join("tone.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for n in 0..48_000 * 60 {
        let at = n as f32 * std::f32::consts::TAU * 330.0 / 48_000.0;
        let sample = at.sin() + 0.5 * (2.0 * at).sin();
        writer.write_sample((sample * 8000.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
    path
}

fn plug_both(pulse: &Pulse, tone: &Path) -> (Plugged, Plugged, Playing) {
    let speaker = pulse.plug_speaker("spk").unwrap();
    let microphone = pulse.plug_microphone("mic").unwrap();
    let playing = Playing(pulse.play_into("mic", tone).unwrap());
    (speaker, microphone, playing)
}

fn told(what: &str, figures: &mut [Duration]) {
    figures.sort();
    let median = figures[figures.len() / 2];
    let longest = figures[figures.len() - 1];
    let mut out = std::io::stdout();
    writeln!(out, "{what}: median {median:?}, longest {longest:?}").unwrap();
}

#[test]
fn sound_is_back_soon_after_devices_come_back_ten_times() {
    if is_caller() {
        return caller();
    }
    // A bare server ends the streams of a device that is pulled out.
    let pulse = Pulse::start().unwrap();
    pull_and_plug(
        "sound_is_back_soon_after_devices_come_back_ten_times",
        &pulse,
        10,
    );
}

#[test]
fn sound_is_back_soon_where_the_server_has_a_dummy_loudspeaker() {
    if is_caller() {
        return caller();
    }
    // As on desktops: streams are moved to a dummy that nobody hears.
    let pulse = Pulse::start().unwrap();
    pulse.pactl(&["load-module", "module-always-sink"]).unwrap();
    pull_and_plug(
        "sound_is_back_soon_where_the_server_has_a_dummy_loudspeaker",
        &pulse,
        5,
    );
}

fn pull_and_plug(test: &str, pulse: &Pulse, rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let tone = tone(folder.path());
    let mut plugged = plug_both(pulse, &tone);
    let caller = Caller::start(test, pulse);
    assert!(Listener::at(pulse, "spk").time_to_tone().is_some());
    let mut figures = Vec::new();
    for round in 0..rounds {
        let (speaker, microphone, playing) = plugged;
        drop(playing);
        pulse.unplug(speaker).unwrap();
        pulse.unplug(microphone).unwrap();
        // Both problems are told, each once.
        let problems = [caller.expect("Problem("), caller.expect("Problem(")];
        for problem in ["NoInput", "NoOutput"] {
            let count = problems.iter().filter(|line| line.contains(problem));
            assert_eq!(count.count(), 1, "round {round}: {problems:?}");
        }
        std::thread::sleep(Duration::from_millis(500));
        let further = caller.said();
        assert!(
            !further.iter().any(|line| line.contains("Problem")),
            "{further:?}"
        );
        plugged = plug_both(pulse, &tone);
        let back = Instant::now();
        let heard = Listener::at(pulse, "spk").time_to_tone();
        assert!(heard.is_some(), "round {round}: no sound any more");
        figures.push(back.elapsed());
        assert!(back.elapsed() < SOON, "round {round}: {:?}", back.elapsed());
        caller.expect("DevicesChanged");
        let recovered = [caller.expect("Recovered("), caller.expect("Recovered(")];
        assert_ne!(recovered[0], recovered[1]);
    }
    told(
        "microphone and loudspeaker plugged in → sound",
        &mut figures,
    );
    println!("{}", caller.stop());
}

#[test]
fn sound_follows_the_default_loudspeaker() {
    if is_caller() {
        return caller();
    }
    let folder = tempfile::tempdir().unwrap();
    let tone = tone(folder.path());
    let pulse = Pulse::start().unwrap();
    let (_speaker, _microphone, _playing) = plug_both(&pulse, &tone);
    let caller = Caller::start("sound_follows_the_default_loudspeaker", &pulse);
    assert!(Listener::at(&pulse, "spk").time_to_tone().is_some());
    let mut figures = Vec::new();
    for round in 0..5 {
        // Headphones are plugged in: the system makes them the default.
        let headphones = pulse.plug_speaker("headphones").unwrap();
        let started = Instant::now();
        let heard = Listener::at(&pulse, "headphones").time_to_tone();
        assert!(heard.is_some(), "round {round}: nothing in the headphones");
        figures.push(started.elapsed());
        // And out again.
        pulse.unplug(headphones).unwrap();
        // The microphone's room is a sink, too; nobody shall be moved there.
        pulse.pactl(&["set-default-sink", "spk"]).unwrap();
        let started = Instant::now();
        let heard = Listener::at(&pulse, "spk").time_to_tone();
        assert!(
            heard.is_some(),
            "round {round}: nothing from the loudspeaker"
        );
        figures.push(started.elapsed());
    }
    assert!(figures.iter().all(|figure| *figure < SOON), "{figures:?}");
    told("another default → sound there", &mut figures);
    let said = caller.said();
    assert!(
        !said.iter().any(|line| line.contains("Problem")),
        "{said:?}"
    );
    println!("{}", caller.stop());
}

#[test]
fn the_level_meter_and_the_list_of_devices_live_before_joining() {
    if is_caller() {
        let watch = DeviceWatch::start().unwrap();
        let mut lists = watch.subscribe();
        let (preview, mut events) = Preview::start(Input::Default).unwrap();
        println!("begun");
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            while let Ok(event) = events.try_recv() {
                if let AudioEvent::Levels { own, .. } = event
                    && own.minus_dbov < 30
                {
                    println!("loud");
                }
            }
            if lists.has_changed().unwrap() {
                let list = lists.borrow_and_update();
                let ids: Vec<_> = list.outputs.iter().map(|device| &device.id.0).collect();
                println!("outputs {ids:?}");
                if ids.iter().any(|id| id.ends_with("headphones")) {
                    break;
                }
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        preview.stop();
        println!("gaps none");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let tone = tone(folder.path());
    let pulse = Pulse::start().unwrap();
    let (_speaker, _microphone, _playing) = plug_both(&pulse, &tone);
    let caller = Caller::start(
        "the_level_meter_and_the_list_of_devices_live_before_joining",
        &pulse,
    );
    caller.expect("begun");
    caller.expect("loud");
    let _headphones = pulse.plug_speaker("headphones").unwrap();
    caller.expect("pulseaudio:headphones");
    caller.stop();
}

/// Where bursts begin in what a source plays within some seconds, in samples.
fn bursts(mut recorder: Child, seconds: usize) -> Vec<usize> {
    let mut bytes = vec![0u8; seconds * 96_000];
    recorder
        .stdout
        .take()
        .unwrap()
        .read_exact(&mut bytes)
        .unwrap();
    let _ = recorder.kill();
    let _ = recorder.wait();
    let (mut onsets, mut quiet) = (Vec::new(), 0);
    for (n, pair) in bytes.chunks_exact(2).enumerate() {
        if i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs() < 2500 {
            quiet += 1;
            continue;
        }
        // A burst begins after 20 ms without one.
        if quiet > 960 {
            onsets.push(n);
        }
        quiet = 0;
    }
    onsets
}

/// The microphone hears the loudspeaker, softly: what another program plays comes back once, after
/// the whole way from mouth to ear; its own echo is too soft to be counted.
#[test]
fn what_is_said_is_heard_after_a_short_while() {
    if is_caller() {
        return caller();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("burst.wav");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for n in 0..12 * 48_000 {
        let tone = (n as f32 * std::f32::consts::TAU * 600.0 / 48_000.0).sin();
        let on = n % 48_000 < 1920;
        writer
            .write_sample(if on { (tone * 16_000.0) as i16 } else { 0 })
            .unwrap();
    }
    writer.finalize().unwrap();
    let pulse = Pulse::start().unwrap();
    let _speaker = pulse.plug_speaker("spk").unwrap();
    let ear = [
        "load-module",
        "module-remap-source",
        "master=spk.monitor",
        "source_name=ear",
    ];
    pulse.pactl(&ear).unwrap();
    pulse.pactl(&["set-default-source", "ear"]).unwrap();
    pulse
        .pactl(&["set-source-volume", "ear", "-9.5dB"])
        .unwrap();
    let caller = Caller::start("what_is_said_is_heard_after_a_short_while", &pulse);
    std::thread::sleep(Duration::from_secs(1));
    let recorder = pulse.record("spk.monitor").unwrap();
    let _playing = Playing(pulse.play_on("spk", &path).unwrap());
    let onsets = bursts(recorder, 11);
    let ways = onsets.windows(2).map(|pair| (pair[1] - pair[0]) as u64);
    let mut figures: Vec<Duration> = ways
        .map(|samples| Duration::from_micros(samples * 1000 / 48))
        .filter(|way| *way < Duration::from_millis(500))
        .collect();
    assert!(figures.len() >= 3, "it did not come back: {onsets:?}");
    told("from mouth to ear", &mut figures);
    println!("{}", caller.stop());
}

#[test]
fn a_call_without_any_sound_system_goes_on_and_says_what_is_missing() {
    if is_caller() {
        return caller();
    }
    let pulse = Pulse::start().unwrap();
    let caller = Caller::start(
        "a_call_without_any_sound_system_goes_on_and_says_what_is_missing",
        &pulse,
    );
    let problems = [caller.expect("Problem("), caller.expect("Problem(")];
    assert!(
        problems.iter().any(|line| line.contains("NoInput")),
        "{problems:?}"
    );
    assert!(
        problems.iter().any(|line| line.contains("NoOutput")),
        "{problems:?}"
    );
    // The server itself goes away and comes back elsewhere is a new login; here it just ends.
    drop(pulse);
    std::thread::sleep(Duration::from_secs(1));
    caller.stop();
}

#[test]
fn devices_are_listed_with_their_defaults_and_without_monitors() {
    if is_caller() {
        let list = devices().unwrap();
        for (side, list) in [("input", list.inputs), ("output", list.outputs)] {
            for device in list {
                println!("{side} {} default={}", device.id, device.default);
            }
        }
        println!("gaps none");
        return;
    }
    let pulse = Pulse::start().unwrap();
    let _first = pulse.plug_speaker("first").unwrap();
    let _second = pulse.plug_speaker("second").unwrap();
    let caller = Caller::start(
        "devices_are_listed_with_their_defaults_and_without_monitors",
        &pulse,
    );
    let mut lines = Vec::new();
    while let Ok(line) = caller.lines.recv_timeout(PATIENCE) {
        if line.contains("gaps none") {
            break;
        }
        lines.push(line);
    }
    let listed = |text: &str| lines.iter().any(|line| line.ends_with(text));
    assert!(listed("output pulseaudio:first default=false"), "{lines:?}");
    assert!(listed("output pulseaudio:second default=true"), "{lines:?}");
    assert!(
        !lines.iter().any(|line| line.contains("input")),
        "{lines:?}"
    );
}
