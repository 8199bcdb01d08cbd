//! How much sound lies between a device and us, and how much should: the least that was left over
//! in each half second is led to a small reserve, which grows when it was not enough.

/// Measured over half a second of ticks.
const WINDOW: u32 = 50;
/// The reserve aimed at, in 48 kHz samples: 5 ms, at most 60 ms.
const LEAST: usize = 240;
const MOST: usize = 2880;
/// A device's period is kept in reserve, up to 20 ms: with clocks that differ, its moment moves past
/// ours now and then and two periods are moved between two ticks.
const MOST_PERIOD: usize = 960;
/// A reserve between the aim and this much more is left alone; corrections go to the middle.
const SLACK: usize = 240;
/// Clocks drift between two judgements.
const DRIFT: usize = 48;
/// After half a minute without a gap the reserve shrinks a little.
const SHRINK_AFTER: u32 = 60;
/// At most four samples in 480 at a time: below one percent.
const MOST_PER_TICK: i32 = 4;

#[derive(Debug)]
pub(super) struct Reserve {
    floor: usize,
    aim: usize,
    least: usize,
    ticks: u32,
    calm: u32,
    /// Samples still to be taken out of the reserve (positive) or put in.
    debt: i32,
}

impl Reserve {
    pub(super) fn new() -> Self {
        Self {
            floor: LEAST,
            aim: LEAST,
            least: usize::MAX,
            ticks: 0,
            calm: 0,
            debt: 0,
        }
    }

    /// Takes the device's period, in 48 kHz samples.
    pub(super) fn set_period(&mut self, period: usize) {
        self.floor = (period + DRIFT).clamp(LEAST, MOST_PERIOD);
        self.aim = self.aim.max(self.floor);
    }

    /// The reserve to begin with.
    pub(super) fn start(&self) -> usize {
        self.aim + SLACK / 2
    }

    /// Takes what was left after (or before) a transfer; returns by how many samples the next frame
    /// should draw the reserve down (positive) or fill it up.
    pub(super) fn observe(&mut self, left: usize) -> i32 {
        self.least = self.least.min(left);
        self.ticks += 1;
        if self.ticks == WINDOW {
            self.judge();
        }
        let step = self.debt.clamp(-MOST_PER_TICK, MOST_PER_TICK);
        self.debt -= step;
        step
    }

    /// There was too little. More will be kept from now on.
    pub(super) fn gap(&mut self) {
        self.aim = (self.aim + LEAST).min(MOST);
        self.restart();
    }

    /// Forgets what was measured: the amount was changed by force.
    pub(super) fn restart(&mut self) {
        self.least = usize::MAX;
        self.ticks = 0;
        self.calm = 0;
        self.debt = 0;
    }

    fn judge(&mut self) {
        let least = self.least;
        self.debt = if least > self.aim + SLACK || least < self.aim {
            least as i32 - (self.aim + SLACK / 2) as i32
        } else {
            0
        };
        self.calm += 1;
        if self.calm >= SHRINK_AFTER {
            self.calm = 0;
            self.aim = (self.aim - LEAST / 2).max(self.floor);
        }
        self.ticks = 0;
        self.least = usize::MAX;
    }
}
