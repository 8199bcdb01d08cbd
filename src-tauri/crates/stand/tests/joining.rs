//! Through real Prosody into a room: who gets in, who becomes owner, what the focus offers.
#![allow(clippy::disallowed_types, clippy::unwrap_used, missing_docs)]

mod support;

use std::net::IpAddr;

use ranzen_stand::{Options, Stand, Token};
use ranzen_testbed::network_or_left_out;
use ranzen_xmpp::{Element, StanzaError, ns};
use support::{ALL_FEATURES, Client};

#[test]
fn two_join_the_first_becomes_owner_and_both_are_invited() {
    let Some(network) =
        network_or_left_out("two_join_the_first_becomes_owner_and_both_are_invited")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    host.run(move || async move {
        let mut alice = Client::login(server, &ca, "room=one").await;
        alice.enable().await;
        alice.join("one").await;
        let owner = alice
            .until("owner presence", |it| {
                it.has_child("permissions", ns::JITMEET)
            })
            .await;
        let item = owner
            .find("x", ns::MUC_USER)
            .unwrap()
            .find("item", ns::MUC_USER)
            .unwrap();
        assert_eq!(item.get("affiliation"), Some("owner"));
        alice.answer_disco(&ALL_FEATURES).await;

        let mut bob = Client::login(server, &ca, "room=one").await;
        bob.join("one").await;
        bob.answer_disco(&ALL_FEATURES).await;
        for client in [&mut alice, &mut bob] {
            let jingle = client.jingle("session-initiate").await;
            let names: Vec<&str> = jingle
                .children()
                .filter(|it| it.is("content", ns::JINGLE))
                .filter_map(|it| it.get("name"))
                .collect();
            assert_eq!(names, ["audio", "video", "data"]);
            let sources = jingle.text_of("json-message", ns::JITMEET).unwrap();
            assert!(sources.contains("jvb-a0"), "{sources}");
        }
        let metadata = bob
            .until("metadata", |it| {
                it.get("from") == Some("metadata.meet.test")
            })
            .await;
        let metadata = metadata.text_of("json-message", ns::JITMEET).unwrap();
        let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
        let empty = serde_json::json!({ "type": "room_metadata", "metadata": {} });
        assert_eq!(metadata, empty);
    });
    assert_eq!(stand.complaints(), Vec::<String>::new());
}

#[test]
fn without_a_conference_request_there_is_no_room() {
    let Some(network) = network_or_left_out("without_a_conference_request_there_is_no_room") else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    host.run(move || async move {
        let mut alice = Client::login(server, &ca, "room=none").await;
        alice.enter("none", None).await;
        let refused = alice
            .until("error", |it| it.get("type") == Some("error"))
            .await;
        let error = StanzaError::of(&refused).unwrap();
        assert_eq!(
            (error.kind.as_str(), error.condition.as_str()),
            ("cancel", "not-allowed")
        );
        let wrong = Element::new("conference", ns::FOCUS)
            .attr("room", "none@elsewhere.test")
            .attr("machine-uid", "1");
        let refused = alice.ask("set", "focus.meet.test", wrong).await;
        assert_eq!(StanzaError::of(&refused).unwrap().condition, "bad-request");
    });
}

#[test]
fn password_lobby_and_limit_keep_people_out_until_they_may_come() {
    let Some(network) =
        network_or_left_out("password_lobby_and_limit_keep_people_out_until_they_may_come")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    let enter = |password: Option<&'static str>| {
        let ca = ca.clone();
        host.run(move || async move {
            let mut client = Client::login(server, &ca, "room=two").await;
            client.request("two").await;
            client.enter("two", password).await;
            let me = format!("two@conference.meet.test/{}", client.nick);
            let answer = client
                .until("answer", |it| {
                    it.name() == "presence" && it.get("from") == Some(&me)
                })
                .await;
            StanzaError::of(&answer).map(|error| (error.condition, answer.to_xml()))
        })
    };
    // Somebody keeps the room open.
    let (stay, leave) = tokio::sync::oneshot::channel::<()>();
    let (inside, is_inside) = std::sync::mpsc::channel();
    let keeper_ca = ca.clone();
    let keeper = host.spawn(move || async move {
        let mut alice = Client::login(server, &keeper_ca, "room=two").await;
        alice.join("two").await;
        alice.answer_disco(&ALL_FEATURES).await;
        inside.send(()).unwrap();
        leave.await.ok();
    });
    is_inside.recv().unwrap();

    stand.set_password("two", Some("secret")).unwrap();
    assert_eq!(enter(None).unwrap().0, "not-authorized");
    assert_eq!(enter(Some("wrong")).unwrap().0, "not-authorized");
    assert_eq!(enter(Some("secret")), None);
    stand.set_password("two", None).unwrap();

    stand.set_lobby("two", true).unwrap();
    let (condition, xml) = enter(None).unwrap();
    assert_eq!(condition, "registration-required");
    assert!(xml.contains("two@lobby.meet.test"), "{xml}");
    stand.set_lobby("two", false).unwrap();
    assert_eq!(enter(None), None);

    stand.max_occupants("two", 1).unwrap();
    assert_eq!(enter(None).unwrap().0, "service-unavailable");
    drop(stay);
    keeper.join();
}

#[test]
fn only_a_good_token_logs_in_and_only_into_its_room() {
    let Some(network) = network_or_left_out("only_a_good_token_logs_in_and_only_into_its_room")
    else {
        return;
    };
    let options = Options {
        token_secret: Some("s3cret".to_owned()),
        ..Options::default()
    };
    let stand = Stand::start_with(&network, options).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    host.run(move || async move {
        let fine = Token::new("lesson", "Anna");
        let old = Token {
            valid_for_s: -60,
            ..fine.clone()
        };
        let other = Token {
            audience: "somebody".to_owned(),
            ..fine.clone()
        };
        for (token, words) in [
            (String::new(), "token required"),
            (fine.sign("guessed"), "Invalid signature"),
            (old.sign("s3cret"), "expired"),
            (other.sign("s3cret"), "audience"),
        ] {
            let query = if token.is_empty() {
                "room=lesson".to_owned()
            } else {
                format!("room=lesson&token={token}")
            };
            let mut client = Client::connect(server, &ca, &query).await;
            let failure = client.authenticate().await;
            assert!(
                failure.is("failure", ns::SASL) && failure.has_child("not-allowed", ns::SASL),
                "{}",
                failure.to_xml()
            );
            let text = failure.text_of("text", ns::SASL).unwrap_or_default();
            assert!(text.contains(words), "wanted {words:?}, got {text:?}");
        }
        let token = fine.sign("s3cret");
        let mut client = Client::login(server, &ca, &format!("room=lesson&token={token}")).await;
        client.join("lesson").await;
        let mut stray = Client::login(server, &ca, &format!("room=other&token={token}")).await;
        stray.request("other").await;
        stray.enter("other", None).await;
        let refused = stray
            .until("error", |it| it.get("type") == Some("error"))
            .await;
        assert_eq!(StanzaError::of(&refused).unwrap().condition, "not-allowed");
    });
}

#[test]
fn a_cut_connection_is_resumed_with_the_same_name() {
    let Some(network) = network_or_left_out("a_cut_connection_is_resumed_with_the_same_name")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("client").unwrap();
    let (server, ca) = (
        IpAddr::V4(stand.host().address()),
        stand.ca_pem().to_owned(),
    );
    let (inside, is_inside) = std::sync::mpsc::channel();
    let (cut, is_cut) = tokio::sync::oneshot::channel::<()>();
    let task = host.spawn(move || async move {
        let mut alice = Client::login(server, &ca, "room=three").await;
        alice.enable().await;
        alice.join("three").await;
        inside.send(()).unwrap();
        is_cut.await.unwrap();
        let previd = alice.sm_id.clone().unwrap();
        let mut again = Client::connect(server, &ca, &format!("room=three&previd={previd}")).await;
        assert!(again.authenticate().await.is("success", ns::SASL));
        again.open().await;
        let resume = Element::new("resume", ns::SM)
            .attr("h", alice.received.to_string())
            .attr("previd", &previd);
        again.send(&resume).await;
        let resumed = again.until("resumed", |it| it.ns() == ns::SM).await;
        assert!(resumed.is("resumed", ns::SM), "{}", resumed.to_xml());
    });
    is_inside.recv().unwrap();
    stand.drop_websockets();
    cut.send(()).unwrap();
    task.join();
}
