//! Writes the TypeScript types of everything a face says to the engine and hears from it.
//!
//! `ranzen-export-types <dir>` leaves one file per type in `<dir>`; files of types that are gone are removed.

use ranzen_engine::api::{Reply, Request, Update};
use std::path::PathBuf;
use std::process::ExitCode;
use ts_rs::{Config, TS};

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: ranzen-export-types <dir>");
        return ExitCode::from(2);
    };
    match export(&dir) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", dir.display());
            ExitCode::FAILURE
        }
    }
}

fn export(dir: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(dir)?;
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "ts") {
            std::fs::remove_file(path)?;
        }
    }
    let config = Config::new().with_out_dir(dir);
    Request::export_all(&config)?;
    Reply::export_all(&config)?;
    Update::export_all(&config)?;
    Ok(())
}
