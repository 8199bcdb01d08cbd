//! Finding what may be a link in a text.

/// Schemes that lead to meetings; those of the apps stand for https.
const SCHEMES: [(&str, &str); 4] = [
    ("https://", "https://"),
    ("http://", "http://"),
    ("org.jitsi.meet://", "https://"),
    ("jitsi-meet://", "https://"),
];

/// Links with a scheme in order, then things that look like a link without one.
pub(super) fn candidates(text: &str) -> Vec<String> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "<>|\\^`".contains(c) || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let mut found: Vec<String> = words.iter().filter_map(|word| with_scheme(word)).collect();
    found.extend(words.iter().filter_map(|word| without_scheme(word)));
    found
}

/// A link within a link is a parameter of the outer one (`…/open?url=https://…`): the first counts.
fn with_scheme(word: &str) -> Option<String> {
    // ASCII only, so that offsets stay those of the word.
    let lower = word.to_ascii_lowercase();
    let (at, scheme, meant) = SCHEMES
        .iter()
        .filter_map(|(scheme, meant)| Some((lower.find(scheme)?, scheme, meant)))
        .min_by_key(|(at, _, _)| *at)?;
    Some(format!("{meant}{}", trim_end(&word[at + scheme.len()..])))
}

fn without_scheme(word: &str) -> Option<String> {
    let word = trim_end(word.trim_start_matches(is_wrapping));
    if word.contains("://") {
        return None;
    }
    let (host, rest) = word.split_once('/').unwrap_or((word, ""));
    looks_like_host(host).then(|| format!("https://{host}/{rest}"))
}

fn looks_like_host(host: &str) -> bool {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    let labels: Vec<&str> = name.split('.').collect();
    let label_fine = |label: &&str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
    };
    let top_fine = labels
        .last()
        .is_some_and(|top| top.chars().count() >= 2 && top.chars().any(char::is_alphabetic));
    labels.len() >= 2 && labels.iter().all(label_fine) && top_fine
}

fn is_wrapping(c: char) -> bool {
    "([{\"'“”„‘’«»".contains(c)
}

/// Without the punctuation of the sentence around it.
fn trim_end(word: &str) -> &str {
    word.trim_end_matches(|c| ".,;:!?…)]}*_".contains(c) || is_wrapping(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_no_hosts_are_left_alone() {
        assert!(candidates("und/oder e.g/x 12.30/13 anna@schule.de ../x .de/x").is_empty());
    }

    #[test]
    fn links_come_before_hosts() {
        let found = candidates("siehe meet.test/a, oder HTTPS://meet.test/b!");
        assert_eq!(found, ["https://meet.test/b", "https://meet.test/a"]);
    }
}
