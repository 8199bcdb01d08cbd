//! What a face can ask of a running meeting.

use crate::{Audience, MessageId};
use serde::{Deserialize, Serialize};

/// A command to a session. Its effect comes back as events; nothing is assumed done before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Command {
    /// Tell the others whether our microphone is muted. The engine has stopped the sound already.
    SetMicrophoneMuted {
        /// True: muted.
        muted: bool,
    },
    /// Send a chat message.
    SendChat {
        /// Chosen by us, used on the wire where the protocol allows it.
        id: MessageId,
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
    /// Leave the meeting politely.
    Leave,
}
