//! What the window is started with.

use std::ffi::OsString;
use std::path::PathBuf;

/// How to call the program.
const USAGE: &str = "usage: ranzen [--profile DIR] [--extra-root FILE.pem]... [--no-keychain]";

/// Options of a start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// The folder for everything kept, instead of the user's own. `RANZEN_PROFILE` names it too.
    pub(crate) profile: Option<PathBuf>,
    /// Further trusted roots, PEM.
    pub(crate) extra_roots: Vec<PathBuf>,
    /// The operating system's keychain may hold the vault's key.
    pub(crate) keychain: bool,
}

impl Options {
    /// Reads the arguments after the program's name. Error: how to call it.
    pub(crate) fn parse(
        mut arguments: impl Iterator<Item = OsString>,
        profile_variable: Option<OsString>,
    ) -> Result<Self, String> {
        let mut options = Self {
            profile: profile_variable
                .filter(|value| !value.is_empty())
                .map(PathBuf::from),
            extra_roots: Vec::new(),
            keychain: true,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().map(PathBuf::from).ok_or(USAGE);
            match argument.to_str() {
                Some("--profile") => options.profile = Some(value()?),
                Some("--extra-root") => options.extra_roots.push(value()?),
                Some("--no-keychain") => options.keychain = false,
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(options)
    }

    /// Where the webview keeps its own files: inside the profile, so that nothing lies elsewhere.
    pub(crate) fn webview_dir(&self) -> Option<PathBuf> {
        let profile = self.profile.clone().or_else(|| {
            directories::ProjectDirs::from("", "", "ranzen")
                .map(|dirs| dirs.data_local_dir().to_owned())
        })?;
        Some(profile.join("webview"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(arguments: &[&str], variable: Option<&str>) -> Result<Options, String> {
        Options::parse(
            arguments.iter().map(OsString::from),
            variable.map(OsString::from),
        )
    }

    #[test]
    fn the_argument_wins_over_the_variable() {
        let options = parse(&["--profile", "/a"], Some("/b")).unwrap();
        assert_eq!(options.profile, Some("/a".into()));
        assert_eq!(parse(&[], Some("/b")).unwrap().profile, Some("/b".into()));
        assert_eq!(parse(&[], Some("")).unwrap().profile, None);
    }

    #[test]
    fn several_roots_are_taken() {
        let options = parse(&["--extra-root", "a.pem", "--extra-root", "b.pem"], None).unwrap();
        assert_eq!(options.extra_roots.len(), 2);
        assert!(options.keychain);
        assert!(!parse(&["--no-keychain"], None).unwrap().keychain);
    }

    #[test]
    fn anything_unknown_or_unfinished_is_refused_with_the_usage() {
        assert_eq!(parse(&["--profile"], None), Err(USAGE.to_owned()));
        assert_eq!(parse(&["https://x"], None), Err(USAGE.to_owned()));
    }

    #[test]
    fn the_webview_lives_inside_the_profile() {
        let options = parse(&["--profile", "/a"], None).unwrap();
        assert_eq!(options.webview_dir(), Some("/a/webview".into()));
    }
}
