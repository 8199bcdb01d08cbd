//! Ranzen: opens the window.
fn main() {}
