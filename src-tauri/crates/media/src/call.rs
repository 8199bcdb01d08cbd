//! A meeting's sound as the rest of the program sees it: a handle and two streams.

use crate::device::{Choice, Keeper, Surroundings};
use crate::news::{News, news};
use crate::record::Recorder;
use crate::thread::{AudioThread, Command, Ends, Shared};
use crate::wav::WavFile;
use crate::{AudioEvent, AudioSetup, AudioStats, DeviceWatch, Input, MediaError, Output, Side};
use ranzen_rtp::{EncodedAudio, ReceivedAudio, SourceKey};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as blocking;
use std::thread::JoinHandle;
use tokio::sync::mpsc;

/// Half a second of our own packets; the newest is dropped when nobody takes them.
const CAPTURED: usize = 25;
/// Received packets between two ticks: a burst of 2 s of a handful of speakers.
const FED: usize = 512;

/// What a call gives out.
#[derive(Debug)]
pub struct AudioStreams {
    /// Our own sound, 20 ms Opus packets. While muted, and in silence (DTX), none come.
    pub captured: mpsc::Receiver<EncodedAudio>,
    /// News.
    pub events: mpsc::Receiver<AudioEvent>,
}

/// A running call's sound. All methods return at once unless they say otherwise; dropping it stops
/// the sound as [`AudioCall::stop`] does.
#[derive(Debug)]
pub struct AudioCall {
    commands: blocking::Sender<Command>,
    feed: mpsc::Sender<ReceivedAudio>,
    shared: Arc<Shared>,
    input: Option<Keeper>,
    output: Option<Keeper>,
    thread: Option<JoinHandle<()>>,
    _devices: DeviceWatch,
}

impl AudioCall {
    /// Starts the sound of a call. A missing, busy or refused device is no failure of the start: it
    /// is told as [`AudioEvent::Problem`] and the call goes on in silence. Fails when the file to
    /// be spoken or the folder for recordings can't be used. Asks the sound system for its devices
    /// and may take some 10 ms; on an async thread use `spawn_blocking`.
    pub fn start(setup: AudioSetup) -> Result<(Self, AudioStreams), MediaError> {
        let input = input_choice(setup.input)?;
        let (news, events) = news();
        let recorder = match &setup.record_dir {
            Some(folder) => Some(Recorder::start(folder, news.clone())?),
            None => None,
        };
        let (commands, commands_end) = blocking::channel();
        let (lines, lines_end) = blocking::channel();
        let (feed, fed) = mpsc::channel(FED);
        let (captured_end, captured) = mpsc::channel(CAPTURED);
        let shared = Arc::new(Shared {
            muted: AtomicBool::new(setup.muted),
            ..Shared::default()
        });
        let devices = DeviceWatch::with_news(news.clone())?;
        let keeper = |side, choice| {
            let around = Surroundings {
                lines: lines.clone(),
                news: news.clone(),
                devices: devices.subscribe(),
                openings: Arc::clone(&shared.openings),
            };
            Keeper::start(side, choice, around)
        };
        let ends = Ends {
            commands: commands_end,
            lines: lines_end,
            fed,
            captured: captured_end,
        };
        let thread = spawn(ends, news.clone(), Arc::clone(&shared), recorder)?;
        let call = Self {
            commands,
            feed,
            shared: Arc::clone(&shared),
            input: Some(keeper(Side::Input, input)?),
            output: Some(keeper(Side::Output, output_choice(setup.output))?),
            thread: Some(thread),
            _devices: devices,
        };
        Ok((call, AudioStreams { captured, events }))
    }

    /// Takes a received packet. Drops it when the audio thread is more than a burst behind.
    pub fn feed(&self, packet: ReceivedAudio) {
        if self.feed.try_send(packet).is_err() {
            self.shared.unfed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Mutes or unmutes. The sound fades out within 20 ms, then nothing is sent at all; levels and
    /// [`AudioEvent::Speaking`] of ourselves go on.
    pub fn set_muted(&self, muted: bool) {
        self.shared.muted.store(muted, Ordering::Relaxed);
    }

    /// Whether the microphone is muted.
    pub fn is_muted(&self) -> bool {
        self.shared.muted.load(Ordering::Relaxed)
    }

    /// Uses another microphone or file from now on. Fails only for a file that can't be used.
    pub fn choose_input(&self, input: Input) -> Result<(), MediaError> {
        let choice = input_choice(input)?;
        if let Some(keeper) = &self.input {
            keeper.choose(choice);
        }
        Ok(())
    }

    /// Uses another loudspeaker from now on.
    pub fn choose_output(&self, output: Output) {
        if let Some(keeper) = &self.output {
            keeper.choose(output_choice(output));
        }
    }

    /// Forgets a source that left: its sound fades out and its recording is finished.
    pub fn remove_source(&self, source: &SourceKey) {
        self.tell(Command::Remove(source.clone()));
    }

    /// Plays a source louder or softer: 1 as it comes, 0 not at all, at most 4.
    pub fn set_gain(&self, source: &SourceKey, gain: f32) {
        self.tell(Command::Gain(source.clone(), gain.clamp(0.0, 4.0)));
    }

    /// Tells the encoder which share of our packets the other side misses (RTCP receiver reports),
    /// so that it spends bits on forward error correction accordingly.
    pub fn set_packet_loss(&self, percent: u8) {
        self.shared
            .loss_percent
            .store(percent.min(100), Ordering::Relaxed);
    }

    /// Counters, at most a second old.
    pub fn stats(&self) -> AudioStats {
        match self.shared.stats.lock() {
            Ok(stats) => stats.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Stops the sound, closes the devices and finishes the recordings. Waits for that (some
    /// 100 ms); on an async thread use `spawn_blocking`.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.input = None;
        self.output = None;
        self.tell(Command::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic of the audio thread was reported by the panic hook already.
            let _ = thread.join();
        }
    }

    fn tell(&self, command: Command) {
        // The thread ends only after `Stop`, so nobody is left to miss this.
        let _ = self.commands.send(command);
    }
}

impl Drop for AudioCall {
    fn drop(&mut self) {
        self.end();
    }
}

fn spawn(
    ends: Ends,
    news: News,
    shared: Arc<Shared>,
    recorder: Option<Recorder>,
) -> Result<JoinHandle<()>, MediaError> {
    let mut audio = AudioThread::new(ends, news, shared, recorder)?;
    std::thread::Builder::new()
        .name("ranzen-audio".into())
        .spawn(move || audio.run())
        .map_err(|error| MediaError::Engine(error.to_string()))
}

fn input_choice(input: Input) -> Result<Choice, MediaError> {
    Ok(match input {
        Input::Default => Choice::Device(None),
        Input::Device(id) => Choice::Device(Some(id)),
        Input::File { path, looped } => Choice::File(WavFile::check(&path, looped)?),
        Input::None => Choice::Nothing,
    })
}

fn output_choice(output: Output) -> Choice {
    match output {
        Output::Default => Choice::Device(None),
        Output::Device(id) => Choice::Device(Some(id)),
        Output::None => Choice::Nothing,
    }
}
