//! What an Opus packet says about itself without being decoded (RFC 6716 §3).

/// Samples of a tick of the 48 kHz clock per millisecond.
const PER_MS: u32 = 48;
/// RFC 6716 §3.2.5: no packet is longer than 120 ms.
const LONGEST_48K: u32 = 120 * PER_MS;

/// The shape of an Opus packet, read from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpusPacket {
    /// How much sound it stands for, in 48 kHz samples.
    pub samples_48k: u32,
    /// Whether it carries a low-bitrate copy of the sound before it (in-band FEC, the LBRR frames of
    /// RFC 6716 §4.2.3–4.2.5).
    pub has_fec: bool,
    /// Whether it only says "silence from here on" (RFC 6716 §2.1.9): nothing need follow it.
    pub dtx: bool,
    /// Whether it has two channels.
    pub stereo: bool,
}

impl OpusPacket {
    /// Reads the table-of-contents byte and the frame count. `None` when the packet breaks the rules
    /// of RFC 6716 §3.4 that can be seen here.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let toc = *payload.first()?;
        let config = toc >> 3;
        let stereo = toc & 0x04 != 0;
        let frame = frame_samples(config);
        let (count, first_frame) = match toc & 0x03 {
            0 => (1, payload.get(1..)?),
            1 => {
                let rest = payload.get(1..)?;
                if rest.len() % 2 != 0 {
                    return None;
                }
                (2, rest.get(..rest.len() / 2)?)
            }
            2 => {
                let (size, used) = frame_size(payload.get(1..)?)?;
                (2, payload.get(1 + used..1 + used + size)?)
            }
            _ => arbitrary_frames(payload)?,
        };
        let samples_48k = frame * count;
        if samples_48k > LONGEST_48K {
            return None;
        }
        Some(Self {
            samples_48k,
            has_fec: config < 16 && has_lbrr(first_frame, frame, stereo),
            dtx: payload.len() <= 2,
            stereo,
        })
    }
}

/// RFC 6716 table 2.
fn frame_samples(config: u8) -> u32 {
    match config {
        0..=11 => [10, 20, 40, 60][usize::from(config % 4)] * PER_MS,
        12..=15 => [10, 20][usize::from(config % 2)] * PER_MS,
        _ => [120, 240, 480, 960][usize::from(config % 4)],
    }
}

/// Code 3 packets (RFC 6716 §3.2.5): the number of frames and the first of them.
fn arbitrary_frames(payload: &[u8]) -> Option<(u32, &[u8])> {
    let header = *payload.get(1)?;
    let count = u32::from(header & 0x3F);
    let (variable, padded) = (header & 0x80 != 0, header & 0x40 != 0);
    if count == 0 {
        return None;
    }
    let mut at = 2;
    let mut padding = 0;
    // The length of the padding goes on as long as its bytes are 255.
    let mut more = padded;
    while more {
        let byte = usize::from(*payload.get(at)?);
        at += 1;
        padding += byte.min(254);
        more = byte == 255;
    }
    let end = payload.len().checked_sub(padding)?;
    let body = payload.get(at..end)?;
    if !variable {
        let size = body.len() / count as usize;
        if size * count as usize != body.len() {
            return None;
        }
        return Some((count, &body[..size]));
    }
    let mut rest = body;
    let mut first = None;
    let mut total = 0;
    for _ in 1..count {
        let (size, used) = frame_size(rest)?;
        first.get_or_insert(size);
        total += size;
        rest = rest.get(used..)?;
    }
    if total > rest.len() {
        return None;
    }
    // With a single frame there is no size in front of it.
    Some((count, rest.get(..first.unwrap_or(rest.len()))?))
}

/// RFC 6716 §3.2.1: a frame's length in one or two bytes.
fn frame_size(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.first()?);
    if first < 252 {
        return Some((first, 1));
    }
    Some((usize::from(*bytes.get(1)?) * 4 + first, 2))
}

/// The LBRR flag follows the voice flags of the SILK frames, channel by channel (RFC 6716 §4.2.3);
/// these bits are equiprobable, so the range coder leaves them readable in the first byte.
fn has_lbrr(first_frame: &[u8], frame_samples: u32, stereo: bool) -> bool {
    let Some(&bits) = first_frame.first() else {
        return false;
    };
    let silk_frames = (frame_samples / (20 * PER_MS)).max(1);
    let mid = bits >> (7 - silk_frames) & 1 == 1;
    let side = stereo && silk_frames <= 3 && {
        let shift = 6u32.checked_sub(2 * silk_frames);
        shift.is_some_and(|shift| bits >> shift & 1 == 1)
    };
    mid || side
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn samples(payload: &[u8]) -> Option<u32> {
        OpusPacket::parse(payload).map(|packet| packet.samples_48k)
    }

    #[test]
    fn durations_are_those_of_table_2() {
        assert_eq!(samples(&[0 << 3, 1]), Some(480), "SILK narrow band, 10 ms");
        assert_eq!(samples(&[9 << 3, 1]), Some(960), "SILK wide band, 20 ms");
        assert_eq!(samples(&[11 << 3, 1]), Some(2880), "SILK wide band, 60 ms");
        assert_eq!(samples(&[15 << 3, 1]), Some(960), "hybrid full band, 20 ms");
        assert_eq!(samples(&[28 << 3, 1]), Some(120), "CELT full band, 2.5 ms");
        assert_eq!(samples(&[31 << 3, 1]), Some(960), "CELT full band, 20 ms");
    }

    #[test]
    fn frame_counts_follow_the_code() {
        assert_eq!(samples(&[31 << 3 | 1, 7, 7]), Some(1920));
        assert_eq!(samples(&[31 << 3 | 1, 7, 7, 7]), None, "odd halves");
        assert_eq!(samples(&[31 << 3 | 2, 1, 7, 7]), Some(1920));
        assert_eq!(
            samples(&[31 << 3 | 2, 9, 7]),
            None,
            "longer than the packet"
        );
        assert_eq!(samples(&[31 << 3 | 3, 3, 7, 7, 7]), Some(2880));
        assert_eq!(samples(&[31 << 3 | 3, 0]), None, "no frame");
        assert_eq!(
            samples(&[31 << 3 | 3, 7, 1, 2, 3, 4, 5, 6, 7]),
            None,
            "140 ms"
        );
        assert_eq!(
            samples(&[31 << 3 | 3, 0x41, 2, 7, 0, 0]),
            Some(960),
            "padded"
        );
        assert_eq!(samples(&[]), None);
    }

    #[test]
    fn one_or_two_bytes_mean_silence() {
        assert!(OpusPacket::parse(&[9 << 3]).unwrap().dtx);
        assert!(OpusPacket::parse(&[9 << 3, 0]).unwrap().dtx);
        assert!(!OpusPacket::parse(&[9 << 3, 0, 1]).unwrap().dtx);
    }

    #[test]
    fn the_lbrr_flag_follows_the_voice_flags() {
        let fec = |payload: &[u8]| OpusPacket::parse(payload).unwrap().has_fec;
        assert!(fec(&[9 << 3, 0b0100_0000, 0, 0]));
        assert!(!fec(&[9 << 3, 0b1000_0000, 0, 0]));
        assert!(
            fec(&[11 << 3, 0b0001_0000, 0, 0]),
            "after three voice flags"
        );
        assert!(fec(&[9 << 3 | 4, 0b0001_0000, 0, 0]), "the side channel's");
        assert!(!fec(&[31 << 3, 0xFF, 0, 0]), "CELT has none");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic_or_too_long(payload in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(packet) = OpusPacket::parse(&payload) {
                prop_assert!(packet.samples_48k >= 120 && packet.samples_48k <= LONGEST_48K);
            }
        }
    }
}
