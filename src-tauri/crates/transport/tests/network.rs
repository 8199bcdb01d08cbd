//! What happens to a connection when its network does: two of our own on a switch, .1 and .2.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Side, bound_to, play, side, tone};
use ranzen_testbed::{Host, network_or_left_out};
use ranzen_transport::{
    AudioRoute, OfferWish, Transport, TransportEvent, TransportState, media_port,
};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

async fn connected(a: &mut Side, b: &mut Side) {
    let offer = a.connection.offer_sdp(&OfferWish::default()).await.unwrap();
    let answer = b.connection.answer_sdp(&offer).await.unwrap();
    a.connection.accept_answer_sdp(&answer).await.unwrap();
    a.connected().await;
    b.connected().await;
}

/// Calls from `.1` to `.2`; `work` runs with the caller's side, the callee plays a tone for that long.
fn call(name: &str, packets: usize, work: impl AsyncFnOnce(&mut Side, &Host) + Send + 'static) {
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let here = Arc::new(network.host("here").unwrap());
    let there = network.host("there").unwrap();
    let (offer, offered) = oneshot::channel::<String>();
    let (answer, answered) = oneshot::channel::<String>();
    let address = there.address();
    let other = there.spawn(move || async move {
        let mut side = side(bound_to(address.into())).await;
        let text = side
            .connection
            .answer_sdp(&offered.await.unwrap())
            .await
            .unwrap();
        answer.send(text).unwrap();
        side.connected().await;
        play(&*side.connection, tone(440.0, packets)).await;
        side.connection.close().await;
    });
    let host = here.clone();
    here.run(move || async move {
        let mut side = side(bound_to(host.address().into())).await;
        offer
            .send(
                side.connection
                    .offer_sdp(&OfferWish::default())
                    .await
                    .unwrap(),
            )
            .unwrap();
        side.connection
            .accept_answer_sdp(&answered.await.unwrap())
            .await
            .unwrap();
        side.connected().await;
        work(&mut side, &host).await;
    });
    other.join();
}

#[test]
fn a_path_that_was_lost_for_a_while_comes_back_by_itself() {
    call("a_path_that_was_lost", 1000, async |side, host| {
        host.silence().unwrap();
        side.expect("lost", |e| {
            *e == TransportEvent::State(TransportState::Disconnected)
        })
        .await;
        while side.sound.try_recv().is_ok() {}
        host.restore().unwrap();
        side.connected().await;
        let heard = tokio::time::timeout(Duration::from_secs(3), side.sound.recv()).await;
        assert!(heard.unwrap().is_some(), "sound is back");
    });
}

#[test]
fn a_path_that_does_not_come_back_fails() {
    call("a_path_that_does_not_come_back", 10, async |side, host| {
        host.silence().unwrap();
        side.expect("lost", |e| {
            *e == TransportEvent::State(TransportState::Disconnected)
        })
        .await;
        for _ in 0..2 {
            let wait = side.events.recv();
            if let Ok(event) = tokio::time::timeout(Duration::from_secs(40), wait).await {
                assert_eq!(event, Some(TransportEvent::State(TransportState::Failed)));
                assert!(side.connection.send_message("x").await.is_err());
                return;
            }
        }
        panic!("it stayed silent");
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_frame_is_asked_for_by_name() {
    let (mut a, mut b) = (
        side(common::on_loopback()).await,
        side(common::on_loopback()).await,
    );
    connected(&mut a, &mut b).await;
    play(&*b.connection, tone(440.0, 5)).await;
    let stream = a.drain(Duration::from_millis(200)).await[0].clone();
    // Sound has no key frames, but the wish travels all the same.
    a.connection
        .request_key_frame(&stream.source)
        .await
        .unwrap();
    let wish = |e: &TransportEvent| *e == TransportEvent::KeyFrameWanted { ssrc: stream.ssrc };
    b.expect("the wish", wish).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_sound_moves_to_the_next_connection() {
    let (port, _audio_in, audio_out) = media_port();
    let route = AudioRoute::new(audio_out);
    let mut packets = tone(440.0, 30).into_iter();
    for _ in 0..2 {
        let (mut a, mut b) = (
            side(common::on_loopback()).await,
            side(common::on_loopback()).await,
        );
        // Nobody hears what was said in between.
        port.send.send(packets.next().unwrap()).await.unwrap();
        connected(&mut a, &mut b).await;
        route.to(Some(a.connection.clone()));
        for packet in packets.by_ref().take(10) {
            port.send.send(packet).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(b.drain(Duration::from_millis(200)).await.len(), 10);
        route.to(None);
        a.connection.close().await;
    }
}

/// A host without any multicast route, as in a container or behind a VPN, and nobody answering.
#[test]
fn it_starts_without_a_multicast_route_and_tells_that_nobody_answers() {
    let Some(network) = network_or_left_out("without_a_multicast_route") else {
        return;
    };
    let host = network.host("alone").unwrap();
    let address: Ipv4Addr = host.address();
    host.run(move || async move {
        let mut config = bound_to(address.into());
        config.connect_timeout = Duration::from_secs(2);
        let mut us = side(config).await;
        let offer = us
            .connection
            .offer_sdp(&OfferWish::default())
            .await
            .unwrap();
        assert!(offer.contains(&format!("{address}")), "{offer}");
        // An answer of a peer that is not there.
        let other = side(bound_to(address.into())).await;
        let answer = other.connection.answer_sdp(&offer).await.unwrap();
        other.connection.close().await;
        us.connection.accept_answer_sdp(&answer).await.unwrap();
        us.expect("failed", |e| {
            *e == TransportEvent::State(TransportState::Failed)
        })
        .await;
    });
}

/// Nothing configured: every interface, and no candidate that nobody could reach.
#[test]
fn by_default_every_interface_is_used() {
    let Some(network) = network_or_left_out("by_default_every_interface") else {
        return;
    };
    let host = network.host("default").unwrap();
    let address: Ipv4Addr = host.address();
    let offer = host.run(|| async {
        let us = side(ranzen_transport::TransportConfig::new(common::door())).await;
        us.connection
            .offer_sdp(&OfferWish::default())
            .await
            .unwrap()
    });
    let candidates: Vec<&str> = offer
        .lines()
        .filter(|line| line.starts_with("a=candidate:"))
        .collect();
    assert!(
        candidates
            .iter()
            .any(|c| c.contains(&format!(" {address} "))),
        "{candidates:?}"
    );
    assert_eq!(candidates.len(), 1, "{candidates:?}");
}

/// The interface itself goes down, so that sending gives errors; then it is there again.
#[test]
fn a_cable_that_was_pulled_for_five_seconds_costs_only_those() {
    call("a_cable_that_was_pulled", 800, async |side, host| {
        host.cut().unwrap();
        // Ours goes on all the while.
        play(&*side.connection, tone(660.0, 250)).await;
        while side.sound.try_recv().is_ok() {}
        host.restore().unwrap();
        let heard = tokio::time::timeout(Duration::from_secs(3), side.sound.recv()).await;
        assert!(heard.is_ok(), "sound is back");
        let sent = side.connection.stats().await.packets_sent;
        side.connected().await;
        play(&*side.connection, tone(660.0, 10)).await;
        assert!(side.connection.stats().await.packets_sent > sent);
    });
}
