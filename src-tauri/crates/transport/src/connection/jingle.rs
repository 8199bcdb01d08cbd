//! The face for protocols that describe themselves in neutral values (Jingle).

use super::Connection;
use crate::TransportError;
use crate::description::{LocalAnswer, RemoteOffer};
use crate::sdp::{Sdp, local_answer, offer_text};
use crate::stack::error;
use webrtc::peer_connection::RTCSessionDescription;

impl Connection {
    pub(super) async fn answer_offer(
        &self,
        offer: RemoteOffer,
    ) -> Result<LocalAnswer, TransportError> {
        let mut slot = self.live.lock().await;
        if slot.is_some() {
            return Err(TransportError::Description(
                "this connection has its offer already".into(),
            ));
        }
        let text = offer_text(&offer)?;
        let live = self.bring_up(&offer.media).await?;
        // From here on it is closed with the connection, also when something fails.
        let live = slot.insert(live);
        live.connection
            .set_remote_description(RTCSessionDescription::offer(text).map_err(error)?)
            .await
            .map_err(error)?;
        self.add_audio(live, &offer.media).await?;
        if let Some(sctp) = &offer.sctp {
            self.open_channel(live, &sctp.label, &sctp.protocol).await?;
        }
        let answer = live.connection.create_answer(None).await.map_err(error)?;
        let described = local_answer(&Sdp::parse(&answer.sdp)?, self.local_sources())?;
        // Known before the first packet can come.
        self.agree(&described.media);
        self.streams.add(offer.sources);
        live.connection
            .set_local_description(answer)
            .await
            .map_err(error)?;
        self.watch(live, offer.dtls.fingerprints);
        Ok(described)
    }
}
