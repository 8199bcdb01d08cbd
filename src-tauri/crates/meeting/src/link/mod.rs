//! Meeting links as people paste them.

mod find;
mod jitsi;
mod text;
mod token;

pub use token::Token;

use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// The longest text that is looked through, in bytes: a whole invitation mail.
const TEXT_MAX: usize = 64 * 1024;

/// A link to a meeting, parsed once; everything behind works with this.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        token: Option<Token>,
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
    /// Finds the meeting link in what was pasted: a link, a link without scheme or with that of an app,
    /// or a whole invitation with a link in it. The first link that can be joined wins; if there is none,
    /// the error is that of the first link.
    ///
    /// ```
    /// use ranzen_meeting::MeetingLink;
    /// let link = MeetingLink::parse("Wir treffen uns hier: meet.example.org/Klasse-7b.").unwrap();
    /// assert_eq!(link.place(), "meet.example.org/Klasse-7b");
    /// ```
    pub fn parse(text: &str) -> Result<MeetingLink, LinkError> {
        if text.len() > TEXT_MAX {
            return Err(LinkError::TooLong);
        }
        let mut first_error = None;
        for candidate in find::candidates(text) {
            match jitsi::parse(&candidate) {
                Ok(link) => return Ok(link),
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        Err(first_error.unwrap_or(LinkError::Nothing))
    }

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

    /// The room's name for people: the title of a meeting that has no subject.
    pub fn title(&self) -> &str {
        match self {
            MeetingLink::Jitsi { room_shown, .. } => room_shown,
        }
    }

    /// The display name that the link suggests.
    pub fn suggested_name(&self) -> Option<&str> {
        match self {
            MeetingLink::Jitsi { display_name, .. } => display_name.as_deref(),
        }
    }
}

/// The host only: room, name and token are nobody's business in a log.
impl fmt::Debug for MeetingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MeetingLink::Jitsi { base, .. } => f
                .debug_struct("Jitsi")
                .field("host", &base.host_str())
                .finish_non_exhaustive(),
        }
    }
}
