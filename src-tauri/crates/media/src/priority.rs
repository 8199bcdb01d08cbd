//! Asks the operating system to run the audio thread before others, where that needs no rights the
//! person doesn't have. A refusal is normal on Linux desktops and costs nothing but reserve.

use thread_priority::{ThreadPriority, set_current_thread_priority};

/// Raises the calling thread's priority.
pub(crate) fn raise() {
    if let Err(error) = raised() {
        tracing::debug!(?error, "the audio thread runs at normal priority");
    }
}

#[cfg(unix)]
fn raised() -> Result<(), thread_priority::Error> {
    use thread_priority::unix::{
        RealtimeThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id,
    };
    // The lowest real-time priority is above every ordinary thread and below the sound server.
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy).or_else(|_| {
        // Without that right, a better niceness may still be allowed.
        set_current_thread_priority(ThreadPriority::Max)
    })
}

#[cfg(not(unix))]
fn raised() -> Result<(), thread_priority::Error> {
    set_current_thread_priority(ThreadPriority::Max)
}
