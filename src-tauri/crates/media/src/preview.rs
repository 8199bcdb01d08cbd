//! A level meter without a call: for choosing the microphone before joining.

use crate::{AudioCall, AudioEvent, AudioSetup, Input, MediaError, Output};
use tokio::sync::mpsc;

/// Listens to a microphone and tells its level; nothing is encoded, sent or kept.
#[derive(Debug)]
pub struct Preview(AudioCall);

impl Preview {
    /// Starts listening. The events are those of a call: levels, problems, changed devices.
    pub fn start(input: Input) -> Result<(Self, mpsc::Receiver<AudioEvent>), MediaError> {
        let (call, streams) = AudioCall::start(AudioSetup {
            input,
            output: Output::None,
            record_dir: None,
            muted: true,
        })?;
        Ok((Self(call), streams.events))
    }

    /// Listens to another microphone.
    pub fn choose_input(&self, input: Input) -> Result<(), MediaError> {
        self.0.choose_input(input)
    }

    /// Stops and closes the microphone; waits for that like [`AudioCall::stop`].
    pub fn stop(self) {
        self.0.stop();
    }
}
