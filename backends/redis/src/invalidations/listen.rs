//! The ear at Redis, on a connection of its own.

use super::read;
use futures::StreamExt as _;
use mediamesh_ports::invalidations::{Fanout, Heard};
use redis::aio::{PubSubSink, PubSubStream};
use redis::{Client, RedisResult};
use std::io;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// How long connecting, subscribing and each sign of life may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a sign of life is asked for: a connection that leads nowhere says nothing by itself.
const PING_EVERY: Duration = Duration::from_secs(5);
/// The pauses before connecting anew: from the first to the last, doubling.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Hears what is told, connecting anew for as long as it lives.
pub(super) struct Listener {
    pub(super) client: Client,
    pub(super) channel: String,
    pub(super) fanout: Fanout,
    pub(super) state: watch::Sender<bool>,
}

impl Listener {
    /// Ends where its task is aborted, with the adapter.
    pub(super) async fn run(self) -> ! {
        let mut pause = PAUSES.0;
        loop {
            let ended = match self.connect().await {
                Ok((sink, stream)) => {
                    pause = PAUSES.0;
                    self.hear(sink, stream).await
                }
                Err(error) => error.to_string(),
            };
            if self.state.send_replace(false) {
                tracing::warn!(reason = %ended, "word of changes is not heard; connecting anew");
            } else {
                tracing::debug!(reason = %ended, "word of changes is not heard yet");
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn connect(&self) -> RedisResult<(PubSubSink, PubSubStream)> {
        let connect = async {
            let mut ear = self.client.get_async_pubsub().await?;
            ear.subscribe(&self.channel).await?;
            Ok(ear.split())
        };
        let late = |_| io::Error::from(io::ErrorKind::TimedOut).into();
        timeout(PATIENCE, connect)
            .await
            .unwrap_or_else(|e| Err(late(e)))
    }

    /// Hands on what is heard; why it ended.
    async fn hear(&self, mut sink: PubSubSink, mut stream: PubSubStream) -> String {
        metrics::counter!("mediamesh_invalidations_connected_total").increment(1);
        // Whatever was told before went past.
        self.fanout.tell(Heard::Lost);
        self.state.send_replace(true);
        let mut ticks = interval(PING_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = stream.next() => match message {
                    Some(message) => self.hand_on(message.get_payload()),
                    None => return "the connection ended".to_owned(),
                },
                _ = ticks.tick() => match timeout(PATIENCE, sink.ping::<redis::Value>()).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => return error.to_string(),
                    Err(_) => return "no sign of life".to_owned(),
                },
            }
        }
    }

    /// What cannot be read may have been word of anything.
    fn hand_on(&self, message: RedisResult<String>) {
        let changed = message.ok().and_then(|message| read(&message));
        self.fanout
            .tell(changed.map_or(Heard::Lost, Heard::Changed));
    }
}
