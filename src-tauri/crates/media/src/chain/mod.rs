//! What happens to the microphone's sound between the device and the encoder, in fixed places.
//!
//! ```text
//! device ─▶ Rumble ─▶ Echo ─▶ Noise ─▶ Loudness ─▶ level, voice ─▶ fade when muted ─▶ Opus
//!                      ▲
//!                      └── far end: what is being played, frame by frame
//! ```
//! A place without a stage is passed through. Stages run on the audio thread: they must not wait
//! and should not allocate.

mod rumble;

pub(crate) use rumble::RumbleFilter;

use crate::frame::Frame;

/// A step in the processing of the microphone's sound.
pub trait CaptureStage: Send {
    /// Changes 10 ms of sound in place. `far_end` is what was handed to the loudspeaker in the same
    /// tick, which an echo canceller subtracts.
    fn process(&mut self, near_end: &mut [f32; 480], far_end: &[f32; 480]);
}

/// The places, in the order in which sound passes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Direct current and the desk's rumble, which hide speech from every later stage.
    Rumble,
    /// Echo of the loudspeaker; before anything that isn't linear.
    Echo,
    /// Background noise.
    Noise,
    /// Automatic gain, last, so that it doesn't raise what should be gone.
    Loudness,
}

/// The stages that are in place.
#[derive(Default)]
pub struct CaptureChain {
    stages: Vec<(Place, Box<dyn CaptureStage>)>,
}

impl CaptureChain {
    /// The chain for a microphone.
    pub(crate) fn for_microphone() -> Self {
        let mut chain = Self::default();
        chain.insert(Place::Rumble, Box::new(RumbleFilter::default()));
        chain
    }

    /// Puts a stage in its place, instead of the one that was there.
    pub fn insert(&mut self, place: Place, stage: Box<dyn CaptureStage>) {
        self.stages.retain(|(taken, _)| *taken != place);
        self.stages.push((place, stage));
        self.stages.sort_by_key(|(place, _)| *place);
    }

    /// Runs all stages over 10 ms.
    pub(crate) fn process(&mut self, near_end: &mut Frame, far_end: &Frame) {
        for (_, stage) in &mut self.stages {
            stage.process(near_end, far_end);
        }
    }
}

impl std::fmt::Debug for CaptureChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.stages.iter().map(|(place, _)| place))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::SILENCE;

    struct Append(f32);

    impl CaptureStage for Append {
        fn process(&mut self, near_end: &mut [f32; 480], far_end: &[f32; 480]) {
            near_end[0] = near_end[0] * 10.0 + self.0 + far_end[0];
        }
    }

    #[test]
    fn sound_passes_the_places_in_their_order() {
        let mut chain = CaptureChain::default();
        chain.insert(Place::Loudness, Box::new(Append(3.0)));
        chain.insert(Place::Echo, Box::new(Append(1.0)));
        chain.insert(Place::Noise, Box::new(Append(9.0)));
        chain.insert(Place::Noise, Box::new(Append(2.0)));
        let mut near = SILENCE;
        chain.process(&mut near, &SILENCE);
        assert_eq!(near[0], 123.0);
    }
}
