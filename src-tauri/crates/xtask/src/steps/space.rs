//! Keeps the build of automatic runs from filling the disk: it outlives each clone, and what old
//! versions built is never used again.

use crate::place::Place;
use anyhow::{Context, Result};
use std::process::Command;

/// Above this the build folder in the cache is made anew.
const LARGEST_GIB: u64 = 24;

/// Looks only at the folder that is ours alone.
pub(super) fn keep(place: &Place) -> Result<()> {
    if !place.automatic || !place.target.starts_with(&place.cache) {
        return Ok(());
    }
    let listing = Command::new("du")
        .arg("-sk")
        .arg(&place.target)
        .output()
        .context("du")?;
    let size = kib(&String::from_utf8_lossy(&listing.stdout)).context("du gave no number")?;
    if too_large(size) {
        println!("the old build takes {} GiB and is removed", size >> 20);
        std::fs::remove_dir_all(&place.target)?;
        std::fs::create_dir_all(&place.target)?;
    }
    Ok(())
}

fn kib(listing: &str) -> Option<u64> {
    listing.split_whitespace().next()?.parse().ok()
}

fn too_large(kib: u64) -> bool {
    kib >> 20 >= LARGEST_GIB
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_very_large_build_is_removed() {
        assert_eq!(kib("2097152\t/somewhere\n"), Some(2_097_152));
        assert!(!too_large(2_097_152), "2 GiB");
        assert!(too_large(LARGEST_GIB << 20));
    }
}
