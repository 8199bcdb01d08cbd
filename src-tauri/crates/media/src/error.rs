//! What can go wrong with sound, by cause. Nothing here holds a person's name or what was said.

use std::path::PathBuf;

/// Which end of the sound: the microphone's or the loudspeaker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The microphone, or the file spoken instead.
    Input,
    /// The loudspeaker.
    Output,
}

/// A failure of sound on this computer. All causes lie with the device or the person at it, none
/// with the meeting's server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The computer has no microphone, or the chosen one is not there.
    #[error("there is no microphone")]
    NoInput,
    /// Another program holds the microphone.
    #[error("the microphone is in use by another program: {0}")]
    InputBusy(String),
    /// The operating system refuses the microphone (privacy settings, group membership).
    #[error("the operating system refuses the microphone: {0}")]
    InputDenied(String),
    /// The computer has no loudspeaker, or the chosen one is not there.
    #[error("there is no loudspeaker")]
    NoOutput,
    /// Another program holds the loudspeaker.
    #[error("the loudspeaker is in use by another program: {0}")]
    OutputBusy(String),
    /// The operating system refuses the loudspeaker.
    #[error("the operating system refuses the loudspeaker: {0}")]
    OutputDenied(String),
    /// There is no sound system at all (no server, no driver).
    #[error("there is no sound system: {0}")]
    NoSoundSystem(String),
    /// The device failed in another way.
    #[error("the {side:?} device failed: {cause}")]
    DeviceFailed {
        /// Which device.
        side: Side,
        /// The driver's words.
        cause: String,
    },
    /// A sound file can't be opened or read.
    #[error("can't read the file: {cause}")]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// A sound file is not a WAV file we can play.
    #[error("the file is no WAV file we can play: {cause}")]
    FileFormat {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The recording can't be written.
    #[error("can't write the file: {cause}")]
    FileUnwritable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// The recording stopped because the disk is full; what was written stays, the call goes on.
    #[error("the disk is full")]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// A thread or codec could not be created.
    #[error("the sound engine could not start: {0}")]
    Engine(String),
}

impl MediaError {
    /// Which device this is about, if it is about one.
    pub fn side(&self) -> Option<Side> {
        match self {
            Self::NoInput | Self::InputBusy(_) | Self::InputDenied(_) => Some(Side::Input),
            Self::NoOutput | Self::OutputBusy(_) | Self::OutputDenied(_) => Some(Side::Output),
            Self::DeviceFailed { side, .. } => Some(*side),
            _ => None,
        }
    }
}
