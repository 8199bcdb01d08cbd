//! The window's built files over the smallest HTTP that a browser takes: GET, one answer, close.

use anyhow::{Result, ensure};
use std::path::{Component, Path, PathBuf};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Longer requests are no browser's.
const REQUEST_MAX: usize = 16 * 1024;
/// The page's policy: the application's own, with the socket instead of the shell.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers one request.
pub(crate) async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    folder: &Path,
) -> Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        ensure!(request.len() < REQUEST_MAX, "the request is too long");
        ensure!(stream.read_buf(&mut request).await? > 0, "cut off");
    }
    let head = String::from_utf8_lossy(&request);
    let target = head
        .strip_prefix("GET ")
        .and_then(|rest| rest.split(' ').next())
        .and_then(|target| target.split('?').next());
    let file = target.and_then(|target| path_of(folder, target));
    let body = match &file {
        Some(path) => tokio::fs::read(path).await.ok(),
        None => None,
    };
    let (status, kind, body) = match (file, body) {
        (Some(path), Some(body)) => ("200 OK", kind_of(&path), body),
        _ => ("404 Not Found", "text/plain", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Content-Security-Policy: {POLICY}\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await?;
    Ok(())
}

/// The file of a request's path; `None` for whatever leads outside.
fn path_of(folder: &Path, target: &str) -> Option<PathBuf> {
    let relative = Path::new(target.strip_prefix('/')?);
    let inside = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    match (inside, relative.as_os_str().is_empty()) {
        (_, true) => Some(folder.join("index.html")),
        (true, false) => Some(folder.join(relative)),
        (false, false) => None,
    }
}

fn kind_of(path: &Path) -> &'static str {
    match path.extension().and_then(|end| end.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let folder = Path::new("/window");
        assert_eq!(path_of(folder, "/"), Some("/window/index.html".into()));
        assert_eq!(path_of(folder, "/a/b.js"), Some("/window/a/b.js".into()));
        for outside in ["/../x", "/a/../../x", "//etc/passwd", "/./x/..", "x"] {
            assert_eq!(path_of(folder, outside), None, "{outside}");
        }
    }
}
