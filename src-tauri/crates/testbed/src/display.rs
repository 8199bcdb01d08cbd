//! A screen without a monitor: Xvfb with a number of its own, and pictures of it.

use crate::{Host, Process};
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A running X server.
pub struct Display {
    name: String,
    _server: Process,
}

impl Display {
    /// Starts one inside `host`, 1280 × 860 pixels.
    ///
    /// # Errors
    /// When Xvfb is missing or does not start.
    pub fn start(host: &Host) -> io::Result<Self> {
        let mut command = host.command("Xvfb");
        // It chooses a free number itself and says it on descriptor 1.
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x860x24",
            "-nolisten",
            "tcp",
        ]);
        let mut server = Process::spawn("Xvfb", command)?;
        let number = server.wait_for_number(Duration::from_secs(20))?;
        Ok(Self {
            name: format!(":{number}"),
            _server: server,
        })
    }

    /// `DISPLAY`'s value.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes a picture of the whole screen.
    ///
    /// # Errors
    /// When ImageMagick's `import` is missing or fails.
    pub fn picture(&self, file: &Path) -> io::Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let status = Command::new("import")
            .args(["-display", &self.name, "-window", "root"])
            .arg(file)
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("import: {status}")))
        }
    }
}
