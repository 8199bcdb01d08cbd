//! What the vault keeps of a meeting besides its chat.

use crate::UnixMillis;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A kept meeting's key in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct RecordId(#[ts(type = "number")] pub i64);

/// One kept meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MeetingRecord {
    /// Key in the vault.
    pub id: RecordId,
    /// Subject, or the room's name.
    pub title: String,
    /// Host and room for people; never holds a token or password.
    pub place: String,
    /// When we joined.
    pub started_at: UnixMillis,
    /// When it was over; `None` while it runs or after a crash.
    pub ended_at: Option<UnixMillis>,
    /// How many chat messages are kept.
    #[ts(type = "number")]
    pub messages: u64,
}
