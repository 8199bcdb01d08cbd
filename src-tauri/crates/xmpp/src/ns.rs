//! Namespaces, named after where they are defined.

/// RFC 6120: stanzas of a client connection.
pub const CLIENT: &str = "jabber:client";
/// RFC 6120: stream-level elements.
pub const STREAMS: &str = "http://etherx.jabber.org/streams";
/// RFC 6120: stream error conditions.
pub const STREAM_ERRORS: &str = "urn:ietf:params:xml:ns:xmpp-streams";
/// RFC 6120: stanza error conditions.
pub const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
/// RFC 6120: SASL.
pub const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
/// RFC 6120: resource binding.
pub const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
/// RFC 7395: framing on a WebSocket.
pub const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
/// XEP-0124: BOSH.
pub const BOSH: &str = "http://jabber.org/protocol/httpbind";
/// XEP-0206: XMPP over BOSH.
pub const XBOSH: &str = "urn:xmpp:xbosh";
/// XEP-0198: stream management.
pub const SM: &str = "urn:xmpp:sm:3";
/// XEP-0199: ping.
pub const PING: &str = "urn:xmpp:ping";
/// XEP-0030: service discovery.
pub const DISCO_INFO: &str = "http://jabber.org/protocol/disco#info";
/// XEP-0115: entity capabilities.
pub const CAPS: &str = "http://jabber.org/protocol/caps";
/// XEP-0215: external services.
pub const EXTDISCO: &str = "urn:xmpp:extdisco:2";
/// XEP-0215, the earlier version.
pub const EXTDISCO_1: &str = "urn:xmpp:extdisco:1";
/// XEP-0045: multi-user chat.
pub const MUC: &str = "http://jabber.org/protocol/muc";
/// XEP-0045: what rooms say to occupants.
pub const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
/// XEP-0172: nickname.
pub const NICK: &str = "http://jabber.org/protocol/nick";
/// XEP-0203: delayed delivery.
pub const DELAY: &str = "urn:xmpp:delay";
/// XEP-0091: delayed delivery, the earlier form.
pub const DELAY_LEGACY: &str = "jabber:x:delay";
/// XEP-0166: Jingle.
pub const JINGLE: &str = "urn:xmpp:jingle:1";
/// XEP-0166: Jingle errors.
pub const JINGLE_ERRORS: &str = "urn:xmpp:jingle:errors:1";
/// XEP-0167: RTP in Jingle.
pub const JINGLE_RTP: &str = "urn:xmpp:jingle:apps:rtp:1";
/// XEP-0293: RTCP feedback.
pub const JINGLE_RTCP_FB: &str = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0";
/// XEP-0294: RTP header extensions.
pub const JINGLE_HDREXT: &str = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0";
/// XEP-0339: sources.
pub const JINGLE_SSMA: &str = "urn:xmpp:jingle:apps:rtp:ssma:0";
/// XEP-0338: BUNDLE.
pub const JINGLE_GROUPING: &str = "urn:xmpp:jingle:apps:grouping:0";
/// XEP-0320: DTLS-SRTP.
pub const JINGLE_DTLS: &str = "urn:xmpp:jingle:apps:dtls:0";
/// XEP-0176: ICE.
pub const JINGLE_ICE: &str = "urn:xmpp:jingle:transports:ice-udp:1";
/// XEP-0343: SCTP over DTLS.
pub const JINGLE_SCTP: &str = "urn:xmpp:jingle:transports:dtls-sctp:1";
/// Jitsi: conference request, bridge session, conference properties.
pub const FOCUS: &str = "http://jitsi.org/protocol/focus";
/// Jitsi: bridge channel.
pub const COLIBRI: &str = "http://jitsi.org/protocol/colibri";
/// Jitsi: JSON messages, permissions, source owners.
pub const JITMEET: &str = "http://jitsi.org/jitmeet";
/// Jitsi: muting sound.
pub const JITMEET_AUDIO: &str = "http://jitsi.org/jitmeet/audio";
/// Jitsi: muting pictures.
pub const JITMEET_VIDEO: &str = "http://jitsi.org/jitmeet/video";
/// Jitsi: start muted.
pub const START_MUTED: &str = "http://jitsi.org/jitmeet/start-muted";
/// Jitsi: a name beside a message whose sender may be gone.
pub const DISPLAY_NAME: &str = "http://jitsi.org/protocol/display-name";
