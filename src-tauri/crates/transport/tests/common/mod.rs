//! Shared by the tests: doors, tones, and waiting for what a connection says.
#![allow(clippy::unwrap_used, missing_docs, dead_code, unreachable_pub)]

use ranzen_net::{Door, ProxyChoice};
use ranzen_rtp::{AudioLevel, EncodedAudio, ReceivedAudio};
use ranzen_transport::{
    Connection, Transport, TransportConfig, TransportEvent, TransportState, connect,
};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

pub const FRAME: usize = 960;

/// One side of a call.
pub struct Side {
    pub connection: Arc<Connection>,
    pub events: mpsc::Receiver<TransportEvent>,
    pub sound: mpsc::Receiver<ReceivedAudio>,
}

pub fn door() -> Door {
    Door::builder().proxy(ProxyChoice::None).build().unwrap()
}

pub fn on_loopback() -> TransportConfig {
    bound_to(Ipv4Addr::LOCALHOST.into())
}

pub fn bound_to(address: IpAddr) -> TransportConfig {
    let mut config = TransportConfig::new(door());
    config.bind = vec![address];
    config
}

pub async fn side(config: TransportConfig) -> Side {
    // `RUST_LOG=webrtc=debug` shows what the stack says.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_test_writer()
        .try_init();
    let (audio_in, sound) = mpsc::channel(4096);
    let (connection, events) = connect(config, audio_in).await.unwrap();
    Side {
        connection,
        events,
        sound,
    }
}

impl Side {
    /// Waits for an event, for at most 20 s.
    pub async fn expect(
        &mut self,
        what: &str,
        wanted: impl Fn(&TransportEvent) -> bool,
    ) -> TransportEvent {
        let mut seen = Vec::new();
        let waiting = async {
            while let Some(event) = self.events.recv().await {
                if wanted(&event) {
                    return Some(event);
                }
                seen.push(event);
            }
            None
        };
        match timeout(Duration::from_secs(20), waiting).await {
            Ok(Some(event)) => event,
            Ok(None) => panic!("the events ended before: {what}; seen {seen:?}"),
            Err(_) => panic!("never came: {what}; seen {seen:?}"),
        }
    }

    pub async fn connected(&mut self) {
        self.expect("connected", |e| {
            *e == TransportEvent::State(TransportState::Connected)
        })
        .await;
    }

    /// What arrives until nothing has for a while.
    pub async fn drain(&mut self, quiet: Duration) -> Vec<ReceivedAudio> {
        let mut all = Vec::new();
        while let Ok(Some(packet)) = timeout(quiet, self.sound.recv()).await {
            all.push(packet);
        }
        all
    }
}

/// A tone as Opus packets of 20 ms.
pub fn tone(frequency: f64, packets: usize) -> Vec<EncodedAudio> {
    let mut encoder =
        opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Audio).unwrap();
    (0..packets)
        .map(|n| {
            let samples: Vec<f32> = (0..FRAME)
                .map(|i| {
                    let t = (n * FRAME + i) as f64 / 48_000.0;
                    (0.5 * (t * frequency * std::f64::consts::TAU).sin()) as f32
                })
                .collect();
            EncodedAudio {
                payload: encoder.encode_vec_float(&samples, 1500).unwrap().into(),
                timestamp_48k: (n * FRAME) as u64,
                marker: n == 0,
                level: AudioLevel {
                    minus_dbov: 9,
                    voice: true,
                },
            }
        })
        .collect()
}

/// Sends packets at their pace.
pub async fn play(connection: &dyn Transport, packets: Vec<EncodedAudio>) {
    let mut clock = interval(Duration::from_millis(20));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for packet in packets {
        clock.tick().await;
        connection.send_audio(packet).await.unwrap();
    }
}

/// Decodes packets in their order and gives the samples.
pub fn decode(packets: &[ReceivedAudio]) -> Vec<f32> {
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).unwrap();
    let mut sorted: Vec<_> = packets.iter().collect();
    sorted.sort_by_key(|p| p.timestamp);
    let mut out = Vec::new();
    let mut frame = vec![0f32; 5760];
    for packet in sorted {
        let length = decoder
            .decode_float(&packet.payload, &mut frame, false)
            .unwrap();
        out.extend_from_slice(&frame[..length]);
    }
    out
}

/// The strongest frequency by zero crossings of the middle part, in Hz, and the effective value.
pub fn pitch(samples: &[f32]) -> (f64, f64) {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let rises = middle
        .windows(2)
        .filter(|w| w[0] < 0.0 && w[1] >= 0.0)
        .count();
    let seconds = middle.len() as f64 / 48_000.0;
    let rms =
        (middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64).sqrt();
    (rises as f64 / seconds, rms)
}
