//! The room (XEP-0045) as Jitsi uses it.

mod join_error;
mod occupant;
mod own;
mod removal;

pub(crate) use join_error::{JoinFailure, join_failure};
pub(crate) use occupant::{MucItem, Occupant, shown_name};
pub(crate) use own::{OwnPresence, knock};
pub(crate) use removal::{Removal, removal};
