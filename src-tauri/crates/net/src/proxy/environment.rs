//! The proxy that the environment or the system's settings name.

use super::bypass::Bypass;
use super::{BadSetting, Proxies, ProxyServer};
use crate::target::{Target, is_loopback};
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use std::env;
use std::sync::Arc;
use zeroize::Zeroizing;

/// In this order; curl prefers the lower-case names too.
const NAMES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// The environment if it says anything, else the settings of Windows or macOS.
pub(super) fn system() -> Proxies {
    from_variables(|name| env::var(name).ok())
        .unwrap_or_else(|| Proxies::Settings(Arc::new(Matcher::from_system())))
}

fn from_variables(read: impl Fn(&str) -> Option<String>) -> Option<Proxies> {
    let set = |name: &str| read(name).filter(|value| !value.trim().is_empty());
    let (name, value) = NAMES
        .iter()
        .find_map(|name| Some((*name, Zeroizing::new(set(name)?))))?;
    let exceptions = EXCEPTIONS.iter().find_map(|name| set(name));
    Some(Proxies::One {
        server: value.parse().map_err(|_| BadSetting { name }),
        bypass: Bypass::parse(&exceptions.unwrap_or_default()),
        loopback_too: false,
    })
}

/// What the system's settings say about this host. They hold no login.
pub(super) fn from_settings(
    matcher: &Matcher,
    target: &Target,
) -> Option<Result<ProxyServer, BadSetting>> {
    if is_loopback(&target.host) {
        return None;
    }
    let asked: Uri = format!("https://{}/", target.authority()).parse().ok()?;
    let found = matcher.intercept(&asked)?.uri().to_string();
    Some(found.parse().map_err(|_| BadSetting { name: "system" }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::NetError;

    fn with(variables: &[(&str, &str)]) -> Option<Proxies> {
        from_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn proxy_for(proxies: &Proxies, host: &str) -> Option<String> {
        let found = proxies.for_target(&Target::tls(host, 443)).unwrap();
        found.map(|proxy| proxy.address())
    }

    #[test]
    fn https_proxy_goes_before_all_proxy_and_empty_is_unset() {
        let some = with(&[
            ("all_proxy", "http://all.example:1"),
            ("https_proxy", " "),
            ("HTTPS_PROXY", "upper.example:2"),
        ]);
        let found = proxy_for(&some.unwrap(), "meet.example.org");
        assert_eq!(found.as_deref(), Some("upper.example:2"));
        assert!(with(&[("no_proxy", "*"), ("http_proxy", "plain.example:3")]).is_none());
    }

    #[test]
    fn exceptions_and_this_device_are_reached_directly() {
        let proxies = with(&[("all_proxy", "p.example:1"), ("NO_PROXY", "example.org")]).unwrap();
        assert_eq!(proxy_for(&proxies, "meet.example.org"), None);
        assert_eq!(proxy_for(&proxies, "127.0.0.1"), None);
        assert_eq!(proxy_for(&proxies, "localhost"), None);
        assert!(proxy_for(&proxies, "meet.example.net").is_some());
    }

    #[test]
    fn a_setting_that_cannot_be_used_is_an_error_and_not_a_way_round_the_proxy() {
        let proxies = with(&[("all_proxy", "socks5://anna:geheim@p.example:1")]).unwrap();
        let error = proxies.for_target(&Target::tls("meet.example.org", 443));
        let error = error.unwrap_err();
        assert!(matches!(&error, NetError::ProxySettings { setting } if setting == "all_proxy"));
        assert!(!format!("{error} {error:?} {proxies:?}").contains("geheim"));
    }

    #[test]
    fn system_settings_are_asked_for_each_host() {
        let matcher = Matcher::builder()
            .https("proxy.school:3128")
            .no("example.org")
            .build();
        let proxies = Proxies::Settings(Arc::new(matcher));
        let found = proxy_for(&proxies, "meet.example.net");
        assert_eq!(found.as_deref(), Some("proxy.school:3128"));
        assert_eq!(proxy_for(&proxies, "meet.example.org"), None);
        assert_eq!(proxy_for(&proxies, "::1"), None);
    }
}
