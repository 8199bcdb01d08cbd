//! One link taken apart, the way jitsi-meet does it (`react/features/base/util/uri.ts`).

use super::text::{hash_value, percent_decode, percent_encode};
use super::{LinkError, MeetingLink, Token};
use unicode_normalization::UnicodeNormalization;
use url::Url;

/// Real links with a token are below 4 KiB.
const LINK_MAX: usize = 16 * 1024;
/// RFC 7622: the node of an address has at most 1023 bytes.
const ROOM_MAX: usize = 1023;
/// A suggested name longer than that is none.
const NAME_MAX: usize = 100;
/// jitsi-meet takes these out of the room before decoding it.
const ROOM_WITHOUT: &str = ":?#[]@!$&'()*+,;=></\"";

pub(super) fn parse(link: &str) -> Result<MeetingLink, LinkError> {
    if link.len() > LINK_MAX {
        return Err(LinkError::TooLong);
    }
    let url = Url::parse(link).map_err(|_| LinkError::Nothing)?;
    let host = url.host_str().ok_or(LinkError::Nothing)?.to_owned();
    let segments: Vec<&str> = url.path().split('/').filter(|s| !s.is_empty()).collect();
    if let Some(kind) = other_kind(&host, &segments) {
        return Err(LinkError::Unsupported(kind));
    }
    let Some((room_raw, tenant)) = segments.split_last() else {
        return Err(LinkError::NoRoom);
    };
    let room_raw: String = room_raw
        .chars()
        .filter(|c| !ROOM_WITHOUT.contains(*c))
        .collect();
    let room_shown: String = percent_decode(&room_raw)
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let room = backend_safe(&room_shown);
    // A room of dots would vanish from every address it is put into.
    let vanishes = matches!(room.as_str(), "." | "..");
    if vanishes || room_shown.trim().is_empty() || is_file(&room) {
        return Err(LinkError::NoRoom);
    }
    if room.len() > ROOM_MAX {
        return Err(LinkError::TooLong);
    }
    if url.scheme() != "https" {
        return Err(LinkError::NotSecure);
    }
    let extras = Extras::of(&url);
    let tenant: String = tenant.iter().map(|part| format!("{part}/")).collect();
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    // User name and password of the link are left behind: nobody needs them, and they are used to
    // dress a foreign host up as a known one.
    let base =
        Url::parse(&format!("https://{host}{port}/{tenant}")).map_err(|_| LinkError::Nothing)?;
    Ok(MeetingLink::Jitsi {
        base,
        room_shown,
        room,
        token: extras.token,
        display_name: extras.display_name,
        start_muted: extras.start_muted,
    })
}

/// `getBackendSafeRoomName`: what XMPP sees. Umlauts arrive percent-encoded in lower case.
fn backend_safe(shown: &str) -> String {
    let normal: String = shown.nfkc().collect();
    percent_encode(&normal.to_lowercase()).to_lowercase()
}

/// Pages of a Jitsi server that are no rooms.
fn is_file(room: &str) -> bool {
    let lower = room.to_ascii_lowercase();
    lower.ends_with(".html") || lower.ends_with(".js") || lower.ends_with(".php")
}

/// Meetings that this program can't join (yet), by what their links look like.
fn other_kind(host: &str, segments: &[&str]) -> Option<&'static str> {
    let first = segments.first().copied().unwrap_or_default();
    let greenlight = |name: &str| {
        let parts: Vec<&str> = name.split('-').collect();
        (3..=4).contains(&parts.len())
            && parts
                .iter()
                .all(|p| p.len() == 3 && p.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    let second = segments.get(1).copied().unwrap_or_default();
    if matches!(first, "bigbluebutton" | "html5client" | "playback")
        || (matches!(first, "b" | "rooms" | "gl") && greenlight(second))
        || segments.contains(&"bigbluebuttonbn")
    {
        return Some("BigBlueButton");
    }
    let within = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    if within("zoom.us") || within("zoom.com") {
        return Some("Zoom");
    }
    if within("teams.microsoft.com") || within("teams.live.com") {
        return Some("Microsoft Teams");
    }
    if within("meet.google.com") {
        return Some("Google Meet");
    }
    within("webex.com").then_some("Webex")
}

/// What query and hash say. Never hosts or addresses: a link must not lead elsewhere than it shows.
#[derive(Default)]
struct Extras {
    token: Option<Token>,
    display_name: Option<String>,
    start_muted: bool,
}

impl Extras {
    fn of(url: &Url) -> Self {
        let mut extras = Self::default();
        for pairs in [url.query(), url.fragment()].into_iter().flatten() {
            for pair in pairs.split('&') {
                if let Some((key, value)) = pair.split_once('=') {
                    extras.take(&percent_decode(key), &hash_value(value));
                }
            }
        }
        extras
    }

    fn take(&mut self, key: &str, value: &str) {
        match key {
            "jwt" if !value.is_empty() => self.token = Some(Token::new(value.to_owned())),
            "userInfo.displayName" => {
                let name: String = value.chars().filter(|c| !c.is_control()).collect();
                let name = name.trim();
                if !name.is_empty() && name.chars().count() <= NAME_MAX {
                    self.display_name = Some(name.to_owned());
                }
            }
            "config.startWithAudioMuted" => self.start_muted = value == "true",
            _ => {}
        }
    }
}
