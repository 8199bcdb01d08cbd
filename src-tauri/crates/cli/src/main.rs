//! Ranzen without a window: join, speak a file, record, chat, archive.
fn main() {}
