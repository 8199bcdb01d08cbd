//! A moment in a list: local date and minute, the same width everywhere.

use ranzen_meeting::UnixMillis;
use time::{OffsetDateTime, UtcOffset};

/// `2024-03-04 10:15` at this device; UTC where the system doesn't tell its zone.
pub fn minute(at: UnixMillis) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let offset = UtcOffset::local_offset_at(moment).unwrap_or(UtcOffset::UTC);
    let local = moment.checked_to_offset(offset).unwrap_or(moment);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}",
        local.year(),
        u8::from(local.month()),
        local.day(),
        local.hour(),
        local.minute()
    )
}
