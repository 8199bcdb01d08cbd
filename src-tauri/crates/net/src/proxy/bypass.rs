//! Hosts that are reached without the proxy (`no_proxy`), by the rules that curl and others share.

use ipnet::IpNet;
use std::net::IpAddr;

/// A list of exceptions longer than this is no list any more.
const MAX_RULES: usize = 1024;

/// The exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bypass(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    host: Host,
    /// Only this port, if one is named.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    /// `*`
    All,
    /// An address or a block of them.
    Block(IpNet),
    /// A domain and everything below it; lower case, without a leading dot.
    Domain(String),
}

impl Bypass {
    /// Reads entries separated by commas or white space.
    pub(super) fn parse(text: &str) -> Self {
        let entries = text.split(|c: char| c == ',' || c.is_whitespace());
        Self(entries.filter_map(rule).take(MAX_RULES).collect())
    }

    pub(super) fn covers(&self, host: &str, port: u16) -> bool {
        let address = host.parse::<IpAddr>().ok();
        self.0.iter().any(|rule| {
            rule.port.is_none_or(|wanted| wanted == port)
                && match (&rule.host, address) {
                    (Host::All, _) => true,
                    (Host::Block(block), Some(address)) => block.contains(&address),
                    (Host::Domain(domain), None) => host
                        .strip_suffix(domain.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
                    _ => false,
                }
        })
    }
}

fn rule(entry: &str) -> Option<Rule> {
    if entry.is_empty() {
        return None;
    }
    if entry == "*" {
        return Some(Rule {
            host: Host::All,
            port: None,
        });
    }
    if let Some(block) = block(entry) {
        return Some(Rule {
            host: Host::Block(block),
            port: None,
        });
    }
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) => (name, Some(port.parse().ok()?)),
        None => (entry, None),
    };
    if let Some(block) = block(name) {
        return Some(Rule {
            host: Host::Block(block),
            port,
        });
    }
    let domain = name
        .trim_start_matches("*.")
        .trim_start_matches('.')
        .trim_end_matches('.');
    (!domain.is_empty()).then(|| Rule {
        host: Host::Domain(domain.to_ascii_lowercase()),
        port,
    })
}

fn block(text: &str) -> Option<IpNet> {
    let bare = text
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse::<IpNet>()
        .or_else(|_| bare.parse::<IpAddr>().map(IpNet::from))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_cover_themselves_and_what_is_below() {
        let list = Bypass::parse("Example.org, .schule.de *.intern;x");
        for host in [
            "example.org",
            "www.example.org",
            "schule.de",
            "a.b.schule.de",
        ] {
            assert!(list.covers(host, 443), "{host}");
        }
        for host in [
            "notexample.org",
            "example.org.evil.net",
            "org",
            "xschule.de",
        ] {
            assert!(!list.covers(host, 443), "{host}");
        }
    }

    #[test]
    fn addresses_and_blocks_cover_addresses_only() {
        let list = Bypass::parse("10.0.0.0/8 192.168.1.7,fd00::/8,[2001:db8::1]");
        for host in ["10.255.0.1", "192.168.1.7", "fd12::9", "2001:db8::1"] {
            assert!(list.covers(host, 1), "{host}");
        }
        for host in ["11.0.0.1", "192.168.1.8", "2001:db8::2", "10.example.org"] {
            assert!(!list.covers(host, 1), "{host}");
        }
    }

    #[test]
    fn a_port_narrows_and_a_star_covers_all() {
        let list = Bypass::parse("example.org:8443,10.0.0.1:80");
        assert!(list.covers("example.org", 8443) && list.covers("10.0.0.1", 80));
        assert!(!list.covers("example.org", 443) && !list.covers("10.0.0.1", 443));
        assert!(Bypass::parse("*").covers("anything", 1));
        assert!(!Bypass::parse(" , ").covers("anything", 1));
    }
}
