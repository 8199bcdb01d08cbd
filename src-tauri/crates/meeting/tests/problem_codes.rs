//! Promises of the problem codes, which IT departments write into their notes.
#![allow(clippy::unwrap_used, missing_docs)]

use ranzen_meeting::{Code, Problem};
use std::collections::BTreeSet;

#[test]
fn every_code_is_unique_and_shaped_alike() {
    let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), Code::ALL.len());
    for text in texts {
        assert!(
            text.starts_with("RZ-")
                && text.chars().all(|c| c.is_ascii_uppercase() || c == '-')
                && text.len() <= 24,
            "{text}"
        );
    }
}

#[test]
fn a_code_crosses_to_the_window_under_the_name_people_read() {
    for code in Code::ALL {
        let json = serde_json::to_string(code).unwrap();
        assert_eq!(json, format!("\"{}\"", code.as_str()));
    }
}

#[test]
fn a_problem_survives_the_way_to_the_window() {
    let problem = Problem::new(Code::HostUnknown, "lookup failed").with("host", "meet.example.org");
    let json = serde_json::to_string(&problem).unwrap();
    assert_eq!(serde_json::from_str::<Problem>(&json).unwrap(), problem);
}
