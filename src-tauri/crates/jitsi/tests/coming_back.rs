//! Cuts: of the signalling socket, of the bridge channel, of the bridge, of the whole network.
//!
//! Topology: `stand` and two clients on one switch; the second client's cable is pulled or silenced.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use ranzen_meeting::{Connection, Event, MediaPhase, ParticipantId};
use ranzen_stand::Stand;
use ranzen_testbed::{Host, network_or_left_out};
use std::sync::Arc;
use std::time::Duration;
use support::{Guest, Ticket};

/// Alice on one host, Bob on another, both in the room.
fn with_two_hosts<F, Fut>(name: &str, test: F)
where
    F: FnOnce(Arc<Stand>, Guest, Guest, Arc<Host>) -> Fut + Send + 'static,
    Fut: Future<Output = ()>,
{
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let stand = Arc::new(Stand::start(&network).unwrap());
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
    with_two_hosts("a_dropped_socket", |stand, alice, bob, _| async move {
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
    });
}

#[test]
fn five_seconds_without_network_are_survived() {
    with_two_hosts("five_seconds", |_, alice, bob, cable| async move {
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
    });
}

#[test]
fn a_dropped_bridge_channel_is_opened_again() {
    with_two_hosts("a_dropped_channel", |stand, alice, bob, _| async move {
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
    });
}

#[test]
fn a_bridge_that_forgets_everything_is_replaced() {
    with_two_hosts("a_bridge_that_forgets", |stand, alice, bob, _| async move {
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
    });
}
