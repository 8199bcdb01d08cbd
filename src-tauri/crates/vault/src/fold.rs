//! Words as they are compared: without case, accents and typography, `ß` as `ss`.
//!
//! Index, query and highlighting all go through here, so they always agree. "Müller" folds to
//! "muller"; the spelling "Mueller" is dealt with by the query (src/query.rs).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A longer run of letters is no word of a language; the rest of it is ignored.
const WORD_MAX: usize = 64;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As compared.
    pub(crate) folded: String,
    /// As written, in lower case.
    pub(crate) written: String,
    /// Start and end in UTF-16 code units.
    pub(crate) at: (u32, u32),
}

/// The words of a text in order.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut rest = text.chars().peekable();
    let mut at = 0_u32;
    std::iter::from_fn(move || {
        loop {
            let start = at;
            let mut written = String::new();
            while let Some(c) = rest.next_if(|c| belongs_to_word(*c)) {
                at += c.len_utf16() as u32;
                written.push(c);
            }
            if written.is_empty() {
                at += rest.next()?.len_utf16() as u32;
                continue;
            }
            let folded = fold(&written);
            if !folded.is_empty() {
                return Some(Word {
                    folded,
                    written: written.to_lowercase(),
                    at: (start, at),
                });
            }
        }
    })
}

/// What the index stores for a text.
pub(crate) fn index_text(text: &str) -> String {
    let mut index = String::with_capacity(text.len());
    for word in words(text) {
        if !index.is_empty() {
            index.push(' ');
        }
        index.push_str(&word.folded);
    }
    index
}

/// One word as compared: compatibility-decomposed, marks removed, lower case, `ß` → `ss`. Only
/// letters and digits are left, so a folded word is inert in the index's query language.
fn fold(word: &str) -> String {
    word.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .flat_map(|c| {
            let (one, two) = match c {
                'ß' => ('s', Some('s')),
                'æ' => ('a', Some('e')),
                'œ' => ('o', Some('e')),
                'ø' => ('o', None),
                'ł' => ('l', None),
                'đ' => ('d', None),
                'ı' => ('i', None),
                other => (other, None),
            };
            std::iter::once(one).chain(two)
        })
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .take(WORD_MAX)
        .collect()
}

/// Letters, digits and the marks that go with them. A mark alone begins no word, but then nothing
/// of it is left after folding.
fn belongs_to_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn german_words_meet_in_all_their_spellings() {
        assert_eq!(
            index_text("Straße STRASSE Strasse"),
            "strasse strasse strasse"
        );
        assert_eq!(index_text("Größe, größe; GROẞE"), "grosse grosse grosse");
        assert_eq!(index_text("Ga\u{308}rten-Gärten"), "garten garten");
    }

    #[test]
    fn other_alphabets_are_words_too() {
        assert_eq!(index_text("Łódź Ørsted İstanbul"), "lodz orsted istanbul");
        assert_eq!(index_text("Домашнее задание: №5"), "домашнее задание 5");
        assert_eq!(index_text("½ Liter, 5²"), "12 liter 52");
    }

    #[test]
    fn places_are_counted_in_utf16() {
        let found: Vec<_> = words("👍🏽 Übung 2").map(|w| (w.folded, w.at)).collect();
        assert_eq!(found, [("ubung".into(), (5, 10)), ("2".into(), (11, 12))]);
    }

    proptest! {
        #[test]
        fn any_text_gives_only_letters_digits_and_spaces(text: String) {
            let index = index_text(&text);
            prop_assert!(index.chars().all(|c| c.is_alphanumeric() || c == ' '), "{index:?}");
            let length = u32::try_from(text.encode_utf16().count()).unwrap();
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(word.at.0 >= last && word.at.0 < word.at.1 && word.at.1 <= length);
                last = word.at.1;
            }
        }
    }
}
