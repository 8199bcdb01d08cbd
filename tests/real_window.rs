//! The real window under a real X server joins a room with a second participant: it shows who is
//! there and who speaks, sends and receives chat, and leaves nothing readable on the disk.
//!
//! ```text
//! [lehrerin: Xvfb, WebKitWebDriver, ranzen] ── switch ── [server: Prosody, focus, bridge]
//! [ben: ranzen-cli] ──┘
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod support;

use ranzen_stand::Stand;
use ranzen_testbed::{Display, WebDriver, network_or_left_out, speech};
use std::path::{Path, PathBuf};
use support::{PASSPHRASE, Part, Participant};

/// Words that must not be found anywhere outside the vault's ciphertext.
const CANARY: &str = "Kanarienvogel-Zitronenfalter";
/// What the other one writes.
const ANSWER: &str = "Gelbspötter-Antwort";

#[test]
fn the_window_joins_shows_who_speaks_and_chats_and_leaves_no_trace() {
    let Some(network) =
        network_or_left_out("the_window_joins_shows_who_speaks_and_chats_and_leaves_no_trace")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let (here, there) = (
        network.host("lehrerin").unwrap(),
        network.host("ben").unwrap(),
    );
    let display = Display::start(&here).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = support::root(folder.path(), &stand);
    let made = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    let (home, temp, profile) = (made("home"), made("temp"), made("profile"));
    let (ben_profile, logs) = (made("ben"), made("logs"));
    let pictures = pictures();
    let spoken = speech::file(1).unwrap();

    // Messages of the program at every level are part of what must hold no content.
    let log = logs.join("window.log");
    let wrapper = wrapper(folder.path(), &log);
    let link = stand.url("klasse5a");
    let mut ben = Participant::join(
        &there,
        &Part {
            name: "Ben",
            link: link.clone(),
            root: &root,
            speak: Some(&spoken),
            record: None,
            profile: &ben_profile,
        },
    );
    ben.id();

    let root = root.to_str().unwrap().to_owned();
    let shown = display.name().to_owned();
    here.run(|| async {
        let environment = [
            ("HOME", home.to_str().unwrap()),
            ("XDG_RUNTIME_DIR", temp.to_str().unwrap()),
            ("TMPDIR", temp.to_str().unwrap()),
            ("LANG", "de_DE.UTF-8"),
            ("LANGUAGE", "de"),
            ("RANZEN_LOG", "trace"),
        ];
        let arguments = [
            "--profile",
            profile.to_str().unwrap(),
            "--extra-root",
            &root,
            "--no-keychain",
        ];
        let window = WebDriver::open(&here, &shown, &environment, &wrapper, &arguments)
            .await
            .unwrap();

        // First start: the vault. Without a keychain the window asks for a passphrase.
        window.click("[data-testid=create-vault]").await.unwrap();
        for field in [
            "(//input[@type='password'])[1]",
            "(//input[@type='password'])[2]",
        ] {
            window.type_into(field, PASSPHRASE).await.unwrap();
        }
        display.picture(&pictures.join("1-vault.png")).unwrap();
        window.click("[data-testid=create-vault]").await.unwrap();
        window.click("[data-testid=code-kept]").await.unwrap();
        display
            .picture(&pictures.join("2-recovery-code.png"))
            .unwrap();
        window.click("[data-testid=code-continue]").await.unwrap();

        window.type_into("[data-testid=link]", &link).await.unwrap();
        window
            .type_into("[data-testid=name]", "Frau Lindner")
            .await
            .unwrap();
        display.picture(&pictures.join("3-start.png")).unwrap();
        window.click("[data-testid=join]").await.unwrap();

        window
            .find("[data-testid=connection][data-connection=joined]")
            .await
            .unwrap();
        window
            .find("[data-testid=participant][data-name=Ben]")
            .await
            .unwrap();
        window
            .find("[data-testid=connection][data-media=connected]")
            .await
            .unwrap();
        window
            .find("[data-testid=participant][data-name=Ben][data-speaking]")
            .await
            .unwrap();
        ben.wait_event("participantSeen", 10, |event| {
            event["participant"]["name"] == "Frau Lindner"
        });
        display.picture(&pictures.join("4-call.png")).unwrap();

        window
            .type_into("[data-testid=chat-text]", CANARY)
            .await
            .unwrap();
        window.click("[data-testid=chat-send]").await.unwrap();
        ben.wait_chat(CANARY, 15);
        ben.say(ANSWER);
        window.wait_text(ANSWER).await.unwrap();
        window.wait_text(CANARY).await.unwrap();

        ben.say("/hand");
        window
            .find("[data-testid=participant][data-name=Ben][data-hand]")
            .await
            .unwrap();
        window.click("[data-testid=hand]").await.unwrap();
        ben.wait_event("participantSeen", 10, |event| {
            event["participant"]["name"] == "Frau Lindner"
                && !event["participant"]["handRaisedAt"].is_null()
        });
        ben.say("/mute");
        window
            .find("[data-testid=participant][data-name=Ben][data-muted]")
            .await
            .unwrap();
        display.picture(&pictures.join("5-chat.png")).unwrap();

        window.click("[data-testid=leave]").await.unwrap();
        window.find("[data-testid=ended]").await.unwrap();
        window.click("[data-testid=home]").await.unwrap();
        window
            .type_into("[data-testid=search]", "Zitronen")
            .await
            .unwrap();
        window.wait_text("Kanarienvogel").await.unwrap();
        display.picture(&pictures.join("6-archive.png")).unwrap();
        window.close().await.unwrap();
    });
    ben.leave();

    let mut searched = 0;
    for place in [&home, &temp, &profile, &ben_profile, &logs] {
        for word in [CANARY, ANSWER] {
            searched += scan(place, word);
        }
    }
    println!("{searched} files searched for the canary, 0 hits");
    assert!(searched > 10, "the scan saw only {searched} files");
    assert!(
        std::fs::metadata(&log).unwrap().len() > 0,
        "the program's log is empty, so it proves nothing"
    );
}

/// A program in front of the window that keeps its messages.
fn wrapper(folder: &Path, log: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("ranzen-with-log");
    let script = format!(
        "#!/bin/sh\nexec {:?} \"$@\" 2>>{:?}\n",
        env!("CARGO_BIN_EXE_ranzen"),
        log
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Where a person finds the pictures afterwards.
fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test-output/real-window")
}

/// Searches every file below a folder for a word as UTF-8 and UTF-16, and fails on a hit.
fn scan(folder: &Path, word: &str) -> usize {
    let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            files += scan(&path, word);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files += 1;
            for needle in [word.as_bytes(), utf16.as_slice()] {
                assert!(
                    !bytes.windows(needle.len()).any(|window| window == needle),
                    "{word:?} stands readable in {}",
                    path.display()
                );
            }
        }
    }
    files
}
