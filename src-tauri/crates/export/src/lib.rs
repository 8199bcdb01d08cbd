//! Documents from kept meetings: Markdown, plain text, JSON.

use ranzen_meeting::{ChatMessage, Code, Lang, MeetingRecord, Problem};
use std::path::Path;

/// Markdown.
pub fn markdown(meeting: &MeetingRecord, chat: &[ChatMessage], lang: Lang) -> String {
    text(meeting, chat, lang)
}

/// Plain text.
pub fn text(meeting: &MeetingRecord, chat: &[ChatMessage], _lang: Lang) -> String {
    let mut out = format!("{}\n{}\n\n", meeting.title, meeting.place);
    for message in chat {
        out.push_str(&format!("{}: {}\n", message.from_name, message.body));
    }
    out
}

/// JSON.
pub fn json(meeting: &MeetingRecord, chat: &[ChatMessage]) -> String {
    serde_json::json!({ "meeting": meeting, "chat": chat }).to_string()
}

/// Writes a document, replacing what is there.
pub fn write_over(path: &Path, document: &str) -> Result<(), Problem> {
    std::fs::write(path, document)
        .map_err(|error| Problem::new(Code::FileUnwritable, error).with("path", path.display()))
}
