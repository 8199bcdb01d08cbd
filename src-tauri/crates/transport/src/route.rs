//! Moves a meeting's own sound into whichever connection is current.

use crate::port::AudioOut;
use crate::{Transport, TransportError};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Takes our own packets out of the [`MediaPort`](crate::MediaPort) for as long as a meeting lasts and hands
/// each to the connection of the moment. With no connection they are taken out and dropped, so that
/// nobody hears old sound after a rejoin.
#[derive(Debug)]
pub struct AudioRoute {
    current: watch::Sender<Option<Current>>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Current(Arc<dyn Transport>);

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Current")
    }
}

impl AudioRoute {
    /// Starts taking packets; they go nowhere until [`AudioRoute::to`] is called. Needs a tokio runtime.
    pub fn new(mut out: AudioOut) -> Self {
        let (current, seen) = watch::channel::<Option<Current>>(None);
        let task = tokio::spawn(async move {
            while let Some(packet) = out.recv().await {
                let transport = seen.borrow().clone();
                if let Some(Current(transport)) = transport
                    && let Err(error) = transport.send_audio(packet).await
                    && !matches!(error, TransportError::Closed)
                {
                    tracing::debug!(%error, "sound was not sent");
                }
            }
        });
        Self { current, task }
    }

    /// From now on packets go to this connection, or nowhere.
    pub fn to(&self, transport: Option<Arc<dyn Transport>>) {
        self.current.send_replace(transport.map(Current));
    }
}

impl Drop for AudioRoute {
    fn drop(&mut self) {
        self.task.abort();
    }
}
