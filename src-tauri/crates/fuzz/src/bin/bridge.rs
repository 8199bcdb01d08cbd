//! libFuzzer on the target `bridge`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ranzen_fuzz::bridge(bytes);
});
