//! The streams that signalling has named, and where their packets go.

use super::window::Window;
use crate::description::RemoteSource;
use crate::event::TransportEvent;
use crate::port::{AudioIn, ReceivedVideo, VideoIn};
use crate::sdp::Negotiated;
use ranzen_rtp::{AudioLevel, MediaKind, ReceivedAudio, SourceKey};
use rtc::rtp;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;

/// More streams than any bridge forwards; further ones are refused.
pub(crate) const MAX_STREAMS: usize = 2048;
/// Packets kept while the peer's certificate is being checked: a few hundred milliseconds.
const HELD: usize = 256;

/// Where packets and requests go.
#[derive(Debug, Clone)]
pub(crate) struct Sinks {
    /// Sound.
    pub audio: AudioIn,
    /// Pictures, if anybody wants them.
    pub video: Option<VideoIn>,
    /// Key frame requests.
    pub events: mpsc::Sender<TransportEvent>,
}

/// Sums over all streams, also those that are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub bytes: u64,
    pub packets: u64,
    pub duplicates: u64,
    /// Packets that their taker had no room for.
    pub overflowed: u64,
    /// Packets with a transport-wide number: those that congestion feedback can speak of.
    pub numbered: u64,
    lost_of_removed: u64,
    /// Over all streams; filled in when asked for.
    pub lost: u64,
}

/// One stream of the peer.
#[derive(Debug)]
pub(crate) struct Stream {
    pub source: RemoteSource,
    /// The interceptors know it: its first packet has come.
    pub bound: bool,
    window: Window,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    pub streams: HashMap<u32, Stream>,
    /// RTX SSRC → primary SSRC.
    pub rtx: HashMap<u32, u32>,
    /// Primary SSRCs that the interceptors must forget.
    pub unbind: Vec<u32>,
    pub counters: Counters,
    pub negotiated: Negotiated,
    held: VecDeque<(Instant, rtp::Packet)>,
}

/// The table of streams, shared between signalling and the packet path.
#[derive(Debug)]
pub(crate) struct Streams {
    table: Mutex<Table>,
    /// The peer has proven to be who signalling said.
    trusted: AtomicBool,
    sinks: Sinks,
}

impl Streams {
    pub fn new(sinks: Sinks) -> Self {
        Self {
            table: Mutex::default(),
            trusted: AtomicBool::new(false),
            sinks,
        }
    }

    /// Locked for a lookup only; nothing that waits runs under it.
    pub fn table(&self) -> MutexGuard<'_, Table> {
        // Every change to the table is complete at each statement: a panic leaves nothing torn.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sinks(&self) -> &Sinks {
        &self.sinks
    }

    /// What was agreed on.
    pub fn agree(&self, negotiated: Negotiated) {
        self.table().negotiated = negotiated;
    }

    /// The certificate is the right one: deliver, beginning with what was held back.
    pub fn trust(&self) {
        self.trusted.store(true, Ordering::Release);
        let mut table = self.table();
        for (arrived, packet) in std::mem::take(&mut table.held) {
            self.hand_over(&mut table, arrived, packet);
        }
    }

    /// Adds streams. A key or SSRC that is known already is replaced: the newest word counts.
    /// Returns how many did not fit.
    pub fn add(&self, sources: Vec<RemoteSource>) -> usize {
        let mut table = self.table();
        let mut refused = 0;
        for source in sources {
            if table
                .streams
                .get(&source.ssrc)
                .is_some_and(|stream| stream.source == source)
            {
                continue;
            }
            table.remove(|known| known.key == source.key || known.ssrc == source.ssrc);
            if table.streams.len() >= MAX_STREAMS {
                refused += 1;
                continue;
            }
            if let Some(rtx) = source.rtx {
                table.rtx.insert(rtx, source.ssrc);
            }
            table.streams.insert(
                source.ssrc,
                Stream {
                    source,
                    bound: false,
                    window: Window::default(),
                },
            );
        }
        refused
    }

    /// These are all streams there are from now on. Returns how many did not fit.
    pub fn replace(&self, sources: Vec<RemoteSource>) -> usize {
        self.table().remove(|known| !sources.contains(known));
        self.add(sources)
    }

    /// Removes streams; unknown ones are ignored.
    pub fn remove(&self, keys: &[SourceKey]) {
        self.table().remove(|known| keys.contains(&known.key));
    }

    /// The primary SSRC of a stream.
    pub fn ssrc_of(&self, key: &SourceKey) -> Option<u32> {
        self.table()
            .streams
            .values()
            .find(|stream| stream.source.key == *key)
            .map(|stream| stream.source.ssrc)
    }

    pub fn counters(&self) -> Counters {
        let table = self.table();
        let lost = table
            .streams
            .values()
            .map(|stream| stream.window.lost())
            .sum::<u64>();
        Counters {
            lost: lost + table.counters.lost_of_removed,
            ..table.counters
        }
    }

    /// Takes a packet of a known stream (RTX unwrapped): counts it, drops duplicates, hands it over.
    pub fn take(&self, table: &mut Table, arrived: Instant, packet: rtp::Packet) {
        let Some(stream) = table.streams.get_mut(&packet.header.ssrc) else {
            return;
        };
        if !stream.window.note(packet.header.sequence_number) {
            table.counters.duplicates += 1;
            return;
        }
        table.counters.packets += 1;
        table.counters.bytes += (packet.payload.len() + 12) as u64;
        if self.trusted.load(Ordering::Acquire) {
            self.hand_over(table, arrived, packet);
        } else {
            if table.held.len() == HELD {
                table.held.pop_front();
            }
            table.held.push_back((arrived, packet));
        }
    }

    fn hand_over(&self, table: &mut Table, arrived: Instant, packet: rtp::Packet) {
        // Padding only: a bandwidth probe.
        if packet.payload.is_empty() {
            return;
        }
        let Some(stream) = table.streams.get(&packet.header.ssrc) else {
            return;
        };
        let source = stream.source.key.clone();
        let header = packet.header;
        let delivered = match (
            stream.source.kind,
            table.negotiated.kind(header.payload_type),
        ) {
            (MediaKind::Audio, Some(MediaKind::Audio)) => self
                .sinks
                .audio
                .try_send(ReceivedAudio {
                    source,
                    ssrc: header.ssrc,
                    sequence: header.sequence_number,
                    timestamp: header.timestamp,
                    marker: header.marker,
                    level: table
                        .negotiated
                        .audio_level
                        .and_then(|id| header.get_extension(id))
                        .and_then(|ext| level(&ext)),
                    payload: packet.payload,
                    arrived,
                })
                .is_ok(),
            (MediaKind::Video, Some(MediaKind::Video)) => {
                self.sinks.video.as_ref().is_none_or(|sink| {
                    sink.try_send(ReceivedVideo {
                        source,
                        ssrc: header.ssrc,
                        payload_type: header.payload_type,
                        sequence: header.sequence_number,
                        timestamp: header.timestamp,
                        marker: header.marker,
                        payload: packet.payload,
                        arrived,
                    })
                    .is_ok()
                })
            }
            // Telephone events, RED and whatever else nobody asked for.
            _ => return,
        };
        if !delivered {
            table.counters.overflowed += 1;
        }
    }
}

impl Table {
    fn remove(&mut self, mut which: impl FnMut(&RemoteSource) -> bool) {
        let gone: Vec<u32> = self
            .streams
            .values()
            .filter(|s| which(&s.source))
            .map(|s| s.source.ssrc)
            .collect();
        for ssrc in gone {
            if let Some(stream) = self.streams.remove(&ssrc) {
                self.counters.lost_of_removed += stream.window.lost();
                if stream.bound {
                    self.unbind.push(ssrc);
                }
            }
            self.rtx.retain(|_, primary| *primary != ssrc);
        }
    }
}

/// RFC 6464: the voice bit and −dBov.
fn level(extension: &[u8]) -> Option<AudioLevel> {
    let byte = extension.first()?;
    Some(AudioLevel {
        minus_dbov: byte & 0x7f,
        voice: byte & 0x80 != 0,
    })
}
