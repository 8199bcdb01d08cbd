//! Promises of the meeting's state as a fold over events.
#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use ranzen_meeting::{
    Audience, ChatMessage, Code, Connection, Delivery, EndReason, Event, MediaPhase, MeetingState,
    Participant, ParticipantId, Problem, Role, UnixMillis,
};

fn person(id: &str) -> Participant {
    Participant::new(id.into())
}

fn unmuted(id: &str) -> Participant {
    Participant {
        audio_muted: false,
        ..person(id)
    }
}

fn message(id: &str, own: bool, delivery: Delivery) -> ChatMessage {
    ChatMessage {
        id: id.into(),
        from: Some("a".into()),
        from_name: "A".into(),
        to: Audience::Everyone,
        body: format!("text of {id}"),
        sent_at: UnixMillis(1),
        own,
        from_history: false,
        delivery,
    }
}

fn fold(events: &[Event]) -> MeetingState {
    let mut state = MeetingState::default();
    for event in events {
        state.apply(event);
    }
    state
}

#[test]
fn a_message_seen_twice_is_kept_once() {
    let seen = Event::Chat {
        message: message("m1", false, Delivery::Delivered),
    };
    let state = fold(&[seen.clone(), seen]);
    assert_eq!(state.chat.len(), 1);
}

#[test]
fn the_servers_echo_turns_a_pending_message_into_a_delivered_one() {
    let state = fold(&[
        Event::Chat {
            message: message("m1", true, Delivery::Pending),
        },
        Event::Chat {
            message: message("m1", true, Delivery::Delivered),
        },
    ]);
    assert_eq!(state.chat.len(), 1);
    assert_eq!(state.chat[0].delivery, Delivery::Delivered);
}

#[test]
fn what_was_not_confirmed_when_the_meeting_ends_is_marked_as_failed() {
    let state = fold(&[
        Event::Chat {
            message: message("m1", true, Delivery::Pending),
        },
        Event::Ended {
            reason: EndReason::Left,
        },
    ]);
    assert_eq!(state.chat[0].delivery, Delivery::Failed);
    assert_eq!(state.connection, Connection::Ended);
}

#[test]
fn a_refused_message_is_marked_and_the_reason_shown() {
    let state = fold(&[
        Event::Chat {
            message: message("m1", true, Delivery::Pending),
        },
        Event::ChatFailed {
            id: "m1".into(),
            problem: Problem::new(Code::MessageRefused, "policy"),
        },
    ]);
    assert_eq!(state.chat[0].delivery, Delivery::Failed);
    assert_eq!(state.trouble.unwrap().code, Code::MessageRefused);
}

#[test]
fn nobody_muted_is_shown_as_speaking() {
    let speaks = |speaking| Event::Speaking {
        id: "a".into(),
        speaking,
    };
    let seen = |participant| Event::ParticipantSeen { participant };
    let mut state = fold(&[seen(unmuted("a")), speaks(true)]);
    assert!(state.participants[&ParticipantId::from("a")].speaking);
    state.apply(&seen(person("a")));
    assert!(!state.participants[&ParticipantId::from("a")].speaking);
    state.apply(&speaks(true));
    assert!(!state.participants[&ParticipantId::from("a")].speaking);
}

#[test]
fn news_about_a_participant_do_not_interrupt_the_speaking_mark() {
    let raised = Participant {
        hand_raised_at: Some(UnixMillis(5)),
        ..unmuted("a")
    };
    let state = fold(&[
        Event::ParticipantSeen {
            participant: unmuted("a"),
        },
        Event::Speaking {
            id: "a".into(),
            speaking: true,
        },
        Event::ParticipantSeen {
            participant: raised,
        },
    ]);
    let known = &state.participants[&ParticipantId::from("a")];
    assert!(known.speaking);
    assert_eq!(known.hand_raised_at, Some(UnixMillis(5)));
}

#[test]
fn without_a_media_path_nobody_speaks() {
    let state = fold(&[
        Event::ParticipantSeen {
            participant: unmuted("a"),
        },
        Event::Speaking {
            id: "a".into(),
            speaking: true,
        },
        Event::MediaChanged {
            media: MediaPhase::Interrupted,
        },
    ]);
    assert!(!state.participants[&ParticipantId::from("a")].speaking);
}

#[test]
fn a_rejoin_forgets_the_people_and_keeps_the_chat() {
    let state = fold(&[
        Event::Joined { own: "me".into() },
        Event::ParticipantSeen {
            participant: person("a"),
        },
        Event::Chat {
            message: message("m1", false, Delivery::Delivered),
        },
        Event::Joined { own: "me2".into() },
    ]);
    assert!(state.participants.is_empty());
    assert_eq!(state.own, Some("me2".into()));
    assert_eq!(state.chat.len(), 1);
}

#[test]
fn being_muted_by_a_moderator_shows_at_once() {
    let state = fold(&[
        Event::Joined { own: "me".into() },
        Event::ParticipantSeen {
            participant: unmuted("me"),
        },
        Event::MutedByModerator { by: None },
    ]);
    assert!(state.participants[&ParticipantId::from("me")].audio_muted);
}

#[test]
fn the_dominant_speaker_who_leaves_dominates_no_more() {
    let state = fold(&[
        Event::ParticipantSeen {
            participant: unmuted("a"),
        },
        Event::DominantSpeaker {
            id: Some("a".into()),
        },
        Event::ParticipantLeft { id: "a".into() },
    ]);
    assert_eq!(state.dominant, None);
    assert!(state.participants.is_empty());
}

#[test]
fn an_endless_chat_stays_bounded_in_memory_and_keeps_the_newest() {
    let mut state = MeetingState::default();
    for n in 0..2_500 {
        state.apply(&Event::Chat {
            message: message(&format!("m{n}"), false, Delivery::Delivered),
        });
    }
    assert_eq!(state.chat.len(), 2_000);
    assert_eq!(state.chat.last().unwrap().id.as_str(), "m2499");
}

#[test]
fn a_server_that_invents_participants_without_end_is_bounded() {
    let mut state = MeetingState::default();
    for n in 0..6_000 {
        state.apply(&Event::ParticipantSeen {
            participant: person(&format!("p{n}")),
        });
    }
    assert_eq!(state.participants.len(), 5_000);
}

fn any_event() -> impl Strategy<Value = Event> {
    let id = "[abc]".prop_map(ParticipantId);
    prop_oneof![
        id.clone().prop_map(|own| Event::Joined { own }),
        (id.clone(), any::<bool>()).prop_map(|(id, audio_muted)| Event::ParticipantSeen {
            participant: Participant {
                audio_muted,
                ..Participant::new(id)
            }
        }),
        id.clone().prop_map(|id| Event::ParticipantLeft { id }),
        (id.clone(), any::<bool>()).prop_map(|(id, speaking)| Event::Speaking { id, speaking }),
        id.clone()
            .prop_map(|id| Event::DominantSpeaker { id: Some(id) }),
        id.prop_map(|id| Event::RoleChanged {
            id,
            role: Role::Moderator
        }),
        "[xyz]".prop_map(|id| Event::Chat {
            message: message(&id, true, Delivery::Pending)
        }),
        Just(Event::MediaChanged {
            media: MediaPhase::Connected
        }),
        Just(Event::Ended {
            reason: EndReason::Left
        }),
    ]
}

proptest! {
    #[test]
    fn any_order_of_events_leaves_a_state_that_holds_together(
        events in proptest::collection::vec(any_event(), 0..60)
    ) {
        let state = fold(&events);
        let mut ids: Vec<_> = state.chat.iter().map(|m| m.id.clone()).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), state.chat.len());
        for participant in state.participants.values() {
            prop_assert!(!(participant.speaking && participant.audio_muted));
        }
        let again: MeetingState =
            serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        prop_assert_eq!(again, state);
    }
}
