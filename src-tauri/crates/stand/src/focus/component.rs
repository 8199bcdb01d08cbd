//! A component's stream to Prosody (XEP-0114): connect, hand over whole stanzas, send stanzas.

use anyhow::{Context as _, bail};
use ranzen_xmpp::{Element, ns, parse};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::prosody::{COMPONENT_PORT, COMPONENT_SECRET};

/// The sending half; cheap to clone.
#[derive(Clone)]
pub(crate) struct Component {
    out: mpsc::UnboundedSender<String>,
}

impl Component {
    /// Connects as `domain`; incoming stanzas go to `stanzas`.
    pub(crate) async fn connect(
        domain: &str,
        stanzas: mpsc::UnboundedSender<Element>,
    ) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(("127.0.0.1", COMPONENT_PORT))
            .await
            .context("Prosody's component port")?;
        let header = format!(
            "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' to='{domain}'>"
        );
        stream.write_all(header.as_bytes()).await?;
        let mut splitter = Splitter::default();
        let id = loop {
            read(&mut stream, &mut splitter).await?;
            if let Some(id) = splitter.stream_id()? {
                break id;
            }
        };
        let digest = ring::digest::digest(
            &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
            format!("{id}{COMPONENT_SECRET}").as_bytes(),
        );
        let hex: String = digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        stream
            .write_all(format!("<handshake>{hex}</handshake>").as_bytes())
            .await?;
        loop {
            if let Some(answer) = splitter.next()? {
                if answer.starts_with("<handshake") {
                    break;
                }
                bail!("Prosody refused the component {domain}: {answer}");
            }
            read(&mut stream, &mut splitter).await?;
        }
        let (out, mut outgoing) = mpsc::unbounded_channel::<String>();
        let (mut reading, mut writing) = stream.into_split();
        tokio::spawn(async move {
            while let Some(text) = outgoing.recv().await {
                if writing.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        tokio::spawn(async move {
            let mut buffer = vec![0; 64 * 1024];
            loop {
                while let Ok(Some(text)) = splitter.next() {
                    // The stream's default namespace is the component's; ours is the client's.
                    let Ok(stanza) = parse(&with_namespace(&text)) else {
                        continue;
                    };
                    if stanzas.send(stanza).is_err() {
                        return;
                    }
                }
                match reading.read(&mut buffer).await {
                    Ok(count) if count > 0 => splitter.feed(&buffer[..count]),
                    _ => return,
                }
            }
        });
        Ok(Self { out })
    }

    /// Sends a stanza.
    pub(crate) fn send(&self, stanza: &Element) {
        // Prosody routes only stanzas in the stream's default namespace.
        let text = stanza
            .to_xml()
            .replacen(&format!(" xmlns=\"{}\"", ns::CLIENT), "", 1);
        // An error means that Prosody is gone, which tests see anyway.
        let _ = self.out.send(text);
    }
}

async fn read(stream: &mut TcpStream, splitter: &mut Splitter) -> anyhow::Result<()> {
    let mut buffer = vec![0; 4096];
    let count = stream.read(&mut buffer).await?;
    if count == 0 {
        bail!("Prosody closed the component's stream");
    }
    splitter.feed(&buffer[..count]);
    Ok(())
}

fn with_namespace(text: &str) -> String {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .unwrap_or(text.len());
    format!("{} xmlns='{}'{}", &text[..end], ns::CLIENT, &text[end..])
}

/// Cuts a stream into its top-level elements. Prosody escapes `<` and `>` everywhere in values and
/// writes neither comments nor CDATA, so counting tags is enough.
#[derive(Default)]
struct Splitter {
    buffer: String,
    pending: Vec<u8>,
    /// Up to here `buffer` was looked at.
    seen: usize,
    depth: usize,
}

impl Splitter {
    fn feed(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        let valid = match std::str::from_utf8(&self.pending) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let rest = self.pending.split_off(valid);
        self.buffer
            .push_str(&String::from_utf8_lossy(&self.pending));
        self.pending = rest;
    }

    /// The id in the stream header, which is taken off.
    fn stream_id(&mut self) -> anyhow::Result<Option<String>> {
        let Some(start) = self.buffer.find("<stream:stream") else {
            return Ok(None);
        };
        let Some(end) = self.buffer[start..].find('>') else {
            return Ok(None);
        };
        let header = &self.buffer[start..start + end];
        let after = header
            .split(" id=")
            .nth(1)
            .context("a stream header without id")?;
        let quote = after.chars().next().context("a stream header without id")?;
        let id = after[1..]
            .split(quote)
            .next()
            .unwrap_or_default()
            .to_owned();
        self.buffer.drain(..=start + end);
        Ok(Some(id))
    }

    /// The next whole element, if there is one.
    fn next(&mut self) -> anyhow::Result<Option<String>> {
        while let Some(open) = self.buffer[self.seen..].find('<').map(|at| at + self.seen) {
            let Some(close) = self.buffer[open..].find('>').map(|at| at + open) else {
                return Ok(None);
            };
            let tag = &self.buffer[open..=close];
            if tag.starts_with("</") {
                if self.depth == 0 {
                    bail!("the stream ended");
                }
                self.depth -= 1;
            } else if !tag.ends_with("/>") {
                self.depth += 1;
            }
            self.seen = close + 1;
            if self.depth == 0 {
                let element: String = self.buffer.drain(..self.seen).collect();
                self.seen = 0;
                return Ok(Some(element.trim_start().to_owned()));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn stanzas_come_whole_however_the_bytes_arrive() {
        let text = "<?xml version='1.0'?><stream:stream xmlns='x' id='ab1' from='y'>\
                    <iq type='get'><a><b/></a>ü</iq><presence/><message><body>x &gt; y</body></message>";
        for size in 1..text.len() {
            let mut splitter = Splitter::default();
            let mut found = Vec::new();
            let mut id = None;
            for chunk in text.as_bytes().chunks(size) {
                splitter.feed(chunk);
                if id.is_none() {
                    id = splitter.stream_id().unwrap();
                }
                while id.is_some() {
                    let Some(element) = splitter.next().unwrap() else {
                        break;
                    };
                    found.push(element);
                }
            }
            assert_eq!(id.as_deref(), Some("ab1"));
            assert_eq!(found.len(), 3, "chunks of {size}: {found:?}");
            assert_eq!(found[0], "<iq type='get'><a><b/></a>ü</iq>");
        }
    }

    #[test]
    fn the_namespace_goes_into_the_first_tag() {
        assert_eq!(
            with_namespace("<iq a='1'/>"),
            "<iq xmlns='jabber:client' a='1'/>"
        );
        assert_eq!(
            with_namespace("<presence/>"),
            "<presence xmlns='jabber:client'/>"
        );
    }
}
