//! Messages of the bridge channel.

use crate::Verdict;

/// Reads a message of the bridge.
pub fn bridge(bytes: &[u8]) -> Verdict {
    match std::str::from_utf8(bytes) {
        Ok(text) if ranzen_jitsi::fuzz::bridge_message(text) => Verdict::Taken,
        _ => Verdict::Refused,
    }
}
