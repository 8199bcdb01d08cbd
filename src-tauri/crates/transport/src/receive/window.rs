//! Which sequence numbers of one stream have come, so that each is delivered once.

/// How far back a late packet may be; older ones are useless to anybody.
pub(crate) const WINDOW: usize = 1024;
const SIZE: u64 = WINDOW as u64;

/// A sliding window over 16-bit sequence numbers.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// Extended (unwrapped) number of the first packet, and the highest so far.
    range: Option<(u64, u64)>,
    seen: Box<[u64; (SIZE / 64) as usize]>,
    unique: u64,
}

impl Window {
    /// Notes a packet; false if it was here already or is older than the window.
    pub fn note(&mut self, sequence: u16) -> bool {
        let Some((first, highest)) = self.range else {
            // Away from zero, so that an earlier packet can still come.
            let start = (1 << 32) | u64::from(sequence);
            self.range = Some((start, start));
            self.set(start);
            self.unique = 1;
            return true;
        };
        // The distance is at most half the number space either way.
        #[expect(
            clippy::cast_possible_wrap,
            reason = "the wrap is what tells backwards from forwards"
        )]
        let step = i64::from(sequence.wrapping_sub(highest as u16) as i16);
        let number = highest.saturating_add_signed(step);
        if number > highest {
            // Everything skipped counts as not seen, at most the whole window.
            for skipped in highest + 1..=number.min(highest + SIZE) {
                self.clear(skipped);
            }
            self.range = Some((first, number));
        } else if highest - number >= SIZE || self.is_set(number) {
            return false;
        } else {
            self.range = Some((first.min(number), highest));
        }
        self.set(number);
        self.unique += 1;
        true
    }

    /// Packets that should have come by now and did not.
    pub fn lost(&self) -> u64 {
        self.range.map_or(0, |(first, highest)| {
            (highest - first + 1).saturating_sub(self.unique)
        })
    }

    fn slot(number: u64) -> (usize, u64) {
        (((number % SIZE) / 64) as usize, 1 << (number % 64))
    }

    fn set(&mut self, number: u64) {
        let (word, bit) = Self::slot(number);
        self.seen[word] |= bit;
    }

    fn clear(&mut self, number: u64) {
        let (word, bit) = Self::slot(number);
        self.seen[word] &= !bit;
    }

    fn is_set(&self, number: u64) -> bool {
        let (word, bit) = Self::slot(number);
        self.seen[word] & bit != 0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_counts_once_in_any_order_and_over_the_wrap() {
        let mut window = Window::default();
        for sequence in [65_534, 65_535, 0, 2, 1, 3] {
            assert!(window.note(sequence), "{sequence} is new");
            assert!(!window.note(sequence), "{sequence} again");
        }
        assert_eq!(window.lost(), 0);
    }

    #[test]
    fn a_gap_is_lost_until_it_is_filled() {
        let mut window = Window::default();
        window.note(10);
        window.note(14);
        assert_eq!(window.lost(), 3);
        assert!(window.note(12));
        assert_eq!(window.lost(), 2);
        assert!(window.note(8), "before the first, but not too late");
        assert_eq!(window.lost(), 3, "9, 11 and 13");
    }

    #[test]
    fn what_is_too_old_is_not_new() {
        let mut window = Window::default();
        window.note(1);
        window.note(3000);
        assert!(!window.note(2));
        assert!(window.note(2999));
    }

    #[test]
    fn a_jump_further_than_the_window_forgets_everything() {
        let mut window = Window::default();
        for sequence in 0..1024 {
            window.note(sequence);
        }
        window.note(10_000);
        assert!(
            window.note(10_000 - 500),
            "its slot was used before the jump"
        );
    }
}
