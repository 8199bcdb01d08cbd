//! libFuzzer on the target `jingle`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ranzen_fuzz::jingle(bytes);
});
