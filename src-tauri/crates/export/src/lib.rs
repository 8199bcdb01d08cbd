//! Documents from kept meetings: Markdown, plain text, JSON.
//!
//! What people wrote stays what they wrote: a message never becomes formatting, markup or a second
//! message in a document, whatever is in it.

mod clean;
mod json;
mod labels;
mod markdown;
mod plain;
mod when;
mod write;

use ranzen_meeting::{ChatMessage, Lang, MeetingRecord};
use when::SystemZone;

pub use json::{ChatDocument, DocumentMessage, DocumentRecipient, FORMAT, VERSION};
pub use write::{write_new, write_over};

/// Markdown (CommonMark), times in the device's time zone.
pub fn markdown(meeting: &MeetingRecord, chat: &[ChatMessage], lang: Lang) -> String {
    markdown::render(meeting, chat, lang, &SystemZone)
}

/// Plain text, times in the device's time zone.
pub fn text(meeting: &MeetingRecord, chat: &[ChatMessage], lang: Lang) -> String {
    plain::render(meeting, chat, lang, &SystemZone)
}

/// JSON as [`ChatDocument`] describes it; the same in every language.
pub fn json(meeting: &MeetingRecord, chat: &[ChatMessage]) -> String {
    json::render(meeting, chat, &SystemZone)
}

#[cfg(test)]
pub(crate) mod examples;
