//! A client's bridge channel: a WebSocket, or the SCTP channel inside its own stack.

use tokio::sync::mpsc;

/// How an endpoint is spoken to; the transport used last wins.
pub(crate) enum Link {
    Socket(Socket),
    Data,
}

/// What the socket's task shall do.
#[derive(Debug)]
pub(crate) enum Order {
    Say(String),
    /// Close with this code and reason.
    Close(u16, &'static str),
    /// Drop the connection without a word.
    Abort,
}

/// The bridge's end of a WebSocket.
pub(crate) struct Socket {
    /// Tells sockets of one endpoint apart.
    pub(crate) number: u64,
    orders: mpsc::UnboundedSender<Order>,
}

impl Socket {
    pub(crate) fn new(number: u64, orders: mpsc::UnboundedSender<Order>) -> Self {
        Self { number, orders }
    }

    pub(crate) fn say(&self, text: &str) {
        let _ = self.orders.send(Order::Say(text.to_owned()));
    }

    pub(crate) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }
}
