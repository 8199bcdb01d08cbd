//! A lesson for the tests: everything that can be awkward, in one chat.

use crate::when::Zone;
use ranzen_meeting::{
    Audience, ChatMessage, Delivery, MeetingRecord, MessageId, RecordId, UnixMillis,
};
use time::{OffsetDateTime, UtcOffset};

/// Central European time in 2024, without the machine's help.
pub(crate) struct Berlin;

impl Zone for Berlin {
    fn offset_at(&self, moment: OffsetDateTime) -> UtcOffset {
        // From the 31st of March to the 27th of October, each 01:00 UTC.
        let summer = (1_711_846_800..1_729_990_800).contains(&moment.unix_timestamp());
        UtcOffset::from_hms(if summer { 2 } else { 1 }, 0, 0).unwrap_or(UtcOffset::UTC)
    }
}

/// Monday the 4th of March 2024, 10:15 in Berlin.
const START: i64 = 1_709_543_700_000;

pub(crate) fn lesson() -> (MeetingRecord, Vec<ChatMessage>) {
    let say = |id: &str, minutes: i64, name: &str, body: &str| ChatMessage {
        id: MessageId(id.into()),
        from: None,
        from_name: name.into(),
        to: Audience::Everyone,
        body: body.into(),
        sent_at: UnixMillis(START + minutes * 60_000 + 123),
        own: false,
        from_history: false,
        delivery: Delivery::Delivered,
    };
    let to = |name: &str| Audience::Private {
        with: "a1b2c3d4".into(),
        name: name.into(),
    };
    let chat = vec![
        ChatMessage {
            from_history: true,
            ..say("m1", -3, "Frau Özdemir", "Guten Morgen 👋")
        },
        say(
            "m2",
            1,
            "Jonas *der Große*",
            "# Lösung\n\n1. x < 3 & y > 4\n    - \"siehe\" [hier](https://example.org)\n<script>alert(1)</script>",
        ),
        ChatMessage {
            own: true,
            to: to("Frau Özdemir"),
            delivery: Delivery::Failed,
            ..say("m3", 2, "Mia", "Ich muss kurz weg.")
        },
        ChatMessage {
            to: to("Frau Özdemir"),
            ..say("m4", 3, "Frau Özdemir", "Gut,\r\nbis gleich")
        },
        ChatMessage {
            own: true,
            delivery: Delivery::Pending,
            ..say("m5", 24 * 60, "", "Bin wieder da | auch morgen")
        },
    ];
    let meeting = MeetingRecord {
        id: RecordId(7),
        title: "Mathe 7b – Ungleichungen".into(),
        place: "meet.example.org/Mathe_7b".into(),
        started_at: UnixMillis(START),
        ended_at: Some(UnixMillis(START + 45 * 60_000)),
        messages: chat.len() as u64,
    };
    (meeting, chat)
}
