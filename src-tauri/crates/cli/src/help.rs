//! `--help` in the person's language: the words come from the catalogue, under keys made of the
//! command's path (`cli_help_archive_search_words`); a test sees to it that each is there.

use clap::{Arg, ArgAction, Command};
use ranzen_meeting::Lang;

/// The language asked for on the command line, before that is parsed; else the system's.
pub fn language(arguments: impl Iterator<Item = String>) -> Lang {
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--lang") {
            Some("") => arguments.peek().map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        match value {
            Some("de") => return Lang::De,
            Some("en") => return Lang::En,
            _ => {}
        }
    }
    ranzen_texts::system_language()
}

/// Puts the catalogue's words into a command and all below it.
pub fn translate(command: Command, lang: Lang) -> Command {
    let exit_codes = ranzen_texts::text("cli_help_exit_codes", lang);
    below(command, "cli_help", lang).after_help(exit_codes)
}

fn below(command: Command, path: &str, lang: Lang) -> Command {
    let text = |key: &str| ranzen_texts::text(key, lang);
    let about = text(path);
    // Headings must live as long as the program.
    let heading = |name: &str| {
        ranzen_texts::find(&format!("cli_help_heading_{name}"), lang).unwrap_or_default()
    };
    let (arguments, options) = (heading("arguments"), heading("options"));
    let mut command = command
        .about(about.clone())
        .long_about(about)
        .help_template(format!(
            "{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
            heading("usage")
        ))
        .subcommand_help_heading(heading("commands"))
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(|arg| {
            let heading = if arg.is_positional() {
                arguments
            } else {
                options
            };
            let help = text(&key_of(path, &arg));
            arg.help(help.clone()).long_help(help).help_heading(heading)
        })
        .mut_subcommands(|sub| {
            let path = format!("{path}_{}", sub.get_name().replace('-', "_"));
            below(sub, &path, lang)
        });
    let flag = |name: &'static str, short, action| {
        Arg::new(name)
            .long(name)
            .short(short)
            .action(action)
            .help(text(&format!("cli_help_option_{name}")))
            .help_heading(options)
    };
    command = command.arg(flag("help", 'h', ArgAction::Help));
    if command.get_version().is_some() {
        command = command.arg(flag("version", 'V', ArgAction::Version));
    }
    command
}

fn key_of(path: &str, arg: &Arg) -> String {
    if arg.is_global_set() {
        format!("cli_help_option_{}", arg.get_id())
    } else {
        format!("{path}_{}", arg.get_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn untranslated(command: &Command, into: &mut Vec<String>) {
        let texts = [command.get_about(), command.get_after_help()]
            .into_iter()
            .flatten();
        let helps = command.get_arguments().filter_map(Arg::get_help);
        for text in texts.chain(helps) {
            let text = text.to_string();
            if text.starts_with("cli_help") {
                into.push(text);
            }
        }
        for sub in command.get_subcommands() {
            untranslated(sub, into);
        }
    }

    #[test]
    fn every_command_and_option_is_explained_in_both_languages() {
        let mut pages = Vec::new();
        for lang in [Lang::De, Lang::En] {
            let mut command = translate(crate::Arguments::command(), lang);
            let mut missing = Vec::new();
            untranslated(&command, &mut missing);
            assert!(missing.is_empty(), "{lang:?}: {missing:#?}");
            command.build();
            command.clone().debug_assert();
            pages.push(command.render_long_help().to_string());
        }
        assert!(pages[0].contains("Aufruf:") && pages[1].contains("Usage:"));
        assert_ne!(pages[0], pages[1]);
    }

    #[test]
    fn the_language_is_found_before_parsing() {
        let language = |line: &str| language(line.split(' ').map(str::to_owned));
        assert_eq!(language("x --json --lang en archive list"), Lang::En);
        assert_eq!(language("x archive list --lang=de"), Lang::De);
    }
}
