//! Where code is freed from a rule: `unsafe`, relaxed lints, `expect`.

use super::{Finding, Sources, crate_of, lexer, line_of};
use anyhow::Result;
use std::path::Path;

/// The one crate that may hold `unsafe` code.
const NATIVE: &str = "native";
/// Files for tests that can't do without: an allocator that counts what an audio callback takes.
const FOR_TESTS: [&str; 1] = ["src-tauri/crates/media/src/counting_allocator.rs"];
/// Allowed `expect` calls on 1,000 lines of production code.
const EXPECTS_PER_1000: f64 = 1.0;

/// `unsafe` outside the crate for it, or the lint against it switched off.
pub(super) fn no_unsafe(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    for (path, text) in sources.ending(&["rs"]) {
        let for_tests = FOR_TESTS.iter().any(|one| path == Path::new(one));
        if crate_of(path) == NATIVE || for_tests {
            continue;
        }
        let code = lexer::blank(text).code;
        for (at, name) in lexer::names(&code) {
            // `unsafe_code` stands in an attribute that switches the lint off, or on.
            let relaxed = name == "unsafe_code" && !denied(&code[..at]);
            if name == "unsafe" || relaxed {
                breaches.push(format!("{}:{}: {name}", path.display(), line_of(text, at)));
            }
        }
    }
    Ok(breaches.into())
}

/// Does the attribute that ends here forbid?
fn denied(before: &str) -> bool {
    ["deny(", "forbid("]
        .iter()
        .any(|word| before.ends_with(word))
}

/// `allow` or `expect` attributes without `reason`, outside tests.
pub(super) fn reasons(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    for (path, code) in sources.production() {
        for start in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
            for (at, _) in code.match_indices(start) {
                let end = code[at..]
                    .find(")]")
                    .map_or(code.len(), |length| at + length);
                if !code[at..end].contains("reason") {
                    breaches.push(format!(
                        "{}:{}: a lint is relaxed without a reason",
                        path.display(),
                        line_of(&code, at)
                    ));
                }
            }
        }
    }
    Ok(breaches.into())
}

/// Counts `expect` and `unwrap` calls outside tests.
pub(super) fn expects(sources: &Sources) -> Result<Finding> {
    let (mut lines, mut places) = (0_usize, Vec::new());
    for (path, code) in sources.production() {
        lines += code.lines().filter(|line| !line.trim().is_empty()).count();
        for call in [".expect(", ".unwrap()"] {
            for (at, _) in code.match_indices(call) {
                // `.expect()` without a text is somebody's own method.
                places.push(format!("{}:{}: {call}", path.display(), line_of(&code, at)));
            }
        }
    }
    #[allow(clippy::cast_precision_loss)]
    let rate = places.len() as f64 * 1000.0 / lines.max(1) as f64;
    let figure = format!(
        "{} on {lines} lines of code: {rate:.1} on 1,000",
        places.len()
    );
    let breaches = if rate > EXPECTS_PER_1000 {
        places
    } else {
        Vec::new()
    };
    Ok(Finding {
        breaches,
        figure: Some(figure),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_code_is_found_and_words_about_it_are_not() -> Result<()> {
        let sources = Sources::of(&[
            (
                "src-tauri/crates/net/src/a.rs",
                "//! unsafe\nfn f() { \"unsafe\"; }",
            ),
            (
                "src-tauri/crates/net/src/b.rs",
                "#![deny(unsafe_code)]\nfn f() { unsafe {} }",
            ),
            ("src-tauri/crates/net/src/c.rs", "#![allow(unsafe_code)]"),
            ("src-tauri/crates/native/src/d.rs", "unsafe {}"),
        ]);
        assert_eq!(
            no_unsafe(&sources)?.breaches,
            [
                "src-tauri/crates/net/src/b.rs:2: unsafe",
                "src-tauri/crates/net/src/c.rs:1: unsafe_code"
            ]
        );
        Ok(())
    }

    #[test]
    fn a_relaxed_lint_needs_a_reason_outside_tests() -> Result<()> {
        let sources = Sources::of(&[
            ("src-tauri/src/a.rs", "#[allow(clippy::x)]\nfn f() {}"),
            (
                "src-tauri/src/b.rs",
                "#[expect(clippy::x, reason = \"because\")]\nfn f() {}",
            ),
            (
                "src-tauri/src/c.rs",
                "#[cfg(test)]\nmod tests { #![allow(clippy::x)] }",
            ),
            ("tests/d.rs", "#![allow(clippy::x)]"),
        ]);
        assert_eq!(
            reasons(&sources)?.breaches,
            ["src-tauri/src/a.rs:1: a lint is relaxed without a reason"]
        );
        Ok(())
    }

    #[test]
    fn too_many_invariants_are_a_breach() -> Result<()> {
        let few = format!("{}x.expect(\"y\");\n", "line();\n".repeat(1000));
        assert!(
            expects(&Sources::of(&[("src-tauri/src/a.rs", &few)]))?
                .breaches
                .is_empty()
        );
        let many = Sources::of(&[("src-tauri/src/a.rs", "fn f() {}\nx.expect(\"y\");")]);
        assert_eq!(expects(&many)?.breaches, ["src-tauri/src/a.rs:2: .expect("]);
        Ok(())
    }
}
