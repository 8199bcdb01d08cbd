//! A task that ends with its owner.

use std::future::Future;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Aborted when dropped.
pub(super) struct Task(JoinHandle<()>);

impl Task {
    pub(super) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(future))
    }

    /// Gives it some time to end by itself.
    pub(super) async fn finish(mut self, within: Duration) {
        let _ = tokio::time::timeout(within, &mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
