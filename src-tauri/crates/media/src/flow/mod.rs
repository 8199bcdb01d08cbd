//! Sound between devices' clocks and ours: resampling to 48 kHz and back, and the slow correction of
//! clocks that don't run alike. Devices keep their own time; the audio thread ticks every 10 ms of
//! the monotonic clock; rings lie between them.

mod intake;
mod outlet;
mod resampler;
mod reserve;
mod slip;

pub(crate) use intake::Intake;
pub(crate) use outlet::Outlet;
pub(crate) use resampler::Resampler;
