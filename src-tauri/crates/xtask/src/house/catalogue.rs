//! The language catalogue: a sentence of cause and one of what to do for every problem code, and
//! both languages complete.

use super::{Finding, Sources};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};

const CODES: &str = "src-tauri/crates/meeting/src/problem.rs";
const LANGUAGES: [&str; 2] = ["ui/messages/de.json", "ui/messages/en.json"];

/// Key and text.
type Texts = BTreeMap<String, String>;

/// Every code has its two sentences in every language.
pub(super) fn codes(sources: &Sources) -> Result<Finding> {
    let codes = codes_in(sources.named(CODES)?);
    ensure!(!codes.is_empty(), "no codes found in {CODES}");
    let mut breaches = Vec::new();
    for language in LANGUAGES {
        let texts = texts(sources.named(language)?).context(language)?;
        for code in &codes {
            for sentence in ["cause", "action"] {
                let key = format!(
                    "problem_{}_{sentence}",
                    code.to_lowercase().replace('-', "_")
                );
                if texts.get(&key).is_none_or(|text| text.trim().is_empty()) {
                    breaches.push(format!("{language}: {key} is missing"));
                }
            }
        }
    }
    Ok(Finding {
        breaches,
        figure: Some(format!("{} codes", codes.len())),
    })
}

/// The same keys with the same `{values}` in both languages.
pub(super) fn parity(sources: &Sources) -> Result<Finding> {
    let [german, english] = LANGUAGES;
    let (de, en) = (
        texts(sources.named(german)?)?,
        texts(sources.named(english)?)?,
    );
    let mut breaches = Vec::new();
    for key in de.keys().chain(en.keys()).collect::<BTreeSet<_>>() {
        match (de.get(key), en.get(key)) {
            (Some(_), None) => breaches.push(format!("{english}: {key} is missing")),
            (None, _) => breaches.push(format!("{german}: {key} is missing")),
            (Some(one), Some(other)) if values(one) != values(other) => {
                breaches.push(format!("{key}: the languages differ in their {{values}}"));
            }
            _ => {}
        }
    }
    Ok(Finding {
        breaches,
        figure: Some(format!("{} texts", de.len())),
    })
}

/// `"RZ-…"` in the list of codes.
fn codes_in(source: &str) -> Vec<String> {
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter_map(|line| {
            let rest = line.split_once("= \"RZ-")?.1;
            Some(format!("RZ-{}", rest.split_once('"')?.0))
        })
        .collect()
}

/// Plain texts are strings; texts with variants are lists, read as the JSON they are.
fn texts(json: &str) -> Result<Texts> {
    let all: BTreeMap<String, serde_json::Value> = serde_json::from_str(json)?;
    Ok(all
        .into_iter()
        .filter(|(key, _)| !key.starts_with('$'))
        .map(|(key, value)| match value {
            serde_json::Value::String(text) => (key, text),
            other => (key, variants(&other).join(" ")),
        })
        .collect())
}

/// The texts of a message with variants (plural forms): every string under a `match`.
fn variants(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Array(list) => list.iter().flat_map(variants).collect(),
        serde_json::Value::Object(fields) => fields
            .get("match")
            .and_then(serde_json::Value::as_object)
            .map(|forms| {
                forms
                    .values()
                    .filter_map(|text| text.as_str().map(str::to_owned))
                    .collect()
            })
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The names in braces.
fn values(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE_CODE: &str =
        "codes! {\n /// `RZ-X` in a comment.\n LinkInvalid = \"RZ-LINK-INVALID\", User;\n}";
    const BOTH: &str =
        r#"{"problem_rz_link_invalid_cause":"a","problem_rz_link_invalid_action":"b"}"#;

    #[test]
    fn a_code_without_a_sentence_is_a_breach() -> Result<()> {
        let one = r#"{"problem_rz_link_invalid_cause":"a","problem_rz_link_invalid_action":" "}"#;
        let sources = Sources::of(&[(CODES, ONE_CODE), (LANGUAGES[0], BOTH), (LANGUAGES[1], one)]);
        assert_eq!(
            codes(&sources)?.breaches,
            ["ui/messages/en.json: problem_rz_link_invalid_action is missing"]
        );
        Ok(())
    }

    #[test]
    fn a_missing_catalogue_is_an_error_not_a_pass() {
        assert!(codes(&Sources::of(&[(CODES, ONE_CODE), (LANGUAGES[0], BOTH)])).is_err());
    }

    #[test]
    fn languages_that_differ_are_a_breach() -> Result<()> {
        let german = r#"{"$schema":"x","a":"{host} fehlt","b":"nur deutsch","c":"gleich"}"#;
        let english = r#"{"a":"{name} is missing","c":"same","d":"English only"}"#;
        let found = parity(&Sources::of(&[
            (LANGUAGES[0], german),
            (LANGUAGES[1], english),
        ]))?;
        assert_eq!(
            found.breaches,
            [
                "a: the languages differ in their {values}",
                "ui/messages/en.json: b is missing",
                "ui/messages/de.json: d is missing"
            ]
        );
        Ok(())
    }

    #[test]
    fn plural_forms_count_as_one_text() -> Result<()> {
        let json = r#"{"n":[{"declarations":["input count"],"match":{"one":"{count} hit","other":"{count} hits"}}]}"#;
        assert_eq!(texts(json)?["n"], "{count} hit {count} hits");
        Ok(())
    }
}
