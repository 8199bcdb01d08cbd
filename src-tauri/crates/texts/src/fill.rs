//! Filling `{values}` into a text.

/// Fills in what is known. A parenthesis around an unknown or empty value goes with it; elsewhere
/// an ellipsis stands in, so that no brace is ever shown.
pub(crate) fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let known = |name: &str| value(name).map(str::trim).filter(|v| !v.is_empty());
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_value(rest) {
        match known(name) {
            Some(value) => {
                out.push_str(before);
                out.push_str(value);
                rest = after;
            }
            None if before.ends_with(" (") && after.starts_with(')') => {
                out.push_str(&before[..before.len() - 2]);
                rest = &after[1..];
            }
            None => {
                out.push_str(before);
                out.push('…');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The names of a text's values.
#[cfg(test)]
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = next_value(rest)?;
        rest = after;
        Some(name)
    })
}

fn next_value(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from_name) = text.split_once('{')?;
    let (name, after) = from_name.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, host: Option<&str>) -> String {
        fill(text, |name| if name == "host" { host } else { None })
    }

    #[test]
    fn values_are_filled_in_and_never_filled_again() {
        assert_eq!(
            filled("{host} und {host}.", Some("{host}")),
            "{host} und {host}."
        );
        assert_eq!(filled("nichts", Some("x")), "nichts");
        assert_eq!(filled("offen {host", Some("x")), "offen {host");
    }

    #[test]
    fn what_is_not_known_leaves_no_trace() {
        assert_eq!(
            filled("Abgelehnt ({host}).", Some("voll")),
            "Abgelehnt (voll)."
        );
        assert_eq!(filled("Abgelehnt ({host}).", Some(" ")), "Abgelehnt.");
        assert_eq!(filled("Abgelehnt ({host}).", None), "Abgelehnt.");
        assert_eq!(filled("Von {host}.", None), "Von ….");
    }
}
