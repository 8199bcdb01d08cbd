//! The house rules that no ready-made tool checks. Each rule is one file with tests that show that
//! it can fail.

mod arrows;
mod catalogue;
mod door;
mod lexer;
mod lines;
mod lockfiles;
mod manifests;
mod names;
mod relaxed;
mod unfinished;
mod window;

use crate::place::Place;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a rule found: breaches, each with its place, and a figure worth telling.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Finding {
    /// Each is a failure.
    pub(crate) breaches: Vec<String>,
    /// E.g. the median length of a file.
    pub(crate) figure: Option<String>,
}

impl From<Vec<String>> for Finding {
    fn from(breaches: Vec<String>) -> Self {
        Self {
            breaches,
            figure: None,
        }
    }
}

/// A rule's name and its check.
type Rule = (&'static str, fn(&Sources) -> Result<Finding>);

/// All rules.
pub(crate) const RULES: &[Rule] = &[
    ("files are short and say what they are", lines::check),
    ("crates use only what the plan allows", arrows::check),
    (
        "every manifest carries the house's lints and licence",
        manifests::check,
    ),
    ("unsafe code only in `native`", relaxed::no_unsafe),
    ("every relaxed lint has a reason", relaxed::reasons),
    (
        "invariants are rare: few `expect` outside tests",
        relaxed::expects,
    ),
    ("only `net` opens sockets", door::check),
    (
        "every problem code has German and English texts",
        catalogue::codes,
    ),
    (
        "both languages have the same texts with the same values",
        catalogue::parity,
    ),
    ("nothing is left unfinished", unfinished::check),
    ("names say what a thing does", names::check),
    ("the window knows Tauri in one file only", window::check),
    ("lock files and sources name no machine", lockfiles::check),
];

/// The project's files, read once.
pub(crate) struct Sources {
    /// The project's top folder.
    root: PathBuf,
    /// Path relative to the root, and text. Files that are no text are left out.
    files: Vec<(PathBuf, String)>,
    /// Files that belong to tests because their parent says so.
    test_files: BTreeSet<PathBuf>,
}

impl Sources {
    /// Reads all files of the project.
    pub(crate) fn read(place: &Place) -> Result<Self> {
        let mut files = Vec::new();
        for path in place.files()? {
            let bytes = std::fs::read(place.root.join(&path))
                .with_context(|| path.display().to_string())?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push((path, text));
            }
        }
        Ok(Self {
            root: place.root.clone(),
            test_files: test_files(&files),
            files,
        })
    }

    /// Files with one of these endings, recordings and other fixtures left out.
    fn ending<'a>(&'a self, endings: &'a [&str]) -> impl Iterator<Item = (&'a Path, &'a str)> {
        self.files
            .iter()
            .filter(|(path, _)| {
                let fixture = path.components().any(|part| part.as_os_str() == "fixtures");
                !fixture
                    && path
                        .extension()
                        .is_some_and(|end| endings.iter().any(|one| end == *one))
            })
            .map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// Rust files with their code that is not for tests: strings and comments blanked.
    fn production(&self) -> impl Iterator<Item = (&Path, String)> {
        self.ending(&["rs"])
            .filter(|(path, _)| !is_for_tests(path) && !self.test_files.contains(*path))
            .map(|(path, text)| {
                let mut code = lexer::blank(text).code;
                code.truncate(production(&code).len());
                (path, code)
            })
    }

    /// One file by its path.
    fn named(&self, path: &str) -> Result<&str> {
        self.files
            .iter()
            .find(|(here, _)| here == Path::new(path))
            .map(|(_, text)| text.as_str())
            .with_context(|| format!("{path} is missing"))
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
            .collect();
        Self {
            root: PathBuf::new(),
            test_files: test_files(&files),
            files,
        }
    }
}

/// Which crate a file belongs to: its folder's name, or `ranzen` for the top package.
fn crate_of(path: &Path) -> &str {
    path.strip_prefix("src-tauri/crates")
        .ok()
        .and_then(|rest| rest.components().next())
        .and_then(|first| first.as_os_str().to_str())
        .unwrap_or("ranzen")
}

/// Is this whole file for tests only? Crates that exist for tests count too.
fn is_for_tests(path: &Path) -> bool {
    const CRATES: [&str; 5] = ["stand", "testbed", "fuzz", "xtask", "devsocket"];
    const FOLDERS: [&str; 3] = ["tests", "benches", "examples"];
    CRATES.contains(&crate_of(path))
        || path
            .components()
            .any(|part| FOLDERS.iter().any(|name| part.as_os_str() == *name))
        || path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .is_some_and(|stem| stem == "tests" || stem.ends_with("_tests"))
}

/// The part of a Rust file that is not its test module (which our files have at the end).
fn production(code: &str) -> &str {
    test_modules(code)
        .find(|(_, declaration)| declaration.find('{') < declaration.find(';').or(Some(usize::MAX)))
        .map_or(code, |(at, _)| &code[..at])
}

/// Where a module for tests is declared, and the text from its name on.
fn test_modules(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.match_indices("#[cfg(").filter_map(|(at, mark)| {
        let mut rest = &code[at + mark.len()..];
        if !["test)", "all(test"]
            .iter()
            .any(|condition| rest.starts_with(condition))
        {
            return None;
        }
        // This attribute and those after it, up to what they belong to.
        loop {
            rest = rest[rest.find(")]")? + 2..].trim_start();
            if !rest.starts_with("#[") {
                break;
            }
        }
        if let Some(public) = rest.strip_prefix("pub(") {
            rest = public[public.find(')')? + 1..].trim_start();
        }
        Some((at, rest.strip_prefix("mod ")?))
    })
}

/// Files that are modules for tests only: `#[cfg(test)] mod name;` in their parent.
fn test_files(files: &[(PathBuf, String)]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for (path, text) in files {
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let beside = path.parent().unwrap_or(Path::new(""));
        let below = match stem {
            "lib" | "main" | "mod" => beside.to_path_buf(),
            _ => beside.join(stem),
        };
        let code = lexer::blank(text).code;
        for (_, declaration) in test_modules(&code) {
            if let Some((name, _)) = declaration.split_once(';') {
                found.insert(below.join(name).with_extension("rs"));
                found.insert(below.join(name).join("mod.rs"));
            }
        }
    }
    found
}

/// The line number of a byte position.
fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_and_test_files_are_told_apart() {
        assert_eq!(
            crate_of(Path::new("src-tauri/crates/net/src/lib.rs")),
            "net"
        );
        assert_eq!(crate_of(Path::new("src-tauri/src/lib.rs")), "ranzen");
        assert!(is_for_tests(Path::new("tests/call.rs")));
        assert!(is_for_tests(Path::new("src-tauri/crates/stand/src/lib.rs")));
        assert!(is_for_tests(Path::new(
            "src-tauri/crates/net/src/proxy/tests.rs"
        )));
        assert!(!is_for_tests(Path::new(
            "src-tauri/crates/net/src/proxy.rs"
        )));
    }

    #[test]
    fn production_code_ends_where_the_test_module_begins() {
        let code = "fn a() {}\n#[cfg(test)]\nmod tests;\nfn b() {}\n#[cfg(test)]\nmod more { x }";
        assert_eq!(
            production(code),
            "fn a() {}\n#[cfg(test)]\nmod tests;\nfn b() {}\n"
        );
    }

    #[test]
    fn attributes_and_visibility_hide_no_test_module() {
        for start in [
            "#[cfg(test)]\n#[allow(clippy::x)]\nmod tests {",
            "#[cfg(test)]\npub(super) mod tests {",
        ] {
            assert_eq!(
                production(&format!("fn a() {{}}\n{start} x }}")),
                "fn a() {}\n"
            );
        }
    }

    #[test]
    fn a_file_is_for_tests_if_its_parent_says_so() {
        let sources = Sources::of(&[
            (
                "src-tauri/crates/a/src/client/mod.rs",
                "#[cfg(test)]\nmod replay;\nmod line;",
            ),
            ("src-tauri/crates/a/src/client/replay.rs", "x"),
            ("src-tauri/crates/a/src/client/line.rs", "x"),
            (
                "src-tauri/crates/a/src/face.rs",
                "#[cfg(test)]\nmod replay;",
            ),
            ("src-tauri/crates/a/src/face/replay.rs", "x"),
        ]);
        let names: Vec<_> = sources
            .production()
            .map(|(path, _)| path.to_path_buf())
            .collect();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(names.iter().all(|path| !path.ends_with("replay.rs")));
    }

    #[test]
    fn tests_for_one_system_are_tests_too() {
        let code = "fn a() {}\n#[cfg(all(test, unix))]\nmod tests { x }";
        assert_eq!(production(code), "fn a() {}\n");
    }

    #[test]
    fn every_rule_can_be_run_on_the_project() -> Result<()> {
        // Whether they hold is a step of `cargo xtask test`.
        let sources = Sources::read(&Place::find()?)?;
        for (name, rule) in RULES {
            rule(&sources).with_context(|| (*name).to_owned())?;
        }
        Ok(())
    }
}
