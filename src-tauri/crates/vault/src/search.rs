//! Full-text search over all kept chat.

use crate::query::Query;
use crate::reader::{self, MESSAGE};
use ranzen_meeting::{ChatMessage, MeetingRecord, RecordId};
use rusqlite::Connection;
use std::collections::HashMap;

/// One search hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// In which meeting.
    pub meeting: MeetingRecord,
    /// The message.
    pub message: ChatMessage,
    /// Where the words stand in the body: UTF-16 offsets, start and end, in order.
    pub marks: Vec<(u32, u32)>,
}

/// The newest `limit` messages that hold what is sought. Newest first is also what people mean by
/// best in a chat, and unlike a ranking it costs the same however common a word is.
pub(crate) fn search(
    connection: &Connection,
    query: &Query,
    limit: usize,
) -> rusqlite::Result<Vec<Hit>> {
    let found: Vec<(RecordId, ChatMessage)> = connection
        .prepare_cached(&format!(
            "SELECT messages.meeting, {MESSAGE}
             FROM (SELECT rowid AS hit FROM words WHERE words MATCH ?1
                   ORDER BY rowid DESC LIMIT ?2)
             JOIN messages ON messages.row = hit
             ORDER BY hit DESC"
        ))?
        .query_map(
            rusqlite::params![query.for_index(), i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| Ok((RecordId(row.get(0)?), reader::message(row, 1)?)),
        )?
        .collect::<rusqlite::Result<_>>()?;
    let mut meetings: HashMap<RecordId, Option<MeetingRecord>> = HashMap::new();
    let mut hits = Vec::with_capacity(found.len());
    for (id, message) in found {
        let meeting = match meetings.get(&id) {
            Some(known) => known.clone(),
            None => {
                let read = reader::one_meeting(connection, id)?;
                meetings.insert(id, read.clone());
                read
            }
        };
        // A foreign key ties each message to its meeting.
        let Some(meeting) = meeting else { continue };
        let marks = query.marks(&message.body);
        hits.push(Hit {
            meeting,
            message,
            marks,
        });
    }
    Ok(hits)
}
