//! Spoken sentences as files: espeak-ng through sox, 48 kHz mono 16 bit, made once per machine.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sentences with their voices; different people say different things.
const SENTENCES: [(&str, &str); 4] = [
    (
        "en-gb",
        "The quick brown fox jumps over the lazy dog. A rainbow is a division of white light into many beautiful colours. These take the shape of a long round arch, with its path high above.",
    ),
    (
        "de",
        "Guten Morgen zusammen, heute sprechen wir über den Kreislauf des Wassers. Die Sonne erwärmt das Meer, der Dampf steigt auf, und aus den Wolken fällt wieder Regen.",
    ),
    (
        "en-us",
        "Please open your books at page forty two. We will read the first paragraph together, and then everybody writes three short questions for the neighbour at the next table.",
    ),
    (
        "de+f3",
        "Die Hausaufgaben stehen im Plan. Wer noch Fragen hat, hebt bitte die Hand oder schreibt sie in den Chat, dann antworten wir der Reihe nach.",
    ),
];

/// The file with sentence number `index` (0 to 3), about ten seconds long.
///
/// # Errors
/// When espeak-ng or sox is missing or fails.
pub fn file(index: usize) -> io::Result<PathBuf> {
    let (voice, text) = SENTENCES[index % SENTENCES.len()];
    let cache = std::env::temp_dir().join("ranzen-speech-1");
    std::fs::create_dir_all(&cache)?;
    let target = cache.join(format!("{}.wav", index % SENTENCES.len()));
    if !target.exists() {
        let work = tempfile::tempdir_in(&cache)?;
        let (spoken, resampled) = (work.path().join("spoken.wav"), work.path().join("48k.wav"));
        run(Command::new("espeak-ng")
            .args(["-v", voice, "-s", "150", "-w"])
            .arg(&spoken)
            .arg(text))?;
        run(Command::new("sox")
            .arg(&spoken)
            .args(["-G", "-c", "1", "-b", "16", "-r", "48000"])
            .arg(&resampled)
            .args(["norm", "-3"]))?;
        // Renaming is atomic: a test in parallel sees either nothing or the whole file.
        std::fs::rename(&resampled, &target)?;
    }
    Ok(target)
}

/// The samples of a mono or stereo (averaged) 16-bit or float WAV file in −1…1, and its rate in Hz.
///
/// # Errors
/// When it can't be read.
pub fn read(path: &Path) -> io::Result<(Vec<f32>, u32)> {
    let mut reader = hound::WavReader::open(path).map_err(io::Error::other)?;
    let spec = reader.spec();
    let all: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>(),
        hound::SampleFormat::Int => {
            let scale = 1.0 / f64::from(1u32 << (spec.bits_per_sample - 1)) as f32;
            reader
                .samples::<i32>()
                .map(|sample| sample.map(|value| value as f32 * scale))
                .collect()
        }
    }
    .map_err(io::Error::other)?;
    let channels = usize::from(spec.channels.max(1));
    let mono = all
        .chunks_exact(channels)
        .map(|frame| frame.iter().sum::<f32>() / channels as f32)
        .collect();
    Ok((mono, spec.sample_rate))
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output().map_err(|error| {
        io::Error::other(format!(
            "{}: {error}",
            command.get_program().to_string_lossy()
        ))
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!(
        "{}: {said}",
        command.get_program().to_string_lossy()
    )))
}
