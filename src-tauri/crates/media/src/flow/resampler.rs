//! Any device rate to 48 kHz and back, mono, with rubato's FFT resampler.

use crate::MediaError;
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

/// Changes the rate of a stream of mono samples; passes equal rates through untouched.
pub(crate) struct Resampler {
    fft: Option<Fft<f32>>,
    waiting: Vec<f32>,
    out: Vec<f32>,
}

impl Resampler {
    /// From one rate to another, both in Hz.
    pub(crate) fn new(from: u32, to: u32) -> Result<Self, MediaError> {
        let fft = if from == to {
            None
        } else {
            let (from, to) = (from as usize, to as usize);
            let chunk = from / 100;
            let new = Fft::new(from, to, chunk.max(1), 1, FixedSync::Input);
            Some(new.map_err(|error| MediaError::Engine(error.to_string()))?)
        };
        let room = fft.as_ref().map_or(0, |fft| fft.output_frames_max());
        Ok(Self {
            fft,
            waiting: Vec::with_capacity(from as usize / 10),
            out: vec![0.0; room],
        })
    }

    /// Takes samples in and appends what comes out. What doesn't fill a chunk waits inside.
    pub(crate) fn run(&mut self, input: &[f32], output: &mut Vec<f32>) -> Result<(), MediaError> {
        let Some(fft) = self.fft.as_mut() else {
            output.extend_from_slice(input);
            return Ok(());
        };
        self.waiting.extend_from_slice(input);
        let mut used = 0;
        loop {
            let chunk = fft.input_frames_next();
            let Some(piece) = self.waiting.get(used..used + chunk) else {
                break;
            };
            let failed = |error: &dyn std::fmt::Display| MediaError::Engine(error.to_string());
            let room = self.out.len();
            let from = InterleavedSlice::new(piece, 1, chunk).map_err(|error| failed(&error))?;
            let mut to = InterleavedSlice::new_mut(&mut self.out, 1, room)
                .map_err(|error| failed(&error))?;
            let (_, made) = fft
                .process_into_buffer(&from, &mut to, None)
                .map_err(|error| failed(&error))?;
            output.extend_from_slice(&self.out[..made]);
            used += chunk;
        }
        self.waiting.drain(..used);
        Ok(())
    }
}

impl std::fmt::Debug for Resampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resampler")
            .field("changes", &self.fft.is_some())
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tone(hertz: f32, rate: u32, seconds: f32) -> Vec<f32> {
        let step = std::f32::consts::TAU * hertz / rate as f32;
        let count = (rate as f32 * seconds) as usize;
        (0..count).map(|n| (n as f32 * step).sin()).collect()
    }

    fn energy_at(sound: &[f32], hertz: f32, rate: u32) -> f32 {
        let step = std::f32::consts::TAU * hertz / rate as f32;
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in sound.iter().enumerate() {
            re += sample * (n as f32 * step).cos();
            im += sample * (n as f32 * step).sin();
        }
        2.0 * (re * re + im * im).sqrt() / sound.len() as f32
    }

    #[test]
    fn every_common_rate_keeps_length_and_pitch() {
        for rate in [
            8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000,
        ] {
            let mut resampler = Resampler::new(rate, 48_000).unwrap();
            let mut out = Vec::new();
            // Uneven pieces, as devices deliver them.
            for piece in tone(440.0, rate, 1.0).chunks(77) {
                resampler.run(piece, &mut out).unwrap();
            }
            assert!(
                (46_500..=48_000).contains(&out.len()),
                "{rate}: {}",
                out.len()
            );
            let level = energy_at(&out[4_800..43_200], 440.0, 48_000);
            assert!((level - 1.0).abs() < 0.02, "{rate}: {level}");
        }
    }

    #[test]
    fn and_back() {
        let mut resampler = Resampler::new(48_000, 44_100).unwrap();
        let mut out = Vec::new();
        for piece in tone(440.0, 48_000, 1.0).chunks(480) {
            resampler.run(piece, &mut out).unwrap();
        }
        assert!((43_000..=44_100).contains(&out.len()));
        assert!((energy_at(&out[4_410..39_690], 440.0, 44_100) - 1.0).abs() < 0.02);
    }
}
