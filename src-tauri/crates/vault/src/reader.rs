//! Readers: connections of their own, lent out to whoever asks.

use crate::db::{self, Purpose};
use crate::error::VaultError;
use crate::kdf::Key;
use ranzen_meeting::{
    Audience, ChatMessage, Delivery, MeetingRecord, MessageId, ParticipantId, RecordId, UnixMillis,
};
use rusqlite::{Connection, OptionalExtension, Row};
use std::path::PathBuf;
use std::sync::Mutex;

/// Connections kept open for the next question.
const KEPT: usize = 4;

/// The columns `message` reads, in its order.
pub(crate) const MESSAGE: &str = "messages.id, from_id, from_name, with_id, with_name, body, \
                                  sent_at, own, from_history, delivery";
/// The columns `meeting` reads, in its order.
pub(crate) const MEETING: &str = "meetings.id, title, place, started_at, ended_at, \
     (SELECT count(*) FROM messages WHERE messages.meeting = meetings.id)";

pub(crate) struct Readers {
    path: PathBuf,
    key: Key,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, key: Key) -> Self {
        Self {
            path,
            key,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Asks a question on a connection of its own.
    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, VaultError> {
        let kept = self.idle().pop();
        let connection = match kept {
            Some(connection) => connection,
            None => db::open(&self.path, &self.key, Purpose::Read)?,
        };
        let answer = question(&connection).map_err(|e| VaultError::sql(&self.path, &e))?;
        let mut idle = self.idle();
        if idle.len() < KEPT {
            idle.push(connection);
        }
        Ok(answer)
    }

    /// Closes them; the writer's is then the last one open and can tidy the log away.
    pub(crate) fn close(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// All kept meetings, newest first.
pub(crate) fn meetings(connection: &Connection) -> rusqlite::Result<Vec<MeetingRecord>> {
    connection
        .prepare_cached(&format!(
            "SELECT {MEETING} FROM meetings ORDER BY started_at DESC, id DESC"
        ))?
        .query_map([], |row| meeting(row, 0))?
        .collect()
}

/// One kept meeting.
pub(crate) fn one_meeting(
    connection: &Connection,
    id: RecordId,
) -> rusqlite::Result<Option<MeetingRecord>> {
    connection
        .prepare_cached(&format!("SELECT {MEETING} FROM meetings WHERE id = ?1"))?
        .query_row([id.0], |row| meeting(row, 0))
        .optional()
}

/// Its chat, oldest first.
pub(crate) fn chat(connection: &Connection, id: RecordId) -> rusqlite::Result<Vec<ChatMessage>> {
    connection
        .prepare_cached(&format!(
            "SELECT {MESSAGE} FROM messages WHERE meeting = ?1 ORDER BY sent_at, row"
        ))?
        .query_map([id.0], |row| message(row, 0))?
        .collect()
}

/// Reads [`MEETING`]'s columns, of which the first is number `at`.
pub(crate) fn meeting(row: &Row<'_>, at: usize) -> rusqlite::Result<MeetingRecord> {
    Ok(MeetingRecord {
        id: RecordId(row.get(at)?),
        title: row.get(at + 1)?,
        place: row.get(at + 2)?,
        started_at: UnixMillis(row.get(at + 3)?),
        ended_at: row.get::<_, Option<i64>>(at + 4)?.map(UnixMillis),
        messages: row.get::<_, i64>(at + 5)?.unsigned_abs(),
    })
}

/// Reads [`MESSAGE`]'s columns, of which the first is number `at`.
pub(crate) fn message(row: &Row<'_>, at: usize) -> rusqlite::Result<ChatMessage> {
    let with: Option<String> = row.get(at + 3)?;
    let name: Option<String> = row.get(at + 4)?;
    let delivery: String = row.get(at + 9)?;
    Ok(ChatMessage {
        id: MessageId(row.get(at)?),
        from: row.get::<_, Option<String>>(at + 1)?.map(ParticipantId),
        from_name: row.get(at + 2)?,
        to: match with {
            None => Audience::Everyone,
            Some(with) => Audience::Private {
                with: ParticipantId(with),
                name: name.unwrap_or_default(),
            },
        },
        body: row.get(at + 5)?,
        sent_at: UnixMillis(row.get(at + 6)?),
        own: row.get(at + 7)?,
        from_history: row.get(at + 8)?,
        delivery: match delivery.as_str() {
            "pending" => Delivery::Pending,
            "failed" => Delivery::Failed,
            _ => Delivery::Delivered,
        },
    })
}
