//! `ranzen-cli archive`: what was kept can be listed, found, read and exported.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{call, lesson};

#[test]
fn the_list_names_each_meeting() {
    let profile = lesson();
    let said = call(profile.path(), &["archive", "list"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains("Mathe 7b") && said.out.contains("meet.example.org/7b"),
        "{}",
        said.out
    );
    let said = call(profile.path(), &["--json", "archive", "list"]);
    let lines = said.json();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["type"], "meeting");
    assert_eq!(lines[0]["meeting"]["messages"], 3);
}

#[test]
fn a_word_is_found_however_it_is_spelt() {
    let profile = lesson();
    for words in [
        &["Müller"][..],
        &["mueller"],
        &["grossen"],
        &["bringt", "grö"],
        &["\"die größen\""],
    ] {
        let arguments: Vec<&str> = ["archive", "search"]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        let said = call(profile.path(), &arguments);
        assert_eq!(
            (said.code, said.out.lines().count()),
            (0, 1),
            "{words:?}: {}{}",
            said.out,
            said.err
        );
    }
    let said = call(profile.path(), &["archive", "search", "Latein"]);
    assert_eq!((said.code, said.out.trim()), (0, "Nichts gefunden."));
    let said = call(profile.path(), &["--json", "archive", "search", "müller"]);
    assert_eq!(said.json()[0]["marks"], serde_json::json!([[5, 11]]));
}

#[test]
fn what_is_shown_can_not_command_the_terminal() {
    let profile = lesson();
    for arguments in [&["archive", "show", "1"][..], &["archive", "search", "weg"]] {
        let said = call(profile.path(), arguments);
        assert!(said.out.contains("weg"), "{}", said.out);
        assert!(!said.out.contains('\u{1b}'), "{:?}", said.out);
    }
}

#[test]
fn a_chat_is_shown_in_the_language_asked_for() {
    let profile = lesson();
    let german = call(profile.path(), &["archive", "show", "1"]).out;
    assert!(
        german.contains("Montag, 4. März 2024, 10:15 Uhr (UTC+01:00)"),
        "{german}"
    );
    let english = call(profile.path(), &["--lang", "en", "archive", "show", "1"]).out;
    assert!(
        english.contains("Monday, 4 March 2024, 10:15 (UTC+01:00)"),
        "{english}"
    );
    let lines = call(profile.path(), &["--json", "archive", "show", "1"]).json();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[3]["message"]["body"], "\u{1b}[2J weg",
        "programs get it as it is"
    );
}

#[test]
fn every_format_is_exported_and_no_file_is_overwritten_unasked() {
    let profile = lesson();
    for (format, expected) in [
        ("md", "\\*Größen\\*"),
        ("txt", "*Größen*"),
        ("json", "\"ranzen-chat\""),
    ] {
        let file = profile.path().join(format!("chat.{format}"));
        let name = file.to_str().unwrap();
        let export = ["archive", "export", "1", "--format", format, "--out", name];
        let said = call(profile.path(), &export);
        assert_eq!(said.code, 0, "{}", said.err);
        let written = std::fs::read_to_string(&file).unwrap();
        assert!(written.contains(expected), "{written}");

        std::fs::write(&file, "schon da").unwrap();
        let said = call(profile.path(), &export);
        assert_eq!(
            (said.code, said.problem().2.as_str()),
            (7, "[RZ-FILE-EXISTS]")
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "schon da");
        let again: Vec<&str> = export.into_iter().chain(["--overwrite"]).collect();
        assert_eq!(call(profile.path(), &again).code, 0);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
    }
    let said = call(profile.path(), &["archive", "export", "1", "--out", "-"]);
    assert!(said.out.starts_with("# Mathe 7b"), "{}", said.out);
}
