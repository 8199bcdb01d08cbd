//! One test per rule, each naming the exact fault.
#![allow(clippy::unwrap_used)]

use ranzen_xmpp::parse;

use super::*;

const SSMA: &str = "xmlns='urn:xmpp:jingle:apps:rtp:ssma:0'";

fn video(inner: &str) -> Result<SourceSet, String> {
    let text = format!(
        "<jingle xmlns='urn:xmpp:jingle:1'><content name='video'>\
         <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'>{inner}</description></content></jingle>"
    );
    read(&parse(&text).unwrap())
}

fn source(ssrc: &str, name: &str, msid: &str) -> String {
    format!(
        "<source {SSMA} ssrc='{ssrc}' name='{name}'><parameter name='msid' value='{msid}'/></source>"
    )
}

fn group(semantics: &str, ssrcs: &[u32]) -> String {
    let inner: String = ssrcs
        .iter()
        .map(|ssrc| format!("<source ssrc='{ssrc}'/>"))
        .collect();
    format!("<ssrc-group {SSMA} semantics='{semantics}'>{inner}</ssrc-group>")
}

fn add(inner: &str) -> Result<(), String> {
    ConferenceSources::default().add("1a2b3c4d", &video(inner)?)
}

fn simulcast() -> String {
    let sources: String = (1..=6)
        .map(|ssrc| source(&ssrc.to_string(), "1a2b3c4d-v0", "m t"))
        .collect();
    sources
        + &group("SIM", &[1, 2, 3])
        + &group("FID", &[1, 4])
        + &group("FID", &[2, 5])
        + &group("FID", &[3, 6])
}

#[test]
fn what_the_reference_client_sends_is_fine_and_is_stripped_for_others() {
    let set = video(&simulcast()).unwrap();
    let mut sources = ConferenceSources::default();
    sources.add("1a2b3c4d", &set).unwrap();
    let shown = stripped(&set);
    let ssrcs: Vec<u32> = shown
        .video
        .sources
        .iter()
        .map(|source| source.ssrc)
        .collect();
    assert_eq!(ssrcs, [1, 4]);
    assert_eq!(
        to_json([("1a2b3c4d", &shown)], true),
        r#"{"sources":{"1a2b3c4d":[[{"m":"m t","n":"1a2b3c4d-v0","s":1},{"m":"m t","n":"1a2b3c4d-v0","s":4}],[["f",1,4]],[]]}}"#
    );
    sources.remove("1a2b3c4d", &set).unwrap();
    assert!(sources.0["1a2b3c4d"].is_empty());
}

#[test]
fn each_fault_is_refused() {
    let fine = source("1", "1a2b3c4d-v0", "m t");
    for (inner, fault) in [
        (source("0", "1a2b3c4d-v0", "m t"), "invalid SSRC"),
        (source("4294967296", "1a2b3c4d-v0", "m t"), "invalid SSRC"),
        (fine.replace("name='1a2b3c4d-v0'", ""), "without name"),
        (source("1", "other-v0", "m t"), "does not belong"),
        (source("1", "1a2b3c4d-a0", "m t"), "does not belong"),
        (
            fine.replace("<source ", "<source videoType='screen' "),
            "unknown videoType",
        ),
        (fine.clone() + &fine, "already used"),
        (fine.clone() + &group("FID", &[1]), "two SSRCs"),
        (fine.clone() + &group("FID", &[1, 2]), "no source"),
        (
            fine.clone() + &source("2", "1a2b3c4d-v0", "other") + &group("FID", &[1, 2]),
            "different msids",
        ),
        (
            fine.clone() + &source("2", "1a2b3c4d-v1", "m t"),
            "two sources",
        ),
        (
            fine.clone() + &source("2", "1a2b3c4d-v0", "m t"),
            "no group joins",
        ),
        (
            fine.replace("<parameter name='msid' value='m t'/>", "")
                + &source("2", "1a2b3c4d-v0", "m t")
                + &group("FID", &[1, 2]),
            "needs an msid",
        ),
        (
            (1..=21)
                .map(|n| source(&n.to_string(), &format!("1a2b3c4d-v{n}"), &format!("m {n}")))
                .collect(),
            "too many sources",
        ),
    ] {
        let refused = add(&inner).unwrap_err();
        assert!(
            refused.contains(fault),
            "wanted {fault:?}, got {refused:?} for {inner}"
        );
    }
    add(&fine).unwrap();
}

#[test]
fn an_ssrc_of_somebody_else_is_refused_and_removing_needs_the_whole_group() {
    let mut sources = ConferenceSources::default();
    let set = video(&simulcast()).unwrap();
    sources.add("1a2b3c4d", &set).unwrap();
    let stolen = video(&source("3", "99999999-v0", "x y")).unwrap();
    assert!(
        sources
            .add("99999999", &stolen)
            .unwrap_err()
            .contains("already used")
    );
    let part = video(&source("6", "1a2b3c4d-v0", "m t")).unwrap();
    assert!(
        sources
            .remove("1a2b3c4d", &part)
            .unwrap_err()
            .contains("no source")
    );
    let unknown = video(&source("77", "1a2b3c4d-v0", "m t")).unwrap();
    assert!(
        sources
            .remove("1a2b3c4d", &unknown)
            .unwrap_err()
            .contains("does not exist")
    );
    assert_eq!(
        sources.0["1a2b3c4d"], set,
        "a refused change changes nothing"
    );
}
