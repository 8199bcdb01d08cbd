//! What the faces (window, command line) say to the engine and hear from it.
//!
//! The TypeScript types of `ui/` are generated from these; CI fails when they drift. A request gets
//! exactly one [`Reply`]; everything else that happens comes as [`Update`].

use ranzen_meeting::{
    Audience, ChatMessage, MeetingRecord, MeetingState, MessageId, ParticipantId, Problem, RecordId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A request of a face.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Request {
    /// The whole state; the first thing a face asks.
    Snapshot,
    /// Is this text a link we can join? Answers [`Reply::Link`].
    CheckLink {
        /// What was pasted.
        text: String,
    },
    /// Input and output devices. Answers [`Reply::Devices`].
    Devices,
    /// Which devices to use from now on, also during a call. `None`: the system's default.
    ChooseDevices {
        /// Microphone.
        input: Option<String>,
        /// Loudspeaker.
        output: Option<String>,
    },
    /// Start or stop the level meter before a call; levels come as [`Update::Levels`].
    Preview {
        /// On or off.
        on: bool,
    },
    /// Join a meeting. Answers when joining has begun; the rest comes as updates.
    Join {
        /// The pasted link.
        link: String,
        /// The name to be shown.
        name: String,
        /// Start with the microphone muted.
        muted: bool,
        /// The room's password, if it was asked for.
        password: Option<String>,
    },
    /// Mute or unmute the own microphone.
    Mute {
        /// True: mute.
        muted: bool,
    },
    /// Send a chat message. Answers [`Reply::Sent`].
    Chat {
        /// Who it is for.
        to: Audience,
        /// The text.
        body: String,
    },
    /// Raise or lower the hand.
    RaiseHand {
        /// True: raise.
        raised: bool,
    },
    /// Leave the meeting.
    Leave,
    /// Make the vault on first use. Without a passphrase the keychain and a recovery code open it.
    /// Answers [`Reply::RecoveryCode`].
    CreateVault {
        /// A passphrase of the user's choice.
        passphrase: Option<String>,
    },
    /// Open the vault with a passphrase or the recovery code.
    UnlockVault {
        /// Either of them.
        secret: String,
    },
    /// Kept meetings, newest first. Answers [`Reply::Meetings`].
    Meetings,
    /// Search all kept chat. Answers [`Reply::Hits`].
    Search {
        /// Words; the last may be a beginning.
        query: String,
    },
    /// One kept meeting's chat. Answers [`Reply::Record`].
    Open {
        /// Which.
        id: RecordId,
    },
    /// Write a kept meeting's chat to a file. Answers [`Reply::Exported`].
    Export {
        /// Which.
        id: RecordId,
        /// Format.
        format: ExportFormat,
        /// Where; the face has asked the user.
        path: String,
    },
}

/// Formats of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ExportFormat {
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
    /// JSON.
    Json,
}

/// A sound device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Stable id for settings.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The system's default.
    pub default: bool,
}

/// One search hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// In which meeting.
    pub meeting: MeetingRecord,
    /// The message.
    pub message: ChatMessage,
    /// Where the words stand in the body: UTF-16 offsets, start and end, in order.
    pub marks: Vec<(u32, u32)>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Reply {
    /// Done, or begun.
    Done,
    /// Could not be done.
    Refused {
        /// Why and what to do.
        problem: Problem,
    },
    /// The whole state.
    Snapshot {
        /// It.
        snapshot: Box<Snapshot>,
    },
    /// A link that can be joined.
    Link {
        /// Host and room for people.
        place: String,
        /// A display name the link suggests.
        name: Option<String>,
    },
    /// Devices.
    Devices {
        /// Microphones.
        inputs: Vec<Device>,
        /// Loudspeakers.
        outputs: Vec<Device>,
    },
    /// A chat message is on its way.
    Sent {
        /// Its id.
        id: MessageId,
    },
    /// The recovery code: shown once, never again.
    RecoveryCode {
        /// It.
        code: String,
    },
    /// Kept meetings.
    Meetings {
        /// Newest first.
        meetings: Vec<MeetingRecord>,
    },
    /// Search hits.
    Hits {
        /// Best first.
        hits: Vec<Hit>,
    },
    /// One kept meeting.
    Record {
        /// It.
        meeting: MeetingRecord,
        /// Its chat, oldest first.
        chat: Vec<ChatMessage>,
    },
    /// A file was written.
    Exported {
        /// Where.
        path: String,
    },
}

/// Where the vault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum VaultState {
    /// None yet: the first start.
    Missing,
    /// There, and needs a passphrase or the recovery code.
    Locked,
    /// Open.
    Open,
    /// There, but can't be used; see [`Snapshot::vault_problem`].
    Broken,
}

/// Everything a face shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The running or just ended meeting.
    pub meeting: Option<MeetingState>,
    /// Host and room of it, for people.
    pub place: Option<String>,
    /// Our microphone is muted.
    pub muted: bool,
    /// The vault.
    pub vault: VaultState,
    /// Why the vault can't be used.
    pub vault_problem: Option<Problem>,
    /// What is wrong with our devices.
    pub audio_problem: Option<Problem>,
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Update {
    /// The state, whole. Sent at most 20 times a second; chat in it is the last 2,000 messages.
    Snapshot {
        /// It.
        snapshot: Box<Snapshot>,
    },
    /// Sound levels for meters, at most 20 times a second: 0 silence … 1 full scale.
    Levels {
        /// Our microphone, before mute.
        own: f32,
        /// Others who are heard now.
        others: Vec<(ParticipantId, f32)>,
    },
    /// Devices came or went.
    DevicesChanged,
}
