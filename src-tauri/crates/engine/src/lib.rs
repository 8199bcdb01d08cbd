//! One engine wires session, media and vault: typed requests in, snapshots and deltas out.
//!
//! [`Engine`] is a handle to one task that owns everything. A face sends a [`Request`],
//! gets one [`Reply`], and draws the [`Update`]s. Nothing here knows a
//! protocol or touches a sample.

pub mod api;
mod archive;
mod call;
mod config;
mod core;
mod log;
mod sound;

pub use config::EngineConfig;
pub use log::start_log;

use api::{Reply, Request, Update};
use ranzen_meeting::{Code, Event, Problem};
use tokio::sync::{broadcast, mpsc, oneshot};

/// Requests waiting for the engine's task.
const REQUESTS: usize = 64;
/// Updates a slow face may lag behind before it misses some; each snapshot is whole, so it recovers.
const UPDATES: usize = 64;
/// Events a slow listener may lag behind.
const EVENTS: usize = 4_096;

/// A request on its way with the place for its reply.
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// A handle to the running engine; clones speak to the same one. When the last is dropped the
/// engine leaves its meeting, writes what is waiting and stops.
#[derive(Clone, Debug)]
pub struct Engine {
    requests: mpsc::Sender<Asked>,
    updates: broadcast::Sender<Update>,
    events: broadcast::Sender<Event>,
}

impl Engine {
    /// Starts an engine on the current tokio runtime.
    pub fn start(config: EngineConfig) -> Result<Self, Problem> {
        let (requests, asked) = mpsc::channel(REQUESTS);
        let (updates, _) = broadcast::channel(UPDATES);
        let (events, _) = broadcast::channel(EVENTS);
        core::Core::start(config, asked, updates.clone(), events.clone())?;
        Ok(Self {
            requests,
            updates,
            events,
        })
    }

    /// Asks for something. Every request gets exactly one reply.
    pub async fn request(&self, request: Request) -> Reply {
        let (reply, answer) = oneshot::channel();
        let asked = Asked { request, reply };
        if self.requests.send(asked).await.is_err() {
            return Reply::from(Problem::new(Code::Internal, "the engine has stopped"));
        }
        answer
            .await
            .unwrap_or_else(|_| Reply::from(Problem::new(Code::Internal, "no reply")))
    }

    /// Gives this handle up and, if it is the last, waits until the meeting is left and everything
    /// is on the disk.
    pub async fn finish(self) {
        let requests = self.requests.downgrade();
        drop(self.requests);
        // Only the engine's own end of the updates keeps the channel from closing.
        let mut updates = self.updates.subscribe();
        drop((self.updates, self.events));
        if requests.upgrade().is_none() {
            while !matches!(
                updates.recv().await,
                Err(broadcast::error::RecvError::Closed)
            ) {}
        }
    }

    /// What changes from now on. A listener that lags gets the next whole snapshot.
    pub fn updates(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    /// Every event of the meeting from now on, for faces that write a log rather than draw a picture.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        Reply::Refused { problem }
    }
}

impl From<Result<Reply, Problem>> for Reply {
    fn from(result: Result<Reply, Problem>) -> Self {
        result.unwrap_or_else(Reply::from)
    }
}
