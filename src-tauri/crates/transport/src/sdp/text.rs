//! An SDP text taken apart into its sections, without knowing what the lines mean.

use crate::TransportError;

/// No description we know comes near these.
const MAX_BYTES: usize = 512 * 1024;
const MAX_SECTIONS: usize = 1024;

/// A session description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sdp {
    /// Lines before the first `m=`.
    pub session: Vec<String>,
    /// The m-sections.
    pub media: Vec<Section>,
}

/// One m-section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Section {
    /// The value of the `m=` line.
    pub media: String,
    /// The lines after it.
    pub lines: Vec<String>,
}

impl Sdp {
    /// Takes a text apart. Lines that are not `x=…` are left out.
    pub fn parse(text: &str) -> Result<Self, TransportError> {
        if text.len() > MAX_BYTES {
            return Err(TransportError::Description("SDP is too long".into()));
        }
        let mut sdp = Self::default();
        for line in text
            .lines()
            .map(str::trim_end)
            .filter(|line| line.as_bytes().get(1) == Some(&b'='))
        {
            if let Some(media) = line.strip_prefix("m=") {
                if sdp.media.len() == MAX_SECTIONS {
                    return Err(TransportError::Description(
                        "SDP has too many sections".into(),
                    ));
                }
                sdp.media.push(Section {
                    media: media.to_owned(),
                    lines: Vec::new(),
                });
            } else if let Some(section) = sdp.media.last_mut() {
                section.lines.push(line.to_owned());
            } else {
                sdp.session.push(line.to_owned());
            }
        }
        if sdp.session.is_empty() {
            return Err(TransportError::Description("this is no SDP".into()));
        }
        Ok(sdp)
    }

    /// The text again.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |line: &str| {
            out.push_str(line);
            out.push_str("\r\n");
        };
        self.session.iter().for_each(|l| line(l));
        for section in &self.media {
            line(&format!("m={}", section.media));
            section.lines.iter().for_each(|l| line(l));
        }
        out
    }

    /// An attribute of the section, or else of the session.
    pub fn attribute<'a>(&'a self, section: &'a Section, name: &'a str) -> Option<&'a str> {
        section
            .attribute(name)
            .or_else(|| attributes(&self.session, name).next())
    }

    /// All values of an attribute of the section, or else of the session.
    pub fn attributes<'a>(&'a self, section: &'a Section, name: &'a str) -> Vec<&'a str> {
        let own: Vec<_> = section.attributes(name).collect();
        if own.is_empty() {
            attributes(&self.session, name).collect()
        } else {
            own
        }
    }

    /// Removes candidates that are of no use: of component 2, which RTCP shares with component 1
    /// (RFC 5761), and of a family without any address on this machine. The base of a relayed or
    /// reflexive candidate (`raddr`), which only says where we are, is hidden (RFC 8839 §5.1).
    pub fn with_usable_candidates(mut self) -> Self {
        let usable = |line: &String| {
            attribute_value(line, "candidate").is_none_or(|value| {
                let words: Vec<&str> = value.split(' ').collect();
                words.get(1) == Some(&"1")
                    && !matches!(words.get(4), None | Some(&"::" | &"0.0.0.0"))
            })
        };
        for section in &mut self.media {
            section.lines.retain(usable);
            for line in section
                .lines
                .iter_mut()
                .filter(|line| attribute_value(line, "candidate").is_some())
            {
                if let Some((shown, _)) = line.split_once(" raddr ") {
                    *line = format!("{shown} raddr 0.0.0.0 rport 0");
                }
            }
        }
        self
    }

    /// Removes every attribute line of these names, everywhere.
    pub fn without(mut self, names: &[&str]) -> Self {
        for section in &mut self.media {
            section.lines.retain(|line| {
                !names
                    .iter()
                    .any(|name| attribute_value(line, name).is_some())
            });
        }
        self
    }
}

impl Section {
    /// `audio`, `video`, `application`…
    pub fn kind(&self) -> &str {
        self.media.split(' ').next().unwrap_or_default()
    }

    /// Port 0 is a section that was refused or stopped.
    pub fn rejected(&self) -> bool {
        self.media.split(' ').nth(1) == Some("0")
    }

    /// The payload types (or the SCTP format).
    pub fn formats(&self) -> impl Iterator<Item = &str> {
        self.media.split(' ').skip(3)
    }

    /// The first value of an attribute; empty for a flag.
    pub fn attribute<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.attributes(name).next()
    }

    /// All values of an attribute.
    pub fn attributes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        attributes(&self.lines, name)
    }
}

fn attributes<'a>(lines: &'a [String], name: &'a str) -> impl Iterator<Item = &'a str> {
    lines
        .iter()
        .filter_map(move |line| attribute_value(line, name))
}

fn attribute_value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.strip_prefix("a=")?.strip_prefix(name)?;
    if rest.is_empty() {
        Some("")
    } else {
        rest.strip_prefix(':')
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was() {
        let text = "v=0\r\ns=-\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\nm=video 0 X 1\r\n";
        let sdp = Sdp::parse(text).unwrap();
        assert_eq!(sdp.text(), text);
        assert_eq!(sdp.media[0].attribute("mid"), Some("0"));
        assert!(sdp.media[1].rejected() && !sdp.media[0].rejected());
    }

    #[test]
    fn an_attribute_is_not_its_prefix() {
        let sdp =
            Sdp::parse("v=0\nm=audio 9 X 1\na=ssrc-group:FID 1 2\na=ssrc:1 cname:x\na=sendonly\n")
                .unwrap();
        assert_eq!(
            sdp.media[0].attributes("ssrc").collect::<Vec<_>>(),
            ["1 cname:x"]
        );
        assert_eq!(sdp.media[0].attribute("sendonly"), Some(""));
        assert_eq!(sdp.media[0].attribute("send"), None);
    }

    #[test]
    fn endless_sections_are_refused() {
        let text = format!("v=0\n{}", "m=audio 9 X 1\n".repeat(MAX_SECTIONS + 1));
        assert!(Sdp::parse(&text).is_err());
    }
}
