//! The proxy between us and the world: which one applies, and the talk with it.

mod bypass;
mod connect;
mod environment;
mod login;
mod server;

pub(crate) use connect::{Tunnel, tunnel};
pub use server::{ProxyServer, ProxyUrlError};

use crate::error::NetError;
use crate::target::{Target, is_loopback};
use bypass::Bypass;
use hyper_util::client::proxy::matcher::Matcher;
use std::sync::Arc;

/// Which proxy to use.
#[derive(Debug, Clone, Default)]
pub enum ProxyChoice {
    /// What the environment says (`https_proxy`, `all_proxy`, `no_proxy`), else the system's
    /// settings (Windows, macOS). Read once, when the door is built. This device itself is always
    /// reached directly.
    #[default]
    System,
    /// None.
    None,
    /// This one for every host.
    Fixed(ProxyServer),
}

/// The choice, read and parsed.
#[derive(Debug, Clone)]
pub(crate) enum Proxies {
    /// Straight to every host.
    None,
    /// One proxy, with exceptions.
    One {
        server: Result<ProxyServer, BadSetting>,
        bypass: Bypass,
        loopback_too: bool,
    },
    /// What Windows or macOS is set to, exceptions included; asked for every host.
    Settings(Arc<Matcher>),
}

/// A setting is there but can't be used. Going round the proxy silently would be wrong.
#[derive(Debug, Clone)]
pub(crate) struct BadSetting {
    name: &'static str,
}

impl Proxies {
    pub(crate) fn new(choice: ProxyChoice) -> Self {
        match choice {
            ProxyChoice::System => environment::system(),
            ProxyChoice::None => Self::None,
            ProxyChoice::Fixed(server) => Self::One {
                server: Ok(server),
                bypass: Bypass::default(),
                loopback_too: true,
            },
        }
    }

    /// The proxy that leads to this target, if any.
    pub(crate) fn for_target(&self, target: &Target) -> Result<Option<ProxyServer>, NetError> {
        let found = match self {
            Self::None => return Ok(None),
            Self::One {
                server,
                bypass,
                loopback_too,
            } => {
                let direct = (!loopback_too && is_loopback(&target.host))
                    || bypass.covers(&target.host, target.port);
                (!direct).then(|| server.clone())
            }
            Self::Settings(matcher) => environment::from_settings(matcher, target),
        };
        found
            .transpose()
            .map_err(|bad: BadSetting| NetError::ProxySettings {
                setting: bad.name.to_owned(),
            })
    }
}
