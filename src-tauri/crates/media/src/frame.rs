//! The unit of all work: 10 ms of mono sound at 48 kHz, full scale ±1.

/// Samples in a frame.
pub(crate) const FRAME: usize = 480;
/// The one sample rate inside.
pub(crate) const RATE: u32 = 48_000;

/// 10 ms.
pub(crate) type Frame = [f32; FRAME];

/// 10 ms of nothing.
pub(crate) const SILENCE: Frame = [0.0; FRAME];

/// Length of a fade that hides a beginning or an end: 5 ms.
const FADE: usize = 240;

/// Fades in over the first 5 ms.
pub(crate) fn fade_in(sound: &mut [f32]) {
    let len = sound.len().min(FADE);
    ramp(&mut sound[..len], 0.0, 1.0);
}

/// Fades out over the whole length.
pub(crate) fn fade_out(sound: &mut [f32]) {
    ramp(sound, 1.0, 0.0);
}

/// Multiplies by a gain that moves evenly from one value to another.
pub(crate) fn ramp(sound: &mut [f32], from: f32, to: f32) {
    if from == 1.0 && to == 1.0 {
        return;
    }
    let step = (to - from) / sound.len().max(1) as f32;
    for (n, sample) in sound.iter_mut().enumerate() {
        *sample *= from + step * (n + 1) as f32;
    }
}
