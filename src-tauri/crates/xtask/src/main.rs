//! The one entry for building, checking and testing: `cargo xtask run`, `cargo xtask test`.
//!
//! Nothing here is needed at run time. It stands on Rust, Node and Debian's own tools only and
//! installs or names everything else.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

mod fuzz;
mod house;
mod place;
mod process;
mod run;
mod setup;
mod steps;
mod summary;
mod types;

use clap::{Parser, Subcommand};
use place::Place;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and checks Ranzen")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what building needs; with --tests also what the tests need.
    Setup {
        /// Also what the tests need.
        #[arg(long)]
        tests: bool,
    },
    /// Build what is missing and open the app.
    Run {
        /// Arguments for the app, after `--`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Everything CI runs, in order.
    Test {
        /// Only these steps, separated by commas.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Name the steps and stop.
        #[arg(long)]
        list: bool,
    },
    /// Throw damaged input at every parser of foreign bytes.
    Fuzz {
        /// For each target.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// Only these targets, separated by commas.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
    },
    /// Write the TypeScript types of everything that crosses into the window.
    Types {
        /// Another folder than the one the window uses.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let done = Place::find().and_then(|place| match Arguments::parse().task {
        Task::Setup { tests } => setup::all(&place, tests).map(|()| true),
        Task::Run { arguments } => run::app(&place, &arguments),
        Task::Test { list: true, .. } => {
            steps::list();
            Ok(true)
        }
        Task::Test { only, .. } => steps::run(&place, &only),
        Task::Fuzz { seconds, only } => {
            fuzz::run(&place, seconds, &only).map(|tally| tally.failed == 0)
        }
        Task::Types { out } => types::write(&place, out.as_deref()).map(|()| true),
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
