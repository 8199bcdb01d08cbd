//! What is handed in comes out again, once, in order, and can be found.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{create, message, open};
use ranzen_meeting::{Audience, Delivery, RecordId, UnixMillis};
use ranzen_vault::{Vault, VaultError};

#[test]
fn a_meeting_and_its_chat_are_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let id = vault.begin_meeting("7b Mathe", "meet.example.org/7b", UnixMillis(1_000));
    let mut private = message("m2", "Nur für dich 👋");
    private.to = Audience::Private {
        with: "efgh".into(),
        name: "Jonas".into(),
    };
    private.own = true;
    private.delivery = Delivery::Pending;
    private.from = None;
    let sent = [message("m1", "Guten Morgen\nzusammen"), private];
    for message in &sent {
        vault.append(id, message).wait().unwrap();
    }
    vault.rename(id, "Mathematik 7b").wait().unwrap();
    vault.end_meeting(id, UnixMillis(2_000)).wait().unwrap();
    assert_eq!(vault.chat(id).unwrap(), sent);
    drop(vault);

    let vault = open(dir.path()).unwrap();
    assert_eq!(vault.chat(id).unwrap(), sent);
    let meetings = vault.meetings().unwrap();
    assert_eq!(meetings.len(), 1);
    assert_eq!(meetings[0].title, "Mathematik 7b");
    assert_eq!(meetings[0].ended_at, Some(UnixMillis(2_000)));
    assert_eq!(meetings[0].messages, 2);
    let next = vault.begin_meeting("8c", "meet.example.org/8c", UnixMillis(3_000));
    assert_ne!(next, id);
}

#[test]
fn a_message_seen_twice_is_kept_once_and_only_comes_further() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    let delivery = || vault.chat(id).unwrap()[0].delivery;
    let put = |delivery, from_history| {
        let again = ranzen_meeting::ChatMessage {
            delivery,
            from_history,
            ..message("m1", "Hallo")
        };
        vault.append(id, &again).wait().unwrap();
    };
    put(Delivery::Pending, false);
    put(Delivery::Failed, false);
    assert_eq!(delivery(), Delivery::Failed);
    put(Delivery::Delivered, true);
    assert_eq!(delivery(), Delivery::Delivered);
    put(Delivery::Pending, false);
    assert_eq!(delivery(), Delivery::Delivered);
    let chat = vault.chat(id).unwrap();
    assert_eq!(chat.len(), 1);
    assert!(!chat[0].from_history, "as first seen");
    assert_eq!(vault.search("hallo", 10).unwrap().len(), 1);
}

#[test]
fn the_same_id_in_two_meetings_is_two_messages() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let (a, b) = (
        vault.begin_meeting("a", "p", UnixMillis(1)),
        vault.begin_meeting("b", "p", UnixMillis(2)),
    );
    vault.append(a, &message("m1", "eins")).wait().unwrap();
    vault.append(b, &message("m1", "zwei")).wait().unwrap();
    assert_eq!(vault.chat(a).unwrap()[0].body, "eins");
    assert_eq!(vault.chat(b).unwrap()[0].body, "zwei");
    let titles: Vec<_> = vault
        .meetings()
        .unwrap()
        .into_iter()
        .map(|m| m.title)
        .collect();
    assert_eq!(titles, ["b", "a"], "newest first");
}

#[test]
fn a_write_to_an_unknown_meeting_is_refused_and_the_others_go_through() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    let lost = vault.append(RecordId(999), &message("m1", "x"));
    let kept = vault.append(id, &message("m1", "x"));
    assert!(matches!(lost.wait(), Err(VaultError::RecordUnknown(999))));
    kept.wait().unwrap();
    assert!(matches!(
        vault.meeting(RecordId(999)),
        Err(VaultError::RecordUnknown(999))
    ));
}

#[test]
fn chat_is_in_the_order_it_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    for (name, at) in [("late", 30), ("early", 10), ("same 1", 20), ("same 2", 20)] {
        let mut m = message(name, name);
        m.sent_at = UnixMillis(at);
        vault.append(id, &m).ignore();
    }
    vault.flush().wait().unwrap();
    let order: Vec<_> = vault
        .chat(id)
        .unwrap()
        .into_iter()
        .map(|m| m.body)
        .collect();
    assert_eq!(order, ["early", "same 1", "same 2", "late"]);
}

fn searchable(bodies: &[&str]) -> (tempfile::TempDir, Vault) {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    for (n, body) in bodies.iter().enumerate() {
        vault.append(id, &message(&format!("m{n}"), body)).ignore();
    }
    vault.flush().wait().unwrap();
    (dir, vault)
}

#[test]
fn search_finds_what_a_teacher_would_expect() {
    let bodies = [
        "Die Hausaufgaben für Größen stehen auf S. 12",
        "Frau Müller ist heute in der Straßenbahn",
        "Bitte bis morgen: Übung 3",
        "MORGEN bis 9 Uhr!",
    ];
    let (_dir, vault) = searchable(&bodies);
    let found = |query: &str| -> Vec<usize> {
        vault
            .search(query, 10)
            .unwrap()
            .iter()
            .map(|hit| {
                bodies
                    .iter()
                    .position(|body| *body == hit.message.body)
                    .unwrap()
            })
            .collect()
    };
    assert_eq!(found("hausauf"), [0]);
    assert_eq!(found("GROSSEN"), [0]);
    assert_eq!(found("mueller"), [1]);
    assert_eq!(found("muller straße"), [1]);
    assert_eq!(found("strassen"), [1]);
    assert_eq!(found("Ubung"), [2]);
    assert_eq!(found("uebung 3"), [2]);
    assert_eq!(found("bis morgen"), [3, 2], "newest first");
    assert_eq!(found("\"bis morgen\""), [2]);
    assert_eq!(
        found("morg bis"),
        Vec::<usize>::new(),
        "only the last word is a beginning"
    );
    assert_eq!(found(""), Vec::<usize>::new());
    assert_eq!(found("   \"\"  *"), Vec::<usize>::new());
}

#[test]
fn a_hit_says_where_the_words_stand() {
    let (_dir, vault) = searchable(&["😀 Übung: die Uebung"]);
    let hits = vault.search("übung", 10).unwrap();
    assert_eq!(hits[0].marks, [(3, 8), (14, 20)]);
    assert_eq!(hits[0].meeting.messages, 1);
}

#[test]
fn the_language_of_the_index_can_not_be_injected() {
    let (_dir, vault) = searchable(&["near body harmlos"]);
    for query in [
        "body : harmlos",
        "NEAR(near body)",
        "near NOT body",
        "\"",
        "a\"b\"c",
        "^near",
        "{a b}:c",
        "*",
        "near*",
        "'; DROP TABLE messages; --",
        "\0",
        "- -",
        "(",
        "AND OR NOT",
    ] {
        vault
            .search(query, 10)
            .unwrap_or_else(|e| panic!("{query:?}: {e}"));
    }
    assert_eq!(vault.search("near body:harm", 10).unwrap().len(), 1);
    assert_eq!(
        vault.search("near NOT body", 10).unwrap().len(),
        0,
        "NOT is a word"
    );
}

#[test]
fn an_acknowledgement_can_be_awaited() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        vault.append(id, &message("m1", "x")).await.unwrap();
        assert_eq!(vault.waiting(), 0);
        assert!(vault.trouble().borrow().is_none());
    });
}
