//! The page of a room and `config.js`, the latter written the way container deployments write it.

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};

use super::{Body, answer, plain};
use crate::Options;

/// Any room's page: a client needs nothing of it.
pub(crate) fn room(path: &str) -> Response<Body> {
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if segments.len() > 2 || segments.iter().any(|segment| segment.contains('.')) {
        return plain(StatusCode::NOT_FOUND, "not found");
    }
    let page = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Jitsi Meet</title>\
                <script src=\"config.js\"></script></head><body></body></html>";
    answer(StatusCode::OK, "text/html; charset=utf-8", page.to_owned())
}

/// `config.js`: statements, not JSON; addresses of the host that was asked.
pub(crate) fn config(options: &Options, request: &Request<Incoming>) -> Response<Body> {
    let host = request
        .headers()
        .get(hyper::header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("meet.test");
    let domain = &options.domain;
    let websocket = if options.xmpp_websocket {
        format!("config.websocket = 'wss://{host}/' + subdir + 'xmpp-websocket';\n")
    } else {
        String::new()
    };
    let conference_request = if options.http_conference_request {
        format!(
            "config.conferenceRequestUrl = 'https://{host}/' + subdir + 'conference-request/v1';\n"
        )
    } else {
        String::new()
    };
    let prefer_sctp = if options.colibri_websocket {
        "false"
    } else {
        "true"
    };
    let more = &options.config_js;
    let text = format!(
        "// written by the stand\n\
         var subdir = '';\nvar subdomain = '';\n\
         var config = {{}};\n\
         if (!config.hasOwnProperty('hosts')) config.hosts = {{}};\n\
         config.hosts.domain = '{domain}';\n\
         config.focusUserJid = 'focus@auth.{domain}';\n\
         config.hosts.muc = 'conference.' + subdomain + '{domain}';\n\
         config.bosh = 'https://{host}/' + subdir + 'http-bind';\n\
         {websocket}{conference_request}\
         config.bridgeChannel = {{ preferSctp: {prefer_sctp} }};\n\
         config.resolution = 720;\n\
         config.p2p = {{ enabled: false }};\n\
         {more}\n"
    );
    answer(StatusCode::OK, "application/javascript", text)
}
