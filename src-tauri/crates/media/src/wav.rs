//! A WAV file in the place of a microphone: read ahead on a thread of its own, 48 kHz mono out.

use crate::flow::Resampler;
use crate::frame::RATE;
use crate::news::News;
use crate::{AudioEvent, MediaError};
use hound::{SampleFormat, WavReader};
use rtrb::{Consumer, Producer, RingBuffer};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// One second is read ahead.
const AHEAD: usize = RATE as usize;
/// How long the reader rests when that is done.
const REST: Duration = Duration::from_millis(100);
/// Frames read at once.
const PIECE: usize = 4800;

type Reader = WavReader<BufReader<File>>;

/// A file that was looked at and can be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WavFile {
    path: PathBuf,
    looped: bool,
}

impl WavFile {
    /// Looks at the file's header.
    pub(crate) fn check(path: &Path, looped: bool) -> Result<Self, MediaError> {
        let reader = open(path)?;
        let spec = reader.spec();
        let format = |cause: &str| MediaError::FileFormat {
            path: path.to_owned(),
            cause: cause.to_owned(),
        };
        if !(4_000..=384_000).contains(&spec.sample_rate) {
            return Err(format("its sample rate is not one of sound"));
        }
        if !(1..=32).contains(&spec.channels) {
            return Err(format("its number of channels is not one of sound"));
        }
        if reader.duration() == 0 {
            return Err(format("it holds no sound"));
        }
        Ok(Self {
            path: path.to_owned(),
            looped,
        })
    }

    /// Starts reading; the sound is in the ring as fast as it is taken out. The reader ends with the
    /// file or when the other end of the ring is dropped.
    pub(crate) fn play(&self, news: News) -> Result<Consumer<f32>, MediaError> {
        let (mut ring, consumer) = RingBuffer::new(AHEAD);
        let file = self.clone();
        thread::Builder::new()
            .name("ranzen-file".into())
            .spawn(move || {
                loop {
                    match file.read_through(&mut ring) {
                        // A file that was emptied meanwhile has no end to begin again at.
                        Ok(samples) if file.looped && samples > 0 && !ring.is_abandoned() => {}
                        Ok(_) => return,
                        Err(problem) => {
                            news.tell(AudioEvent::Problem(problem));
                            return;
                        }
                    }
                }
            })
            .map_err(|error| MediaError::Engine(error.to_string()))?;
        Ok(consumer)
    }

    /// Reads from the beginning to the end; returns how many samples there were.
    fn read_through(&self, ring: &mut Producer<f32>) -> Result<usize, MediaError> {
        let mut samples = 0;
        let mut reader = open(&self.path)?;
        let spec = reader.spec();
        let mut resampler = Resampler::new(spec.sample_rate, RATE)?;
        let mut ready = Vec::new();
        loop {
            let piece = read_mono(&mut reader, PIECE).map_err(|error| failed(&self.path, error))?;
            let ended = piece.is_empty();
            samples += piece.len();
            resampler.run(&piece, &mut ready)?;
            if ended {
                // What the resampler still holds comes out behind a little silence.
                let tail = vec![0.0; spec.sample_rate as usize / 50];
                if spec.sample_rate != RATE {
                    resampler.run(&tail, &mut ready)?;
                }
            }
            let mut rest = ready.as_slice();
            while !rest.is_empty() {
                if ring.is_abandoned() {
                    return Ok(samples);
                }
                (_, rest) = ring.push_partial_slice(rest);
                if !rest.is_empty() {
                    thread::sleep(REST);
                }
            }
            ready.clear();
            if ended {
                return Ok(samples);
            }
        }
    }
}

fn open(path: &Path) -> Result<Reader, MediaError> {
    WavReader::open(path).map_err(|error| failed(path, error))
}

fn failed(path: &Path, error: hound::Error) -> MediaError {
    let path = path.to_owned();
    let cause = error.to_string();
    match error {
        // A file that is too short is an I/O error to the library, too, but not to people.
        hound::Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            MediaError::FileFormat { path, cause }
        }
        hound::Error::IoError(error) if error.kind() == std::io::ErrorKind::Other => {
            MediaError::FileFormat { path, cause }
        }
        hound::Error::IoError(_) => MediaError::FileUnreadable { path, cause },
        _ => MediaError::FileFormat { path, cause },
    }
}

/// At most `frames` frames, averaged to mono, full scale ±1.
fn read_mono(reader: &mut Reader, frames: usize) -> Result<Vec<f32>, hound::Error> {
    let spec = reader.spec();
    let channels = usize::from(spec.channels);
    let samples: Vec<f32> = match spec.sample_format {
        SampleFormat::Float => {
            let samples = reader.samples::<f32>().take(frames * channels);
            samples.collect::<Result<_, _>>()?
        }
        SampleFormat::Int => {
            let full_scale = (1u64 << (spec.bits_per_sample - 1)) as f32;
            let samples = reader.samples::<i32>().take(frames * channels);
            samples
                .map(|sample| sample.map(|sample| sample as f32 / full_scale))
                .collect::<Result<_, _>>()?
        }
    };
    let share = 1.0 / channels as f32;
    let mono = samples.chunks_exact(channels).map(|frame| {
        let sum: f32 = frame.iter().sum();
        let average = sum * share;
        // A float file may hold anything.
        if average.is_finite() {
            average.clamp(-1.0, 1.0)
        } else {
            0.0
        }
    });
    Ok(mono.collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::news::news;
    use std::time::Instant;

    fn written(dir: &Path, spec: hound::WavSpec, samples: usize) -> PathBuf {
        let path = dir.join("tone.wav");
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for n in 0..samples {
            let value = (n as f32 * std::f32::consts::TAU * 440.0 / spec.sample_rate as f32).sin();
            for _ in 0..spec.channels {
                match spec.sample_format {
                    SampleFormat::Float => writer.write_sample(value * 0.5).unwrap(),
                    SampleFormat::Int => {
                        let full = (1i64 << (spec.bits_per_sample - 1)) as f32 - 1.0;
                        writer.write_sample((value * 0.5 * full) as i32).unwrap();
                    }
                }
            }
        }
        writer.finalize().unwrap();
        path
    }

    fn spec(channels: u16, sample_rate: u32, bits: u16, float: bool) -> hound::WavSpec {
        hound::WavSpec {
            channels,
            sample_rate,
            bits_per_sample: bits,
            sample_format: if float {
                SampleFormat::Float
            } else {
                SampleFormat::Int
            },
        }
    }

    fn take_all(mut ring: Consumer<f32>) -> Vec<f32> {
        let started = Instant::now();
        let mut all = Vec::new();
        let mut piece = vec![0.0; 4800];
        while started.elapsed() < Duration::from_secs(20) {
            let finished = ring.is_abandoned();
            let (taken, _) = ring.pop_partial_slice(&mut piece);
            all.extend_from_slice(taken);
            if finished && ring.is_empty() {
                return all;
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("the file never ended");
    }

    #[test]
    fn every_usual_format_is_played_at_its_length_and_level() {
        for (channels, rate, bits, float) in [
            (1, 48_000, 16, false),
            (2, 44_100, 16, false),
            (1, 16_000, 24, false),
            (2, 48_000, 32, false),
            (1, 8_000, 8, false),
            (2, 96_000, 32, true),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let path = written(
                dir.path(),
                spec(channels, rate, bits, float),
                rate as usize / 2,
            );
            let file = WavFile::check(&path, false).unwrap();
            let sound = take_all(file.play(news().0).unwrap());
            assert!(
                (23_900..=25_500).contains(&sound.len()),
                "{rate}: {}",
                sound.len()
            );
            let peak = sound
                .iter()
                .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
            assert!(
                (0.47..0.55).contains(&peak),
                "{rate} Hz, {bits} bit: {peak}"
            );
        }
    }

    #[test]
    fn what_is_no_file_and_what_is_no_sound_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let missing = WavFile::check(&dir.path().join("none.wav"), false);
        assert!(matches!(missing, Err(MediaError::FileUnreadable { .. })));
        for content in [
            &b"RIFF"[..],
            b"",
            b"This is a letter, not a sound file at all. Really.",
        ] {
            let path = dir.path().join("letter.wav");
            std::fs::write(&path, content).unwrap();
            let letter = WavFile::check(&path, false);
            assert!(
                matches!(letter, Err(MediaError::FileFormat { .. })),
                "{letter:?}"
            );
        }
        let path = written(dir.path(), spec(1, 48_000, 16, false), 0);
        let empty = WavFile::check(&path, true);
        assert!(matches!(empty, Err(MediaError::FileFormat { .. })));
    }

    #[test]
    fn a_looped_file_goes_on_until_nobody_takes_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = written(dir.path(), spec(1, 48_000, 16, false), 1000);
        let file = WavFile::check(&path, true).unwrap();
        let mut ring = file.play(news().0).unwrap();
        let mut taken = 0;
        let mut piece = [0.0; 480];
        let started = Instant::now();
        while taken < 10_000 && started.elapsed() < Duration::from_secs(20) {
            taken += ring.pop_partial_slice(&mut piece).0.len();
            thread::yield_now();
        }
        assert!(taken >= 10_000);
    }
}
