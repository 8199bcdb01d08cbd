//! What was handed in is on the disk: awaited in async code, or waited for in a thread.

use crate::error::VaultError;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// Resolves once the write is synced to the disk. Dropping it does not undo the write. On a full
/// disk it stays pending until there is space again.
#[must_use = "unless it is awaited, nobody knows whether the write is durable"]
pub struct Ack(oneshot::Receiver<Result<(), VaultError>>);

pub(crate) type Acker = oneshot::Sender<Result<(), VaultError>>;

impl Ack {
    pub(crate) fn pair() -> (Acker, Self) {
        let (done, awaited) = oneshot::channel();
        (done, Self(awaited))
    }

    /// Blocks until it is done. Not to be called from async code (it panics there).
    pub fn wait(self) -> Result<(), VaultError> {
        self.0.blocking_recv().unwrap_or(Err(VaultError::Closed))
    }

    /// Doesn't wait for it.
    pub fn ignore(self) {}
}

impl Future for Ack {
    type Output = Result<(), VaultError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(context)
            .map(|done| done.unwrap_or(Err(VaultError::Closed)))
    }
}
