//! STUN and TURN servers of the deployment (XEP-0215).

use ranzen_transport::IceServer;
use ranzen_xmpp::{Element, ns};
use zeroize::Zeroizing;

/// More servers only make connecting slower.
const SERVERS_MAX: usize = 8;

/// The question.
pub(crate) fn query(version: &str) -> Element {
    Element::new("services", version)
}

/// Reads `<services/>`: TURN over TLS first, because it works where nothing else does.
pub(crate) fn read(iq: &Element) -> Vec<IceServer> {
    let services = iq
        .children()
        .find(|child| child.is("services", ns::EXTDISCO) || child.is("services", ns::EXTDISCO_1));
    let mut servers: Vec<IceServer> = services
        .into_iter()
        .flat_map(Element::children)
        .filter(|child| child.name() == "service")
        .filter_map(server)
        .collect();
    servers.sort_by_key(|server| match server.url.split(':').next() {
        Some("turns") => 0,
        Some("turn") => 1,
        _ => 2,
    });
    servers.truncate(SERVERS_MAX);
    servers
}

fn server(service: &Element) -> Option<IceServer> {
    let kind = service.get("type")?;
    if !matches!(kind, "stun" | "turn" | "turns") {
        return None;
    }
    let host = service.get("host").filter(|host| host_fine(host))?;
    let host = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let port = service
        .get("port")
        .and_then(|port| port.parse::<u16>().ok())
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let transport = match (kind, service.get("transport")) {
        ("stun", _) => String::new(),
        (_, Some(transport @ ("udp" | "tcp"))) => format!("?transport={transport}"),
        ("turns", _) => "?transport=tcp".to_owned(),
        _ => String::new(),
    };
    Some(IceServer {
        url: format!("{kind}:{host}{port}{transport}"),
        username: service.get("username").unwrap_or_default().to_owned(),
        credential: Zeroizing::new(service.get("password").unwrap_or_default().to_owned()),
    })
}

fn host_fine(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    #[test]
    fn relays_come_out_as_urls_with_tls_first() {
        let iq = parse(
            "<iq xmlns='jabber:client' type='result'><services xmlns='urn:xmpp:extdisco:2'>\
             <service type='stun' host='turn.meet.test' port='3478' transport='udp'/>\
             <service type='turn' host='turn.meet.test' port='3478' transport='udp' username='u' password='p'/>\
             <service type='turns' host='2001:db8::1' port='443' transport='tcp' username='u' password='p'/>\
             <service type='turns' host='turn.meet.test'/>\
             <service type='ftp' host='x'/><service type='turn' host='a/b'/></services></iq>",
        )
        .unwrap();
        let urls: Vec<_> = read(&iq).into_iter().map(|server| server.url).collect();
        assert_eq!(
            urls,
            [
                "turns:[2001:db8::1]:443?transport=tcp",
                "turns:turn.meet.test?transport=tcp",
                "turn:turn.meet.test:3478?transport=udp",
                "stun:turn.meet.test:3478",
            ]
        );
    }

    #[test]
    fn none_offered_is_none() {
        let iq = parse("<iq xmlns='jabber:client'><services xmlns='urn:xmpp:extdisco:2'/></iq>")
            .unwrap();
        assert!(read(&iq).is_empty());
    }
}
