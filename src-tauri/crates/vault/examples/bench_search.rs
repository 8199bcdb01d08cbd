//! How long a search takes in 100,000 messages, and how long a message takes to be durable.
//!
//! `cargo run --release -p ranzen-vault --example bench_search [-- <messages>]` prints a table and
//! one line of JSON.
#![allow(clippy::print_stdout, reason = "a program for people at a terminal")]

use ranzen_meeting::{Audience, ChatMessage, Delivery, MessageId, UnixMillis};
use ranzen_vault::{KdfCost, KeychainChoice, NewVault, NoKeychain, Options, Secret, Vault};
use std::sync::Arc;
use std::time::{Duration, Instant};

const WORDS: &[&str] = &[
    "Hausaufgaben",
    "Übung",
    "Seite",
    "morgen",
    "bitte",
    "die",
    "der",
    "das",
    "Straße",
    "Größe",
    "Heft",
    "Buch",
    "Mathe",
    "Deutsch",
    "Englisch",
    "Klassenarbeit",
    "verstanden",
    "nicht",
    "ist",
    "und",
    "Frage",
    "Antwort",
    "Mikrofon",
    "hört",
    "mich",
    "jemand",
    "Kamera",
    "Bildschirm",
    "Gruppe",
    "Aufgabe",
    "Lösung",
    "Rechnung",
    "Müller",
    "Pause",
    "Uhr",
    "heute",
    "Freitag",
];

fn main() -> anyhow::Result<()> {
    let count: u32 = std::env::args().nth(1).map_or(Ok(100_000), |n| n.parse())?;
    let dir = tempfile::tempdir()?;
    let options = Options {
        kdf: KdfCost::CHEAPEST,
        keychain: Arc::new(NoKeychain),
    };
    let new = NewVault {
        passphrase: Some(Secret::new("nur zum Messen".into())),
        keychain: KeychainChoice::No,
    };
    let (vault, _) = Vault::create(dir.path(), &new, &options)?;
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let filled = Instant::now();
    let mut record = vault.begin_meeting("0", "p", UnixMillis(0));
    for n in 0..count {
        if n % 500 == 0 {
            record = vault.begin_meeting(&n.to_string(), "p", UnixMillis(n.into()));
        }
        vault.append(record, &random.message(n)).ignore();
    }
    vault.flush().wait()?;
    println!(
        "{count} messages written in {:.1} s",
        filled.elapsed().as_secs_f64()
    );

    let mut durable = measure(300, |n| {
        vault.append(record, &random.message(count + n)).wait()
    })?;
    let queries = [
        "hausauf",
        "die",
        "mueller str",
        "\"bitte morgen\"",
        "xylophon",
        "u",
        "wort77 e",
    ];
    let mut all = Vec::new();
    for query in queries {
        let mut times = measure(60, |_| vault.search(query, 200).map(|_| ()))?;
        row(query, &mut times);
        all.extend(times);
    }
    let p99 = row("all searches", &mut all);
    let durable_p99 = row("durable append", &mut durable);
    drop(vault);
    let mut opening = measure(20, |_| {
        Vault::open_with_secret(dir.path(), &Secret::new("nur zum Messen".into()), &options)
            .map(|_| ())
    })?;
    let open_p99 = row("open and close", &mut opening);
    println!(
        "{{\"messages\":{count},\"search_p99_ms\":{p99:.2},\"durable_p99_ms\":{durable_p99:.2},\"open_p99_ms\":{open_p99:.2}}}"
    );
    Ok(())
}

fn measure<E>(times: u32, mut what: impl FnMut(u32) -> Result<(), E>) -> Result<Vec<Duration>, E> {
    (0..times)
        .map(|n| {
            let start = Instant::now();
            what(n)?;
            Ok(start.elapsed())
        })
        .collect()
}

/// Prints median and 99th percentile, and gives back the latter in milliseconds.
fn row(name: &str, times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
    println!("{name:<16} p50 {:>7.2} ms   p99 {:>7.2} ms", at(50), at(99));
    at(99)
}

/// Xorshift: the same chat on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 1).unwrap_or(usize::MAX) % limit
    }

    fn message(&mut self, n: u32) -> ChatMessage {
        let length = 3 + self.below(15);
        let body: Vec<String> = (0..length)
            .map(|_| match self.below(4) {
                0 => format!("wort{}", self.below(20_000)),
                _ => WORDS[self.below(WORDS.len())].to_owned(),
            })
            .collect();
        ChatMessage {
            id: MessageId(format!("m{n}")),
            from: None,
            from_name: "Jemand".into(),
            to: Audience::Everyone,
            body: body.join(" "),
            sent_at: UnixMillis(n.into()),
            own: false,
            from_history: false,
            delivery: Delivery::Delivered,
        }
    }
}
