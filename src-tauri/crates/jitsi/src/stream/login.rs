//! Logging in on a new socket: open, SASL ANONYMOUS, stream restart, resume or bind.
//!
//! Inputs are the server's stream-level elements, outputs are [`Step`]s. The machine lives as long as
//! one socket's login; stanzas never come here except the answer to bind.

use ranzen_meeting::{Code, Problem};
use ranzen_xmpp::{Element, Jid, StanzaError, ns, open};

/// What logging in leads to.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send this.
    Send(Element),
    /// A new session under this address.
    Bound {
        /// Our full address.
        jid: Jid,
        /// The server offers stream management.
        managed: bool,
    },
    /// The old session goes on; the server has handled our stanzas up to `h`.
    Resumed {
        /// Its counter.
        h: u32,
    },
    /// The old session is gone (a new one is being bound); this is what it had handled, if it says.
    NotResumed {
        /// Its counter.
        h: Option<u32>,
    },
    /// The server does not let us in.
    Refused(Problem),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Mechanisms,
    Authenticating,
    Features,
    Resuming,
    Binding,
    Done,
}

/// One login.
#[derive(Debug)]
pub(crate) struct Login {
    domain: String,
    with_token: bool,
    resume: Option<Element>,
    bind_id: String,
    phase: Phase,
    managed: bool,
}

impl Login {
    /// Begins: gives back the machine and the first element to send.
    pub(crate) fn begin(
        domain: &str,
        with_token: bool,
        resume: Option<Element>,
        bind_id: String,
    ) -> (Self, Element) {
        let login = Self {
            domain: domain.to_owned(),
            with_token,
            resume,
            bind_id,
            phase: Phase::Mechanisms,
            managed: false,
        };
        let first = open(domain);
        (login, first)
    }

    /// Takes an element of the server.
    pub(crate) fn handle(&mut self, element: &Element) -> Vec<Step> {
        match self.phase {
            Phase::Mechanisms if element.is("features", ns::STREAMS) => self.authenticate(element),
            Phase::Authenticating if element.is("success", ns::SASL) => {
                self.phase = Phase::Features;
                vec![Step::Send(open(&self.domain))]
            }
            Phase::Authenticating if element.is("failure", ns::SASL) => {
                vec![Step::Refused(self.failure(element))]
            }
            Phase::Features if element.is("features", ns::STREAMS) => self.resume_or_bind(element),
            Phase::Resuming if element.is("resumed", ns::SM) => {
                self.phase = Phase::Done;
                match counter(element) {
                    Some(h) => vec![Step::Resumed { h }],
                    None => vec![Step::Refused(Problem::new(
                        Code::ServerProtocol,
                        "resumed without a counter",
                    ))],
                }
            }
            Phase::Resuming if element.is("failed", ns::SM) => {
                self.phase = Phase::Binding;
                let h = counter(element);
                vec![Step::NotResumed { h }, Step::Send(self.bind())]
            }
            Phase::Binding if element.is("iq", ns::CLIENT) => self.bound(element),
            _ => Vec::new(),
        }
    }

    fn authenticate(&mut self, features: &Element) -> Vec<Step> {
        let anonymous = features
            .find("mechanisms", ns::SASL)
            .into_iter()
            .flat_map(Element::children)
            .any(|mechanism| mechanism.own_text().trim() == "ANONYMOUS");
        if !anonymous {
            return vec![Step::Refused(Problem::new(
                Code::LoginRequired,
                "the server does not offer SASL ANONYMOUS",
            ))];
        }
        self.phase = Phase::Authenticating;
        // With a token the mechanism is still ANONYMOUS: the token travels in the URL.
        vec![Step::Send(
            Element::new("auth", ns::SASL).attr("mechanism", "ANONYMOUS"),
        )]
    }

    fn failure(&self, failure: &Element) -> Problem {
        let text = failure
            .find_any("text")
            .map(|t| t.own_text().trim().chars().take(300).collect::<String>())
            .unwrap_or_default();
        let condition = failure
            .children()
            .find(|c| c.name() != "text")
            .map(|c| c.name().to_owned())
            .unwrap_or_default();
        let code = match (self.with_token, condition.as_str()) {
            (true, _) => Code::TokenRefused,
            (false, "not-authorized" | "credentials-expired" | "account-disabled") => {
                Code::LoginRequired
            }
            (false, "temporary-auth-failure") => Code::ServerBusy,
            // The token plugin of a server that wants tokens refuses those who have none.
            (false, "not-allowed") => Code::LoginRequired,
            _ => Code::ServerRefused,
        };
        Problem::new(code, format!("SASL failure {condition}")).with("text", text)
    }

    fn resume_or_bind(&mut self, features: &Element) -> Vec<Step> {
        self.managed = features.has_child("sm", ns::SM);
        match self.resume.take().filter(|_| self.managed) {
            Some(resume) => {
                self.phase = Phase::Resuming;
                vec![Step::Send(resume)]
            }
            None => {
                self.phase = Phase::Binding;
                vec![Step::Send(self.bind())]
            }
        }
    }

    fn bind(&self) -> Element {
        Element::new("iq", ns::CLIENT)
            .attr("id", self.bind_id.clone())
            .attr("type", "set")
            .child(Element::new("bind", ns::BIND))
    }

    fn bound(&mut self, iq: &Element) -> Vec<Step> {
        if iq.get("id") != Some(&self.bind_id) {
            return Vec::new();
        }
        if let Some(error) = StanzaError::of(iq) {
            return vec![Step::Refused(
                Problem::new(Code::ServerRefused, format!("bind: {}", error.condition))
                    .with("text", error.text.unwrap_or_default()),
            )];
        }
        let jid = iq
            .find("bind", ns::BIND)
            .and_then(|bind| bind.text_of("jid", ns::BIND))
            .and_then(|text| text.trim().parse::<Jid>().ok());
        self.phase = Phase::Done;
        match jid {
            Some(jid) => vec![Step::Bound {
                jid,
                managed: self.managed,
            }],
            None => vec![Step::Refused(Problem::new(
                Code::ServerProtocol,
                "bind without an address",
            ))],
        }
    }
}

fn counter(element: &Element) -> Option<u32> {
    element.get("h")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    const MECHANISMS: &str = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
        <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism>\
        </mechanisms></stream:features>";
    const FEATURES: &str = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
        <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/></stream:features>";
    const SUCCESS: &str = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

    fn shown(steps: &[Step]) -> String {
        steps
            .iter()
            .map(|step| match step {
                Step::Send(element) => element.to_xml(),
                other => format!("{other:?}"),
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn run(login: &mut Login, frames: &[&str]) -> String {
        let mut all = Vec::new();
        for frame in frames {
            all.extend(login.handle(&parse(frame).unwrap()));
        }
        shown(&all)
    }

    #[test]
    fn a_new_session_is_bound() {
        let (mut login, first) = Login::begin("meet.test", false, None, "b1".into());
        assert!(first.is("open", ns::FRAMING));
        let said = run(
            &mut login,
            &[
                MECHANISMS,
                SUCCESS,
                FEATURES,
                "<iq xmlns='jabber:client' type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\
                 <jid>0594@meet.test/r</jid></bind></iq>",
            ],
        );
        insta::assert_snapshot!(said, @r#"
        <auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>
        <open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="meet.test" version="1.0"/>
        <iq xmlns="jabber:client" id="b1" type="set"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>
        Bound { jid: Jid(…@meet.test), managed: true }
        "#);
    }

    #[test]
    fn an_old_session_is_resumed() {
        let resume = Element::new("resume", ns::SM)
            .attr("h", "7")
            .attr("previd", "x");
        let (mut login, _) = Login::begin("meet.test", false, Some(resume), "b1".into());
        let said = run(
            &mut login,
            &[
                MECHANISMS,
                SUCCESS,
                FEATURES,
                "<resumed xmlns='urn:xmpp:sm:3' previd='x' h='12'/>",
            ],
        );
        assert!(said.ends_with("Resumed { h: 12 }"), "{said}");
    }

    #[test]
    fn a_session_that_can_not_be_resumed_is_bound_anew() {
        let resume = Element::new("resume", ns::SM)
            .attr("h", "7")
            .attr("previd", "x");
        let (mut login, _) = Login::begin("meet.test", false, Some(resume), "b1".into());
        let said = run(
            &mut login,
            &[
                MECHANISMS,
                SUCCESS,
                FEATURES,
                "<failed xmlns='urn:xmpp:sm:3' h='3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>",
            ],
        );
        assert!(
            said.contains("NotResumed { h: Some(3) }") && said.contains("<bind"),
            "{said}"
        );
    }

    #[test]
    fn refusals_name_who_can_do_what() {
        let refused = |token: bool, frames: &[&str]| {
            let (mut login, _) = Login::begin("meet.test", token, None, "b1".into());
            let steps: Vec<Step> = frames
                .iter()
                .flat_map(|f| login.handle(&parse(f).unwrap()))
                .collect();
            match steps.into_iter().last() {
                Some(Step::Refused(problem)) => problem,
                other => panic!("{other:?}"),
            }
        };
        let failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>token expired</text></failure>";
        let problem = refused(true, &[MECHANISMS, failure]);
        assert_eq!(problem.code, Code::TokenRefused);
        assert_eq!(problem.values["text"], "token expired");
        assert_eq!(
            refused(false, &[MECHANISMS, failure]).code,
            Code::LoginRequired
        );
        let no_anonymous = MECHANISMS.replace("ANONYMOUS", "PLAIN");
        assert_eq!(refused(false, &[&no_anonymous]).code, Code::LoginRequired);
    }
}
