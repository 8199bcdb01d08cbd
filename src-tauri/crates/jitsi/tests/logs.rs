//! A whole meeting at our crates' finest log level writes down nobody's name, words or secrets.
//!
//! If this fails: find the field named in the message, and log what kind of thing it is instead of the
//! thing itself.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use ranzen_meeting::{Audience, Command};
use ranzen_stand::{Options, Stand, Token};
use ranzen_testbed::network_or_left_out;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use support::Ticket;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn logs_hold_no_names_no_words_and_no_secrets() {
    let Some(network) = network_or_left_out("logs") else {
        return;
    };
    let written = Written::default();
    // Only our own crates: what libraries would say of frames never gets into the program's log.
    tracing_subscriber::fmt()
        .with_env_filter("ranzen=trace")
        .with_ansi(false)
        .with_writer(written.clone())
        .init();
    let options = Options {
        token_secret: Some("s3cret".into()),
        ..Options::default()
    };
    let stand = Arc::new(Stand::start_with(&network, options).unwrap());
    let client = network.host("client").unwrap();
    let token = Token::new("canaryroom", "CanaryToken").sign("s3cret");
    let (inside, secret) = (stand.clone(), token.clone());
    client.run(move || async move {
        let ticket = |name: &str, password: Option<&str>| {
            let mut ticket = Ticket::new(&inside, "canaryroom", name);
            ticket.url = format!("{}?jwt={secret}", ticket.url);
            ticket.password = password.map(str::to_owned);
            ticket
        };
        let alice = ticket("CanaryAlice", None).join().await;
        alice.joined().await;
        inside
            .set_password("canaryroom", Some("CanaryPassword"))
            .unwrap();
        let bob = ticket("CanaryBob", Some("CanaryPassword")).join().await;
        let bob_id = bob.joined().await;
        alice.hears(&bob_id, 10).await;
        alice.say("c-1", "CanaryPublic");
        bob.reads("CanaryPublic").await;
        bob.command(Command::SendChat {
            id: "c-2".into(),
            to: Audience::Private {
                with: alice.id(),
                name: "CanaryAlice".into(),
            },
            body: "CanaryPrivate".into(),
        });
        alice.reads("CanaryPrivate").await;
        inside.drop_websockets();
        alice.say("c-3", "CanaryAfter");
        bob.reads("CanaryAfter").await;
        inside
            .kick("canaryroom", bob_id.as_str(), "CanaryReason")
            .unwrap();
        bob.ended().await;
        alice.command(Command::Leave);
        alice.ended().await;
    });
    let written = written.0.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&written);
    let lower = text.to_lowercase();
    assert!(lower.contains("ranzen"), "something was logged");
    for secret in ["canary", token.as_str(), "pwd="] {
        let secret = secret.to_lowercase();
        if let Some(at) = lower.find(&secret) {
            let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
            let shown: String = text[line..].chars().take(400).collect();
            panic!("the log holds {secret:.20}: {shown}");
        }
    }
}
