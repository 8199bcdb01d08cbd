//! Writes what is played of each source into a WAV file of its own, for tests and developers. The
//! audio thread hands blocks over and never waits; a slow disk leaves holes of silence.

use crate::frame::{Frame, RATE};
use crate::news::News;
use crate::playout::Tap;
use crate::{AudioEvent, MediaError};
use hound::{SampleFormat, WavSpec, WavWriter};
use ranzen_rtp::SourceKey;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// Blocks on their way to the disk: a second of four sources.
const QUEUE: usize = 400;
/// Files open at once.
const MOST_FILES: usize = 256;
/// The headers are brought up to date this often, so that a killed program leaves readable files.
const FLUSH_SAMPLES: u64 = RATE as u64;

/// Where a recording goes.
pub(crate) trait Disk: Write + Seek + Send {}
impl<T: Write + Seek + Send> Disk for T {}

/// Creates the file of a recording.
pub(crate) type Create = Box<dyn Fn(&Path) -> io::Result<Box<dyn Disk>> + Send>;

enum Job {
    Block {
        source: SourceKey,
        position: u64,
        sound: Box<Frame>,
    },
    End(SourceKey),
    Finish,
}

/// The audio thread's end.
#[derive(Debug)]
pub(crate) struct Recorder {
    jobs: SyncSender<Job>,
    writer: Option<JoinHandle<()>>,
    /// Samples since the call's start.
    pub(crate) position: u64,
}

impl Recorder {
    /// Records into `folder`, which is created if it isn't there.
    pub(crate) fn start(folder: &Path, news: News) -> Result<Self, MediaError> {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        let create: Create = Box::new(|path| {
            let file = fs::File::create(path)?;
            Ok(Box::new(BufWriter::with_capacity(64 * 1024, file)) as Box<dyn Disk>)
        });
        Self::start_with(folder, news, create)
    }

    pub(crate) fn start_with(
        folder: &Path,
        news: News,
        create: Create,
    ) -> Result<Self, MediaError> {
        let (jobs, todo) = sync_channel(QUEUE);
        let mut files = Files {
            folder: folder.to_owned(),
            create,
            open: BTreeMap::new(),
        };
        let writer = thread::Builder::new()
            .name("ranzen-record".into())
            .spawn(move || {
                if let Err(problem) = files.work(&todo) {
                    news.tell(AudioEvent::Problem(problem));
                    files.open.clear();
                    // The call goes on; what comes is thrown away until its end.
                    while !matches!(todo.recv(), Ok(Job::Finish) | Err(_)) {}
                }
            })
            .map_err(|error| MediaError::Engine(error.to_string()))?;
        Ok(Self {
            jobs,
            writer: Some(writer),
            position: 0,
        })
    }
}

impl Tap for Recorder {
    fn hear(&mut self, source: &SourceKey, sound: &Frame) {
        let job = Job::Block {
            source: source.clone(),
            position: self.position,
            sound: Box::new(*sound),
        };
        let _ = self.jobs.try_send(job);
    }

    fn end(&mut self, source: &SourceKey) {
        let _ = self.jobs.try_send(Job::End(source.clone()));
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.jobs.send(Job::Finish);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

struct Files {
    folder: PathBuf,
    create: Create,
    open: BTreeMap<SourceKey, Recording>,
}

struct Recording {
    path: PathBuf,
    writer: WavWriter<Box<dyn Disk>>,
    written: u64,
    flushed: u64,
}

impl Files {
    fn work(&mut self, todo: &Receiver<Job>) -> Result<(), MediaError> {
        loop {
            match todo.recv() {
                Ok(Job::Block {
                    source,
                    position,
                    sound,
                }) => self.write(source, position, &sound)?,
                Ok(Job::End(source)) => {
                    if let Some(recording) = self.open.get_mut(&source) {
                        recording.flush()?;
                    }
                }
                Ok(Job::Finish) | Err(_) => return self.finish(),
            }
        }
    }

    fn write(&mut self, source: SourceKey, position: u64, sound: &Frame) -> Result<(), MediaError> {
        if !self.open.contains_key(&source) {
            if self.open.len() >= MOST_FILES {
                return Ok(());
            }
            let recording = self.begin(&source)?;
            self.open.insert(source.clone(), recording);
        }
        match self.open.get_mut(&source) {
            Some(recording) => recording.write(position, sound),
            None => Ok(()),
        }
    }

    fn begin(&self, source: &SourceKey) -> Result<Recording, MediaError> {
        let path = self.folder.join(file_name(source));
        let spec = WavSpec {
            channels: 1,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let disk = (self.create)(&path).map_err(|error| unwritable(&path, &error))?;
        let writer = WavWriter::new(disk, spec).map_err(|error| failed(&path, error))?;
        Ok(Recording {
            path,
            writer,
            written: 0,
            flushed: 0,
        })
    }

    fn finish(&mut self) -> Result<(), MediaError> {
        let mut result = Ok(());
        for recording in std::mem::take(&mut self.open).into_values() {
            let Recording { path, writer, .. } = recording;
            let finished = writer.finalize();
            result = result.and(finished.map_err(|error| failed(&path, error)));
        }
        result
    }
}

impl Recording {
    fn write(&mut self, position: u64, sound: &Frame) -> Result<(), MediaError> {
        let silence = position.saturating_sub(self.written);
        for _ in 0..silence {
            self.sample(0)?;
        }
        for sample in sound {
            self.sample((sample * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16)?;
        }
        self.written = self.written.max(position) + sound.len() as u64;
        if self.written - self.flushed >= FLUSH_SAMPLES {
            self.flush()?;
        }
        Ok(())
    }

    fn sample(&mut self, sample: i16) -> Result<(), MediaError> {
        let written = self.writer.write_sample(sample);
        written.map_err(|error| failed(&self.path, error))
    }

    fn flush(&mut self) -> Result<(), MediaError> {
        self.flushed = self.written;
        self.writer
            .flush()
            .map_err(|error| failed(&self.path, error))
    }
}

/// A name every file system takes; different sources never share one.
fn file_name(source: &SourceKey) -> String {
    let safe = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let name = source.0.as_str();
    if !name.is_empty() && name.len() <= 80 && name.chars().all(safe) {
        return format!("{name}.wav");
    }
    let readable: String = name
        .chars()
        .take(40)
        .map(|letter| if safe(letter) { letter } else { '_' })
        .collect();
    // FNV-1a over the whole name.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{readable}.{hash:016x}.wav")
}

fn failed(path: &Path, error: hound::Error) -> MediaError {
    match error {
        hound::Error::IoError(error) => unwritable(path, &error),
        other => MediaError::FileUnwritable {
            path: path.to_owned(),
            cause: other.to_string(),
        },
    }
}

fn unwritable(path: &Path, error: &io::Error) -> MediaError {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    if full.contains(&error.kind()) {
        return MediaError::DiskFull {
            path: path.to_owned(),
        };
    }
    MediaError::FileUnwritable {
        path: path.to_owned(),
        cause: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::frame::FRAME;
    use crate::news::news;

    fn key(name: &str) -> SourceKey {
        SourceKey(name.to_owned())
    }

    #[test]
    fn sources_are_aligned_to_the_start_of_the_call() {
        let dir = tempfile::tempdir().unwrap();
        let mut recorder = Recorder::start(&dir.path().join("new"), news().0).unwrap();
        recorder.position = 4800;
        recorder.hear(&key("a-a0"), &[0.5; FRAME]);
        recorder.position = 9600;
        recorder.hear(&key("a-a0"), &[-0.5; FRAME]);
        recorder.end(&key("a-a0"));
        drop(recorder);
        let mut reader = hound::WavReader::open(dir.path().join("new/a-a0.wav")).unwrap();
        let sound: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(sound.len(), 9600 + FRAME);
        assert_eq!((sound[4799], sound[4800], sound[9599]), (0, 16384, 0));
        assert_eq!(sound[9600], -16384);
    }

    #[test]
    fn any_name_makes_a_safe_file_of_its_own() {
        assert_eq!(file_name(&key("1a2b-a0")), "1a2b-a0.wav");
        let names = [
            "../../etc/passwd",
            "..",
            "",
            "a/b",
            "a\\b",
            "CON.",
            "ä",
            &"x".repeat(300),
        ];
        let files: std::collections::BTreeSet<_> =
            names.iter().map(|name| file_name(&key(name))).collect();
        assert_eq!(files.len(), names.len());
        for file in files {
            assert!(file.len() < 80 && !file.contains(['/', '\\']) && !file.starts_with(".."));
        }
    }

    /// A disk that is full after so many bytes.
    struct Small(io::Cursor<Vec<u8>>);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.get_ref().len() + bytes.len() > 5000 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Small {
        fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn a_full_disk_is_told_once_and_nobody_waits_for_it() {
        let (news, mut events) = news();
        let create: Create =
            Box::new(|_| Ok(Box::new(Small(io::Cursor::new(Vec::new()))) as Box<dyn Disk>));
        let mut recorder = Recorder::start_with(Path::new("/none"), news, create).unwrap();
        for tick in 0..2000 {
            recorder.position = tick * FRAME as u64;
            recorder.hear(&key("a"), &[0.1; FRAME]);
        }
        drop(recorder);
        let path = PathBuf::from("/none/a.wav");
        let told = AudioEvent::Problem(MediaError::DiskFull { path });
        assert_eq!(events.try_recv(), Ok(told));
        assert!(events.try_recv().is_err(), "once");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "x").unwrap();
        let refused = Recorder::start(&file.join("folder"), news().0);
        assert!(matches!(refused, Err(MediaError::FileUnwritable { .. })));
    }
}
