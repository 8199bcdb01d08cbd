//! Moments as people read them: the date and time at this device, with the offset.

use ranzen_meeting::{Lang, UnixMillis};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, UtcOffset, Weekday};

/// A time zone: the offset at a moment. A trait so that tests do not depend on the machine's.
pub(crate) trait Zone {
    /// The offset from UTC at that moment.
    fn offset_at(&self, moment: OffsetDateTime) -> UtcOffset;
}

/// The device's time zone; UTC where the system doesn't tell.
pub(crate) struct SystemZone;

impl Zone for SystemZone {
    fn offset_at(&self, moment: OffsetDateTime) -> UtcOffset {
        UtcOffset::local_offset_at(moment).unwrap_or(UtcOffset::UTC)
    }
}

/// The moment in the zone. A time outside the calendar (a server can claim anything) becomes 1970.
pub(crate) fn local(at: UnixMillis, zone: &dyn Zone) -> OffsetDateTime {
    let nanos = i128::from(at.0) * 1_000_000;
    let moment =
        OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    moment
        .checked_to_offset(zone.offset_at(moment))
        .unwrap_or(moment)
}

/// `2024-03-04T10:15:07.123+01:00`.
pub(crate) fn rfc3339(moment: OffsetDateTime) -> String {
    // Years beyond 9999 have no such form.
    moment.format(&Rfc3339).unwrap_or_default()
}

/// `UTC+01:00`.
pub(crate) fn offset(moment: OffsetDateTime) -> String {
    let (hours, minutes, _) = moment.offset().as_hms();
    let sign = if moment.offset().is_negative() {
        '-'
    } else {
        '+'
    };
    format!("UTC{sign}{:02}:{:02}", hours.abs(), minutes.abs())
}

/// `10:15`.
pub(crate) fn clock(moment: OffsetDateTime) -> String {
    format!("{:02}:{:02}", moment.hour(), moment.minute())
}

/// `Montag, 4. März 2024` / `Monday, 4 March 2024`.
pub(crate) fn day(date: Date, lang: Lang) -> String {
    let (weekday, month) = (weekday(date.weekday(), lang), month(date.month(), lang));
    match lang {
        Lang::De => format!("{weekday}, {}. {month} {}", date.day(), date.year()),
        Lang::En => format!("{weekday}, {} {month} {}", date.day(), date.year()),
    }
}

/// Date, time and offset.
pub(crate) fn full(moment: OffsetDateTime, lang: Lang) -> String {
    let hour_word = match lang {
        Lang::De => " Uhr",
        Lang::En => "",
    };
    let (day, clock, offset) = (day(moment.date(), lang), clock(moment), offset(moment));
    format!("{day}, {clock}{hour_word} ({offset})")
}

fn weekday(weekday: Weekday, lang: Lang) -> &'static str {
    const GERMAN: [&str; 7] = [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ];
    const ENGLISH: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let names = match lang {
        Lang::De => GERMAN,
        Lang::En => ENGLISH,
    };
    names[usize::from(weekday.number_days_from_monday())]
}

fn month(month: Month, lang: Lang) -> &'static str {
    const GERMAN: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let names = match lang {
        Lang::De => GERMAN,
        Lang::En => ENGLISH,
    };
    names[usize::from(u8::from(month)) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Berlin;

    #[test]
    fn summer_and_winter_have_their_own_offset() {
        let told = |millis| full(local(UnixMillis(millis), &Berlin), Lang::De);
        assert_eq!(
            told(1_709_543_700_000),
            "Montag, 4. März 2024, 10:15 Uhr (UTC+01:00)"
        );
        assert_eq!(
            told(1_717_488_900_000),
            "Dienstag, 4. Juni 2024, 10:15 Uhr (UTC+02:00)"
        );
    }

    #[test]
    fn absurd_times_are_survived() {
        for millis in [i64::MIN, i64::MAX, -1, 0] {
            let moment = local(UnixMillis(millis), &Berlin);
            assert!(!full(moment, Lang::En).is_empty() && !rfc3339(moment).is_empty());
        }
    }

    #[test]
    fn the_systems_zone_is_some_zone() {
        let moment = local(UnixMillis(1_709_543_700_000), &SystemZone);
        assert_eq!(moment.unix_timestamp(), 1_709_543_700);
    }
}
