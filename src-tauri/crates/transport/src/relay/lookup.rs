//! The addresses of ICE servers, asked for before the stack needs them: while it waits for a name, it does
//! nothing else, so a server whose name nobody knows would hold up the whole connection.

use futures_util::future::join_all;
use ranzen_net::Door;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

/// What is not known by then is left out; all names are asked for at the same time.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Addresses by host (an IPv6 address without brackets) and port.
#[derive(Debug, Default)]
pub(crate) struct Found(HashMap<(String, u16), Vec<SocketAddr>>);

/// The same place, however it is written: the stack leaves brackets out.
fn place(host: &str, port: u16) -> (String, u16) {
    (host.trim_matches(['[', ']']).to_owned(), port)
}

impl Found {
    /// Looks the places up.
    pub async fn look_up(door: &Door, places: &[(String, u16)]) -> Self {
        let each = places.iter().map(async |(host, port)| {
            let addresses = match timeout(PATIENCE, door.resolve(host, *port)).await {
                Ok(Ok(addresses)) => addresses,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "an ICE server has no address");
                    Vec::new()
                }
                Err(_) => {
                    tracing::warn!(host, "the address of an ICE server took too long");
                    Vec::new()
                }
            };
            (place(host, *port), addresses)
        });
        Self(join_all(each).await.into_iter().collect())
    }

    /// The addresses of a `host:port`.
    pub fn of(&self, written: &str) -> Option<Vec<SocketAddr>> {
        let (host, port) = written.rsplit_once(':')?;
        let addresses = self.0.get(&place(host, port.parse().ok()?))?;
        (!addresses.is_empty()).then(|| addresses.clone())
    }

    /// Every address with the name of its host.
    pub fn names(&self) -> impl Iterator<Item = (SocketAddr, &str)> {
        self.0.iter().flat_map(|((host, _), addresses)| {
            addresses
                .iter()
                .map(move |address| (*address, host.as_str()))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ranzen_net::ProxyChoice;

    #[tokio::test]
    async fn what_has_no_address_is_left_out() {
        let door = Door::builder().proxy(ProxyChoice::None).build().unwrap();
        let places = [
            ("127.0.0.7", 3478),
            ("[::1]", 3479),
            ("nobody.invalid", 3478),
        ];
        let places = places.map(|(host, port)| (host.to_owned(), port));
        let found = Found::look_up(&door, &places).await;
        let at = |text: &str| vec![text.parse::<SocketAddr>().unwrap()];
        assert_eq!(found.of("127.0.0.7:3478").unwrap(), at("127.0.0.7:3478"));
        assert_eq!(found.of("::1:3479").unwrap(), at("[::1]:3479"));
        assert_eq!(found.of("nobody.invalid:3478"), None);
        let mut names: Vec<&str> = found.names().map(|(_, host)| host).collect();
        names.sort_unstable();
        assert_eq!(names, ["127.0.0.7", "::1"]);
    }
}
