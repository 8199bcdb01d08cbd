//! How STUN and ChannelData lie in a stream (RFC 8656 §12.5, RFC 8489 §6.2.2).

use bytes::{Buf as _, Bytes, BytesMut};

/// A header of either kind: type or channel number, and length.
const HEADER: usize = 4;

/// Bytes that belong to a message whose first four bytes are these, without and with padding.
fn lengths(header: &[u8]) -> (usize, usize) {
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    // The two top bits are zero for STUN; channel numbers begin with 01.
    if header[0] & 0xc0 == 0 {
        (20 + length, 20 + length)
    } else {
        (HEADER + length, HEADER + length.next_multiple_of(4))
    }
}

/// Takes the next whole message off the front of what was read.
pub(crate) fn next_message(read: &mut BytesMut) -> Option<Bytes> {
    let (length, padded) = lengths(read.get(..HEADER)?);
    if read.len() < padded {
        return None;
    }
    let message = read.split_to(length).freeze();
    read.advance(padded - length);
    Some(message)
}

/// A datagram as it goes into the stream.
pub(crate) fn framed(datagram: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(datagram.len().next_multiple_of(4));
    out.extend_from_slice(datagram);
    out.resize(datagram.len().next_multiple_of(4), 0);
    out.freeze()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn channel_data_loses_its_padding_and_stun_has_none() {
        let channel = [0x40, 1, 0, 5, 1, 2, 3, 4, 5];
        let mut stun = vec![0, 1, 0, 4];
        stun.extend([7; 20]);
        let mut read = BytesMut::new();
        read.extend_from_slice(&framed(&channel));
        read.extend_from_slice(&framed(&stun));
        assert_eq!(read.len(), 12 + 24);
        assert_eq!(next_message(&mut read).unwrap(), channel[..]);
        assert_eq!(next_message(&mut read).unwrap(), stun[..]);
        assert_eq!(next_message(&mut read), None);
        assert!(read.is_empty());
    }

    #[test]
    fn a_message_waits_until_it_is_whole() {
        let whole = framed(&[0x40, 0, 0, 3, 9, 9, 9]);
        let mut read = BytesMut::new();
        for byte in &whole[..7] {
            read.extend_from_slice(&[*byte]);
            assert_eq!(next_message(&mut read), None);
        }
        read.extend_from_slice(&whole[7..]);
        assert_eq!(next_message(&mut read).unwrap().len(), 7);
    }
}
