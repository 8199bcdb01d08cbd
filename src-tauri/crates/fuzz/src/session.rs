//! A whole session: frames of the server, messages of the bridge, cuts, time and commands in any
//! order (see `ranzen_jitsi::fuzz::session` for the script's letters).

use crate::Verdict;

/// Plays a script; it is understood if it leads into the room.
pub fn session(bytes: &[u8]) -> Verdict {
    let Ok(script) = std::str::from_utf8(bytes) else {
        return Verdict::Refused;
    };
    if ranzen_jitsi::fuzz::session(script).joined {
        Verdict::Taken
    } else {
        Verdict::Refused
    }
}
