//! Namespaces that a killed test process could not remove itself.

use std::process::Command;

/// All our namespaces are called `rzn<pid>-<network>-<host or sw>`.
pub(crate) const PREFIX: &str = "rzn";

/// Removes namespaces whose maker is dead.
pub(crate) fn sweep() {
    let Ok(entries) = std::fs::read_dir("/var/run/netns") else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let Some(pid) = rest
            .split('-')
            .next()
            .and_then(|pid| pid.parse::<u32>().ok())
        else {
            continue;
        };
        if !std::path::Path::new(&format!("/proc/{pid}")).exists() {
            remove(&name);
        }
    }
}

/// Ends what still runs inside `namespace` and deletes it.
pub(crate) fn remove(namespace: &str) {
    let inside = Command::new("ip")
        .args(["netns", "pids", namespace])
        .output();
    if let Ok(output) = inside {
        let me = std::process::id().to_string();
        for pid in String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter(|pid| *pid != me)
        {
            let _ = Command::new("kill").args(["-KILL", pid]).status();
        }
    }
    let _ = std::fs::remove_dir_all(format!("/etc/netns/{namespace}"));
    let _ = Command::new("ip")
        .args(["netns", "del", namespace])
        .output();
}
