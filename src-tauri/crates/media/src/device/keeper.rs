//! Keeps one side of a call supplied with a device: open the chosen one, run, wait until it is gone
//! or another is wanted, close, again. While there is none the call goes on in silence; the problem
//! is told once, and so is its end.

use super::callback::Vitals;
use super::list::{Device, DeviceId, Devices};
use super::open::{Running, open_input, open_output};
use crate::flow::{Intake, Outlet};
use crate::news::News;
use crate::wav::WavFile;
use crate::{AudioEvent, MediaError, Side};
use std::mem::discriminant;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often a running device is looked at.
const LOOK: Duration = Duration::from_millis(40);
/// Tries after a failure: the first ones soon, for a sound server needs a moment to name another
/// default; from the third on people are told.
const RETRY_SOON: Duration = Duration::from_millis(120);
const RETRY_LATER: Duration = Duration::from_millis(400);
const TELL_AFTER: u32 = 3;
/// While no device is listed at all, only a change of the list is worth a try; asking the drivers
/// over and over makes some of them fill the terminal.
const RETRY_EMPTY: Duration = Duration::from_secs(10);
/// A device whose callback stands still for this long is dead, whatever its driver says.
const STALL: Duration = Duration::from_secs(3);

/// What one side of a call is to be connected with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// This device, or the default one.
    Device(Option<DeviceId>),
    /// A file instead of a microphone.
    File(WavFile),
    /// Nothing.
    Nothing,
}

/// What the audio thread gets: its end of a device.
#[derive(Debug)]
pub(crate) enum Line {
    Input(Intake, Option<Arc<Vitals>>),
    Output(Outlet, Arc<Vitals>),
    /// The device of this side is gone.
    Cut(Side),
}

/// A keeper's thread.
#[derive(Debug)]
pub(crate) struct Keeper {
    orders: Option<Sender<Choice>>,
    thread: Option<JoinHandle<()>>,
}

/// What a keeper works with.
pub(crate) struct Surroundings {
    pub(crate) lines: Sender<Line>,
    pub(crate) news: News,
    pub(crate) devices: watch::Receiver<Devices>,
    pub(crate) openings: Arc<AtomicU64>,
}

impl Keeper {
    pub(crate) fn start(
        side: Side,
        choice: Choice,
        around: Surroundings,
    ) -> Result<Self, MediaError> {
        let (orders, receiver) = mpsc::channel();
        let name = match side {
            Side::Input => "ranzen-input",
            Side::Output => "ranzen-output",
        };
        let mut work = Work {
            side,
            choice,
            orders: receiver,
            around,
            failures: 0,
            told: None,
        };
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || work.run())
            .map_err(|error| MediaError::Engine(error.to_string()))?;
        Ok(Self {
            orders: Some(orders),
            thread: Some(thread),
        })
    }

    pub(crate) fn choose(&self, choice: Choice) {
        if let Some(orders) = &self.orders {
            // The thread ends only when this sender is dropped.
            let _ = orders.send(choice);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Work {
    side: Side,
    choice: Choice,
    orders: Receiver<Choice>,
    around: Surroundings,
    failures: u32,
    told: Option<MediaError>,
}

/// The call is over.
struct Over;

impl Work {
    fn run(&mut self) {
        while self.once().is_ok() {}
    }

    fn once(&mut self) -> Result<(), Over> {
        let devices = self.around.devices.borrow_and_update().clone();
        match self.choice.clone() {
            Choice::Nothing => {
                self.forget();
                self.wait()
            }
            Choice::File(file) => {
                self.forget();
                match file
                    .play(self.around.news.clone())
                    .and_then(Intake::from_file)
                {
                    Ok(intake) => self.connect(Line::Input(intake, None)),
                    Err(problem) => self.around.news.tell(AudioEvent::Problem(problem)),
                }
                let waited = self.wait();
                self.connect(Line::Cut(self.side));
                waited
            }
            Choice::Device(wanted) => match self.open(wanted.clone()) {
                Ok(running) => {
                    self.recovered();
                    let ended = self.watch(&running, wanted.as_ref(), &devices);
                    self.connect(Line::Cut(self.side));
                    ended
                }
                Err(problem) => self.failed(problem),
            },
        }
    }

    fn open(&self, wanted: Option<DeviceId>) -> Result<Running, MediaError> {
        let (running, line) = match self.side {
            Side::Input => {
                let opened = open_input(wanted)?;
                let rate = opened.rate;
                let (running, ring) = opened.split();
                let vitals = Some(Arc::clone(&running.vitals));
                (
                    running,
                    Line::Input(Intake::from_device(ring, rate)?, vitals),
                )
            }
            Side::Output => {
                let opened = open_output(wanted)?;
                let rate = opened.rate;
                let (running, ring) = opened.split();
                let vitals = Arc::clone(&running.vitals);
                (running, Line::Output(Outlet::new(ring, rate)?, vitals))
            }
        };
        self.around.openings.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(side = ?self.side, "sound device opened");
        self.connect(line);
        Ok(running)
    }

    /// Returns when the device has ended, isn't the right one any more, or another is wanted.
    fn watch(
        &mut self,
        running: &Running,
        wanted: Option<&DeviceId>,
        at_opening: &Devices,
    ) -> Result<(), Over> {
        let mut calls = running.vitals.calls();
        let mut last_call = Instant::now();
        let mut was_listed = listed(self.devices_of(at_opening), &running.id);
        loop {
            match self.orders.recv_timeout(LOOK) {
                Ok(choice) => return self.take_order(choice),
                Err(RecvTimeoutError::Disconnected) => return Err(Over),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Some(failure) = running.vitals.failure() {
                tracing::debug!(side = ?self.side, ?failure, "sound device ended");
                return Ok(());
            }
            if running.vitals.calls() != calls {
                calls = running.vitals.calls();
                last_call = Instant::now();
            }
            if last_call.elapsed() > STALL {
                tracing::debug!(side = ?self.side, "sound device stands still");
                return Ok(());
            }
            if self.around.devices.has_changed().unwrap_or(false)
                && !self.is_still_right(running, wanted, &mut was_listed)
            {
                tracing::debug!(side = ?self.side, "another sound device is right");
                return Ok(());
            }
        }
    }

    /// Judges a new list of devices. Only a new one: at the moment of opening, the sound system's
    /// answer is fresher than the last list.
    fn is_still_right(
        &mut self,
        running: &Running,
        wanted: Option<&DeviceId>,
        was_listed: &mut bool,
    ) -> bool {
        let devices = self.around.devices.borrow_and_update().clone();
        let now = self.devices_of(&devices);
        let is_listed = listed(now, &running.id);
        let default = now.iter().find(|device| device.default);
        let other_default =
            wanted.is_none() && default.is_some_and(|default| default.id != running.id);
        // A device that was never listed (the monitor of a loudspeaker) can't be missed there.
        let gone = *was_listed && !is_listed;
        *was_listed |= is_listed;
        !other_default && !gone
    }

    fn devices_of<'a>(&self, devices: &'a Devices) -> &'a [Device] {
        match self.side {
            Side::Input => &devices.inputs,
            Side::Output => &devices.outputs,
        }
    }

    fn failed(&mut self, problem: MediaError) -> Result<(), Over> {
        self.failures += 1;
        tracing::debug!(side = ?self.side, %problem, "sound device failed");
        let told = self.told.as_ref().map(discriminant);
        if self.failures >= TELL_AFTER && told != Some(discriminant(&problem)) {
            self.told = Some(problem.clone());
            self.around.news.tell(AudioEvent::Problem(problem));
        }
        let devices = self.around.devices.borrow().clone();
        let nothing_listed = self.devices_of(&devices).is_empty();
        let rest = match self.failures {
            soon if soon < TELL_AFTER => RETRY_SOON,
            _ if nothing_listed => RETRY_EMPTY,
            _ => RETRY_LATER,
        };
        let until = Instant::now() + rest;
        while Instant::now() < until && !self.around.devices.has_changed().unwrap_or(false) {
            match self.orders.recv_timeout(LOOK) {
                Ok(choice) => return self.take_order(choice),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Over),
            }
        }
        Ok(())
    }

    fn recovered(&mut self) {
        self.failures = 0;
        if self.told.take().is_some() {
            self.around.news.tell(AudioEvent::Recovered(self.side));
        }
    }

    /// Whatever failed is not wanted any more.
    fn forget(&mut self) {
        self.failures = 0;
        self.told = None;
    }

    /// Waits for another choice.
    fn wait(&mut self) -> Result<(), Over> {
        let order = self.orders.recv();
        order
            .map_err(|_| Over)
            .and_then(|choice| self.take_order(choice))
    }

    fn take_order(&mut self, choice: Choice) -> Result<(), Over> {
        self.choice = choice;
        self.failures = 0;
        Ok(())
    }

    fn connect(&self, line: Line) {
        // After the call's end nobody needs it.
        let _ = self.around.lines.send(line);
    }
}

fn listed(devices: &[Device], id: &DeviceId) -> bool {
    devices.iter().any(|device| device.id == *id)
}
