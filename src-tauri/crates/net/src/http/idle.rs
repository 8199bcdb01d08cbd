//! Connections that may serve another request (BOSH asks every few seconds).

use super::exchange::{Driver, Sender};
use crate::ledger::Purpose;
use crate::target::Target;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

/// Shorter than servers keep them, so that we seldom find one closed.
const KEEP: Duration = Duration::from_secs(15);
const MAX_KEPT: usize = 8;

/// The connections that nobody uses at the moment.
#[derive(Default)]
pub(crate) struct Idle(Arc<Mutex<Vec<Kept>>>);

/// A connection between requests. Dropping it closes it.
pub(crate) struct Kept {
    target: Target,
    purpose: Purpose,
    pub(crate) sender: Sender,
    driver: AbortHandle,
    since: Instant,
}

impl Kept {
    pub(crate) fn new(target: Target, purpose: Purpose, sender: Sender, driver: Driver) -> Self {
        // Its error reaches whoever waits for an answer; nobody else cares.
        let task = tokio::spawn(async move { drop(driver.await) });
        Self {
            target,
            purpose,
            sender,
            driver: task.abort_handle(),
            since: Instant::now(),
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Idle {
    /// A connection to this target that looks alive.
    pub(crate) fn take(&self, target: &Target, purpose: Purpose) -> Option<Kept> {
        let mut kept = self.kept();
        kept.retain(Kept::is_fresh);
        let at = kept
            .iter()
            .rposition(|k| k.target == *target && k.purpose == purpose)?;
        Some(kept.remove(at))
    }

    /// Keeps a connection whose answer was read to the end, if the server wants to go on.
    pub(crate) async fn put(&self, mut connection: Kept) {
        // Ready at once if it is to go on; a server that says "close" makes this an error.
        let ready = timeout(Duration::from_millis(100), connection.sender.ready()).await;
        if !matches!(ready, Ok(Ok(()))) {
            return;
        }
        connection.since = Instant::now();
        {
            let mut kept = self.kept();
            if kept.len() >= MAX_KEPT {
                kept.remove(0);
            }
            kept.push(connection);
        }
        let all = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            sleep(KEEP).await;
            if let Some(all) = all.upgrade() {
                lock(&all).retain(Kept::is_fresh);
            }
        });
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        lock(&self.0)
    }
}

impl Kept {
    fn is_fresh(&self) -> bool {
        !self.sender.is_closed() && self.since.elapsed() < KEEP
    }
}

fn lock(all: &Mutex<Vec<Kept>>) -> MutexGuard<'_, Vec<Kept>> {
    // Nothing that holds the lock can panic half-way through a change.
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Idle({})", self.kept().len())
    }
}
