//! What a face may rely on when it asks, without any meeting server at hand.
#![allow(clippy::unwrap_used, missing_docs)]

use ranzen_engine::api::{ExportFormat, Reply, Request, Snapshot, VaultState};
use ranzen_engine::{Engine, EngineConfig};
use ranzen_media::{Input, Output};
use ranzen_meeting::{Audience, Code, Connection, EndReason, Event, Lang, RecordId};
use std::path::Path;
use std::time::Duration;

fn engine(profile: &Path) -> Engine {
    Engine::start(EngineConfig {
        profile: Some(profile.to_owned()),
        keychain: false,
        input: Input::None,
        output: Output::None,
        ..EngineConfig::new(Lang::De)
    })
    .unwrap()
}

async fn refusal(engine: &Engine, request: Request) -> Code {
    match engine.request(request).await {
        Reply::Refused { problem } => problem.code,
        other => panic!("not refused: {other:?}"),
    }
}

async fn snapshot(engine: &Engine) -> Snapshot {
    match engine.request(Request::Snapshot).await {
        Reply::Snapshot { snapshot } => *snapshot,
        other => panic!("no snapshot: {other:?}"),
    }
}

fn join(link: &str, name: &str) -> Request {
    Request::Join {
        link: link.into(),
        name: name.into(),
        muted: true,
        password: None,
    }
}

#[tokio::test]
async fn bad_input_is_refused_with_its_own_code_and_starts_nothing() {
    let profile = tempfile::tempdir().unwrap();
    let engine = engine(profile.path());
    let good = "https://meet.example.org/klasse7b";
    for (request, code) in [
        (join("Hallo zusammen", "Anna"), Code::LinkInvalid),
        (join("http://meet.example.org/x", "Anna"), Code::LinkInvalid),
        (
            join(
                "https://bbb.example.org/bigbluebutton/api/join?meetingID=1",
                "Anna",
            ),
            Code::LinkUnsupported,
        ),
        (join(good, "   "), Code::NameMissing),
        (join(good, &"ä".repeat(81)), Code::NameTooLong),
    ] {
        assert_eq!(refusal(&engine, request).await, code);
    }
    assert_eq!(snapshot(&engine).await.meeting, None);
}

#[tokio::test]
async fn what_needs_a_meeting_is_refused_without_one() {
    let profile = tempfile::tempdir().unwrap();
    let engine = engine(profile.path());
    let chat = |body: &str| Request::Chat {
        to: Audience::Everyone,
        body: body.into(),
    };
    assert_eq!(refusal(&engine, chat("Hallo")).await, Code::NotNow);
    assert_eq!(refusal(&engine, chat(" \n")).await, Code::MessageEmpty);
    assert_eq!(
        refusal(&engine, chat(&"x".repeat(10_001))).await,
        Code::MessageTooLong
    );
    assert_eq!(
        refusal(&engine, Request::RaiseHand { raised: true }).await,
        Code::NotNow
    );
}

#[tokio::test]
async fn a_host_that_does_not_exist_ends_the_joining_with_the_reason() {
    let profile = tempfile::tempdir().unwrap();
    let engine = engine(profile.path());
    let mut events = engine.events();
    let reply = engine
        .request(join("https://gibt-es-nicht.invalid/raum", "Anna"))
        .await;
    assert_eq!(reply, Reply::Done);
    let reason = loop {
        let next = tokio::time::timeout(Duration::from_secs(60), events.recv());
        if let Event::Ended { reason } = next.await.unwrap().unwrap() {
            break reason;
        }
    };
    let EndReason::Failed { problem } = reason else {
        panic!("{reason:?}");
    };
    assert!(
        matches!(
            problem.code,
            Code::HostUnknown | Code::HostUnreachable | Code::NetTimeout
        ),
        "{problem}"
    );
    let state = snapshot(&engine).await.meeting.unwrap();
    assert_eq!(state.connection, Connection::Ended);
    // The next try is possible at once.
    assert_eq!(
        engine
            .request(join("https://gibt-es-nicht.invalid/raum", "Anna"))
            .await,
        Reply::Done
    );
}

#[tokio::test]
async fn the_vault_goes_from_missing_over_open_to_locked_and_opens_with_both_secrets() {
    let profile = tempfile::tempdir().unwrap();
    let first = engine(profile.path());
    assert_eq!(snapshot(&first).await.vault, VaultState::Missing);
    assert_eq!(refusal(&first, Request::Meetings).await, Code::VaultLocked);
    let made = first
        .request(Request::CreateVault {
            passphrase: Some("Apfelkuchen mit Zimt".into()),
        })
        .await;
    let Reply::RecoveryCode { code } = made else {
        panic!("{made:?}");
    };
    assert_eq!(snapshot(&first).await.vault, VaultState::Open);
    first.finish().await;

    for secret in ["Apfelkuchen mit Zimt", code.as_str()] {
        let again = engine(profile.path());
        assert_eq!(snapshot(&again).await.vault, VaultState::Locked);
        let wrong = Request::UnlockVault {
            secret: "Birnenkuchen ohne Zimt".into(),
        };
        assert_eq!(refusal(&again, wrong).await, Code::VaultPassphrase);
        let right = Request::UnlockVault {
            secret: secret.into(),
        };
        assert_eq!(again.request(right).await, Reply::Done);
        assert_eq!(
            again.request(Request::Meetings).await,
            Reply::Meetings { meetings: vec![] }
        );
        let unknown = Request::Export {
            id: RecordId(7),
            format: ExportFormat::Markdown,
            path: profile.path().join("x.md").display().to_string(),
        };
        assert_eq!(refusal(&again, unknown).await, Code::RecordUnknown);
        again.finish().await;
    }
}

#[tokio::test]
async fn a_damaged_vault_is_shown_as_broken_and_is_left_as_it_is() {
    let profile = tempfile::tempdir().unwrap();
    let vault = profile.path().join("vault");
    std::fs::create_dir_all(&vault).unwrap();
    std::fs::write(vault.join("vault.db"), b"not a vault").unwrap();
    let engine = engine(profile.path());
    let shown = snapshot(&engine).await;
    assert_eq!(shown.vault, VaultState::Broken);
    assert_eq!(shown.vault_problem.unwrap().code, Code::VaultCorrupt);
    let code = refusal(&engine, Request::CreateVault { passphrase: None }).await;
    assert_eq!(code, Code::VaultCorrupt);
    assert_eq!(
        std::fs::read(vault.join("vault.db")).unwrap(),
        b"not a vault"
    );
}
