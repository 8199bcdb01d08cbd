//! Sound devices, codecs, jitter buffer, mixing, levels.
