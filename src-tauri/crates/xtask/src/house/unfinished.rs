//! Nothing half done is committed: no marks for later, no switched-off tests.

use super::{Finding, Sources, lexer, line_of};
use anyhow::Result;

/// Marks in comments, and attributes that switch a test off.
const RUST: [&str; 6] = [
    "TODO",
    "FIXME",
    "XXX",
    "#[ignore",
    "todo!(",
    "unimplemented!(",
];
/// The same in the window's code.
const WINDOW: [&str; 8] = [
    "TODO",
    "FIXME",
    "XXX",
    "it.skip(",
    "test.skip(",
    "describe.skip(",
    ".only(",
    "@ts-ignore",
];

/// Looks for the marks.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    for (path, text) in sources.ending(&["rs"]) {
        search(
            &mut breaches,
            path,
            &lexer::blank(text).with_comments,
            &RUST,
        );
    }
    for (path, text) in sources.ending(&["ts", "tsx", "css"]) {
        search(&mut breaches, path, text, &WINDOW);
    }
    Ok(breaches.into())
}

fn search(breaches: &mut Vec<String>, path: &std::path::Path, text: &str, marks: &[&str]) {
    for mark in marks {
        for (at, _) in text.match_indices(mark) {
            breaches.push(format!("{}:{}: {mark}", path.display(), line_of(text, at)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_for_later_and_switched_off_tests_are_breaches() -> Result<()> {
        let sources = Sources::of(&[
            (
                "a.rs",
                "// TODO: later\n#[test]\n#[ignore]\nfn f() { \"TODO\"; }",
            ),
            ("ui/src/a.test.ts", "it.skip('x', () => {})"),
        ]);
        assert_eq!(
            check(&sources)?.breaches,
            [
                "a.rs:1: TODO",
                "a.rs:3: #[ignore",
                "ui/src/a.test.ts:1: it.skip("
            ]
        );
        Ok(())
    }
}
