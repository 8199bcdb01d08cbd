//! Time as it is passed into the cores.

use ranzen_meeting::UnixMillis;
use std::time::Instant;

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// For time-outs.
    pub(crate) at: Instant,
    /// For people.
    pub(crate) wall: UnixMillis,
}

impl Now {
    /// This moment.
    pub(crate) fn read() -> Self {
        Self {
            at: Instant::now(),
            wall: UnixMillis::now(),
        }
    }
}
