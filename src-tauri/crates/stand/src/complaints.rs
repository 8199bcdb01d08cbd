//! What clients did wrong although it was tolerated: the originals would have ignored or failed it later.

use std::sync::{Arc, Mutex, PoisonError};

/// A shared list of complaints, for tests to look at.
#[derive(Debug, Clone, Default)]
pub struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    /// Notes a complaint.
    pub(crate) fn add(&self, complaint: impl Into<String>) {
        let complaint = complaint.into();
        tracing::warn!("{complaint}");
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(complaint);
    }

    /// All complaints so far.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
