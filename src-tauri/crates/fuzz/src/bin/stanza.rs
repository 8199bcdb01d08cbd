//! libFuzzer on the target `stanza`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ranzen_fuzz::stanza(bytes);
});
