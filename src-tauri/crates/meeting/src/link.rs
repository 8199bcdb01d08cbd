//! Meeting links as people paste them.

use serde::{Deserialize, Serialize};
use url::Url;

/// A link to a meeting, parsed once; everything behind works with this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MeetingLink {
    /// `https://host[/tenant]/room` of a Jitsi Meet deployment.
    Jitsi {
        /// `https://host[:port]/[tenant/]`, always ending in a slash.
        base: Url,
        /// The room as written in the link, percent-decoded, for people.
        room_shown: String,
        /// The backend-safe room name (NFKC, lower case, percent-encoded).
        room: String,
        /// The JWT of the link. A secret: never shown, never logged.
        token: Option<String>,
        /// A display name the link suggests.
        display_name: Option<String>,
        /// The link asks to start with the microphone muted.
        start_muted: bool,
    },
}

/// Why a text is no link we can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No link in it at all.
    #[error("no meeting link found")]
    Nothing,
    /// A link without a room.
    #[error("the link names no room")]
    NoRoom,
    /// Not https: sound and chat would travel open.
    #[error("only https links are joined")]
    NotSecure,
    /// A kind of meeting that is not joined natively yet.
    #[error("a kind of meeting that can't be joined yet: {0}")]
    Unsupported(&'static str),
    /// Longer than any real link.
    #[error("the link is too long")]
    TooLong,
}

impl MeetingLink {
    /// Host and room for people, without token or password.
    pub fn place(&self) -> String {
        match self {
            MeetingLink::Jitsi {
                base, room_shown, ..
            } => {
                format!("{}/{room_shown}", base.host_str().unwrap_or_default())
            }
        }
    }
}
