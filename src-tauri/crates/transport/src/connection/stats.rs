//! Figures, gathered from both directions and from the stack.

use super::Connection;
use super::negotiation::{Live, Relays};
use crate::stats::{SelectedPair, TransportStats};
use std::sync::Arc;
use std::time::{Duration, Instant};
use webrtc::peer_connection::{PeerConnection, StatsSelector};

impl Connection {
    pub(super) async fn read_stats(&self) -> TransportStats {
        let counters = self.streams.counters();
        let (packets_sent, bytes_sent) = self.audio.get().map_or((0, 0), |audio| audio.sent());
        let mut stats = TransportStats {
            bytes_sent,
            packets_sent,
            bytes_received: counters.bytes,
            packets_received: counters.packets,
            packets_lost: counters.lost,
            duplicates: counters.duplicates,
            overflowed: counters.overflowed,
            ..TransportStats::default()
        };
        let of_live = |live: &Live| (Arc::clone(&live.connection), Arc::clone(&live.relays));
        let live = self.live.lock().await.as_ref().map(of_live);
        if let Some((connection, relays)) = live {
            stats.pair = self.pair(&*connection, &relays).await;
            stats.round_trip = round_trip(&*connection).await;
        }
        stats
    }

    async fn pair(&self, connection: &dyn PeerConnection, relays: &Relays) -> Option<SelectedPair> {
        let sender = connection.get_senders().await.into_iter().next();
        let dtls = match sender {
            Some(sender) => sender.transport().await.ok()??,
            None => connection.sctp().await?.transport(),
        };
        let pair = dtls
            .ice_transport()
            .get_selected_candidate_pair()
            .await
            .ok()??;
        let (local, remote) = (pair.local(), pair.remote());
        let relay_protocol = (local.typ.to_string() == "relay").then(|| {
            let streamed = relays
                .url_of(local)
                .and_then(|url| self.servers.protocol_of(&url));
            streamed.unwrap_or("udp").to_owned()
        });
        Some(SelectedPair {
            local: local.typ.to_string(),
            remote: remote.typ.to_string(),
            protocol: local.protocol.to_string(),
            relay_protocol,
        })
    }
}

/// Of the pair that carries most.
async fn round_trip(connection: &dyn PeerConnection) -> Option<Duration> {
    let report = connection
        .get_stats(Instant::now(), StatsSelector::None)
        .await;
    let pair = report
        .candidate_pairs()
        .max_by_key(|pair| pair.bytes_received)?;
    (pair.current_round_trip_time > 0.0)
        .then(|| Duration::from_secs_f64(pair.current_round_trip_time))
}
