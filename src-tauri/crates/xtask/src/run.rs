//! `cargo xtask run`: build what is missing and open the app.

use crate::place::Place;
use crate::{process, setup};
use anyhow::{Result, ensure};
use std::time::SystemTime;

/// False: the app ended with an error of its own.
pub(crate) fn app(place: &Place, arguments: &[String]) -> Result<bool> {
    setup::all(place, false)?;
    ensure!(
        cfg!(not(target_os = "linux"))
            || ["DISPLAY", "WAYLAND_DISPLAY"]
                .iter()
                .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())),
        "there is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    );
    window(place)?;
    let mut cargo = place.cargo();
    cargo
        .args(["run", "--package", "ranzen", "--"])
        .args(arguments);
    Ok(cargo.status()?.success())
}

/// Builds the window's files unless they are newer than all their sources.
pub(crate) fn window(place: &Place) -> Result<()> {
    if !window_is_stale(place)? {
        return Ok(());
    }
    process::shown_to_person(process::npm(place, &["run", "build"]))
}

/// Is a source of the window newer than its build?
pub(crate) fn window_is_stale(place: &Place) -> Result<bool> {
    let Some(built) = modified(&place.ui().join("dist/index.html")) else {
        return Ok(true);
    };
    let newest = place
        .files()?
        .iter()
        .filter(|path| path.starts_with("ui"))
        .filter_map(|path| modified(&place.root.join(path)))
        .max();
    Ok(newest.is_some_and(|newest| newest > built))
}

fn modified(path: &std::path::Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|data| data.modified())
        .ok()
}
