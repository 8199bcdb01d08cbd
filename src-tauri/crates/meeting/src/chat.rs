//! Chat messages as every layer sees them.

use crate::{MessageId, ParticipantId, UnixMillis};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who a message is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Audience {
    /// Everybody in the meeting.
    Everyone,
    /// Between this device's user and one other participant, in either direction.
    Private {
        /// The other participant.
        with: ParticipantId,
        /// The other's name at that time; participants leave, their names must stay readable.
        name: String,
    },
}

/// How far a message of one's own has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// Handed to the network, not yet confirmed by the server.
    Pending,
    /// The server has it. Messages of others are always delivered.
    Delivered,
    /// The server refused it, or the meeting ended first.
    Failed,
}

/// One chat message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// Unique within the meeting; a message seen twice has the same id.
    pub id: MessageId,
    /// The sender, unless already gone (history).
    pub from: Option<ParticipantId>,
    /// The sender's name when it was sent.
    pub from_name: String,
    /// Who it is for.
    pub to: Audience,
    /// The text; never interpreted as markup.
    pub body: String,
    /// When it was sent, by the server's word for history, else by this device's clock.
    pub sent_at: UnixMillis,
    /// Written by this device's user.
    pub own: bool,
    /// Replayed by the server at joining.
    pub from_history: bool,
    /// How far it has come.
    pub delivery: Delivery,
}
