//! Calls with a real Chromium over a switch between two hosts: 198.51.100.1 is the browser, .2 is us.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Side, bound_to, decode, pitch, side, tone};
use ranzen_testbed::chromium::Page;
use ranzen_testbed::{Chromium, Host, network_or_left_out};
use ranzen_transport::{ChannelMessage, OfferWish, Transport, TransportEvent};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

const THEIR_TONE: f64 = 700.0;
const OUR_TONE: f64 = 1200.0;

/// Who describes the call first.
#[derive(Clone, Copy, PartialEq)]
enum First {
    Chromium,
    Ranzen,
}

#[test]
fn chromium_calls_and_both_hear_and_read_each_other() {
    call("chromium_calls", First::Chromium);
}

#[test]
fn we_call_chromium_and_both_hear_and_read_each_other() {
    call("we_call_chromium", First::Ranzen);
}

fn call(name: &str, first: First) {
    with_chromium(name, async move |page, us| {
        let picture = first == First::Chromium;
        page.call("begin", &[json!(THEIR_TONE), json!(picture)])
            .await
            .unwrap();
        talk(&page, us.address(), first).await;
    });
}

/// Runs `work` on the host `ranzen` while a browser runs on another one.
fn with_chromium(name: &str, work: impl AsyncFnOnce(Page, Arc<Host>) + Send + 'static) {
    let Some(network) = network_or_left_out(name) else {
        return;
    };
    let browser = network.host("browser").unwrap();
    let us = Arc::new(network.host("ranzen").unwrap());
    let chromium = Chromium::start(&browser).unwrap();
    let host = us.clone();
    us.run(move || async move {
        let page = chromium.page("about:blank").await.unwrap();
        page.evaluate(include_str!("pages/call.js")).await.unwrap();
        work(page, host).await;
    });
}

/// Pictures repaired by RTX under loss: nothing is missing in the end and nothing comes twice.
#[test]
fn five_percent_loss_is_repaired_without_a_duplicate() {
    with_chromium("five_percent_loss", async |page, us| {
        page.call("begin", &[json!(THEIR_TONE), json!(true)])
            .await
            .unwrap();
        let (video_in, mut pictures) = mpsc::channel(16_384);
        let mut config = bound_to(us.address().into());
        config.video_in = Some(video_in);
        let mut side = side(config).await;
        let offer = page.call("offer", &[]).await.unwrap();
        let answer = side
            .connection
            .answer_sdp(offer.as_str().unwrap())
            .await
            .unwrap();
        assert!(
            answer.contains("a=rtpmap:97 rtx") || answer.contains("rtx/90000"),
            "{answer}"
        );
        page.call("accept", &[json!(answer)]).await.unwrap();
        side.connected().await;
        us.drop_percent(5).unwrap();
        tokio::time::sleep(Duration::from_secs(15)).await;
        us.restore().unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;

        let mut numbers: Vec<u16> = std::iter::from_fn(|| pictures.try_recv().ok())
            .map(|p| p.sequence)
            .collect();
        let stats = side.connection.stats().await;
        let repaired = page
            .call("retransmitted", &[])
            .await
            .unwrap()
            .as_u64()
            .unwrap();
        // The browser also probes the way with packets that it sent before: they are counted
        // (`stats.duplicates`), but not handed on.
        let distinct: HashSet<u16> = numbers.iter().copied().collect();
        assert_eq!(distinct.len(), numbers.len(), "{stats:?}");
        let first = numbers[0];
        numbers.sort_by_key(|n| n.wrapping_sub(first));
        let missing: u64 = numbers
            .windows(2)
            .map(|w| u64::from(w[1].wrapping_sub(w[0])) - 1)
            .sum();
        eprintln!(
            "{} packets, {repaired} retransmitted, {missing} missing, {stats:?}",
            numbers.len()
        );
        assert!(
            repaired >= 5,
            "the loss was real: {repaired} retransmissions of {}",
            numbers.len()
        );
        assert!(missing <= 1, "{missing} of {} are missing", numbers.len());
    });
}

/// The peer adds and removes a stream again and again; the others notice nothing, the description does not grow.
#[test]
fn streams_come_and_go_without_disturbing_the_others() {
    with_chromium("streams_come_and_go", async |page, us| {
        page.call("begin", &[json!(THEIR_TONE), json!(false)])
            .await
            .unwrap();
        let mut side = side(bound_to(us.address().into())).await;
        let offer = page.call("offer", &[]).await.unwrap();
        let answer = side
            .connection
            .answer_sdp(offer.as_str().unwrap())
            .await
            .unwrap();
        page.call("accept", &[json!(answer)]).await.unwrap();
        side.connected().await;
        let mut sections = 0;
        for round in 0..10 {
            page.call("another", &[json!(2000 + 50 * round)])
                .await
                .unwrap();
            sections = sections.max(reoffer(&page, &side).await);
            tokio::time::sleep(Duration::from_millis(200)).await;
            page.evaluate("noOther()").await.unwrap();
            reoffer(&page, &side).await;
        }
        let packets = side.drain(Duration::from_millis(1)).await;
        let mut by_stream: HashMap<&str, Vec<u16>> = HashMap::new();
        for packet in &packets {
            by_stream
                .entry(&packet.source.0)
                .or_default()
                .push(packet.sequence);
        }
        assert!(
            by_stream.len() >= 10,
            "every new stream was heard: {}",
            by_stream.len()
        );
        let first = by_stream
            .values()
            .max_by_key(|numbers| numbers.len())
            .unwrap();
        assert!(
            first.windows(2).all(|w| w[1] == w[0].wrapping_add(1)),
            "the first stream has a gap"
        );
        assert!(first.len() > 100, "{} packets", first.len());
        assert_eq!(sections, 3, "sections are used again");
    });
}

/// One more round of descriptions; gives the number of m-sections.
async fn reoffer(page: &Page, side: &Side) -> usize {
    let offer = page.call("reoffer", &[]).await.unwrap();
    let answer = side
        .connection
        .answer_sdp(offer.as_str().unwrap())
        .await
        .unwrap();
    page.call("accept", &[json!(answer)]).await.unwrap();
    answer.matches("\nm=").count()
}

async fn talk(page: &Page, address: Ipv4Addr, first: First) {
    let (video_in, mut pictures) = mpsc::channel(4096);
    let mut config = bound_to(address.into());
    config.video_in = Some(video_in);
    let mut us = side(config).await;
    match first {
        First::Chromium => {
            let offer = page.call("offer", &[]).await.unwrap();
            let answer = us
                .connection
                .answer_sdp(offer.as_str().unwrap())
                .await
                .unwrap();
            page.call("accept", &[json!(answer)]).await.unwrap();
        }
        First::Ranzen => {
            let wish = OfferWish {
                receive_video: true,
                channel: Some(("chat".into(), "words".into())),
            };
            let offer = us.connection.offer_sdp(&wish).await.unwrap();
            let answer = page.call("answer", &[json!(offer)]).await.unwrap();
            us.connection
                .accept_answer_sdp(answer.as_str().unwrap())
                .await
                .unwrap();
        }
    }
    us.connected().await;
    messages(page, &mut us).await;
    sound(page, &mut us).await;
    if first == First::Chromium {
        let first_picture = pictures.recv().await.unwrap();
        assert_eq!(first_picture.source, pictures.recv().await.unwrap().source);
        assert!(pictures.len() > 30, "{} video packets", pictures.len());
    }
    us.connection.close().await;
}

async fn messages(page: &Page, us: &mut Side) {
    us.expect("the channel", |e| *e == TransportEvent::ChannelOpen)
        .await;
    us.connection.send_message("von uns: äöü").await.unwrap();
    us.connection.send_binary(&[1, 2, 3]).await.unwrap();
    page.wait_for("messages.length === 2", Duration::from_secs(10))
        .await
        .unwrap();
    assert_eq!(
        page.evaluate("messages[0]").await.unwrap(),
        json!("von uns: äöü")
    );
    assert_eq!(
        page.evaluate("messages[1].arrayBuffer ? messages[1].size : messages[1].byteLength")
            .await
            .unwrap(),
        json!(3)
    );
    page.evaluate("channel.send('vom Browser'), channel.send(new Uint8Array([9, 8]))")
        .await
        .unwrap();
    us.expect("text", |e| {
        *e == TransportEvent::Channel(ChannelMessage::Text("vom Browser".into()))
    })
    .await;
    us.expect("bytes", |e| {
        *e == TransportEvent::Channel(ChannelMessage::Binary(vec![9, 8]))
    })
    .await;
}

async fn sound(page: &Page, us: &mut Side) {
    common::play(&*us.connection, tone(OUR_TONE, 200)).await;
    let heard = page.call("hears", &[]).await.unwrap();
    let figures = page.call("figures", &[]).await.unwrap();
    let frequency = heard["frequency"].as_f64().unwrap();
    assert!(
        (frequency - OUR_TONE).abs() < 12.0,
        "Chromium hears {heard}"
    );
    assert!(
        heard["level"].as_f64().unwrap() > -40.0,
        "Chromium hears {heard}"
    );
    assert!(
        figures["packetsReceived"].as_u64().unwrap() >= 195,
        "{figures}"
    );
    assert_eq!(figures["packetsLost"], json!(0), "{figures}");
    assert!(
        figures["packetsWeSaidWeSent"].as_u64().unwrap() >= 100,
        "no sender reports: {figures}"
    );
    assert!(
        figures["roundTrips"].as_u64().unwrap() >= 1,
        "no receiver reports: {figures}"
    );
    assert!(
        figures["totalAudioEnergy"].as_f64().unwrap() > 0.1,
        "{figures}"
    );

    let mut packets = Vec::new();
    while let Ok(packet) = us.sound.try_recv() {
        packets.push(packet);
    }
    assert!(packets.len() > 150, "{} packets", packets.len());
    let (frequency, rms) = pitch(&decode(&packets));
    assert!(
        (frequency - THEIR_TONE).abs() < 10.0,
        "we hear {frequency} Hz"
    );
    assert!(rms > 0.1, "effective value {rms}");
    let level = packets[packets.len() / 2]
        .level
        .expect("Chromium sends its level");
    assert!(level.minus_dbov < 30, "{level:?}");
    let stats = us.connection.stats().await;
    assert_eq!((stats.packets_lost, stats.duplicates), (0, 0), "{stats:?}");
}
