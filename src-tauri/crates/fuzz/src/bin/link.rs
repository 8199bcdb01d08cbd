//! libFuzzer on the target `link`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ranzen_fuzz::link(bytes);
});
