//! Subscribes where a run has found a hub, and renews before the lease ends.

use std::sync::Arc;

use async_trait::async_trait;
use mediamesh_domain::id::SourceId;
use mediamesh_domain::time::Timestamp;
use url::Url;

use crate::egress::{self, Request, Secret};
use crate::scheduler::Runs;
use crate::source::{FailedRun, Input, Job, RunReport, youtube_hub};

use super::WebSub;
use super::subscription::Subscription;

/// The lease that is asked for: ten days, in seconds. Hubs give what they want.
const LEASE_S: u32 = 864_000;

/// Runs sources, and keeps their subscriptions.
pub struct Subscribing {
    /// Runs them.
    pub runs: Arc<dyn Runs>,
    /// The subscriptions.
    pub websub: WebSub,
}

#[async_trait]
impl Runs for Subscribing {
    async fn run(&self, job: &Job, input: Input) -> Result<RunReport, FailedRun> {
        let mut report = self.runs.run(job, input).await?;
        let fields = &job.source.fields;
        if fields.interval_s > 0 && !fields.paused {
            report.push_renew_s = self.websub.keep(job, report.hub.as_ref()).await;
        }
        Ok(report)
    }
}

impl WebSub {
    /// Keeps the subscription of a source; gives the seconds until it is to be renewed, where it is
    /// active. A hub that fails costs nothing but the pushing.
    async fn keep(&self, job: &Job, found: Option<&(String, String)>) -> Option<u64> {
        let source = job.source_id;
        let fields = &job.source.fields;
        let (hub, topic) = found.cloned().or_else(|| youtube(&fields.url))?;
        let now = self.0.clock.now();
        let known = Subscription::load(&*self.0.objects, source).await.ok()?;
        let same = known.filter(|known| known.hub == hub && known.topic == topic);
        let fresh = same.is_none();
        let mut subscription = same.unwrap_or_else(|| self.make(hub, topic, now));
        if fresh || subscription.is_due(now) {
            subscription.asked_at = now;
            // Kept first: the hub may ask back before it answers.
            subscription.save(&*self.0.objects, source).await.ok()?;
            if let Err(error) = self.ask(source, &subscription, &fields.url).await {
                tracing::warn!(source.id = %source, error.code = error.code(), error.message = %error,
                    "the hub of a feed took no subscription; the feed is polled");
            }
            // What the hub asked meanwhile stands in the object.
            subscription = Subscription::load(&*self.0.objects, source).await.ok()??;
        }
        subscription.renew_in_s(now)
    }

    fn make(&self, hub: String, topic: String, now: Timestamp) -> Subscription {
        let (token, secret) = ((self.0.entropy)(), (self.0.entropy)());
        Subscription {
            hub,
            topic,
            token: hex(&token[..16]),
            secret: hex(&secret),
            asked_at: now,
            lease: None,
            denied_at: None,
        }
    }

    async fn ask(
        &self,
        source: SourceId,
        subscription: &Subscription,
        named_by: &str,
    ) -> Result<(), egress::Error> {
        let lease = LEASE_S.to_string();
        let callback = self.callback(source, &subscription.token);
        let form = [
            ("hub.mode", "subscribe"),
            ("hub.topic", &subscription.topic),
            ("hub.callback", &callback),
            ("hub.lease_seconds", &lease),
            ("hub.secret", &subscription.secret),
        ];
        let secret = |(name, value): (&str, &str)| (name.to_owned(), Secret::new(value));
        let request = Request {
            form: Some(form.into_iter().map(secret).collect()),
            named_by: Some(named_by.to_owned()),
            max_bytes: Some(64 * 1024),
            ..Request::get(&subscription.hub)
        };
        self.0.fetch.fetch(request).await.map(drop)
    }
}

/// The hub and the topic of a YouTube feed, which does not name them.
fn youtube(url: &str) -> Option<(String, String)> {
    let url = Url::parse(url).ok()?;
    let is_feed = url.host_str() == Some("www.youtube.com") && url.path() == "/feeds/videos.xml";
    let channel = url.query_pairs().find(|(name, _)| name == "channel_id");
    let (_, channel) = channel.filter(|_| is_feed)?;
    Some(youtube_hub(&channel))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_of_a_youtube_channel_has_a_hub_and_nothing_else_is_taken_for_one() {
        let feed = "https://www.youtube.com/feeds/videos.xml?channel_id=UCq";
        let (hub, topic) = youtube(feed).unwrap();
        assert_eq!(hub, "https://pubsubhubbub.appspot.com/subscribe");
        assert_eq!(
            topic,
            "https://www.youtube.com/xml/feeds/videos.xml?channel_id=UCq"
        );
        for other in [
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLq",
            "https://www.youtube.com/feeds/other.xml?channel_id=UCq",
            "https://youtube.example/feeds/videos.xml?channel_id=UCq",
            "no address",
        ] {
            assert_eq!(youtube(other), None, "{other}");
        }
    }
}
