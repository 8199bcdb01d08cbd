//! Sound and messages through the bridge, and what the bridge does not take.
#![allow(clippy::disallowed_types, clippy::unwrap_used, missing_docs)]

mod support;

use std::net::IpAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ranzen_stand::Stand;
use ranzen_testbed::network_or_left_out;
use ranzen_xmpp::{Element, StanzaError, ns};
use support::media::{Came, Fault, Peer, audio_sources};
use support::{ALL_FEATURES, Client, websocket};
use tokio_tungstenite::tungstenite::Message;

/// Two clients in a room with their offers.
async fn pair(server: IpAddr, ca: &str, room: &str) -> [(Client, Element); 2] {
    let mut alice = Client::login(server, ca, &format!("room={room}")).await;
    alice.join(room).await;
    alice.answer_disco(&ALL_FEATURES).await;
    let mut bob = Client::login(server, ca, &format!("room={room}")).await;
    bob.join(room).await;
    bob.answer_disco(&ALL_FEATURES).await;
    let first = alice.jingle("session-initiate").await;
    let second = bob.jingle("session-initiate").await;
    [(alice, first), (bob, second)]
}

#[test]
fn sound_goes_both_ways_with_its_ssrc_and_the_speaker_is_named() {
    let Some(network) =
        network_or_left_out("sound_goes_both_ways_with_its_ssrc_and_the_speaker_is_named")
    else {
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
        let [(mut alice, first), (mut bob, second)] = pair(server, &ca, "sound").await;
        let (mut a, fine) = Peer::accept(&mut alice, "sound", &first, own, 1001, Fault::None).await;
        assert_eq!(fine.get("type"), Some("result"), "{}", fine.to_xml());
        let (mut b, fine) = Peer::accept(&mut bob, "sound", &second, own, 2002, Fault::None).await;
        assert_eq!(fine.get("type"), Some("result"), "{}", fine.to_xml());
        let added = alice.jingle("source-add").await;
        assert_eq!(audio_sources(&added), [(bob.nick.clone(), 2002)]);
        let added = bob.jingle("source-add").await;
        assert_eq!(audio_sources(&added), [(alice.nick.clone(), 1001)]);
        a.expect(2002);
        b.expect(1001);
        a.open_channel();
        b.open_channel();
        let mut count = 0;
        let second = tokio::spawn(async move {
            b.work(Duration::from_secs(30), |b| b.speak(-80), |b| b.packets(1001) > 100 && !b.texts("DominantSpeaker").is_empty() && !b.texts("hello").is_empty()).await;
            b
        });
        a.work(
            Duration::from_secs(30),
            |a| {
                count += 1;
                a.speak(-20);
                if count % 25 == 0 {
                    a.say(r#"{"colibriClass":"EndpointMessage","to":"","msgPayload":{"hello":"all"}}"#);
                }
            },
            |a| a.packets(2002) > 100 && second.is_finished(),
        )
        .await;
        let b = second.await.unwrap();
        assert!(a.packets(2002) > 100 && b.packets(1001) > 100, "{} {}", a.packets(2002), b.packets(1001));
        // The level and the sequence survive; the sequence goes over the end of its first cycle.
        let heard: Vec<&Came> = b.came.iter().filter(|it| matches!(it, Came::Rtp { .. })).collect();
        assert!(heard.iter().all(|it| matches!(it, Came::Rtp { level: Some(-20), .. })));
        for came in &heard {
            let Came::Rtp { number, payload, .. } = came else { continue };
            let sent = u64::from_be_bytes(payload.as_slice().try_into().unwrap());
            assert_eq!(u64::from(*number), sent & 0xffff, "numbers are kept");
        }
        let speaker = b.texts("DominantSpeakerEndpointChangeEvent");
        assert!(speaker.first().unwrap().contains(&alice.nick), "{speaker:?}");
        let said = b.texts("EndpointMessage");
        assert!(said[0].contains(&format!("\"from\":\"{}\"", alice.nick)), "{said:?}");
    });
    assert_eq!(stand.complaints(), Vec::<String>::new());
}

#[test]
fn a_wrong_accept_is_refused_or_does_not_connect() {
    let Some(network) = network_or_left_out("a_wrong_accept_is_refused_or_does_not_connect") else {
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
        let [(mut alice, first), (mut bob, second)] = pair(server, &ca, "wrong").await;
        let (_, refused) =
            Peer::accept(&mut alice, "wrong", &first, own, 1, Fault::ForeignName).await;
        assert_eq!(StanzaError::of(&refused).unwrap().condition, "bad-request");
        // Accepted by the focus, but the bridge has no role or no matching fingerprint.
        let (mut a, fine) = Peer::accept(&mut alice, "wrong", &first, own, 1, Fault::NoSetup).await;
        assert_eq!(fine.get("type"), Some("result"));
        a.work(Duration::from_secs(2), |_| {}, |a| a.rtc.is_connected())
            .await;
        assert!(!a.rtc.is_connected());
        let (_, again) = Peer::accept(&mut alice, "wrong", &first, own, 3, Fault::None).await;
        assert_eq!(
            StanzaError::of(&again).unwrap().condition,
            "unexpected-request"
        );
        let (mut b, fine) = Peer::accept(
            &mut bob,
            "wrong",
            &second,
            own,
            2,
            Fault::LowerCaseFingerprint,
        )
        .await;
        assert_eq!(fine.get("type"), Some("result"));
        b.work(Duration::from_secs(2), |_| {}, |b| b.rtc.is_connected())
            .await;
        assert!(!b.rtc.is_connected());
        let stray = Element::new("jingle", ns::JINGLE)
            .attr("action", "session-accept")
            .attr("sid", "unknown");
        let unknown = bob
            .ask("set", "wrong@conference.meet.test/focus", stray)
            .await;
        assert_eq!(
            StanzaError::of(&unknown).unwrap().condition,
            "item-not-found"
        );
    });
    let complaints = stand.complaints().join("\n");
    for part in [
        "does not belong",
        "no DTLS role",
        "upper-case",
        "already accepted",
        "no session for this sid",
    ] {
        assert!(complaints.contains(part), "{part:?} in {complaints}");
    }
}

#[test]
fn the_channel_over_websocket_greets_passes_on_and_refuses() {
    let Some(network) =
        network_or_left_out("the_channel_over_websocket_greets_passes_on_and_refuses")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    host.run(move || async move {
        let clients = pair(server, &ca, "channel").await;
        let mut sockets = Vec::new();
        for (_, offer) in &clients {
            let transport = offer
                .find("content", ns::JINGLE)
                .unwrap()
                .find("transport", ns::JINGLE_ICE)
                .unwrap();
            let url = transport
                .find("web-socket", ns::COLIBRI)
                .unwrap()
                .get("url")
                .unwrap()
                .to_owned();
            let path = url.split(":443").nth(1).unwrap().to_owned();
            let wrong = websocket(server, &ca, &path.replace("pwd=", "pwd=x"), None).await;
            assert_eq!(wrong.err(), Some(403));
            let wrong = websocket(server, &ca, &path.replace("default-id", "other-id"), None).await;
            assert_eq!(wrong.err(), Some(404));
            let mut socket = websocket(server, &ca, &path, None).await.unwrap();
            let hello = socket.next().await.unwrap().unwrap();
            assert_eq!(hello, Message::text(r#"{"colibriClass":"ServerHello"}"#));
            sockets.push(socket);
        }
        let to_all = r#"{"colibriClass":"EndpointMessage","to":"","msgPayload":{"name":"hand"}}"#;
        sockets[0].send(Message::text("{")).await.unwrap();
        sockets[0]
            .send(Message::text(r#"{"colibriClass":"Nonsense"}"#))
            .await
            .unwrap();
        sockets[0].send(Message::text(to_all)).await.unwrap();
        let came = sockets[1]
            .next()
            .await
            .unwrap()
            .unwrap()
            .into_text()
            .unwrap();
        assert!(
            came.contains("hand") && came.contains(&clients[0].0.nick),
            "{came}"
        );
    });
    let complaints = stand.complaints().join("\n");
    for part in ["malformed", "unknown colibriClass", "authentication failed"] {
        assert!(complaints.contains(part), "{part:?} in {complaints}");
    }
}

#[test]
fn five_seconds_without_network_are_survived() {
    let name = "five_seconds_without_network_are_survived";
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let away = network.host("away").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    let (here, there) = (IpAddr::V4(host.address()), IpAddr::V4(away.address()));
    let signal = || tokio::sync::watch::channel(false);
    let ((flows, is_flowing), (back, is_back)) = (signal(), signal());
    let (offer, offered) = tokio::sync::oneshot::channel();
    // Bob's signalling stays here: only his media is away.
    let (alice_back, flowing) = (is_back.clone(), flows.clone());
    let alice = host.spawn(move || async move {
        let [(mut alice, first), (bob, second)] = pair(server, &ca, "outage").await;
        let (mut a, _) = Peer::accept(&mut alice, "outage", &first, here, 1001, Fault::None).await;
        offer.send((bob, second)).ok().unwrap();
        a.expect(2002);
        a.work(
            Duration::from_secs(20),
            |a| a.speak(-20),
            |a| a.packets(2002) > 25,
        )
        .await;
        assert!(a.packets(2002) > 25, "before the outage");
        flowing.send(true).unwrap();
        a.work(
            Duration::from_secs(60),
            |a| a.speak(-20),
            |_| *alice_back.borrow(),
        )
        .await;
        let before = a.packets(2002);
        a.work(
            Duration::from_secs(10),
            |a| a.speak(-20),
            |a| a.packets(2002) > before + 25,
        )
        .await;
        assert!(a.packets(2002) > before + 25, "after the outage");
        flowing.send(false).unwrap();
    });
    let mut done = is_flowing.clone();
    let bob = away.spawn(move || async move {
        let (mut bob, second) = offered.await.unwrap();
        let (mut b, _) = Peer::accept(&mut bob, "outage", &second, there, 2002, Fault::None).await;
        let mut flowed = false;
        b.work(
            Duration::from_secs(90),
            |b| b.speak(-30),
            |_| {
                flowed |= *done.borrow_and_update();
                flowed && !*done.borrow()
            },
        )
        .await;
    });
    while !*is_flowing.borrow() {
        std::thread::sleep(Duration::from_millis(50));
        assert!(!alice.is_finished(), "alice gave up");
    }
    away.silence().unwrap();
    std::thread::sleep(Duration::from_secs(5));
    away.restore().unwrap();
    back.send(true).unwrap();
    alice.join();
    bob.join();
    drop(is_back);
}
