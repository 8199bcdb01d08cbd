//! WebKitGTK without a GPU: drawing by the CPU itself is several times cheaper than through a
//! software OpenGL. WebKit reads that from its environment before GTK starts, and a process can't
//! change its own environment safely, so the program starts itself once more with it.

/// WebKitGTK's switch. Whoever has set it, also to nothing, has decided already.
#[cfg(target_os = "linux")]
const SWITCH: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
/// Where Linux lists GPUs that can draw.
#[cfg(target_os = "linux")]
const GPUS: &str = "/dev/dri";

/// On Linux without a GPU: runs the program again with the switch set, and returns only if that
/// fails. Elsewhere: nothing.
#[cfg(target_os = "linux")]
pub(crate) fn restart_without_gpu() {
    use std::os::unix::process::CommandExt;
    if std::env::var_os(SWITCH).is_some() || draws(std::path::Path::new(GPUS)) {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let error = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(SWITCH, "1")
        .exec();
    // Slower, but it works without.
    eprintln!("ranzen: could not restart for drawing without a GPU: {error}");
}

/// Elsewhere the webview finds its way alone.
#[cfg(not(target_os = "linux"))]
pub(crate) fn restart_without_gpu() {}

/// Is there a render node?
#[cfg(target_os = "linux")]
fn draws(folder: &std::path::Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_a_render_node_counts_as_a_gpu() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!draws(&folder.path().join("none")));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!draws(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(draws(folder.path()));
    }
}
