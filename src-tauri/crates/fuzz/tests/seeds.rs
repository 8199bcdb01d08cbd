//! Every seed, and every input that once broke a promise, through its target.
#![allow(missing_docs, clippy::unwrap_used)]

use ranzen_fuzz::{TARGETS, Verdict};
use std::fs;
use std::path::Path;

#[test]
fn every_seed_passes_and_most_are_understood() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let folders = fs::read_dir(&seeds).unwrap().count();
    assert_eq!(folders, TARGETS.len(), "each target has its folder");
    for (name, target) in TARGETS {
        let mut verdicts = Vec::new();
        for file in fs::read_dir(seeds.join(name)).unwrap() {
            let path = file.unwrap().path();
            // Shown if this one fails.
            eprintln!("{}", path.display());
            verdicts.push(target(&fs::read(path).unwrap()));
        }
        let taken = verdicts.iter().filter(|v| **v == Verdict::Taken).count();
        assert!(taken >= 4 && 2 * taken > verdicts.len(), "{name}: {taken}");
    }
}

/// Cheap stand-in for the fuzzer on every run: each seed cut off, doubled and with bytes flipped.
#[test]
fn damaged_seeds_break_no_promise() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for (name, target) in TARGETS {
        for file in fs::read_dir(seeds.join(name)).unwrap() {
            let seed = fs::read(file.unwrap().path()).unwrap();
            // Long ones at fewer places, so that this stays short.
            let places = (300_000 / seed.len()).clamp(6, 60);
            let step = seed.len().div_ceil(places).max(1);
            for at in (0..seed.len()).step_by(step) {
                target(&seed[..at]);
                target(&seed[at..]);
                target(&[&seed[..at], &seed[..]].concat());
                for value in [0, b'<', b'"', b'%', b'9', 0xff] {
                    let mut flipped = seed.clone();
                    flipped[at] = value;
                    target(&flipped);
                }
            }
        }
    }
}
