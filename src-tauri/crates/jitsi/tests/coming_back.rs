//! Cuts: of the signalling socket, of the bridge channel, of the bridge, of the whole network.
//!
//! Topology: `stand` and two clients on one switch; the second client's cable is pulled or silenced.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use ranzen_meeting::{Connection, Event, MediaPhase, ParticipantId};
use ranzen_stand::{Options, Stand};
use ranzen_testbed::{Host, network_or_left_out};
use std::sync::Arc;
use std::time::Duration;
use support::{Guest, Ticket};

/// Alice on one host, Bob on another, both in the room.
fn with_two_hosts<F, Fut>(name: &str, options: Options, test: F)
where
    F: FnOnce(Arc<Stand>, Guest, Guest, Arc<Host>) -> Fut + Send + 'static,
    Fut: Future<Output = ()>,
{
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let stand = Arc::new(Stand::start_with(&network, options).unwrap());
    let steady = network.host("steady").unwrap();
    let shaky = Arc::new(network.host("shaky").unwrap());
    let (give, take) = tokio::sync::oneshot::channel();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let ticket = Ticket::new(&stand, "raum", "Bob");
    let bob = shaky.spawn(move || async move {
        let bob = ticket.join().await;
        bob.joined().await;
        let _ = give.send(bob);
        let _ = ended.await;
    });
    let inside = stand.clone();
    let cable = shaky.clone();
    steady.run(move || async move {
        let alice = Ticket::new(&inside, "raum", "Alice").join().await;
        alice.joined().await;
        let bob = take.await.unwrap();
        test(inside, alice, bob, cable).await;
    });
    let _ = end.send(());
    bob.join();
}

fn said(who: &Guest, body: &str) -> usize {
    who.look(|seen| {
        seen.events
            .iter()
            .filter(
                |e| matches!(e, Event::Chat { message } if message.body == body && !message.own),
            )
            .count()
    })
}

async fn both_hear(alice: &Guest, bob: &Guest) -> (ParticipantId, ParticipantId) {
    let (alice_id, bob_id) = (alice.id(), bob.id());
    alice.hears(&bob_id, 20).await;
    bob.hears(&alice_id, 20).await;
    (alice_id, bob_id)
}

#[test]
fn a_dropped_socket_is_resumed_and_no_message_is_lost_or_doubled() {
    with_two_hosts(
        "a_dropped_socket",
        Options::default(),
        |stand, alice, bob, _| async move {
            let (alice_id, bob_id) = both_hear(&alice, &bob).await;
            for round in 0..5 {
                bob.say(&format!("b-{round}"), &format!("von Bob {round}"));
                stand.drop_websockets();
                alice.say(&format!("a-{round}"), &format!("von Alice {round}"));
                alice.reads(&format!("von Bob {round}")).await;
                bob.reads(&format!("von Alice {round}")).await;
                bob.reads(&format!("von Bob {round}")).await;
            }
            for round in 0..5 {
                assert_eq!(said(&alice, &format!("von Bob {round}")), 1);
                assert_eq!(said(&bob, &format!("von Alice {round}")), 1);
            }
            // Same session, same participants, same sound.
            assert_eq!((alice.id(), bob.id()), (alice_id, bob_id));
            for guest in [&alice, &bob] {
                let joined = guest.look(|seen| {
                    seen.events
                        .iter()
                        .filter(|e| matches!(e, Event::Joined { .. }))
                        .count()
                });
                assert_eq!(joined, 1, "resumed, not joined anew");
                let interrupted = guest.look(|seen| {
                    seen.events.iter().any(|e| {
                        matches!(
                            e,
                            Event::MediaChanged {
                                media: MediaPhase::Interrupted
                            }
                        )
                    })
                });
                assert!(!interrupted);
            }
            both_hear(&alice, &bob).await;
        },
    );
}

#[test]
fn five_seconds_without_network_are_survived() {
    with_two_hosts(
        "five_seconds",
        Options::default(),
        |_, alice, bob, cable| async move {
            let (alice_id, bob_id) = both_hear(&alice, &bob).await;
            cable.cut().unwrap();
            bob.say("b-cut", "im Dunkeln geschrieben");
            alice.say("a-cut", "ins Dunkle geschrieben");
            tokio::time::sleep(Duration::from_secs(5)).await;
            cable.restore().unwrap();
            let back = std::time::Instant::now();
            bob.hears(&alice_id, 10).await;
            alice.hears(&bob_id, 10).await;
            tracing::info!(after = ?back.elapsed(), "sound is back");
            alice.reads("im Dunkeln geschrieben").await;
            bob.reads("ins Dunkle geschrieben").await;
            bob.reads("im Dunkeln geschrieben").await;
            bob.until("being back", |seen| {
                seen.state.connection == Connection::Joined
            })
            .await;
            assert_eq!(said(&alice, "im Dunkeln geschrieben"), 1);
            assert_eq!(said(&bob, "ins Dunkle geschrieben"), 1);
            // Alice did not notice.
            let left = alice.look(|seen| {
                seen.events
                    .iter()
                    .any(|e| matches!(e, Event::ParticipantLeft { .. }))
            });
            assert!(!left);
        },
    );
}

#[test]
fn a_dropped_bridge_channel_is_opened_again() {
    with_two_hosts(
        "a_dropped_channel",
        Options::default(),
        |stand, alice, bob, _| async move {
            both_hear(&alice, &bob).await;
            alice
                .until("a speaker", |seen| seen.state.dominant.is_some())
                .await;
            let told = |seen: &support::Seen| {
                seen.events
                    .iter()
                    .filter(|e| matches!(e, Event::DominantSpeaker { .. }))
                    .count()
            };
            let before = alice.look(told);
            stand.drop_channels();
            // A new channel begins with who speaks.
            alice
                .until("the channel again", |seen| told(seen) > before)
                .await;
        },
    );
}

#[test]
fn a_bridge_that_forgets_everything_is_replaced() {
    with_two_hosts(
        "a_bridge_that_forgets",
        Options::default(),
        |stand, alice, bob, _| async move {
            both_hear(&alice, &bob).await;
            stand.restart_bridge();
            let connected = |seen: &support::Seen| {
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
            };
            tokio::join!(
                alice.until("a new session", connected),
                bob.until("a new session", connected),
            );
            both_hear(&alice, &bob).await;
        },
    );
}

#[test]
fn a_server_that_is_away_for_a_while_finds_us_waiting() {
    with_two_hosts(
        "a_server_away",
        Options::default(),
        |stand, alice, bob, _| async move {
            let (alice_id, bob_id) = both_hear(&alice, &bob).await;
            stand.refuse_xmpp(true);
            stand.drop_websockets();
            alice
                .until("the cut", |seen| {
                    seen.state.connection == Connection::Reconnecting
                })
                .await;
            alice.say("a-away", "in die Leere");
            // The bridge goes on without the server.
            alice.hears(&bob_id, 50).await;
            stand.refuse_xmpp(false);
            bob.reads("in die Leere").await;
            alice.reads("in die Leere").await;
            assert_eq!(said(&bob, "in die Leere"), 1);
            assert_eq!((alice.id(), bob.id()), (alice_id, bob_id));
        },
    );
}

/// BOSH has no stream management: a cut is always a new session, a new id, a new media session.
#[test]
fn a_session_that_can_not_be_resumed_is_made_anew_and_no_message_is_lost_or_doubled() {
    let options = Options {
        xmpp_websocket: false,
        ..Options::default()
    };
    with_two_hosts("made_anew", options, |stand, alice, bob, _| async move {
        let (alice_id, _) = both_hear(&alice, &bob).await;
        alice.say("a-0", "vorher");
        bob.reads("vorher").await;
        alice.reads("vorher").await;
        stand.refuse_xmpp(true);
        alice.say("a-1", "während");
        alice
            .until("the cut", |seen| {
                seen.state.connection == Connection::Reconnecting
            })
            .await;
        alice.say("a-2", "auch während");
        bob.until("the cut", |seen| {
            seen.state.connection == Connection::Reconnecting
        })
        .await;
        stand.refuse_xmpp(false);
        for body in ["während", "auch während"] {
            alice.reads(body).await;
            bob.reads(body).await;
            assert_eq!(said(&bob, body), 1, "{body}");
        }
        assert_eq!(said(&bob, "vorher"), 1, "history brings nothing twice");
        alice
            .until("a new id", |seen| {
                seen.state.own.as_ref() != Some(&alice_id)
            })
            .await;
        let bob_id = bob.id();
        alice
            .until("Bob's new self", |seen| {
                seen.state.participants.contains_key(&bob_id)
            })
            .await;
        both_hear(&alice, &bob).await;
        let own = alice.look(|seen| {
            seen.state
                .chat
                .iter()
                .filter(|m| m.body == "vorher" && m.own)
                .count()
        });
        assert_eq!(own, 1, "still our own message");
    });
}
