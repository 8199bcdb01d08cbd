//! A sound server of our own without any hardware: PulseAudio in a temporary folder, with null sinks
//! as loudspeakers and remapped monitors as microphones, that can be plugged in and out.
//!
//! ```text
//! let pulse = Pulse::start()?;
//! let speaker = pulse.plug_speaker("spk")?;        // a loudspeaker; becomes the default
//! let mic = pulse.plug_microphone("mic")?;         // a microphone; becomes the default
//! command.env("PULSE_SERVER", pulse.server());     // for the process under test, never set_var
//! pulse.play_into("mic", Path::new("tone.wav"))?;  // somebody speaks into it
//! pulse.unplug(speaker)?;
//! ```

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The server is expected to answer within this time.
const START: Duration = Duration::from_secs(20);

/// A running sound server; it ends when this is dropped.
#[derive(Debug)]
pub struct Pulse {
    server: Child,
    folder: TempDir,
}

/// A device that was plugged in: the server's modules that make it up.
#[derive(Debug)]
#[must_use = "a device stays plugged in until it is unplugged"]
pub struct Plugged {
    modules: Vec<String>,
}

impl Pulse {
    /// Starts a server without any device.
    ///
    /// # Errors
    /// When pulseaudio is missing or does not come up.
    pub fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("ranzen-pulse-").tempdir()?;
        let socket = folder.path().join("pulse.sock");
        let script = folder.path().join("default.pa");
        let socket_text = socket.to_str().context("the temporary folder's name")?;
        std::fs::write(
            &script,
            format!(
                "load-module module-native-protocol-unix auth-anonymous=1 socket={socket_text}\n"
            ),
        )?;
        let server = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1"])
            .args(["--disable-shm=yes", "--use-pid-file=no", "-F"])
            .arg(&script)
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("PULSE_RUNTIME_PATH", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("pulseaudio can't be started")?;
        let pulse = Self { server, folder };
        let started = Instant::now();
        while pulse.pactl(&["info"]).is_err() {
            if started.elapsed() > START {
                bail!("pulseaudio does not answer");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(pulse)
    }

    /// The value of `PULSE_SERVER` for processes that shall use it.
    #[must_use]
    pub fn server(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// Plugs in a loudspeaker and makes it the default. What it plays can be recorded from
    /// `<name>.monitor`.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn plug_speaker(&self, name: &str) -> Result<Plugged> {
        let sink = self.null_sink(name)?;
        self.pactl(&["set-default-sink", name])?;
        Ok(Plugged {
            modules: vec![sink],
        })
    }

    /// Plugs in a microphone and makes it the default. It hears what is played into
    /// `<name>-room` (see [`Pulse::play_into`]).
    ///
    /// # Errors
    /// When the server refuses.
    pub fn plug_microphone(&self, name: &str) -> Result<Plugged> {
        let default = self.default_sink();
        let room = format!("{name}-room");
        let sink = self.null_sink(&room)?;
        let source = self.load(&[
            "module-remap-source",
            &format!("master={room}.monitor"),
            &format!("source_name={name}"),
        ])?;
        self.pactl(&["set-default-source", name])?;
        // The room is no loudspeaker for anybody.
        if let Some(default) = default {
            self.pactl(&["set-default-sink", &default])?;
        }
        Ok(Plugged {
            modules: vec![source, sink],
        })
    }

    /// Pulls a device out while it may be in use.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn unplug(&self, device: Plugged) -> Result<()> {
        for module in device.modules {
            self.pactl(&["unload-module", &module])?;
        }
        Ok(())
    }

    /// Plays a WAV file into a microphone's room; the process ends with the file.
    ///
    /// # Errors
    /// When paplay can't be started.
    pub fn play_into(&self, microphone: &str, file: &Path) -> Result<Child> {
        self.play_on(&format!("{microphone}-room"), file)
    }

    /// Plays a WAV file on a loudspeaker, as another program would.
    ///
    /// # Errors
    /// When paplay can't be started.
    pub fn play_on(&self, speaker: &str, file: &Path) -> Result<Child> {
        Command::new("paplay")
            .arg(format!("--device={speaker}"))
            .arg(file)
            .env("PULSE_SERVER", self.server())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("paplay can't be started")
    }

    /// Records a source (`<speaker>.monitor`) as raw 48 kHz mono 16-bit samples on the standard
    /// output of the returned process, until that is killed or the source is unplugged.
    ///
    /// # Errors
    /// When parec can't be started.
    pub fn record(&self, source: &str) -> Result<Child> {
        Command::new("parec")
            .arg(format!("--device={source}"))
            .args(["--format=s16le", "--rate=48000", "--channels=1"])
            .args(["--raw", "--latency-msec=10"])
            .env("PULSE_SERVER", self.server())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("parec can't be started")
    }

    /// Runs pactl and returns what it says.
    ///
    /// # Errors
    /// When it fails.
    pub fn pactl(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("pactl")
            .args(arguments)
            .env("PULSE_SERVER", self.server())
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .context("pactl can't be started")?;
        if !output.status.success() {
            bail!(
                "pactl {}: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Without rewinds it works 50 ms ahead like a sound card, not two seconds.
    fn null_sink(&self, name: &str) -> Result<String> {
        let name = format!("sink_name={name}");
        self.load(&["module-null-sink", &name, "rate=48000", "norewinds=1"])
    }

    fn load(&self, module: &[&str]) -> Result<String> {
        let mut arguments = vec!["load-module"];
        arguments.extend_from_slice(module);
        self.pactl(&arguments)
    }

    fn default_sink(&self) -> Option<String> {
        let name = self.pactl(&["get-default-sink"]).ok()?;
        (!name.is_empty() && !name.starts_with('@')).then_some(name)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("pulse.sock")
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
