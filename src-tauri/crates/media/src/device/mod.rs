//! Sound devices by stable id: listing them and noticing when they come, go or the default changes.

mod callback;
mod keeper;
mod list;
mod open;
mod watch;

pub(crate) use callback::Vitals;
pub(crate) use keeper::{Choice, Keeper, Line, Surroundings};
pub use list::{Device, DeviceId, Devices, devices};
pub use watch::DeviceWatch;
