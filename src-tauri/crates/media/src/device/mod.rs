//! Sound devices by stable id: listing them and noticing when they come, go or the default changes.

mod list;
mod watch;

pub use list::{Device, DeviceId, Devices, devices};
pub use watch::DeviceWatch;
