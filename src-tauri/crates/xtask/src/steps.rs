//! `cargo xtask test`: the steps in order, each with its heading, time and log.

mod deny;
mod executables;
mod interface;
mod plain;
mod rust;
mod space;

use crate::place::Place;
use crate::process;
use crate::summary::{self, Line, Tally};
use anyhow::{Result, bail, ensure};
use executables::Executables;
use std::cell::{OnceCell, RefCell};
use std::path::PathBuf;
use std::time::Instant;

/// One step of the run.
struct Step {
    name: &'static str,
    what: &'static str,
    /// Counts its tests. Error: it failed as a whole.
    run: fn(&Stage) -> Result<Tally>,
}

const STEPS: &[Step] = &[
    Step {
        name: "setup",
        what: "install what is missing",
        run: plain::setup,
    },
    Step {
        name: "format",
        what: "formatting of the Rust code",
        run: plain::format,
    },
    Step {
        name: "spelling",
        what: "English spelling",
        run: plain::spelling,
    },
    Step {
        name: "house",
        what: "house rules",
        run: plain::house,
    },
    Step {
        name: "licences",
        what: "licences, duplicates, origins",
        run: deny::licences,
    },
    Step {
        name: "advisories",
        what: "known weaknesses",
        run: deny::advisories,
    },
    Step {
        name: "ui-build",
        what: "the window's files",
        run: interface::build,
    },
    Step {
        name: "ui-check",
        what: "the window's types, lints, format",
        run: interface::check,
    },
    Step {
        name: "ui-unit",
        what: "the window's unit tests",
        run: interface::unit,
    },
    Step {
        name: "clippy",
        what: "lints and missing docs",
        run: plain::clippy,
    },
    Step {
        name: "build",
        what: "programs and tests",
        run: rust::build,
    },
    Step {
        name: "types",
        what: "TypeScript types are up to date",
        run: rust::types,
    },
    Step {
        name: "rust",
        what: "Rust tests of every crate",
        run: rust::crates,
    },
    Step {
        name: "docs",
        what: "links and examples in the documentation",
        run: rust::documentation,
    },
    Step {
        name: "fuzz",
        what: "damaged input at every parser",
        run: plain::fuzz,
    },
    Step {
        name: "ui-browser",
        what: "the window in Chromium",
        run: interface::browser,
    },
    Step {
        name: "end-to-end",
        what: "the real app and real peers",
        run: rust::end_to_end,
    },
];

/// What the steps share while they run.
pub(crate) struct Stage<'a> {
    place: &'a Place,
    log: PathBuf,
    left_out: RefCell<Vec<String>>,
    built: OnceCell<Option<Executables>>,
}

impl Stage<'_> {
    /// Names something that could not be checked on this machine.
    fn leave_out(&self, what: impl Into<String>) {
        let what = what.into();
        println!("   LEFT OUT: {what}");
        self.left_out.borrow_mut().push(what);
    }
}

/// Names the steps.
pub(crate) fn list() {
    for step in STEPS {
        println!("{:<12} {}", step.name, step.what);
    }
}

/// Runs all steps, or those named. False: something failed.
pub(crate) fn run(place: &Place, only: &[String]) -> Result<bool> {
    if let Some(unknown) = only
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        bail!("there is no step `{unknown}`; `cargo xtask test --list` names them");
    }
    ensure!(
        std::fs::create_dir_all(&place.target).is_ok(),
        "{} can't be made",
        place.target.display()
    );
    space::keep(place)?;
    let mut stage = Stage {
        place,
        log: PathBuf::new(),
        left_out: RefCell::default(),
        built: OnceCell::new(),
    };
    let mut lines = Vec::new();
    for step in STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
    {
        stage.log = place.log(step.name);
        process::new_log(&stage.log)?;
        lines.push(one(step, &stage));
    }
    let (text, good) = summary::show(&lines, &stage.left_out.borrow());
    println!("{text}");
    Ok(good)
}

fn one(step: &Step, stage: &Stage) -> Line {
    println!("\n== {}: {}", step.name, step.what);
    let begun = Instant::now();
    let (tally, failure) = match (step.run)(stage) {
        Ok(tally) if tally.failed == 0 => (tally, None),
        Ok(tally) => (tally, Some(format!("{} failed", tally.failed))),
        Err(error) => (
            Tally {
                failed: 1,
                ..Tally::default()
            },
            Some(format!("{error:#}")),
        ),
    };
    let took = begun.elapsed();
    if let Some(failure) = &failure {
        println!("{}", process::end_of(&stage.log));
        println!("   FAILED: {failure} (whole log: {})", stage.log.display());
    }
    println!(
        "   {} in {}",
        if failure.is_none() { "ok" } else { "failed" },
        summary::clock(took)
    );
    Line {
        step: step.name,
        tally,
        took,
        failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_names_are_unique_and_unknown_ones_refused() -> Result<()> {
        for (at, step) in STEPS.iter().enumerate() {
            assert!(
                STEPS[at + 1..].iter().all(|other| other.name != step.name),
                "{}",
                step.name
            );
        }
        assert!(run(&Place::find()?, &["no-such-step".to_owned()]).is_err());
        Ok(())
    }

    #[test]
    fn a_step_that_breaks_counts_as_failed() -> Result<()> {
        let place = Place::find()?;
        let folder = tempfile::tempdir()?;
        let stage = Stage {
            place: &place,
            log: folder.path().join("x.log"),
            left_out: RefCell::default(),
            built: OnceCell::new(),
        };
        let step = Step {
            name: "x",
            what: "breaks",
            run: |_| bail!("broken"),
        };
        let line = one(&step, &stage);
        assert_eq!(line.tally.failed, 1);
        assert_eq!(line.failure.as_deref(), Some("broken"));
        Ok(())
    }
}
