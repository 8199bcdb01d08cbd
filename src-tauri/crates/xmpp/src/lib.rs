//! XMPP stanzas: a bounded, namespace-aware XML tree, JIDs, framing.
