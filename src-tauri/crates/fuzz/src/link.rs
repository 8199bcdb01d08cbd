//! Meeting links: whatever is pasted, a link that is accepted is safe to use and to show.

use crate::Verdict;
use ranzen_meeting::{LinkError, MeetingLink};

/// Looks for a meeting link.
pub fn link(bytes: &[u8]) -> Verdict {
    let text = String::from_utf8_lossy(bytes);
    let Ok(found) = MeetingLink::parse(&text) else {
        return Verdict::Refused;
    };
    let MeetingLink::Jitsi {
        base,
        room_shown,
        room,
        token,
        display_name,
        ..
    } = &found
    else {
        return Verdict::Taken;
    };
    assert_eq!(base.scheme(), "https");
    assert!(base.has_host() && base.path().ends_with('/'), "{base}");
    assert!(base.username().is_empty() && base.password().is_none());
    assert!(base.query().is_none() && base.fragment().is_none());
    assert!(!room.is_empty() && room.len() <= 1023);
    let harmless = |c: char| !c.is_control() && !c.is_whitespace() && !"/@<>\"&?#:".contains(c);
    assert!(room.chars().all(harmless), "{room:?} goes into an address");
    assert!(!room_shown.chars().any(char::is_control));
    assert!(
        display_name
            .as_ref()
            .is_none_or(|name| name.chars().count() <= 100)
    );
    if let Some(token) = token {
        let host = base.host_str().unwrap_or_default();
        let shown = format!("{found:?}").replace(host, "");
        // Short ones occur in any text by chance.
        assert!(token.secret().len() < 16 || !shown.contains(token.secret()));
    }
    // What is left as it is by `encodeURIComponent` but taken out of a link's room by jitsi-meet.
    if !room.contains(['!', '\'', '(', ')', '*']) {
        leads_to_itself(base.as_str(), room);
    }
    Verdict::Taken
}

/// A link put together from the parts leads to the same place when somebody pastes it.
fn leads_to_itself(base: &str, room: &str) {
    // The slash keeps a full stop at the end from being the sentence's.
    let again = MeetingLink::parse(&format!("{base}{room}/"));
    // Written plainly, a room may look like one of another kind of meeting.
    if matches!(again, Err(LinkError::Unsupported(_))) {
        return;
    }
    let Ok(MeetingLink::Jitsi {
        base: same_base,
        room: same_room,
        ..
    }) = &again
    else {
        panic!("{again:?}: a link made of its parts is one");
    };
    assert_eq!((same_base.as_str(), same_room.as_str()), (base, room));
}
