//! What kind of deployment the stand plays.

use std::time::Duration;

/// Choices of a deployment; [`Default`] is an open server as the reference installation makes it.
#[derive(Debug, Clone)]
pub struct Options {
    /// `hosts.domain`: independent of the host in links, as in container deployments.
    pub domain: String,
    /// Only people with a token signed with this secret (HS256) may log in.
    pub token_secret: Option<String>,
    /// Participants per room; 0 for no limit.
    pub max_occupants: u32,
    /// The bridge offers its channel as WebSocket.
    pub colibri_websocket: bool,
    /// The bridge offers its channel over SCTP.
    pub sctp: bool,
    /// `config.js` names the HTTP conference request.
    pub http_conference_request: bool,
    /// `config.js` names the XMPP WebSocket; without it only BOSH remains.
    pub xmpp_websocket: bool,
    /// How long somebody alone keeps the media session (original: 20 s).
    pub single_participant_timeout: Duration,
    /// How long the focus waits for an answer to its disco#info (original: 15 s).
    pub disco_timeout: Duration,
    /// Capabilities the focus has learnt before: `node#ver` and the features behind it.
    pub known_caps: Vec<(String, Vec<String>)>,
    /// Entries for XEP-0215, each a Lua table, e.g. of a TURN server.
    pub external_services: Vec<String>,
    /// Further lines at the end of the object in `config.js`.
    pub config_js: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            domain: "meet.test".to_owned(),
            token_secret: None,
            max_occupants: 0,
            colibri_websocket: true,
            sctp: true,
            http_conference_request: false,
            xmpp_websocket: true,
            single_participant_timeout: Duration::from_secs(20),
            disco_timeout: Duration::from_secs(15),
            known_caps: Vec::new(),
            external_services: Vec::new(),
            config_js: String::new(),
        }
    }
}
