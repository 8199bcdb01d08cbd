//! XMPP over BOSH (XEP-0124, XEP-0206): for servers without WebSocket, and networks that break it.
//!
//! Up to two requests are under way, one of them held by the server. Answers are taken in the order of
//! their requests. Stream management is not used: the requests are acknowledged themselves.

use super::Input;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use ranzen_meeting::{Code, Problem};
use ranzen_net::{Door, HttpRequest, NetError, Purpose};
use ranzen_xmpp::{BoshBody, Element, ns, parse};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long the server may hold a request.
const WAIT_S: u32 = 60;
/// And how long we wait for it then.
const ANSWER: Duration = Duration::from_secs(75);
/// Requests under way at once (`requests` of the session, 2 everywhere).
const UNDER_WAY: usize = 2;
/// A request that broke on the way is repeated with its number (XEP-0124 §14.3).
const REPEATS: u32 = 1;
const ANSWER_MAX: usize = 1 << 20;

pub(super) struct Bosh {
    door: Door,
    url: String,
    line: u64,
    within: Duration,
    from_client: mpsc::UnboundedReceiver<Element>,
    inputs: mpsc::Sender<Input>,
    domain: String,
    sid: String,
    rid: u64,
}

struct Exchange {
    rid: u64,
    body: String,
    repeats: u32,
    answer: Result<String, NetError>,
}

/// How a session ended.
enum End {
    /// We closed it.
    Ours,
    /// The server did, or the way broke.
    Theirs,
}

impl Bosh {
    pub(super) fn new(
        door: Door,
        url: String,
        line: u64,
        within: Duration,
        from_client: mpsc::UnboundedReceiver<Element>,
        inputs: mpsc::Sender<Input>,
    ) -> Self {
        let mut ids = crate::ids::Ids::random();
        Self {
            door,
            url,
            line,
            within,
            from_client,
            inputs,
            domain: String::new(),
            sid: String::new(),
            // Large and unpredictable, and far from where numbers end (XEP-0124 §7.1).
            rid: 1_000_000 + ids.below(1 << 40),
        }
    }

    fn next_rid(&mut self) -> u64 {
        self.rid += 1;
        self.rid
    }

    fn request(&self, rid: u64, body: String, repeats: u32) -> BoxFuture<'static, Exchange> {
        let request = HttpRequest::post(
            &self.url,
            "text/xml; charset=utf-8",
            body.clone(),
            Purpose::Signalling,
        )
        .time_out(ANSWER)
        .limit(ANSWER_MAX);
        let door = self.door.clone();
        Box::pin(async move {
            let answer = match door.http(request).await {
                Ok(answer) if answer.status.is_success() => {
                    Ok(String::from_utf8_lossy(&answer.body).into_owned())
                }
                Ok(answer) => Err(NetError::Protocol {
                    host: String::new(),
                    why: format!("BOSH: status {}", answer.status.as_u16()),
                }),
                Err(error) => Err(error),
            };
            Exchange {
                rid,
                body,
                repeats,
                answer,
            }
        })
    }
}

pub(super) async fn run(mut bosh: Bosh) {
    let line = bosh.line;
    let inputs = bosh.inputs.clone();
    let opened = Input::SocketOpened {
        line,
        managed: false,
    };
    // There is no socket to be opened: the first request creates the session.
    if inputs.send(opened).await.is_err() {
        return;
    }
    let first = loop {
        match bosh.from_client.recv().await {
            Some(element) if element.is("open", ns::FRAMING) => break element,
            Some(_) => {}
            None => return,
        }
    };
    bosh.domain = first.get("to").unwrap_or_default().to_owned();
    let rid = bosh.next_rid();
    let create = BoshBody::create(&bosh.domain, rid, WAIT_S).into_element();
    let exchange = tokio::time::timeout(bosh.within, bosh.request(rid, create.to_xml(), 0)).await;
    let created = match exchange {
        Ok(Exchange {
            answer: Ok(text), ..
        }) => parse(&text).map_err(|error| Problem::new(Code::ServerProtocol, error)),
        Ok(Exchange {
            answer: Err(error), ..
        }) => Err(error.into()),
        Err(_) => Err(Problem::new(Code::NetTimeout, "BOSH took too long")),
    };
    let created = created.and_then(|body| match body.get("sid") {
        Some(sid) if body.get("type") != Some("terminate") => {
            bosh.sid = sid.to_owned();
            Ok(body)
        }
        _ => Err(Problem::new(Code::ServerProtocol, "BOSH: no session")),
    });
    let body = match created {
        Ok(body) => body,
        Err(problem) => {
            let other_way = false;
            let failed = Input::SocketFailed {
                line,
                problem,
                other_way,
            };
            let _ = inputs.send(failed).await;
            return;
        }
    };
    if !hand_over(&body, line, &inputs).await {
        return;
    }
    if matches!(session(&mut bosh).await, End::Theirs) {
        let _ = inputs.send(Input::SocketClosed { line }).await;
    }
}

async fn session(bosh: &mut Bosh) -> End {
    let mut under_way: FuturesUnordered<BoxFuture<'static, Exchange>> = FuturesUnordered::new();
    let mut answered: BTreeMap<u64, Element> = BTreeMap::new();
    let mut next_answer = bosh.rid + 1;
    let mut waiting: Vec<Element> = Vec::new();
    let mut ours = false;
    loop {
        let idle = under_way.is_empty();
        if (!waiting.is_empty() && under_way.len() < UNDER_WAY) || (idle && !ours) {
            let rid = bosh.next_rid();
            let (body, closing) = compose(bosh, rid, &mut waiting);
            ours |= closing;
            under_way.push(bosh.request(rid, body, 0));
        }
        if ours && under_way.is_empty() {
            return End::Ours;
        }
        tokio::select! {
            element = bosh.from_client.recv(), if !ours => match element {
                Some(element) => waiting.push(element),
                None => {
                    let rid = bosh.next_rid();
                    let body = BoshBody::next(&bosh.sid, rid).terminate().into_element();
                    under_way.push(bosh.request(rid, body.to_xml(), REPEATS));
                    ours = true;
                }
            },
            Some(exchange) = under_way.next() => {
                let text = match exchange.answer {
                    Ok(text) => text,
                    Err(_) if ours => return End::Ours,
                    Err(error) if exchange.repeats < REPEATS => {
                        tracing::info!(%error, "a BOSH request is repeated");
                        under_way.push(bosh.request(exchange.rid, exchange.body, exchange.repeats + 1));
                        continue;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "BOSH broke");
                        return End::Theirs;
                    }
                };
                let body = match parse(&text) {
                    Ok(body) => body,
                    Err(error) => {
                        tracing::warn!(%error, "an answer of BOSH is not usable");
                        return End::Theirs;
                    }
                };
                answered.insert(exchange.rid, body);
                while let Some(body) = answered.remove(&next_answer) {
                    next_answer += 1;
                    if !hand_over(&body, bosh.line, &bosh.inputs).await {
                        return if ours { End::Ours } else { End::Theirs };
                    }
                }
            }
        }
    }
}

/// The next request: a stream restart stands alone, everything else goes together.
fn compose(bosh: &Bosh, rid: u64, waiting: &mut Vec<Element>) -> (String, bool) {
    let body = BoshBody::next(&bosh.sid, rid);
    if waiting.first().is_some_and(|e| e.is("open", ns::FRAMING)) {
        waiting.remove(0);
        return (body.restart(&bosh.domain).into_element().to_xml(), false);
    }
    let until = waiting
        .iter()
        .position(|e| e.is("open", ns::FRAMING))
        .unwrap_or(waiting.len());
    let mut stanzas: Vec<Element> = waiting.drain(..until).collect();
    let closing = stanzas.iter().any(|e| e.is("close", ns::FRAMING));
    stanzas.retain(|e| !e.is("close", ns::FRAMING));
    let body = body.stanzas(stanzas);
    let body = if closing { body.terminate() } else { body };
    (body.into_element().to_xml(), closing)
}

/// Hands the stanzas of an answer over. False: the session is over.
async fn hand_over(body: &Element, line: u64, inputs: &mpsc::Sender<Input>) -> bool {
    for element in body.children() {
        let element = element.clone();
        if inputs.send(Input::Frame { line, element }).await.is_err() {
            return false;
        }
    }
    body.get("type") != Some("terminate")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::{close, open};

    fn bosh() -> Bosh {
        let (_, from_client) = mpsc::unbounded_channel();
        let (inputs, _) = mpsc::channel(1);
        let mut bosh = Bosh::new(
            Door::builder().build().unwrap(),
            "https://meet.test/http-bind".into(),
            1,
            Duration::from_secs(1),
            from_client,
            inputs,
        );
        bosh.sid = "s1".into();
        bosh.domain = "meet.test".into();
        bosh
    }

    #[test]
    fn a_restart_stands_alone_and_a_close_terminates() {
        let bosh = bosh();
        let stanza = |id: &str| Element::new("iq", ns::CLIENT).attr("id", id);
        let mut waiting = vec![stanza("1"), open("meet.test"), stanza("2"), close()];
        let (first, closing) = compose(&bosh, 7, &mut waiting);
        assert!(first.contains("id=\"1\"") && !closing, "{first}");
        let (second, _) = compose(&bosh, 8, &mut waiting);
        assert!(
            second.contains("xmpp:restart=\"true\"") && !second.contains("<iq"),
            "{second}"
        );
        let (third, closing) = compose(&bosh, 9, &mut waiting);
        assert!(
            third.contains("id=\"2\"") && third.contains("type=\"terminate\"") && closing,
            "{third}"
        );
        assert!(waiting.is_empty());
    }
}
