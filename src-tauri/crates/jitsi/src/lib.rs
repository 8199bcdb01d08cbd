//! Jitsi Meet: discovery, XMPP session, conference, Jingle, bridge channel.
