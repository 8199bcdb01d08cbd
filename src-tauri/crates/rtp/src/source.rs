//! Which stream a packet belongs to, named as signalling names it.

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// A source's name, unique within a meeting: Jitsi's source name (`1a2b3c4d-a0`), BBB's stream id.
/// It stays the same when the SSRC changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceKey(pub String);
