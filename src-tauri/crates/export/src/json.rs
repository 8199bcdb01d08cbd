//! A meeting's chat as JSON, for programs. Described in `docs/chat-export.md`; fields are only ever
//! added, and a change that breaks a reader raises [`VERSION`].

use crate::when::{self, Zone};
use ranzen_meeting::{Audience, ChatMessage, Delivery, MeetingRecord};
use serde::{Deserialize, Serialize};

/// What `format` says.
pub const FORMAT: &str = "ranzen-chat";
/// What `version` says.
pub const VERSION: u32 = 1;

/// The whole document. Times are RFC 3339 with the offset of the exporting device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatDocument {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// Subject, or the room's name.
    pub title: String,
    /// Host and room.
    pub place: String,
    /// When the exporter joined.
    pub started_at: String,
    /// When it was over; `null` if that is not known.
    pub ended_at: Option<String>,
    /// The messages, oldest first.
    pub messages: Vec<DocumentMessage>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentMessage {
    /// Unique in the document.
    pub id: String,
    /// When it was sent.
    pub sent_at: String,
    /// The sender's name at that time.
    pub from: String,
    /// Who it was for.
    pub to: DocumentRecipient,
    /// As written; never markup.
    pub text: String,
    /// Written by the exporter.
    pub own: bool,
    /// The server replayed it at joining.
    pub from_history: bool,
    /// How far it came.
    pub delivery: Delivery,
}

/// Who a message was for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum DocumentRecipient {
    /// Everybody.
    Everyone,
    /// One other participant, in either direction.
    Private {
        /// The other's name at that time.
        with: String,
    },
}

impl ChatDocument {
    /// Reads a document; `None` if it is none, or of a version this Ranzen doesn't know.
    pub fn read(json: &str) -> Option<Self> {
        let document: Self = serde_json::from_str(json).ok()?;
        (document.format == FORMAT && document.version == VERSION).then_some(document)
    }
}

pub(crate) fn render(meeting: &MeetingRecord, chat: &[ChatMessage], zone: &dyn Zone) -> String {
    let moment = |at| when::rfc3339(when::local(at, zone));
    let document = ChatDocument {
        format: FORMAT.to_owned(),
        version: VERSION,
        title: meeting.title.clone(),
        place: meeting.place.clone(),
        started_at: moment(meeting.started_at),
        ended_at: meeting.ended_at.map(moment),
        messages: chat
            .iter()
            .map(|message| DocumentMessage {
                id: message.id.0.clone(),
                sent_at: moment(message.sent_at),
                from: message.from_name.clone(),
                to: match &message.to {
                    Audience::Everyone => DocumentRecipient::Everyone,
                    Audience::Private { name, .. } => {
                        DocumentRecipient::Private { with: name.clone() }
                    }
                },
                text: message.body.clone(),
                own: message.own,
                from_history: message.from_history,
                delivery: message.delivery,
            })
            .collect(),
    };
    // Text, numbers and truth values under names of ours: there is nothing that could fail.
    let mut json = serde_json::to_string_pretty(&document).unwrap_or_default();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::examples::{Berlin, lesson};

    #[test]
    fn the_document_is_stable() {
        let (meeting, chat) = lesson();
        insta::assert_snapshot!(render(&meeting, &chat, &Berlin));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let (meeting, chat) = lesson();
        let json = render(&meeting, &chat, &Berlin);
        let read = ChatDocument::read(&json).unwrap();
        assert_eq!(read.messages.len(), chat.len());
        for (read, written) in read.messages.iter().zip(&chat) {
            assert_eq!(read.text, written.body);
            assert_eq!(read.from, written.from_name);
        }
        let again = serde_json::to_string_pretty(&read).unwrap() + "\n";
        assert_eq!(again, json);
        let newer = json.replace("\"version\": 1", "\"version\": 2");
        assert!(ChatDocument::read(&newer).is_none());
    }
}
