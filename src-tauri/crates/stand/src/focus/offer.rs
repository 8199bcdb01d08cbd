//! Builds session-initiate as Jicofo does for a client with certain features.

use ranzen_xmpp::{Element, ns};

use super::features::Features;
use crate::bridge::Allocation;
use crate::sources::{self, SourceSet};

const TCC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const ABS_SEND_TIME: &str = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
const DEPENDENCY: &str =
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";

/// Video payload types in the offered order: codec, its repair stream, whether that carries feedback.
const VIDEO: [(u8, &str, u8, bool); 4] = [
    (41, "AV1", 42, true),
    (100, "VP8", 96, true),
    (107, "H264", 99, false),
    (101, "VP9", 97, true),
];

/// Everything an offer is made of.
pub(crate) struct Offer<'a> {
    pub(crate) features: Features,
    pub(crate) allocation: &'a Allocation,
    /// `wss://…` of the channel, when it is offered as WebSocket.
    pub(crate) channel_url: Option<String>,
    pub(crate) focus_jid: &'a str,
    pub(crate) sid: &'a str,
    pub(crate) bridge_session: &'a str,
    /// What the others have, simulcast stripped, and the bridge's own.
    pub(crate) sources: Vec<(String, SourceSet)>,
}

impl Offer<'_> {
    /// The `<jingle/>` element.
    pub(crate) fn element(&self) -> Element {
        let mut jingle = Element::new("jingle", ns::JINGLE)
            .attr("action", "session-initiate")
            .attr("initiator", self.focus_jid)
            .attr("sid", self.sid);
        let mut names = Vec::new();
        if self.features.audio {
            names.push("audio");
            jingle.push(self.content("audio", self.audio()));
        }
        if self.features.video {
            names.push("video");
            jingle.push(self.content("video", self.video()));
        }
        if self.features.sctp {
            names.push("data");
            let description = Element::new("description", ns::JINGLE_RTP)
                .attr("media", "application")
                .child(Element::new("rtcp-mux", ns::JINGLE_RTP));
            jingle.push(self.content("data", description));
        }
        jingle.push(
            Element::new("group", ns::JINGLE_GROUPING)
                .attr("semantics", "BUNDLE")
                .children_from(
                    names.iter().map(|name| {
                        Element::new("content", ns::JINGLE_GROUPING).attr("name", *name)
                    }),
                ),
        );
        jingle.push(Element::new("bridge-session", ns::FOCUS).attr("id", self.bridge_session));
        if self.features.json_sources {
            let sets = self
                .sources
                .iter()
                .map(|(owner, set)| (owner.as_str(), set));
            jingle.push(
                Element::new("json-message", ns::JITMEET)
                    .text(&sources::to_json(sets, self.features.video)),
            );
        }
        jingle.push(
            Element::new("traceparent", "jitsi:opentelemetry")
                .attr("trace_id", "0".repeat(32))
                .attr("parent_id", "0".repeat(16))
                .attr("trace_flags", "00"),
        );
        jingle
    }

    fn content(&self, name: &str, description: Element) -> Element {
        Element::new("content", ns::JINGLE)
            .attr("creator", "initiator")
            .attr("senders", "both")
            .attr("name", name)
            .child(description)
            .child(self.transport(name == "data"))
    }

    fn transport(&self, data: bool) -> Element {
        let allocation = self.allocation;
        let mut transport = Element::new("transport", ns::JINGLE_ICE)
            .attr("ufrag", &allocation.ufrag)
            .attr("pwd", &allocation.pwd);
        if let Some(url) = &self.channel_url {
            transport.push(Element::new("web-socket", ns::COLIBRI).attr("url", url));
        }
        transport.push(Element::new("rtcp-mux", ns::JINGLE_ICE));
        transport.push(
            Element::new("fingerprint", ns::JINGLE_DTLS)
                .attr("required", "false")
                .attr("cryptex", "false")
                .attr("hash", "sha-256")
                .attr("setup", "actpass")
                .text(&allocation.fingerprint),
        );
        if data {
            transport.push(
                Element::new("sctpmap", ns::JINGLE_SCTP)
                    .attr("number", "5000")
                    .attr("streams", "1024")
                    .attr("protocol", "webrtc-datachannel"),
            );
        }
        transport.child(
            Element::new("candidate", ns::JINGLE_ICE)
                .attr("type", "host")
                .attr("component", "1")
                .attr("protocol", "udp")
                .attr("foundation", "1")
                .attr("id", &allocation.candidate_id)
                .attr("port", allocation.address.port().to_string())
                .attr("priority", "2130706431")
                .attr("generation", "0")
                .attr("ip", allocation.address.ip().to_string())
                .attr("network", "0"),
        )
    }

    fn audio(&self) -> Element {
        let mut opus = payload(111, "opus", 48000)
            .attr("channels", "2")
            .child(parameter("minptime", "10"))
            .child(parameter("useinbandfec", "1"));
        if self.features.tcc {
            opus.push(feedback("transport-cc", None));
        }
        let mut description = Element::new("description", ns::JINGLE_RTP)
            .attr("maxptime", "60")
            .attr("media", "audio")
            .child(opus)
            .child(payload(126, "telephone-event", 8000))
            .child(extension(1, AUDIO_LEVEL))
            .child(extension(10, MID));
        if self.features.tcc {
            description.push(extension(5, TCC));
        }
        self.finish(description, false)
    }

    fn video(&self) -> Element {
        let mut description = Element::new("description", ns::JINGLE_RTP).attr("media", "video");
        for (id, name, _, _) in VIDEO {
            let mut codec = payload(id, name, 90000).children_from(picture_feedback());
            if self.features.tcc {
                codec.push(feedback("transport-cc", None));
            }
            if name == "H264" {
                // Sic: the original puts all parameters into the value of the first.
                codec.push(parameter(
                    "profile-level-id",
                    "42e01f;level-asymmetry-allowed=1;packetization-mode=1;",
                ));
            }
            description.push(codec);
        }
        if self.features.rtx {
            let mut ordered = VIDEO;
            ordered.sort_by_key(|(_, _, rtx, _)| *rtx);
            for (id, _, rtx, with_feedback) in ordered {
                let mut repair =
                    payload(rtx, "rtx", 90000).child(parameter("apt", &id.to_string()));
                if with_feedback {
                    repair = repair.children_from(picture_feedback());
                }
                description.push(repair);
            }
        }
        description.push(extension(11, DEPENDENCY));
        description.push(extension(10, MID));
        description.push(extension(3, ABS_SEND_TIME));
        if self.features.tcc {
            description.push(extension(5, TCC));
        }
        self.finish(description, true)
    }

    fn finish(&self, mut description: Element, video: bool) -> Element {
        description.push(Element::new("extmap-allow-mixed", ns::JINGLE_HDREXT));
        description.push(Element::new("rtcp-mux", ns::JINGLE_RTP));
        if !self.features.json_sources {
            for (owner, set) in &self.sources {
                let kind = if video { &set.video } else { &set.audio };
                description = description.children_from(sources::to_xml(owner, kind));
            }
        }
        description
    }
}

fn payload(id: u8, name: &str, clock_rate_hz: u32) -> Element {
    Element::new("payload-type", ns::JINGLE_RTP)
        .attr("id", id.to_string())
        .attr("clockrate", clock_rate_hz.to_string())
        .attr("name", name)
}

fn parameter(name: &str, value: &str) -> Element {
    Element::new("parameter", ns::JINGLE_RTP)
        .attr("name", name)
        .attr("value", value)
}

fn feedback(kind: &str, subtype: Option<&str>) -> Element {
    Element::new("rtcp-fb", ns::JINGLE_RTCP_FB)
        .attr("type", kind)
        .attr_opt("subtype", subtype)
}

fn picture_feedback() -> [Element; 3] {
    [
        feedback("ccm", Some("fir")),
        feedback("nack", None),
        feedback("nack", Some("pli")),
    ]
}

fn extension(id: u8, uri: &str) -> Element {
    Element::new("rtp-hdrext", ns::JINGLE_HDREXT)
        .attr("id", id.to_string())
        .attr("uri", uri)
}
