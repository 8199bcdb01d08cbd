//! Names that say nothing about what a thing does are not used for types, modules or files.

use super::{Finding, Sources, lexer, line_of};
use anyhow::Result;

/// Parts of a name that fit anything.
const EMPTY: [&str; 4] = ["Manager", "Helper", "Util", "Misc"];
/// What a name follows.
const KEYWORDS: [&str; 4] = ["struct ", "enum ", "trait ", "type "];

/// Looks at declared types and at file names.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    for (path, text) in sources.ending(&["rs", "ts", "tsx"]) {
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        if EMPTY
            .iter()
            .any(|part| words(stem).any(|word| is(word, part)))
        {
            breaches.push(format!("{}: the file's name says nothing", path.display()));
        }
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let code = lexer::blank(text).code;
        for keyword in KEYWORDS {
            for (at, _) in code.match_indices(keyword) {
                let name: String = code[at + keyword.len()..]
                    .chars()
                    .take_while(|one| one.is_alphanumeric() || *one == '_')
                    .collect();
                if EMPTY.iter().any(|part| name.contains(part)) {
                    breaches.push(format!("{}:{}: {name}", path.display(), line_of(text, at)));
                }
            }
        }
    }
    Ok(breaches.into())
}

fn words(stem: &str) -> impl Iterator<Item = &str> {
    stem.split(['_', '-', '.'])
}

/// `utils` and `Util` are the same word.
fn is(word: &str, part: &str) -> bool {
    word.trim_end_matches('s').eq_ignore_ascii_case(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_breaches() -> Result<()> {
        let sources = Sources::of(&[
            ("src/utils.rs", "//! Things.\npub struct Utility;"),
            (
                "src/call.rs",
                "struct CallManager { a: u8 }\n// struct Helper",
            ),
            ("src/utilise.rs", "struct Call;"),
        ]);
        assert_eq!(
            check(&sources)?.breaches,
            [
                "src/utils.rs: the file's name says nothing",
                "src/utils.rs:2: Utility",
                "src/call.rs:1: CallManager"
            ]
        );
        Ok(())
    }
}
