//! Links as people paste them, and what becomes of them.
#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use ranzen_meeting::{LinkError, MeetingLink};

struct Parts {
    base: String,
    shown: String,
    room: String,
    token: Option<String>,
    name: Option<String>,
    muted: bool,
}

fn parts(text: &str) -> Parts {
    match MeetingLink::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")) {
        MeetingLink::Jitsi {
            base,
            room_shown,
            room,
            token,
            display_name,
            start_muted,
        } => Parts {
            base: base.to_string(),
            shown: room_shown,
            room,
            token: token.map(|t| t.secret().to_owned()),
            name: display_name,
            muted: start_muted,
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_same_room_in_every_wrapping() {
    for text in [
        "https://meet.example.org/Klasse7b",
        "HTTPS://MEET.example.org/Klasse7b",
        "meet.example.org/Klasse7b",
        "  https://meet.example.org/Klasse7b/  ",
        "org.jitsi.meet://meet.example.org/Klasse7b",
        "jitsi-meet://meet.example.org/Klasse7b",
        "<https://meet.example.org/Klasse7b>",
        "(https://meet.example.org/Klasse7b)",
        "Link:https://meet.example.org/Klasse7b, 8 Uhr",
        "„https://meet.example.org/Klasse7b“",
        "Kommt bitte um 8.15 in\nmeet.example.org/Klasse7b!\nGruß, anna@schule.example",
        "https://user:secret@meet.example.org/Klasse7b",
    ] {
        let found = parts(text);
        assert_eq!(found.base, "https://meet.example.org/", "{text}");
        assert_eq!(found.shown, "Klasse7b", "{text}");
        assert_eq!(found.room, "klasse7b", "{text}");
    }
}

#[test]
fn tenants_and_ports_stay_in_the_base() {
    let found = parts("https://meet.example.org:8443/schule/7b/Mathe?lang=de");
    assert_eq!(found.base, "https://meet.example.org:8443/schule/7b/");
    assert_eq!(found.room, "mathe");
}

#[test]
fn umlauts_are_shown_to_people_and_encoded_for_the_server() {
    for text in [
        "https://meet.example.org/Größe Überblick",
        "https://meet.example.org/Gr%C3%B6%C3%9Fe",
    ] {
        assert_eq!(parts(text).shown, "Größe", "{text}");
        assert_eq!(parts(text).room, "gr%c3%b6%c3%9fe", "{text}");
    }
    // Decomposed and composed letters are the same room (NFKC).
    assert_eq!(
        parts("https://meet.example.org/u\u{308}bung").room,
        parts("https://meet.example.org/übung").room
    );
    assert_eq!(
        parts("https://schön.example/Raum").base,
        "https://xn--schn-7qa.example/"
    );
}

#[test]
fn token_name_and_mute_come_from_query_and_hash() {
    let found = parts("https://meet.example.org/a?jwt=abc.def-g_h");
    assert_eq!(found.token.as_deref(), Some("abc.def-g_h"));
    let found = parts(
        "https://meet.example.org/a#jwt=%22xyz%22&config.startWithAudioMuted=true\
         &userInfo.displayName=%22Anna%20M%C3%BCller%22&config.websocket=%22wss://evil.example%22",
    );
    assert_eq!(found.token.as_deref(), Some("xyz"));
    assert_eq!(found.name.as_deref(), Some("Anna Müller"));
    assert!(found.muted);
    assert_eq!(found.base, "https://meet.example.org/");
    let found = parts("https://meet.example.org/a#userInfo.displayName=„Anna“");
    assert_eq!(found.name.as_deref(), Some("Anna"));
}

#[test]
fn what_can_not_be_joined_says_why() {
    use LinkError::{NoRoom, NotSecure, Nothing, TooLong, Unsupported};
    let long = format!("https://meet.example.org/{}", "x".repeat(1100));
    for (text, error) in [
        ("", Nothing),
        ("Klasse7b", Nothing),
        ("und/oder", Nothing),
        ("mailto:anna@schule.example", Nothing),
        ("https://meet.example.org", NoRoom),
        ("meet.example.org", NoRoom),
        ("https://meet.example.org/?jwt=x", NoRoom),
        ("https://meet.example.org/.!", NoRoom),
        ("https://meet.example.org/x/$.!.", NoRoom),
        ("https://meet.example.org/static/close.html", NoRoom),
        ("http://meet.example.org/a", NotSecure),
        (
            "https://bbb.example.org/b/ann-abc-def",
            Unsupported("BigBlueButton"),
        ),
        (
            "https://bbb.example.org/rooms/abc-def-ghi-jkl/join",
            Unsupported("BigBlueButton"),
        ),
        (
            "https://bbb.example.org/bigbluebutton/api/join?x=1",
            Unsupported("BigBlueButton"),
        ),
        ("https://eu01web.zoom.us/j/123", Unsupported("Zoom")),
        (long.as_str(), TooLong),
    ] {
        assert_eq!(MeetingLink::parse(text), Err(error), "{text}");
    }
    assert_eq!(MeetingLink::parse(&"x ".repeat(40_000)), Err(TooLong));
}

#[test]
fn an_invitation_with_several_links_gives_the_one_that_can_be_joined() {
    let mail = "Anleitung: https://schule.example/ und dann https://meet.example.org/Mathe (Raum)";
    assert_eq!(parts(mail).room, "mathe");
}

#[test]
fn debug_and_place_keep_secrets() {
    let link = MeetingLink::parse("https://meet.example.org/raum?jwt=canary").unwrap();
    assert_eq!(link.place(), "meet.example.org/raum");
    assert!(!format!("{link:?}").contains("canary"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        let _ = MeetingLink::parse(&text);
    }

    #[test]
    fn no_link_makes_it_panic_and_rooms_are_safe(rest in "[ -~äöüß%\u{0}\u{308}İẞ]{0,80}") {
        if let Ok(MeetingLink::Jitsi { room, base, .. }) =
            MeetingLink::parse(&format!("https://meet.example.org/{rest}"))
        {
            prop_assert!(base.as_str().ends_with('/'));
            prop_assert_eq!(room.to_lowercase(), room.clone());
            prop_assert!(!room.contains(['/', '@', ' ', '<', '&']));
        }
    }
}
