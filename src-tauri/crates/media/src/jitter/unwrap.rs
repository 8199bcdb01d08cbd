//! Sequence numbers and timestamps that wrap, as numbers that don't.

/// Follows a counter of `BITS` bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unwrap<const BITS: u32> {
    last: Option<i64>,
}

impl<const BITS: u32> Unwrap<BITS> {
    pub(super) const fn new() -> Self {
        Self { last: None }
    }

    /// Where `value` lies: the place nearest to the last one, without moving there.
    pub(super) fn place(&self, value: u32) -> i64 {
        let value = i64::from(value);
        let Some(last) = self.last else { return value };
        let span = 1i64 << BITS;
        let step = (value - last).rem_euclid(span);
        if step >= span / 2 {
            last + step - span
        } else {
            last + step
        }
    }

    /// Remembers a place when it lies ahead.
    pub(super) fn advance(&mut self, place: i64) {
        if self.last.is_none_or(|last| place > last) {
            self.last = Some(place);
        }
    }

    /// The furthest place seen.
    pub(super) fn furthest(&self) -> Option<i64> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_forwards_and_backwards() {
        let mut sequence = Unwrap::<16>::new();
        for (value, place) in [(65534, 65534), (65535, 65535), (1, 65537), (0, 65536)] {
            assert_eq!(sequence.place(value), place);
            sequence.advance(place);
        }
        assert_eq!(sequence.furthest(), Some(65537));
        assert_eq!(sequence.place(65535), 65535);
    }
}
