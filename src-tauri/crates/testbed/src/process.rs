//! A child process of a test: own process group, killed on drop, its words kept and shown on failure.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// A running program; killed with all its children on drop. Its output goes to a temporary file.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    _directory: tempfile::TempDir,
}

impl Process {
    /// Starts `command` (e.g. of [`crate::Host::command`]) with stdin closed.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn spawn(name: &str, command: Command) -> io::Result<Self> {
        Self::spawn_with(name, command, Stdio::null())
    }

    /// Like [`Self::spawn`] with another stdin; [`Self::child`] reaches the pipe.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn spawn_with(name: &str, mut command: Command, stdin: Stdio) -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("ranzen-process-")
            .tempdir()?;
        let log = directory.path().join("log");
        let out = File::create(&log)?;
        let child = command
            .stdin(stdin)
            .stdout(out.try_clone()?)
            .stderr(out)
            .process_group(0)
            .spawn()?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log,
            _directory: directory,
        })
    }

    /// The child itself.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Everything it said so far (stdout and stderr together).
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The file behind [`Self::log`].
    #[must_use]
    pub fn log_path(&self) -> &Path {
        &self.log
    }

    /// Waits until a line of its output contains `wanted` and returns that line.
    ///
    /// # Errors
    /// When it ends or `patience` runs out before; the message carries its output.
    pub fn wait_for_line(&mut self, wanted: &str, patience: Duration) -> io::Result<String> {
        self.wait_until(&format!("say {wanted:?}"), patience, |this| {
            this.log()
                .lines()
                .find(|line| line.contains(wanted))
                .map(str::to_owned)
        })
    }

    /// Waits until a line of its output is a number and returns that (`Xvfb -displayfd`).
    ///
    /// # Errors
    /// When it ends or `patience` runs out before; the message carries its output.
    pub fn wait_for_number(&mut self, patience: Duration) -> io::Result<u32> {
        self.wait_until("say a number", patience, |this| {
            this.log().lines().find_map(|line| line.trim().parse().ok())
        })
    }

    /// Waits until something listens on TCP `port` of the network namespace the program lives in.
    ///
    /// # Errors
    /// When it ends or `patience` runs out before; the message carries its output.
    pub fn wait_for_port(&mut self, port: u16, patience: Duration) -> io::Result<()> {
        let tables = [
            format!("/proc/{}/net/tcp", self.child.id()),
            format!("/proc/{}/net/tcp6", self.child.id()),
        ];
        self.wait_until(&format!("listen on {port}"), patience, |_| {
            tables
                .iter()
                .any(|table| listens(table, port))
                .then_some(())
        })
    }

    /// Waits for its own end.
    ///
    /// # Errors
    /// When `patience` runs out before; the message carries its output.
    pub fn wait_for_end(&mut self, patience: Duration) -> io::Result<ExitStatus> {
        let end = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() > end {
                return Err(self.complaint("did not end"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks the whole group to end with `signal` (TERM lets it clean up, KILL does not).
    pub fn signal(&self, signal: Signal) {
        let _ = killpg(self.group(), signal);
    }

    fn wait_until<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut done: impl FnMut(&Self) -> Option<T>,
    ) -> io::Result<T> {
        let end = Instant::now() + patience;
        loop {
            if let Some(result) = done(self) {
                return Ok(result);
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(self.complaint(&format!("ended ({status}) before it could {what}")));
            }
            if Instant::now() > end {
                return Err(self.complaint(&format!("did not {what} within {patience:?}")));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn complaint(&self, what: &str) -> io::Error {
        io::Error::other(format!("{} {what}; its output:\n{}", self.name, self.log()))
    }

    fn group(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let from = log.len().saturating_sub(8000);
            let tail = log.get(log.ceil_char_boundary(from)..).unwrap_or_default();
            let _ = writeln!(io::stderr(), "--- output of {} ---\n{tail}\n---", self.name);
        }
        // Only a child that was not reaped yet still owns its group number.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = killpg(self.group(), Signal::SIGKILL);
            let _ = self.child.wait();
        }
    }
}

/// Whether `/proc/<pid>/net/tcp` lists `port` in state LISTEN (0A).
fn listens(table: &str, port: u16) -> bool {
    let wanted = format!(":{port:04X}");
    std::fs::read_to_string(table)
        .unwrap_or_default()
        .lines()
        .skip(1)
        .any(|line| {
            let mut fields = line.split_whitespace().skip(1);
            let local = fields.next().unwrap_or_default();
            let state = fields.nth(1).unwrap_or_default();
            local.ends_with(&wanted) && state == "0A"
        })
}
