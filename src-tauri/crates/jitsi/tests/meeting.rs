//! Whole meetings through real Prosody with the stand's focus and bridge behind it.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use ranzen_meeting::{
    Audience, Capability, Code, Command, Connection, Delivery, EndReason, Event, MediaPhase,
    Problem, Role,
};
use ranzen_stand::{Options, Stand, Token};
use ranzen_testbed::network_or_left_out;
use std::sync::Arc;
use std::time::Duration;
use support::{Guest, Ticket};

async fn two(stand: &Stand, room: &str) -> (Guest, Guest) {
    let alice = Ticket::new(stand, room, "Alice").join().await;
    alice.joined().await;
    let bob = Ticket::new(stand, room, "Bob").join().await;
    bob.joined().await;
    // Whatever a test does next must not cross the invitation.
    for guest in [&alice, &bob] {
        guest
            .until("media", |seen| seen.state.media == MediaPhase::Connected)
            .await;
    }
    (alice, bob)
}

/// Runs a test's future on a client host beside a stand.
fn with_stand<F, Fut>(name: &str, options: Options, test: F)
where
    F: FnOnce(Arc<Stand>) -> Fut + Send + 'static,
    Fut: Future<Output = ()>,
{
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let stand = Arc::new(Stand::start_with(&network, options).unwrap());
    let client = network.host("client").unwrap();
    let inside = stand.clone();
    client.run(move || async move { test(inside).await });
    let complaints: Vec<String> = stand
        .complaints()
        .into_iter()
        // Prosody sends back what the focus sent to somebody who has left in this moment.
        .filter(|complaint| {
            !complaint.ends_with(": recipient-unavailable")
                && !complaint.ends_with(": item-not-found")
        })
        .collect();
    assert!(
        complaints.is_empty(),
        "the stand had to put up with: {complaints:#?}"
    );
}

#[test]
fn two_participants_see_hear_and_read_each_other() {
    with_stand("two_participants", Options::default(), |stand| async move {
        let (alice, bob) = two(&stand, "Klasse7b").await;
        let (alice_id, bob_id) = (alice.id(), bob.id());
        alice
            .until("Bob", |seen| {
                seen.state
                    .participants
                    .get(&bob_id)
                    .is_some_and(|p| p.name == "Bob" && !p.audio_muted)
            })
            .await;
        bob.until("Alice as a moderator", |seen| {
            seen.state
                .participants
                .get(&alice_id)
                .is_some_and(|p| p.name == "Alice" && p.role == Role::Moderator)
        })
        .await;
        alice
            .until("media", |seen| seen.state.media == MediaPhase::Connected)
            .await;
        alice.hears(&bob_id, 50).await;
        bob.hears(&alice_id, 50).await;
        bob.until("who speaks most", |seen| seen.state.dominant.is_some())
            .await;

        alice.say("m-1", "Guten Morgen & <alle>");
        let message = bob.reads("Guten Morgen & <alle>").await;
        assert_eq!(message.from, Some(alice_id.clone()));
        assert_eq!(message.id.as_str(), "m-1");
        let own = alice.reads("Guten Morgen & <alle>").await;
        assert!(own.own && own.delivery == Delivery::Delivered);

        alice.command(Command::SendChat {
            id: "m-2".into(),
            to: Audience::Private {
                with: bob_id.clone(),
                name: "Bob".into(),
            },
            body: "nur für dich".into(),
        });
        let message = bob.reads("nur für dich").await;
        assert!(matches!(message.to, Audience::Private { with, .. } if with == alice_id));
        alice.reads("nur für dich").await;

        bob.command(Command::SetMicrophoneMuted { muted: true });
        alice
            .until("Bob muted", |seen| {
                seen.state.participants[&bob_id].audio_muted
            })
            .await;
        bob.command(Command::RaiseHand { raised: true });
        alice
            .until("Bob's hand", |seen| {
                seen.state.participants[&bob_id].hand_raised_at.is_some()
            })
            .await;
        bob.command(Command::RaiseHand { raised: false });
        bob.command(Command::SetMicrophoneMuted { muted: false });
        alice
            .until("Bob as before", |seen| {
                let bob = &seen.state.participants[&bob_id];
                bob.hand_raised_at.is_none() && !bob.audio_muted
            })
            .await;
        assert!(bob.look(|seen| seen.state.capabilities.contains(&Capability::Microphone)));

        bob.command(Command::Leave);
        assert_eq!(bob.ended().await, EndReason::Left);
        alice
            .until("Bob gone", |seen| {
                !seen.state.participants.contains_key(&bob_id)
            })
            .await;
        alice.command(Command::Leave);
        assert_eq!(alice.ended().await, EndReason::Left);
    });
}

#[test]
fn a_third_participant_comes_and_goes_without_anybody_noticing_more() {
    with_stand(
        "a_third_participant",
        Options::default(),
        |stand| async move {
            let (alice, bob) = two(&stand, "drei").await;
            let (alice_id, bob_id) = (alice.id(), bob.id());
            alice.hears(&bob_id, 20).await;
            let carol = Ticket::new(&stand, "drei", "Carol").join().await;
            let carol_id = carol.joined().await;
            alice.hears(&carol_id, 20).await;
            bob.hears(&carol_id, 20).await;
            carol.hears(&alice_id, 20).await;
            carol.command(Command::Leave);
            carol.ended().await;
            let again = Ticket::new(&stand, "drei", "Carol").join().await;
            let again_id = again.joined().await;
            alice.hears(&again_id, 20).await;
            alice.hears(&bob_id, 20).await;
            bob.hears(&alice_id, 20).await;
            // Nothing of Alice's connection to Bob was interrupted by it.
            for guest in [&alice, &bob] {
                let phases = guest.look(|seen| {
                    seen.events
                        .iter()
                        .filter(|e| {
                            matches!(
                                e,
                                Event::MediaChanged {
                                    media: MediaPhase::Interrupted
                                }
                            )
                        })
                        .count()
                });
                assert_eq!(phases, 0);
            }
        },
    );
}

#[test]
fn chat_written_before_is_read_by_those_who_come_later() {
    with_stand(
        "chat_written_before",
        Options::default(),
        |stand| async move {
            let (alice, bob) = two(&stand, "verlauf").await;
            alice.say("h-1", "erste");
            bob.reads("erste").await;
            let carol = Ticket::new(&stand, "verlauf", "Carol").join().await;
            let message = carol.reads("erste").await;
            assert!(message.from_history);
            assert_eq!(message.from_name, "Alice");
            assert_eq!(message.id.as_str(), "h-1");
        },
    );
}

#[test]
fn a_kick_says_who_and_why() {
    with_stand("a_kick", Options::default(), |stand| async move {
        let (alice, bob) = two(&stand, "kick").await;
        let bob_id = bob.id();
        stand.kick("kick", bob_id.as_str(), "Pause ist um").unwrap();
        let EndReason::Kicked { reason, .. } = bob.ended().await else {
            panic!("not kicked")
        };
        assert_eq!(reason.as_deref(), Some("Pause ist um"));
        alice
            .until("Bob gone", |seen| {
                !seen.state.participants.contains_key(&bob_id)
            })
            .await;
    });
}

#[test]
fn a_meeting_ended_for_all_is_told_as_that() {
    with_stand("a_meeting_ended", Options::default(), |stand| async move {
        let (alice, bob) = two(&stand, "ende").await;
        stand.destroy("ende", "Schluss für heute").unwrap();
        for guest in [alice, bob] {
            let EndReason::MeetingEnded { reason } = guest.ended().await else {
                panic!("not ended")
            };
            assert_eq!(reason.as_deref(), Some("Schluss für heute"));
        }
    });
}

fn problem(end: EndReason) -> Problem {
    match end {
        EndReason::Failed { problem } => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_full_room_and_a_locked_room_say_so() {
    with_stand("a_full_room", Options::default(), |stand| async move {
        let (alice, _bob) = two(&stand, "voll").await;
        stand.max_occupants("voll", 2).unwrap();
        let carol = Ticket::new(&stand, "voll", "Carol").join().await;
        assert_eq!(problem(carol.ended().await).code, Code::RoomFull);
        stand.max_occupants("voll", 0).unwrap();
        stand.set_password("voll", Some("geheim")).unwrap();
        let mut ticket = Ticket::new(&stand, "voll", "Carol");
        assert_eq!(
            problem(ticket.clone().join().await.ended().await).code,
            Code::RoomPassword
        );
        ticket.password = Some("falsch".into());
        assert_eq!(
            problem(ticket.clone().join().await.ended().await).code,
            Code::RoomPassword
        );
        ticket.password = Some("geheim".into());
        let carol = ticket.join().await;
        let carol_id = carol.joined().await;
        alice.hears(&carol_id, 10).await;
    });
}

#[test]
fn a_lobby_is_waited_in_until_it_is_opened() {
    with_stand("a_lobby", Options::default(), |stand| async move {
        let (alice, _bob) = two(&stand, "flur").await;
        stand.set_lobby("flur", true).unwrap();
        let carol = Ticket::new(&stand, "flur", "Carol").join().await;
        carol
            .until("the lobby", |seen| {
                seen.state.connection == Connection::Lobby
            })
            .await;
        stand.set_lobby("flur", false).unwrap();
        let carol_id = carol.joined().await;
        alice.hears(&carol_id, 10).await;
    });
}

#[test]
fn the_channel_works_over_sctp_alone() {
    let options = Options {
        colibri_websocket: false,
        ..Options::default()
    };
    with_stand("the_channel_over_sctp", options, |stand| async move {
        let (alice, bob) = two(&stand, "sctp").await;
        alice.hears(&bob.id(), 20).await;
        // Who speaks most comes only over the channel.
        alice
            .until("a dominant speaker", |seen| seen.state.dominant.is_some())
            .await;
    });
}

#[test]
fn bosh_serves_where_there_is_no_websocket() {
    let options = Options {
        xmpp_websocket: false,
        ..Options::default()
    };
    with_stand("bosh", options, |stand| async move {
        let (alice, bob) = two(&stand, "bosh").await;
        alice.hears(&bob.id(), 20).await;
        alice.say("b-1", "über BOSH");
        bob.reads("über BOSH").await;
        alice.reads("über BOSH").await;
        bob.command(Command::SendChat {
            id: "b-2".into(),
            to: Audience::Private {
                with: alice.id(),
                name: "Alice".into(),
            },
            body: "auch das".into(),
        });
        alice.reads("auch das").await;
        bob.reads("auch das").await;
        bob.command(Command::Leave);
        assert_eq!(bob.ended().await, EndReason::Left);
        let bob_id = bob.id();
        alice
            .until("Bob gone", |seen| {
                !seen.state.participants.contains_key(&bob_id)
            })
            .await;
    });
}

#[test]
fn the_conference_is_asked_for_by_http_where_that_is_wanted() {
    let options = Options {
        http_conference_request: true,
        ..Options::default()
    };
    with_stand("the_conference_by_http", options, |stand| async move {
        let (alice, bob) = two(&stand, "http").await;
        alice.hears(&bob.id(), 10).await;
    });
}

#[test]
fn a_token_opens_the_door_and_a_bad_one_says_why_not() {
    let options = Options {
        token_secret: Some("s3cret".into()),
        ..Options::default()
    };
    with_stand("a_token", options, |stand| async move {
        let with = |token: String| {
            let mut ticket = Ticket::new(&stand, "klasse", "Alice");
            ticket.url = format!("{}?jwt={token}", ticket.url);
            ticket
        };
        let good = Token::new("klasse", "Alice");
        let alice = with(good.sign("s3cret")).join().await;
        alice.joined().await;
        let forged = with(good.sign("other")).join().await;
        assert_eq!(problem(forged.ended().await).code, Code::TokenRefused);
        let elsewhere = with(Token::new("andere", "Alice").sign("s3cret"))
            .join()
            .await;
        assert_eq!(problem(elsewhere.ended().await).code, Code::TokenRefused);
        let none = Ticket::new(&stand, "klasse", "Alice").join().await;
        assert_eq!(problem(none.ended().await).code, Code::LoginRequired);
        let mut old = good.clone();
        old.valid_for_s = -3600;
        let refused = with(old.sign("s3cret")).try_join().await;
        assert_eq!(refused.err().map(|p| p.code), Some(Code::TokenRefused));
    });
}

#[test]
fn a_new_invitation_replaces_the_media_session() {
    with_stand("a_new_invitation", Options::default(), |stand| async move {
        let (alice, bob) = two(&stand, "umzug").await;
        alice.hears(&bob.id(), 20).await;
        bob.hears(&alice.id(), 20).await;
        stand.reinvite("umzug").unwrap();
        alice
            .until("the old session's end", |seen| {
                seen.events
                    .iter()
                    .filter(|e| {
                        matches!(
                            e,
                            Event::MediaChanged {
                                media: MediaPhase::Connected
                            }
                        )
                    })
                    .count()
                    >= 2
            })
            .await;
        alice.hears(&bob.id(), 20).await;
        bob.hears(&alice.id(), 20).await;
    });
}

#[test]
fn alone_there_is_no_media_and_company_brings_it_back() {
    let options = Options {
        single_participant_timeout: Duration::from_secs(1),
        ..Options::default()
    };
    with_stand("alone", options, |stand| async move {
        let (alice, bob) = two(&stand, "allein").await;
        alice.hears(&bob.id(), 10).await;
        bob.command(Command::Leave);
        bob.ended().await;
        alice
            .until("no media", |seen| seen.state.media == MediaPhase::Idle)
            .await;
        assert_eq!(alice.look(|seen| seen.state.connection), Connection::Joined);
        let carol = Ticket::new(&stand, "allein", "Carol").join().await;
        let carol_id = carol.joined().await;
        alice.hears(&carol_id, 10).await;
    });
}

#[test]
fn a_host_without_jitsi_is_no_meeting_server() {
    with_stand(
        "a_host_without_jitsi",
        Options {
            config_js: "config = { somethingElse: true };".into(),
            ..Options::default()
        },
        |stand| async move {
            let ticket = Ticket::new(&stand, "x", "Alice");
            let end = ticket.join().await.ended().await;
            assert_eq!(problem(end).code, Code::NotAMeetingServer);
            let mut ticket = Ticket::new(&stand, "x", "Alice");
            ticket.url = "https://127.0.0.1:9/x".into();
            assert_eq!(
                problem(ticket.join().await.ended().await).code,
                Code::HostUnreachable
            );
            let mut ticket = Ticket::new(&stand, "x", &"x".repeat(101));
            ticket.muted = true;
            assert_eq!(
                ticket.try_join().await.err().map(|p| p.code),
                Some(Code::NameTooLong)
            );
        },
    );
}

#[test]
fn bosh_serves_where_the_websocket_does_not_work() {
    let options = Options {
        config_js: "config.websocket = config.websocket.replace('xmpp-websocket', 'nothing-here');"
            .into(),
        ..Options::default()
    };
    with_stand("the_websocket_does_not_work", options, |stand| async move {
        let (alice, bob) = two(&stand, "umweg").await;
        alice.hears(&bob.id(), 10).await;
    });
}

#[test]
fn a_session_that_is_dropped_is_gone_without_a_farewell() {
    with_stand(
        "a_session_that_is_dropped",
        Options::default(),
        |stand| async move {
            let (alice, bob) = two(&stand, "weg").await;
            let bob_id = bob.id();
            alice.hears(&bob_id, 10).await;
            drop(bob);
            // The bridge hears nothing more; the room keeps the place until the server gives up.
            let silent = async {
                loop {
                    let before = alice.look(|seen| seen.heard[&bob_id].len());
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    if alice.look(|seen| seen.heard[&bob_id].len()) == before {
                        return;
                    }
                }
            };
            tokio::time::timeout(support::PATIENCE, silent)
                .await
                .unwrap();
        },
    );
}

#[test]
fn a_room_with_umlauts_is_one_room_for_everybody() {
    with_stand(
        "a_room_with_umlauts",
        Options::default(),
        |stand| async move {
            let alice = Ticket::new(&stand, "Größe%20Übung", "Älice").join().await;
            alice.joined().await;
            let bob = Ticket::new(&stand, "gr%C3%B6%C3%9Fe%20%C3%BCbung", "Bob \u{1F44D}")
                .join()
                .await;
            let bob_id = bob.joined().await;
            alice
                .until("Bob", |seen| {
                    seen.state
                        .participants
                        .get(&bob_id)
                        .is_some_and(|p| p.name == "Bob \u{1F44D}")
                })
                .await;
            alice.hears(&bob_id, 10).await;
        },
    );
}
