//! What can be written, as SQL. Every write may be repeated without harm.

use crate::fold;
use ranzen_meeting::{Audience, ChatMessage, Delivery, RecordId, UnixMillis};
use rusqlite::{Connection, Result, named_params, params};

/// One write.
pub(crate) enum Write {
    /// A meeting begins.
    Begin {
        id: RecordId,
        title: String,
        place: String,
        started_at: UnixMillis,
    },
    /// It is over.
    End { id: RecordId, at: UnixMillis },
    /// It has a subject now.
    Rename { id: RecordId, title: String },
    /// A message arrived, or an earlier one came further.
    Put {
        id: RecordId,
        message: Box<ChatMessage>,
    },
    /// Nothing; done when everything before it is.
    Barrier,
}

/// Whether the write found its meeting.
pub(crate) fn apply(connection: &Connection, write: &Write) -> Result<bool> {
    match write {
        Write::Begin {
            id,
            title,
            place,
            started_at,
        } => connection
            .prepare_cached(
                "INSERT INTO meetings (id, title, place, started_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![id.0, title, place, started_at.0])
            .map(|_| true),
        Write::End { id, at } => connection
            .prepare_cached("UPDATE meetings SET ended_at = ?2 WHERE id = ?1")?
            .execute(params![id.0, at.0])
            .map(|rows| rows == 1),
        Write::Rename { id, title } => connection
            .prepare_cached("UPDATE meetings SET title = ?2 WHERE id = ?1")?
            .execute(params![id.0, title])
            .map(|rows| rows == 1),
        Write::Put { id, message } => put(connection, *id, message),
        Write::Barrier => Ok(true),
    }
}

fn put(connection: &Connection, meeting: RecordId, message: &ChatMessage) -> Result<bool> {
    let known = connection
        .prepare_cached("SELECT 1 FROM meetings WHERE id = ?1")?
        .exists([meeting.0])?;
    if !known {
        return Ok(false);
    }
    // A message seen before only comes further; history replayed at a rejoin changes nothing, and
    // what was delivered stays delivered.
    let seen = connection
        .prepare_cached(
            "UPDATE messages SET delivery = iif(delivery = 'delivered', delivery, ?3)
             WHERE meeting = ?1 AND id = ?2",
        )?
        .execute(params![
            meeting.0,
            message.id.as_str(),
            delivery_name(message.delivery)
        ])?;
    if seen > 0 {
        return Ok(true);
    }
    let (with_id, with_name) = match &message.to {
        Audience::Everyone => (None, None),
        Audience::Private { with, name } => (Some(with.as_str()), Some(name.as_str())),
    };
    let row = connection
        .prepare_cached(
            "INSERT INTO messages (meeting, id, from_id, from_name, with_id, with_name, body,
                                   sent_at, own, from_history, delivery)
             VALUES (:meeting, :id, :from_id, :from_name, :with_id, :with_name, :body,
                     :sent_at, :own, :from_history, :delivery)",
        )?
        .insert(named_params! {
            ":meeting": meeting.0,
            ":id": message.id.as_str(),
            ":from_id": message.from.as_ref().map(|id| id.as_str()),
            ":from_name": message.from_name,
            ":with_id": with_id,
            ":with_name": with_name,
            ":body": message.body,
            ":sent_at": message.sent_at.0,
            ":own": message.own,
            ":from_history": message.from_history,
            ":delivery": delivery_name(message.delivery),
        })?;
    connection
        .prepare_cached("INSERT INTO words (rowid, body) VALUES (?1, ?2)")?
        .execute(params![row, fold::index_text(&message.body)])?;
    Ok(true)
}

fn delivery_name(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Pending => "pending",
        Delivery::Delivered => "delivered",
        Delivery::Failed => "failed",
    }
}
