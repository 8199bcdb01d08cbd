//! What a run comes to: tests counted, time taken, what was left out and why.

use std::fmt::Write as _;
use std::time::Duration;

/// Tests of one step.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Ran and held.
    pub(crate) passed: usize,
    /// Ran and did not.
    pub(crate) failed: usize,
    /// Did not run.
    pub(crate) skipped: usize,
}

impl Tally {
    /// A step that is one check.
    pub(crate) const ONE: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };

    /// Adds the other's counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// How one step went.
pub(crate) struct Line {
    /// The step's name.
    pub(crate) step: &'static str,
    /// What it counted.
    pub(crate) tally: Tally,
    /// How long it took.
    pub(crate) took: Duration,
    /// Why it failed.
    pub(crate) failure: Option<String>,
}

/// The table, the list of what was left out, and the closing line. True: nothing failed.
pub(crate) fn show(lines: &[Line], left_out: &[String]) -> (String, bool) {
    let mut text = String::from("\n== Summary\n");
    let mut total = Tally::default();
    for line in lines {
        total.add(line.tally);
        let verdict = if line.failure.is_some() {
            "FAILED"
        } else {
            "ok"
        };
        // Writing to a `String` can't fail.
        let _ = writeln!(
            text,
            "  {:<12} {:>6}  {:>7}  {:>4} passed {:>3} failed {:>3} skipped",
            line.step,
            verdict,
            clock(line.took),
            line.tally.passed,
            line.tally.failed,
            line.tally.skipped
        );
    }
    for line in lines {
        if let Some(failure) = &line.failure {
            let _ = writeln!(text, "  failed: {}: {failure}", line.step);
        }
    }
    for what in left_out {
        let _ = writeln!(text, "  left out: {what}");
    }
    let took = lines.iter().map(|line| line.took).sum();
    let _ = writeln!(text, "  {} in all", clock(took));
    let _ = write!(text, "{} passed, {} failed", total.passed, total.failed);
    if total.skipped > 0 {
        let _ = write!(text, ", {} skipped", total.skipped);
    }
    (
        text,
        total.failed == 0 && lines.iter().all(|line| line.failure.is_none()),
    )
}

/// `3:07` min.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", time.as_secs_f32());
    }
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(step: &'static str, tally: Tally, failure: Option<&str>) -> Line {
        Line {
            step,
            tally,
            took: Duration::from_secs(61),
            failure: failure.map(str::to_owned),
        }
    }

    #[test]
    fn the_last_line_counts_all_tests() {
        let tally = Tally {
            passed: 7,
            failed: 0,
            skipped: 2,
        };
        let (text, good) = show(
            &[line("a", tally, None), line("b", Tally::ONE, None)],
            &["x: no network".into()],
        );
        assert!(good);
        assert!(text.ends_with("\n8 passed, 0 failed, 2 skipped"), "{text}");
        assert!(text.contains("left out: x: no network"));
    }

    #[test]
    fn a_failed_step_fails_the_run_and_says_why() {
        let failed = Tally {
            passed: 3,
            failed: 1,
            skipped: 0,
        };
        let (text, good) = show(&[line("a", failed, Some("one test"))], &[]);
        assert!(!good);
        assert!(text.contains("failed: a: one test"));
        assert!(text.ends_with("\n3 passed, 1 failed"), "{text}");
    }
}
