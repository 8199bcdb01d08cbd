//! What a call is started with: where sound comes from, where it goes.

use crate::DeviceId;
use std::path::PathBuf;

/// Where our own sound comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Input {
    /// The microphone the operating system would choose; follows it when that changes.
    #[default]
    Default,
    /// This microphone; when it is away, silence until it is back.
    Device(DeviceId),
    /// A WAV file, played in real time from the moment it is chosen.
    File {
        /// The file: any rate and channel count, 8…32 bit or float.
        path: PathBuf,
        /// Starts again at its end.
        looped: bool,
    },
    /// Nothing is captured.
    None,
}

/// Where the others' sound goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Output {
    /// The loudspeaker the operating system would choose; follows it when that changes.
    #[default]
    Default,
    /// This loudspeaker; when it is away, silence until it is back.
    Device(DeviceId),
    /// Nothing is played; sound is still decoded, measured and (if asked for) recorded.
    None,
}

/// How a call's sound starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AudioSetup {
    /// Where our own sound comes from.
    pub input: Input,
    /// Where the others' sound goes.
    pub output: Output,
    /// For tests and developers: writes what is played from each source into one WAV file per
    /// source in this folder (created if needed), aligned to the call's start.
    pub record_dir: Option<PathBuf>,
    /// Start with the microphone muted.
    pub muted: bool,
}
