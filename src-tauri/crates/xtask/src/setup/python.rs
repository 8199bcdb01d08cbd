//! Programs that are published as Python packages (spelling, licences), in an environment of our
//! own in the user's cache, so that nothing of the system's Python is touched.

use crate::place::Place;
use crate::process;
use anyhow::Result;
use std::process::Command;

/// Makes the environment and installs the listed versions, when the list has changed.
pub(crate) fn install(place: &Place) -> Result<()> {
    let wanted = super::list(place, "python")?;
    let venv = place.cache.join("venv");
    let done = venv.join("ranzen-installed.txt");
    let stamp = wanted.join("\n");
    if std::fs::read_to_string(&done).is_ok_and(|text| text == stamp) {
        return Ok(());
    }
    std::fs::create_dir_all(&place.cache)?;
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&venv);
    process::shown_to_person(make)?;
    let mut pip = Command::new(place.tool("pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .args(&wanted);
    process::shown_to_person(pip)?;
    std::fs::write(done, stamp)?;
    Ok(())
}
