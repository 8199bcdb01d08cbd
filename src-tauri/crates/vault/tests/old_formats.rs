//! Vaults as earlier versions wrote them open for ever.
//!
//! A fixture is made once, by `cargo test -p ranzen-vault --test old_formats` with
//! `RANZEN_MAKE_FIXTURE=1` before the next schema step is added, and never changed afterwards.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{create, message, open};
use ranzen_meeting::{Audience, ChatMessage, Delivery, RecordId, UnixMillis};
use ranzen_vault::Vault;
use std::fs;
use std::path::{Path, PathBuf};

fn fixture(schema: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/schema-{schema}"))
}

fn chat_of_the_time() -> [ChatMessage; 2] {
    let mut private = message("m2", "Bringt bitte das Geodreieck mit – größer als 15 cm.");
    private.to = Audience::Private {
        with: "efgh".into(),
        name: "Jonas".into(),
    };
    private.own = true;
    private.from_history = true;
    private.delivery = Delivery::Failed;
    [message("m1", "Guten Morgen 👋"), private]
}

#[test]
fn schema_1_opens() {
    let folder = fixture(1);
    if std::env::var_os("RANZEN_MAKE_FIXTURE").is_some() && !folder.exists() {
        let (vault, recovery) = create(&folder);
        let id = vault.begin_meeting("Mathe 7b", "meet.example.org/7b", UnixMillis(1_000));
        for message in chat_of_the_time() {
            vault.append(id, &message).wait().unwrap();
        }
        vault.end_meeting(id, UnixMillis(2_000)).wait().unwrap();
        drop(vault);
        fs::remove_file(folder.join("vault.lock")).unwrap();
        fs::write(
            folder.join("recovery-code.txt"),
            recovery.printed().as_str(),
        )
        .unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    for name in ["vault.db", "vault.keys", "vault.keys.copy"] {
        fs::copy(folder.join(name), dir.path().join(name)).unwrap();
    }
    let check = |vault: Vault| {
        assert_eq!(vault.chat(RecordId(1)).unwrap(), chat_of_the_time());
        let meetings = vault.meetings().unwrap();
        assert_eq!(meetings[0].title, "Mathe 7b");
        assert_eq!(meetings[0].ended_at, Some(UnixMillis(2_000)));
        assert_eq!(vault.search("grosser", 10).unwrap().len(), 1);
        vault.check().wait().unwrap();
    };
    check(open(dir.path()).unwrap());
    let code = fs::read_to_string(folder.join("recovery-code.txt")).unwrap();
    let code = ranzen_vault::Secret::new(code);
    check(Vault::open_with_secret(dir.path(), &code, &common::cheap()).unwrap());
}
