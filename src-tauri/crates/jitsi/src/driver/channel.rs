//! The bridge channel's WebSocket.

use super::Input;
use super::task::Task;
use ranzen_net::{Door, Purpose, WsMessage, WsRequest};
use tokio::sync::mpsc;

/// What the bridge accepts and sends at most.
const MESSAGE_MAX: usize = 256 * 1024;

/// The channel of one media session. Dropping it closes the socket.
pub(super) struct ChannelLine {
    out: mpsc::UnboundedSender<String>,
    _task: Task,
}

impl ChannelLine {
    pub(super) fn open(
        door: Door,
        media: u64,
        url: String,
        origin: String,
        inputs: mpsc::Sender<Input>,
    ) -> Self {
        let (out, from_client) = mpsc::unbounded_channel();
        let task = Task::spawn(async move {
            serve(door, media, url, origin, from_client, &inputs).await;
            let _ = inputs.send(Input::ChannelClosed { media }).await;
        });
        Self { out, _task: task }
    }

    pub(super) fn send(&self, text: String) {
        let _ = self.out.send(text);
    }
}

async fn serve(
    door: Door,
    media: u64,
    url: String,
    origin: String,
    mut from_client: mpsc::UnboundedReceiver<String>,
    inputs: &mpsc::Sender<Input>,
) {
    let mut request = WsRequest::new(&url, Purpose::BridgeChannel).origin(&origin);
    request.max_message = MESSAGE_MAX;
    let mut socket = match door.websocket(request).await {
        Ok(socket) => socket,
        Err(error) => {
            tracing::info!(%error, "the bridge channel does not open");
            return;
        }
    };
    if inputs.send(Input::ChannelOpened { media }).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            text = from_client.recv() => match text {
                Some(text) => {
                    if socket.send(WsMessage::Text(text)).await.is_err() {
                        return;
                    }
                }
                None => return,
            },
            message = socket.next() => match message {
                Ok(Some(WsMessage::Text(text))) => {
                    if inputs.send(Input::ChannelMessage { media, text }).await.is_err() {
                        return;
                    }
                }
                Ok(Some(WsMessage::Binary(_))) => {}
                Ok(None) | Err(_) => return,
            },
        }
    }
}
