//! A file is one thought: at most 800 lines, and a Rust file begins by saying what it is.

use super::{Finding, Sources};
use anyhow::Result;

/// The hard limit.
const LONGEST: usize = 800;
/// Hand-written kinds of file.
const ENDINGS: [&str; 9] = ["rs", "ts", "tsx", "js", "mjs", "css", "lua", "sh", "md"];

/// Length and first line of every file.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    let mut rust = Vec::new();
    for (path, text) in sources.ending(&ENDINGS) {
        let lines = text.lines().count();
        if lines > LONGEST {
            breaches.push(format!(
                "{}: {lines} lines, {LONGEST} allowed",
                path.display()
            ));
        }
        if path.extension().is_some_and(|end| end == "rs") {
            rust.push(lines);
            let says = text
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("//!"));
            if says.is_none_or(|what| what.trim().len() < 8) {
                breaches.push(format!("{}: begins without a `//!` line", path.display()));
            }
        }
    }
    rust.sort_unstable();
    let at = |percent: usize| {
        rust.get(rust.len().saturating_sub(1) * percent / 100)
            .copied()
    };
    let figure = at(50)
        .zip(at(90))
        .zip(at(100))
        .map(|((median, p90), longest)| {
            format!(
                "{} Rust files: median {median} lines, p90 {p90}, longest {longest}",
                rust.len()
            )
        });
    Ok(Finding { breaches, figure })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_and_a_silent_file_are_breaches() -> Result<()> {
        let long = format!("//! A file that goes on and on.\n{}", "x\n".repeat(LONGEST));
        let sources = Sources::of(&[
            ("a.rs", long.as_str()),
            ("b.rs", "use std;\n"),
            ("c.rs", "//! Says what it is and what not.\n"),
            ("tests/fixtures/d.rs", "use std;\n"),
        ]);
        let found = check(&sources)?;
        assert_eq!(
            found.breaches,
            [
                "a.rs: 801 lines, 800 allowed",
                "b.rs: begins without a `//!` line"
            ]
        );
        assert_eq!(
            found.figure.as_deref(),
            Some("3 Rust files: median 1 lines, p90 1, longest 801")
        );
        Ok(())
    }
}
