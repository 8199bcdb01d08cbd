//! Notices devices that come and go, and changed defaults, by asking four times a second: no
//! sound system of the three platforms tells it through `cpal`, and a quarter keeps the promise of
//! sound being back within one second.

use super::list::{Devices, host, list};
use crate::news::News;
use crate::{AudioEvent, MediaError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use tokio::sync::watch;

/// How often the sound system is asked.
const EVERY: Duration = Duration::from_millis(250);

/// Watches the devices on a thread of its own until it is dropped.
#[derive(Debug)]
pub struct DeviceWatch {
    devices: watch::Receiver<Devices>,
    stop: Arc<AtomicBool>,
    thread: thread::Thread,
}

impl DeviceWatch {
    /// Starts watching. The first list is there when this returns.
    pub fn start() -> Result<Self, MediaError> {
        Self::watching(None)
    }

    /// Starts watching and tells of changes in a call's news.
    pub(crate) fn with_news(news: News) -> Result<Self, MediaError> {
        Self::watching(Some(news))
    }

    fn watching(news: Option<News>) -> Result<Self, MediaError> {
        let first = host().and_then(|host| list(&host)).unwrap_or_default();
        let (sender, devices) = watch::channel(first);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("ranzen-devices".into())
            .spawn(move || watch_until(&stopped, &sender, news.as_ref()))
            .map_err(|error| MediaError::Engine(error.to_string()))?
            .thread()
            .clone();
        Ok(Self {
            devices,
            stop,
            thread,
        })
    }

    /// The list as it was last seen.
    pub fn devices(&self) -> Devices {
        self.devices.borrow().clone()
    }

    /// A receiver that is woken at every change.
    pub fn subscribe(&self) -> watch::Receiver<Devices> {
        self.devices.clone()
    }
}

impl Drop for DeviceWatch {
    fn drop(&mut self) {
        // Not joined: the sound system may keep the thread waiting for seconds.
        self.stop.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

fn watch_until(stop: &AtomicBool, sender: &watch::Sender<Devices>, news: Option<&News>) {
    let mut connection = None;
    let mut failures = 0;
    while !stop.load(Ordering::Relaxed) {
        if connection.is_none() {
            connection = host().ok();
        }
        let now = match connection.as_ref().map(list) {
            Some(Ok(now)) => {
                failures = 0;
                now
            }
            _ => {
                // The sound server is gone, or was busy for a moment: a new connection, and no
                // devices if that doesn't help.
                connection = None;
                failures += 1;
                if failures < 2 {
                    thread::park_timeout(EVERY);
                    continue;
                }
                Devices::default()
            }
        };
        let changed = sender.send_if_modified(|known| {
            let changed = *known != now;
            *known = now;
            changed
        });
        if let (true, Some(news)) = (changed, news) {
            news.tell(AudioEvent::DevicesChanged);
        }
        thread::park_timeout(EVERY);
    }
}
