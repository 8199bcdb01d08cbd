//! The one entry for building, checking and testing.
fn main() {}
