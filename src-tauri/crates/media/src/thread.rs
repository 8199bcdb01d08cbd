//! The audio thread: every 10 ms of the monotonic clock, what the microphone heard becomes packets
//! and what was received becomes sound. Nothing in it waits for anything but the clock.

use crate::capture::Capture;
use crate::chain::CaptureChain;
use crate::device::{Line, Vitals};
use crate::event::AudioStats;
use crate::flow::{Intake, Outlet};
use crate::frame::{FRAME, Frame};
use crate::news::News;
use crate::playout::Playout;
use crate::record::Recorder;
use crate::{AudioEvent, MediaError, Side};
use ranzen_rtp::{EncodedAudio, ReceivedAudio, SourceKey};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc as blocking};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The tick.
const TICK: Duration = Duration::from_millis(10);
/// After a longer pause (the computer slept) what was missed is not caught up with.
const PAUSE: Duration = Duration::from_millis(500);
/// Levels every 50 ms, counters every 200 ms.
const LEVELS_EVERY: u64 = 5;
const STATS_EVERY: u64 = 20;

/// What the handle asks of the audio thread.
#[derive(Debug)]
pub(crate) enum Command {
    Remove(SourceKey),
    Gain(SourceKey, f32),
    Stop,
}

/// What handle and audio thread both see.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) muted: AtomicBool,
    pub(crate) loss_percent: AtomicU8,
    pub(crate) unfed: AtomicU64,
    pub(crate) openings: Arc<AtomicU64>,
    /// Written by the audio thread, which never waits for the lock.
    pub(crate) stats: Mutex<AudioStats>,
}

/// Everything the audio thread works with.
pub(crate) struct AudioThread {
    pub(crate) commands: blocking::Receiver<Command>,
    pub(crate) lines: blocking::Receiver<Line>,
    pub(crate) fed: mpsc::Receiver<ReceivedAudio>,
    pub(crate) captured: mpsc::Sender<EncodedAudio>,
    pub(crate) news: News,
    pub(crate) shared: Arc<Shared>,
    pub(crate) recorder: Option<Recorder>,
    capture: Capture,
    playout: Playout,
    input: Option<(Intake, Option<Arc<Vitals>>)>,
    output: Option<(Outlet, Arc<Vitals>)>,
    stats: AudioStats,
    /// Gaps of devices that were closed since.
    past_gaps: (u64, u64),
    heard: Vec<AudioEvent>,
}

/// The ends of a call's channels that the audio thread holds.
pub(crate) struct Ends {
    pub(crate) commands: blocking::Receiver<Command>,
    pub(crate) lines: blocking::Receiver<Line>,
    pub(crate) fed: mpsc::Receiver<ReceivedAudio>,
    pub(crate) captured: mpsc::Sender<EncodedAudio>,
}

impl AudioThread {
    pub(crate) fn new(
        ends: Ends,
        news: News,
        shared: Arc<Shared>,
        recorder: Option<Recorder>,
    ) -> Result<Self, MediaError> {
        let muted = shared.muted.load(Ordering::Relaxed);
        Ok(Self {
            commands: ends.commands,
            lines: ends.lines,
            fed: ends.fed,
            captured: ends.captured,
            news,
            shared,
            recorder,
            capture: Capture::new(CaptureChain::default(), muted)?,
            playout: Playout::new(),
            input: None,
            output: None,
            stats: AudioStats::default(),
            past_gaps: (0, 0),
            heard: Vec::new(),
        })
    }

    /// Ticks until told to stop. A codec that fails ends the sound, and is told.
    pub(crate) fn run(&mut self) {
        crate::priority::raise();
        let mut next = Instant::now();
        let mut tick = 0u64;
        while !self.obey() {
            if let Err(problem) = self.tick(next, tick) {
                self.news.tell(AudioEvent::Problem(problem));
                return;
            }
            tick += 1;
            next += TICK;
            let now = Instant::now();
            match next.checked_duration_since(now) {
                Some(early) => thread::sleep(early),
                None => {
                    let late = now.duration_since(next);
                    self.stats.late_ticks += u64::from(late > TICK);
                    if late > PAUSE {
                        next = now;
                    }
                }
            }
        }
        self.publish();
    }

    /// Takes commands, devices and packets that have come; `true` to stop.
    fn obey(&mut self) -> bool {
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Remove(source) => self.playout.remove(&source),
                Command::Gain(source, gain) => self.playout.set_gain(&source, gain),
                Command::Stop => return true,
            }
        }
        while let Ok(line) = self.lines.try_recv() {
            self.connect(line);
        }
        while let Ok(packet) = self.fed.try_recv() {
            self.playout.insert(packet);
        }
        false
    }

    fn connect(&mut self, line: Line) {
        match line {
            Line::Input(intake, vitals) => {
                self.capture.set_chain(if vitals.is_some() {
                    CaptureChain::for_microphone()
                } else {
                    CaptureChain::default()
                });
                self.close_input();
                self.input = Some((intake, vitals));
            }
            Line::Output(outlet, vitals) => {
                self.close_output();
                self.output = Some((outlet, vitals));
            }
            Line::Cut(Side::Input) => self.close_input(),
            Line::Cut(Side::Output) => self.close_output(),
        }
    }

    fn close_input(&mut self) {
        if let Some((intake, _)) = self.input.take() {
            self.past_gaps.0 += intake.gaps;
        }
    }

    fn close_output(&mut self) {
        if let Some((_, vitals)) = self.output.take() {
            self.past_gaps.1 += vitals.gaps();
        }
    }

    fn tick(&mut self, now: Instant, tick: u64) -> Result<(), MediaError> {
        let played = self.play(now, tick)?;
        let heard = match &mut self.input {
            Some((intake, vitals)) => {
                Some(intake.take(vitals.as_ref().map_or(0, |vitals| vitals.period()))?)
            }
            None => None,
        };
        self.capture(heard.as_ref(), &played, tick)?;
        self.notice_end_of_file();
        if tick.is_multiple_of(STATS_EVERY) {
            self.publish();
        }
        Ok(())
    }

    fn play(&mut self, now: Instant, tick: u64) -> Result<Frame, MediaError> {
        let mix = match &mut self.recorder {
            Some(recorder) => {
                recorder.position = tick * FRAME as u64;
                self.playout.tick(now, recorder, &mut self.heard)?
            }
            None => self.playout.tick(now, &mut (), &mut self.heard)?,
        };
        for event in self.heard.drain(..) {
            self.news.tell(event);
        }
        if let Some((outlet, vitals)) = &mut self.output {
            outlet.put(&mix, vitals.gaps(), vitals.period())?;
        }
        Ok(mix)
    }

    fn capture(
        &mut self,
        heard: Option<&Frame>,
        played: &Frame,
        tick: u64,
    ) -> Result<(), MediaError> {
        let loss = self.shared.loss_percent.load(Ordering::Relaxed);
        self.capture.set_packet_loss(loss)?;
        let muted = self.shared.muted.load(Ordering::Relaxed);
        let captured = self.capture.tick(heard, played, muted)?;
        if let Some(packet) = captured.packet {
            let bytes = packet.payload.len() as u64;
            match self.captured.try_send(packet) {
                Ok(()) => {
                    self.stats.packets_sent += 1;
                    self.stats.bytes_sent += bytes;
                }
                Err(_) => self.stats.packets_unsent += 1,
            }
        }
        if let Some(speaking) = captured.speaking {
            let source = None;
            self.news.tell(AudioEvent::Speaking { source, speaking });
        }
        if tick.is_multiple_of(LEVELS_EVERY) {
            self.news.tell(AudioEvent::Levels {
                own: captured.level,
                others: self.playout.levels(),
            });
        }
        Ok(())
    }

    fn notice_end_of_file(&mut self) {
        let ended = self
            .input
            .as_ref()
            .is_some_and(|(intake, vitals)| vitals.is_none() && intake.is_finished());
        if ended {
            self.close_input();
            self.news.tell(AudioEvent::InputEnded);
        }
    }

    fn publish(&mut self) {
        let (input_gaps, output_gaps) = self.past_gaps;
        let input = self.input.as_ref().map_or(0, |(intake, _)| intake.gaps);
        let output = self.output.as_ref().map_or(0, |(_, vitals)| vitals.gaps());
        self.stats.input_gaps = input_gaps + input;
        self.stats.output_gaps = output_gaps + output;
        self.stats.packets_unfed = self.shared.unfed.load(Ordering::Relaxed);
        self.stats.device_openings = self.shared.openings.load(Ordering::Relaxed);
        self.stats.sources = self.playout.stats();
        if let Ok(mut stats) = self.shared.stats.try_lock() {
            stats.clone_from(&self.stats);
        }
    }
}
