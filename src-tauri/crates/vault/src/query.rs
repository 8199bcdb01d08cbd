//! A search as people type it: words that must all be there, `"phrases"`, the last word may be a
//! beginning. Nothing else has a meaning, so nothing can go wrong.

use crate::fold::{Word, words};

const TERMS_MAX: usize = 16;
const VARIANTS_MAX: usize = 4;
const INPUT_MAX: usize = 1_000;

/// A parsed search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    terms: Vec<Term>,
}

/// Words that stand side by side (one, unless it is a phrase).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    words: Vec<Spellings>,
    /// The last word may go on.
    open: bool,
}

/// The folded spellings of one word; any of them will do.
type Spellings = Vec<String>;

impl Query {
    /// `None` if there is no word in it.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let typed: String = typed.chars().take(INPUT_MAX).collect();
        let mut terms = Vec::new();
        // Parts between quotation marks alternate; an unclosed phrase is still being typed.
        let mut parts = typed.split(is_quote).enumerate().peekable();
        while let Some((i, part)) = parts.next() {
            let last = parts.peek().is_none();
            let found: Vec<Word> = words(part).collect();
            if found.is_empty() {
                continue;
            }
            let being_typed = last && part.chars().last().is_some_and(char::is_alphanumeric);
            if i % 2 == 1 {
                terms.push(Term {
                    words: found.iter().map(spellings).collect(),
                    open: being_typed,
                });
                continue;
            }
            let count = found.len();
            terms.extend(found.iter().enumerate().map(|(n, word)| Term {
                words: vec![spellings(word)],
                open: being_typed && n + 1 == count,
            }));
        }
        terms.truncate(TERMS_MAX);
        (!terms.is_empty()).then_some(Self { terms })
    }

    /// The search in the index's language (<https://www.sqlite.org/fts5.html> §3). Folded words
    /// hold letters and digits only, and stand in quotation marks besides.
    pub(crate) fn for_index(&self) -> String {
        let term = |term: &Term| {
            let star = if term.open { " *" } else { "" };
            let phrases: Vec<String> = combinations(&term.words)
                .into_iter()
                .map(|phrase| format!("\"{}\"{star}", phrase.join(" ")))
                .collect();
            format!("({})", phrases.join(" OR "))
        };
        let terms: Vec<String> = self.terms.iter().map(term).collect();
        terms.join(" AND ")
    }

    /// Where the terms stand in a text: UTF-16 start and end, in order, without overlaps.
    pub(crate) fn marks(&self, text: &str) -> Vec<(u32, u32)> {
        let text: Vec<Word> = words(text).collect();
        let mut marks = Vec::new();
        for term in &self.terms {
            for here in text.windows(term.words.len()) {
                if term.matches(here) {
                    marks.extend(here.iter().map(|word| word.at));
                }
            }
        }
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

impl Term {
    fn matches(&self, here: &[Word]) -> bool {
        let count = self.words.len();
        self.words
            .iter()
            .zip(here)
            .enumerate()
            .all(|(n, (spellings, word))| {
                let open = self.open && n + 1 == count;
                spellings.iter().any(|spelling| {
                    word.folded == *spelling || (open && word.folded.starts_with(spelling.as_str()))
                })
            })
    }
}

/// "Müller" also finds "Mueller", and the other way round. A few words too many are found by this
/// ("neue" also looks for "nue"), none too few.
fn spellings(word: &Word) -> Spellings {
    let mut all = vec![word.folded.clone()];
    let mut also = |spelling: String| {
        if !all.contains(&spelling) && all.len() < VARIANTS_MAX {
            all.push(spelling);
        }
    };
    let composed: String = {
        use unicode_normalization::UnicodeNormalization;
        word.written.nfc().collect()
    };
    if composed.contains(['ä', 'ö', 'ü']) {
        let spelt_out = composed
            .replace('ä', "ae")
            .replace('ö', "oe")
            .replace('ü', "ue");
        if let Some(other) = words(&spelt_out).next() {
            also(other.folded);
        }
    }
    let drawn_together = word
        .folded
        .replace("ae", "a")
        .replace("oe", "o")
        .replace("ue", "u");
    also(drawn_together);
    all
}

/// Every way to spell a phrase, bounded.
fn combinations(words: &[Spellings]) -> Vec<Vec<&str>> {
    const PHRASES_MAX: usize = 32;
    words.iter().fold(vec![Vec::new()], |phrases, spellings| {
        phrases
            .iter()
            .flat_map(|phrase: &Vec<&str>| {
                spellings.iter().map(move |spelling| {
                    let mut longer = phrase.clone();
                    longer.push(spelling.as_str());
                    longer
                })
            })
            .take(PHRASES_MAX)
            .collect()
    })
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '„' | '“' | '”' | '«' | '»')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn index(typed: &str) -> String {
        Query::parse(typed).map_or_else(|| "-".into(), |q| q.for_index())
    }

    #[test]
    fn all_words_must_be_there_and_the_last_may_go_on() {
        assert_eq!(index("Haus auf"), "(\"haus\") AND (\"auf\" *)");
        assert_eq!(index("Haus auf "), "(\"haus\") AND (\"auf\")");
        assert_eq!(
            index("„bis morgen“ Heft"),
            "(\"bis morgen\") AND (\"heft\" *)"
        );
        assert_eq!(index("\"bis mor"), "(\"bis mor\" *)");
    }

    #[test]
    fn umlauts_are_found_however_they_are_written() {
        assert_eq!(index("Müller "), "(\"muller\" OR \"mueller\")");
        assert_eq!(index("Mueller "), "(\"mueller\" OR \"muller\")");
    }

    #[test]
    fn the_indexs_own_language_has_no_meaning() {
        assert_eq!(
            index("body:a* OR NEAR(b c) ^d -e"),
            "(\"body\") AND (\"a\") AND (\"or\") AND (\"near\") AND (\"b\") AND (\"c\") AND (\"d\") AND (\"e\" *)"
        );
        assert_eq!(index("\"\" ' % _ * ( )"), "-");
    }

    #[test]
    fn marks_stand_where_the_words_are() {
        let query = Query::parse("\"bis morgen\" Aufg").unwrap();
        let text = "👍 Aufgaben bis Morgen, Aufgabe bis dann";
        let marked: Vec<String> = query
            .marks(text)
            .iter()
            .map(|(start, end)| {
                let units: Vec<u16> = text.encode_utf16().collect();
                String::from_utf16(&units[*start as usize..*end as usize]).unwrap()
            })
            .collect();
        assert_eq!(marked, ["Aufgaben", "bis", "Morgen", "Aufgabe"]);
    }

    proptest! {
        #[test]
        fn any_input_is_bounded_and_marks_are_in_order(typed: String, text: String) {
            if let Some(query) = Query::parse(&typed) {
                prop_assert!(query.terms.len() <= TERMS_MAX);
                let marks = query.marks(&text);
                prop_assert!(marks.windows(2).all(|two| two[0].1 <= two[1].0));
            }
        }
    }
}
