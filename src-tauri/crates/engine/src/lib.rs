//! One engine wires session, media and vault: typed requests in, snapshots and deltas out.

pub mod api;
