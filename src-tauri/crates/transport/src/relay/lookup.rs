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

/// Addresses by `host:port`.
#[derive(Debug, Default)]
pub(crate) struct Found(HashMap<String, Vec<SocketAddr>>);

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
            (format!("{host}:{port}"), addresses)
        });
        Self(join_all(each).await.into_iter().collect())
    }

    /// The addresses of a `host:port`.
    pub fn of(&self, place: &str) -> Option<Vec<SocketAddr>> {
        self.0
            .get(place)
            .filter(|addresses| !addresses.is_empty())
            .cloned()
    }

    /// Every address with the name of its host.
    pub fn names(&self) -> impl Iterator<Item = (SocketAddr, &str)> {
        self.0.iter().flat_map(|(place, addresses)| {
            let host = place
                .rsplit_once(':')
                .map_or(place.as_str(), |(host, _)| host);
            addresses.iter().map(move |address| (*address, host))
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
            ("127.0.0.7".to_owned(), 3478),
            ("nobody.invalid".to_owned(), 3478),
        ];
        let found = Found::look_up(&door, &places).await;
        assert_eq!(
            found.of("127.0.0.7:3478").unwrap(),
            ["127.0.0.7:3478".parse::<SocketAddr>().unwrap()]
        );
        assert_eq!(found.of("nobody.invalid:3478"), None);
        assert_eq!(
            found.names().collect::<Vec<_>>(),
            [("127.0.0.7:3478".parse().unwrap(), "127.0.0.7")]
        );
    }
}
