//! What can happen in a meeting. The state on screen is a fold over these and nothing else.

use crate::{
    Capability, ChatMessage, MessageId, Participant, ParticipantId, Problem, Role, UnixMillis,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// The signalling connection to the meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Connection {
    /// Looking for the server and joining.
    Joining,
    /// Waiting until a moderator lets us in.
    Lobby,
    /// In the meeting.
    Joined,
    /// Cut off; coming back by itself.
    Reconnecting,
    /// Over.
    Ended,
}

/// The media connection, which comes and goes on its own (Jitsi has none while one is alone).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MediaPhase {
    /// None, and none is expected: nobody else is here.
    Idle,
    /// ICE and DTLS under way.
    Connecting,
    /// Sound can flow both ways.
    Connected,
    /// It was connected and the path is gone; being mended.
    Interrupted,
}

/// Why a meeting is over for us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum EndReason {
    /// We left.
    Left,
    /// A moderator removed us.
    Kicked {
        /// Who, if the server said it.
        by: Option<String>,
        /// The reason given.
        reason: Option<String>,
    },
    /// The meeting was ended for all.
    MeetingEnded {
        /// The reason given.
        reason: Option<String>,
    },
    /// It could not be joined, or could not be kept.
    Failed {
        /// What went wrong and what to do.
        problem: Problem,
    },
}

/// Something that happened in the meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Event {
    /// The signalling connection changed.
    ConnectionChanged {
        /// Its new state.
        connection: Connection,
    },
    /// We are in. Comes again after each full rejoin, where `own` may be a new id; all earlier
    /// participants are then forgotten, chat is kept.
    Joined {
        /// Our own id in this meeting.
        own: ParticipantId,
    },
    /// The media connection changed.
    MediaChanged {
        /// Its new state.
        media: MediaPhase,
    },
    /// Somebody is here (also ourselves), or came with news: replaces what was known, except `speaking`.
    ParticipantSeen {
        /// The participant as known now.
        participant: Participant,
    },
    /// Somebody left.
    ParticipantLeft {
        /// Who.
        id: ParticipantId,
    },
    /// Somebody's role changed.
    RoleChanged {
        /// Who.
        id: ParticipantId,
        /// The role now.
        role: Role,
    },
    /// Somebody began or stopped to speak (measured from the sound by the engine).
    Speaking {
        /// Who.
        id: ParticipantId,
        /// True: speaking.
        speaking: bool,
    },
    /// The server's choice of who speaks most.
    DominantSpeaker {
        /// Who, or nobody.
        id: Option<ParticipantId>,
    },
    /// A chat message arrived, or one of our own was handed out (`Delivery::Pending`) or confirmed.
    Chat {
        /// The message; one with a known id replaces the earlier.
        message: ChatMessage,
    },
    /// A message of our own will not arrive.
    ChatFailed {
        /// Which.
        id: MessageId,
        /// Why.
        problem: Problem,
    },
    /// The meeting's subject.
    SubjectChanged {
        /// The subject; empty for none.
        subject: String,
    },
    /// A moderator muted us: the engine must stop the sound at once.
    MutedByModerator {
        /// Who, if known.
        by: Option<ParticipantId>,
    },
    /// What can be done in this meeting.
    CapabilitiesChanged {
        /// All that can be done now.
        capabilities: BTreeSet<Capability>,
    },
    /// Something is wrong but the meeting goes on.
    Trouble {
        /// What.
        problem: Problem,
        /// When.
        at: UnixMillis,
    },
    /// The meeting is over for us; no event follows.
    Ended {
        /// Why.
        reason: EndReason,
    },
}
