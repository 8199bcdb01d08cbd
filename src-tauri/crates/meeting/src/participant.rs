//! A participant as the meeting shows one.

use crate::{ParticipantId, UnixMillis};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a participant may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// May moderate.
    Moderator,
    /// Takes part.
    Participant,
}

/// One participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// Identity within the meeting.
    pub id: ParticipantId,
    /// The name shown; empty when none was given.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// No sound is meant to come from them.
    pub audio_muted: bool,
    /// Sound above the speech threshold arrives from them right now.
    pub speaking: bool,
    /// Since when the hand is up.
    pub hand_raised_at: Option<UnixMillis>,
}

impl Participant {
    /// A participant of whom nothing but the id is known yet: muted, silent, hand down.
    pub fn new(id: ParticipantId) -> Self {
        Self {
            id,
            name: String::new(),
            role: Role::Participant,
            audio_muted: true,
            speaking: false,
            hand_raised_at: None,
        }
    }
}
