//! Numbered schema steps, each in its own `.sql` file. Published ones never change; for each a
//! vault of that age lies in `tests/fixtures/` and must open for ever.

use crate::error::VaultError;
use rusqlite::Connection;
use std::path::Path;

const STEPS: &[&str] = &[include_str!("../migrations/0001_meetings_and_chat.sql")];

/// Marks the file as ours ("RANZ").
const APPLICATION_ID: i32 = 0x5241_4e5a;

/// The schema this Ranzen writes.
pub(crate) fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// A file that was once complete can't be empty: to SQLite a file cut to nothing is a new database,
/// to us it is damage.
pub(crate) fn must_have_begun(connection: &Connection, path: &Path) -> Result<(), VaultError> {
    if version(connection, path)? == 0 {
        return Err(VaultError::Corrupt {
            path: path.to_owned(),
            what: "empty".into(),
        });
    }
    Ok(())
}

fn version(connection: &Connection, path: &Path) -> Result<u32, VaultError> {
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|e| VaultError::sql(path, &e))
}

/// Brings the schema up to date, all or nothing.
pub(crate) fn bring_up_to_date(connection: &mut Connection, path: &Path) -> Result<(), VaultError> {
    let sql = |e: rusqlite::Error| VaultError::sql(path, &e);
    let found = version(connection, path)?;
    let known = newest();
    if found > known {
        return Err(VaultError::TooNew { found, known });
    }
    if found == known {
        return Ok(());
    }
    let step = connection.transaction().map_err(sql)?;
    for sql_text in STEPS.iter().skip(found as usize) {
        step.execute_batch(sql_text).map_err(sql)?;
    }
    step.execute_batch(&format!(
        "PRAGMA user_version = {known}; PRAGMA application_id = {APPLICATION_ID};"
    ))
    .map_err(sql)?;
    step.commit().map_err(sql)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_schema_of_the_future_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        let path = Path::new("x");
        bring_up_to_date(&mut connection, path).unwrap();
        bring_up_to_date(&mut connection, path).unwrap();
        let next = newest() + 1;
        connection
            .execute_batch(&format!("PRAGMA user_version = {next}"))
            .unwrap();
        let refused = bring_up_to_date(&mut connection, path);
        assert!(matches!(refused, Err(VaultError::TooNew { found, .. }) if found == next));
    }
}
