//! What the focus refuses, and what it does when somebody must go or wants to begin anew.
#![allow(clippy::disallowed_types, clippy::unwrap_used, missing_docs)]

mod support;

use std::net::IpAddr;

use ranzen_stand::Stand;
use ranzen_testbed::network_or_left_out;
use ranzen_xmpp::{Element, StanzaError, ns, parse};
use support::media::{Fault, Peer, audio_sources};
use support::{ALL_FEATURES, Client};

const FOCUS: &str = "room@conference.meet.test/focus";

/// Runs `test` with two clients in a room and their offers, on a client host.
fn with_pair<Fut>(
    name: &str,
    test: impl FnOnce(Client, Element, Client, Element, IpAddr) -> Fut + Send + 'static,
) where
    Fut: Future<Output = ()>,
{
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    let own = IpAddr::V4(host.address());
    host.run(move || async move {
        let mut alice = Client::login(server, &ca, "room=room").await;
        alice.join("room").await;
        alice.answer_disco(&ALL_FEATURES).await;
        alice
            .until("permissions", |it| it.has_child("permissions", ns::JITMEET))
            .await;
        let mut bob = Client::login(server, &ca, "room=room").await;
        bob.join("room").await;
        bob.answer_disco(&ALL_FEATURES).await;
        let first = alice.jingle("session-initiate").await;
        let second = bob.jingle("session-initiate").await;
        test(alice, first, bob, second, own).await;
    });
}

fn condition(answer: &Element) -> String {
    StanzaError::of(answer).map_or_else(
        || answer.get("type").unwrap().to_owned(),
        |error| error.condition,
    )
}

fn mute(nick: &str, value: &str) -> Element {
    Element::new("mute", ns::JITMEET_AUDIO)
        .attr("jid", format!("room@conference.meet.test/{nick}"))
        .text(value)
}

#[test]
fn only_moderators_mute_others_and_nobody_is_unmuted() {
    with_pair(
        "only_moderators_mute_others_and_nobody_is_unmuted",
        |mut alice, _, mut bob, _, _| async move {
            assert_eq!(
                condition(&bob.ask("set", FOCUS, mute(&alice.nick, "true")).await),
                "not-allowed"
            );
            assert_eq!(
                condition(&alice.ask("set", FOCUS, mute(&bob.nick, "false")).await),
                "not-allowed"
            );
            assert_eq!(
                condition(&alice.ask("set", FOCUS, mute("00000000", "true")).await),
                "item-not-found"
            );
            assert_eq!(
                condition(&alice.ask("set", FOCUS, mute(&bob.nick, "perhaps")).await),
                "bad-request"
            );
            assert_eq!(
                condition(&alice.ask("set", FOCUS, mute(&bob.nick, "true")).await),
                "result"
            );
            let order = bob
                .until("mute", |it| it.has_child("mute", ns::JITMEET_AUDIO))
                .await;
            let order = order.find("mute", ns::JITMEET_AUDIO).unwrap();
            assert_eq!(
                order.get("actor"),
                Some(format!("room@conference.meet.test/{}", alice.nick).as_str())
            );
            assert_eq!(order.own_text(), "true");
        },
    );
}

fn change(action: &str, offer: &Element, ssrc: u32, name: &str) -> Element {
    let sid = offer.get("sid").unwrap();
    parse(&format!(
        "<jingle xmlns='urn:xmpp:jingle:1' action='{action}' sid='{sid}'><content name='audio'>\
         <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>\
         <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='{ssrc}' name='{name}'>\
         <parameter name='msid' value='{ssrc} t'/></source></description></content></jingle>"
    ))
    .unwrap()
}

#[test]
fn source_changes_need_a_session_and_must_keep_the_rules() {
    with_pair(
        "source_changes_need_a_session_and_must_keep_the_rules",
        |mut alice, first, mut bob, second, own| async move {
            let (a1, b1) = (format!("{}-a1", alice.nick), format!("{}-a1", bob.nick));
            let early = alice
                .ask("set", FOCUS, change("source-add", &first, 5, &a1))
                .await;
            assert_eq!(condition(&early), "unexpected-request");
            Peer::accept(&mut alice, "room", &first, own, 1001, Fault::None).await;
            Peer::accept(&mut bob, "room", &second, own, 2002, Fault::None).await;
            alice.jingle("source-add").await;
            for (ssrc, name, action) in [
                (2002, &a1, "source-add"),
                (1001, &a1, "source-add"),
                (7, &b1, "source-add"),
                (7, &a1, "source-remove"),
            ] {
                let refused = alice
                    .ask("set", FOCUS, change(action, &first, ssrc, name))
                    .await;
                assert_eq!(condition(&refused), "bad-request", "{action} {ssrc} {name}");
            }
            assert_eq!(
                condition(
                    &bob.ask("set", FOCUS, change("source-add", &second, 2003, &b1))
                        .await
                ),
                "result"
            );
            // Nothing refused was told before this.
            assert_eq!(
                audio_sources(&alice.jingle("source-add").await),
                [(bob.nick.clone(), 2003)]
            );
            assert_eq!(
                condition(
                    &bob.ask("set", FOCUS, change("source-remove", &second, 2003, &b1))
                        .await
                ),
                "result"
            );
            assert_eq!(
                audio_sources(&alice.jingle("source-remove").await),
                [(bob.nick.clone(), 2003)]
            );
        },
    );
}

fn restart(offer: &Element, bridge: &str) -> Element {
    Element::new("jingle", ns::JINGLE)
        .attr("action", "session-terminate")
        .attr("sid", offer.get("sid").unwrap())
        .child(
            Element::new("reason", ns::JINGLE)
                .child(Element::new("connectivity-error", ns::JINGLE)),
        )
        .child(
            Element::new("bridge-session", ns::FOCUS)
                .attr("id", bridge)
                .attr("restart", "true"),
        )
}

#[test]
fn a_client_may_begin_anew_but_not_too_often() {
    with_pair(
        "a_client_may_begin_anew_but_not_too_often",
        |mut alice, first, mut bob, second, own| async move {
            Peer::accept(&mut alice, "room", &first, own, 1001, Fault::None).await;
            Peer::accept(&mut bob, "room", &second, own, 2002, Fault::None).await;
            assert_eq!(
                condition(&alice.ask("set", FOCUS, restart(&first, "another")).await),
                "item-not-found"
            );
            let bridge = first
                .find("bridge-session", ns::FOCUS)
                .unwrap()
                .get("id")
                .unwrap();
            assert_eq!(
                condition(&alice.ask("set", FOCUS, restart(&first, bridge)).await),
                "result"
            );
            assert_eq!(
                audio_sources(&bob.jingle("source-remove").await),
                [(alice.nick.clone(), 1001)]
            );
            let again = alice.jingle("session-initiate").await;
            assert_ne!(again.get("sid"), first.get("sid"));
            assert!(
                audio_sources(&again).contains(&(bob.nick.clone(), 2002)),
                "the others' sources are there at once"
            );
            let bridge = again
                .find("bridge-session", ns::FOCUS)
                .unwrap()
                .get("id")
                .unwrap();
            assert_eq!(
                condition(&alice.ask("set", FOCUS, restart(&again, bridge)).await),
                "resource-constraint"
            );
            Peer::accept(&mut alice, "room", &again, own, 1001, Fault::None).await;
        },
    );
}

#[test]
fn the_next_becomes_owner_when_the_first_leaves() {
    with_pair(
        "the_next_becomes_owner_when_the_first_leaves",
        |mut alice, _, mut bob, _, _| async move {
            let leave = Element::new("presence", ns::CLIENT)
                .attr("type", "unavailable")
                .attr("to", format!("room@conference.meet.test/{}", alice.nick));
            alice.send(&leave).await;
            bob.until("ownership", |it| it.has_child("permissions", ns::JITMEET))
                .await;
        },
    );
}

#[test]
fn kicking_destroying_and_inviting_anew_reach_the_client() {
    let name = "kicking_destroying_and_inviting_anew_reach_the_client";
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    let (inside, is_inside) = std::sync::mpsc::channel();
    let (moved, is_moved) = std::sync::mpsc::channel();
    let task = host.spawn(move || async move {
        let mut clients = Vec::new();
        for _ in 0..3 {
            let mut client = Client::login(server, &ca, "room=room").await;
            client.join("room").await;
            client.answer_disco(&ALL_FEATURES).await;
            clients.push(client);
        }
        for client in &mut clients {
            client.jingle("session-initiate").await;
        }
        inside.send(clients[1].nick.clone()).unwrap();
        for client in &mut clients {
            let end = client.jingle("session-terminate").await;
            let reason = end.find("reason", ns::JINGLE).unwrap();
            assert!(
                reason.has_child("success", ns::JINGLE)
                    && reason.text_of("text", ns::JINGLE).unwrap() == "moving"
            );
            client.jingle("session-initiate").await;
        }
        moved.send(()).unwrap();
        let user = |it: &Element| it.find("x", ns::MUC_USER).cloned();
        let kicked = clients[1]
            .until("kick", |it| {
                let x = user(it);
                x.is_some_and(|x| x.children().any(|it| it.get("code") == Some("307")))
            })
            .await;
        assert!(kicked.to_xml().contains("enough"), "{}", kicked.to_xml());
        let ended = clients[0]
            .until("destroy", |it| {
                user(it).is_some_and(|x| x.has_child("destroy", ns::MUC_USER))
            })
            .await;
        assert!(
            ended.to_xml().contains("school is over"),
            "{}",
            ended.to_xml()
        );
    });
    let nick = is_inside.recv().unwrap();
    stand.reinvite("room").unwrap();
    is_moved.recv().unwrap();
    stand.kick("room", &nick, "enough").unwrap();
    stand.destroy("room", "school is over").unwrap();
    task.join();
}
