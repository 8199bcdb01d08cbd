//! Two connections of our own with each other, on this machine.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{decode, on_loopback, pitch, play, side, tone};
use ranzen_transport::{ChannelMessage, OfferWish, Transport, TransportEvent, TransportState};
use std::time::Duration;

/// Sound with its level, text and bytes in both directions; the figures fit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_with_sound_and_messages_both_ways() {
    let mut a = side(on_loopback()).await;
    let mut b = side(on_loopback()).await;
    let wish = OfferWish {
        receive_video: true,
        channel: Some(("notes".into(), "p".into())),
    };
    let offer = a.connection.offer_sdp(&wish).await.unwrap();
    let answer = b.connection.answer_sdp(&offer).await.unwrap();
    a.connection.accept_answer_sdp(&answer).await.unwrap();
    // Before there is a path, sound is dropped and not kept.
    a.connection
        .send_audio(tone(440.0, 1).remove(0))
        .await
        .unwrap();
    a.connected().await;
    b.connected().await;
    a.expect("open", |e| *e == TransportEvent::ChannelOpen)
        .await;
    b.expect("open", |e| *e == TransportEvent::ChannelOpen)
        .await;

    a.connection.send_message("grüß dich").await.unwrap();
    b.connection.send_binary(&[0, 1, 2]).await.unwrap();
    b.expect("text", |e| {
        *e == TransportEvent::Channel(ChannelMessage::Text("grüß dich".into()))
    })
    .await;
    a.expect("bytes", |e| {
        *e == TransportEvent::Channel(ChannelMessage::Binary(vec![0, 1, 2]))
    })
    .await;

    tokio::join!(
        play(&*a.connection, tone(440.0, 100)),
        play(&*b.connection, tone(1000.0, 100))
    );
    for (side, frequency) in [(&mut b, 440.0), (&mut a, 1000.0)] {
        let packets = side.drain(Duration::from_millis(300)).await;
        assert_eq!(packets.len(), 100);
        let (heard, rms) = pitch(&decode(&packets));
        assert!(
            (heard - frequency).abs() < 10.0,
            "{heard} Hz instead of {frequency}"
        );
        assert!(rms > 0.2, "effective value {rms}");
        let level = packets[50].level.unwrap();
        assert_eq!((level.minus_dbov, level.voice), (9, true));
        assert!(packets[0].marker && !packets[1].marker);
        assert_eq!(packets[1].timestamp.wrapping_sub(packets[0].timestamp), 960);
        let stats = side.connection.stats().await;
        assert_eq!(
            (
                stats.packets_sent,
                stats.packets_received,
                stats.packets_lost
            ),
            (100, 100, 0)
        );
        assert_eq!(stats.pair.unwrap().local, "host");
    }
    a.connection.close().await;
    a.connection.close().await;
    b.expect("the end", |e| {
        matches!(
            e,
            TransportEvent::State(TransportState::Failed | TransportState::Disconnected)
        )
    })
    .await;
    assert!(a.connection.send_message("x").await.is_err());
}
