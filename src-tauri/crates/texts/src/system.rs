//! Which language the system speaks.

use ranzen_meeting::Lang;

/// The first of the user's languages that we have; German, the first language, if there is none.
/// `C` and `POSIX` are no languages.
pub fn system_language() -> Lang {
    choose(sys_locale::get_locales())
}

fn choose(locales: impl IntoIterator<Item = String>) -> Lang {
    locales
        .into_iter()
        .find_map(|locale| {
            let language = locale.split(['-', '_', '.', '@']).next()?;
            match language.to_ascii_lowercase().as_str() {
                "de" => Some(Lang::De),
                "en" => Some(Lang::En),
                _ => None,
            }
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_we_have_is_chosen() {
        let choose = |names: &[&str]| choose(names.iter().map(|n| (*n).to_owned()));
        assert_eq!(choose(&["en-GB"]), Lang::En);
        assert_eq!(choose(&["fr-FR", "de_AT.UTF-8", "en-US"]), Lang::De);
        assert_eq!(choose(&["EN"]), Lang::En);
        assert_eq!(choose(&["C", "POSIX"]), Lang::De);
        assert_eq!(choose(&[]), Lang::De);
        assert_eq!(choose(&["english"]), Lang::De, "no code of a language");
    }
}
