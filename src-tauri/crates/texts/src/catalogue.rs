//! The catalogue, compiled in.

use ranzen_meeting::Lang;
use std::collections::HashMap;
use std::sync::LazyLock;

type Texts = HashMap<String, String>;

const GERMAN: &str = include_str!("../../../../ui/messages/de.json");
const ENGLISH: &str = include_str!("../../../../ui/messages/en.json");

static TEXTS: LazyLock<[Texts; 2]> = LazyLock::new(|| [GERMAN, ENGLISH].map(parse));

/// A text as it stands in the catalogue.
pub(crate) fn raw(key: &str, lang: Lang) -> Option<&'static str> {
    let [german, english] = &*TEXTS;
    let texts = match lang {
        Lang::De => german,
        Lang::En => english,
    };
    texts.get(key).map(String::as_str)
}

/// Flat: every value is a text. What is no text belongs to the catalogue's tools (`$schema`).
fn parse(json: &str) -> Texts {
    let parsed: HashMap<String, serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    parsed
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fill::names;
    use ranzen_meeting::Code;
    use std::collections::BTreeSet;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_values() {
        let [german, english] = [GERMAN, ENGLISH].map(parse);
        assert!(german.len() > 100, "{} texts", german.len());
        let keys = |texts: &Texts| texts.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&german), keys(&english));
        for (key, text) in &german {
            let values = |text: &str| names(text).map(str::to_owned).collect::<BTreeSet<_>>();
            assert_eq!(values(text), values(&english[key]), "{key}");
        }
    }

    #[test]
    fn every_problem_has_one_sentence_of_cause_and_one_of_what_to_do() {
        for code in Code::ALL {
            let stem = code.as_str().to_lowercase().replace('-', "_");
            for lang in [Lang::De, Lang::En] {
                for part in ["cause", "action"] {
                    let key = format!("problem_{stem}_{part}");
                    let text = raw(&key, lang).unwrap_or_default();
                    assert!(text.ends_with('.'), "{key} in {lang:?}: {text:?}");
                    let inner = &text[..text.len().saturating_sub(1)];
                    assert!(!inner.contains(". "), "{key} is more than one sentence");
                }
            }
        }
    }

    #[test]
    fn problems_use_only_the_values_they_are_given() {
        let known = ["host", "limit", "path", "proxy", "text"];
        for (key, text) in parse(GERMAN) {
            if key.starts_with("problem_") {
                for name in names(&text) {
                    assert!(known.contains(&name), "{key}: {name}");
                }
            }
        }
    }
}
