//! libFuzzer on the target `session`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ranzen_fuzz::session(bytes);
});
