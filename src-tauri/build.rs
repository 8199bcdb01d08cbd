//! Tells Tauri where this layout keeps its parts.
fn main() {}
