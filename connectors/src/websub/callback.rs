//! What hubs ask and tell at a subscription's address.

use bytes::Bytes;
use mediamesh_domain::id::SourceId;

use crate::source::Input;

use super::subscription::{Lease, Subscription};
use super::{News, WebSub, signature};

/// What a hub asks by a GET: the parameters of its query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// `hub.mode`: `subscribe`, `unsubscribe` or `denied`.
    pub mode: String,
    /// `hub.topic`.
    pub topic: String,
    /// `hub.challenge`.
    pub challenge: String,
    /// `hub.lease_seconds`.
    pub lease_seconds: Option<i64>,
}

/// News that a hub sends by a POST.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `X-Hub-Signature`.
    pub signature: Option<String>,
    /// The body.
    pub body: Bytes,
}

/// What a hub is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200 with the challenge, as plain text.
    Confirmed(String),
    /// 202: the news are taken.
    Taken,
    /// 404: there is no such subscription, or this was not asked for.
    Unknown,
    /// 403: the news are not signed with the subscription's secret.
    Forged,
    /// 503: the subscription cannot be looked up now.
    NotNow,
}

impl WebSub {
    /// Answers whether a subscription is meant.
    pub async fn verify(&self, source: SourceId, token: &str, asked: Asked) -> Answer {
        let subscription = match self.subscription(source, token).await {
            Ok(found) => found,
            Err(answer) => return answer,
        };
        let wanted = self.is_wanted(source);
        match asked.mode.as_str() {
            "subscribe" if wanted && asked.topic == subscription.topic => {
                self.confirm(source, subscription, asked).await
            }
            "denied" if asked.topic == subscription.topic => self.deny(source, subscription).await,
            "unsubscribe" if !wanted => Answer::Confirmed(asked.challenge),
            _ => Answer::Unknown,
        }
    }

    async fn confirm(
        &self,
        source: SourceId,
        mut subscription: Subscription,
        asked: Asked,
    ) -> Answer {
        let now = self.0.clock.now();
        // The specification wants the hub to say it; ten days is what was asked for.
        let seconds = asked.lease_seconds.unwrap_or(864_000);
        subscription.lease = Some(Lease::new(now, seconds));
        subscription.denied_at = None;
        self.kept(source, &subscription, Answer::Confirmed(asked.challenge))
            .await
    }

    async fn deny(&self, source: SourceId, mut subscription: Subscription) -> Answer {
        tracing::warn!(source.id = %source, "the hub of a feed denies the subscription; the feed is polled");
        subscription.lease = None;
        subscription.denied_at = Some(self.0.clock.now());
        self.kept(source, &subscription, Answer::Taken).await
    }

    async fn kept(&self, source: SourceId, subscription: &Subscription, well: Answer) -> Answer {
        match subscription.save(&*self.0.objects, source).await {
            Ok(()) => well,
            Err(_) => Answer::NotNow,
        }
    }

    /// Whether there is a subscription with this token: what is sent to any other is not worth reading.
    ///
    /// # Errors
    /// What the hub is answered where there is none, or where that cannot be looked up.
    pub async fn expects(&self, source: SourceId, token: &str) -> Result<(), Answer> {
        self.subscription(source, token).await.map(drop)
    }

    /// Takes news: a whole feed as it is, anything else as a reason to poll.
    pub async fn deliver(
        &self,
        source: SourceId,
        token: &str,
        delivery: Delivery,
        news: &dyn News,
    ) -> Answer {
        let subscription = match self.subscription(source, token).await {
            Ok(found) => found,
            Err(answer) => return answer,
        };
        let signature = delivery.signature.as_deref().unwrap_or_default();
        if !signature::is_right(signature, &subscription.secret, &delivery.body) {
            tracing::warn!(source.id = %source, "news that are not signed by the feed's hub are refused");
            return Answer::Forged;
        }
        if !self.is_wanted(source) {
            return Answer::Unknown;
        }
        if is_thin(&subscription, &delivery) {
            news.poll_soon(source);
        } else {
            let input = Input::Pushed {
                bytes: delivery.body,
                content_type: delivery.content_type,
            };
            news.take(source, input).await;
        }
        Answer::Taken
    }

    async fn subscription(&self, source: SourceId, token: &str) -> Result<Subscription, Answer> {
        match Subscription::load(&*self.0.objects, source).await {
            Ok(Some(found)) if found.has_token(token) => Ok(found),
            Ok(_) => Err(Answer::Unknown),
            Err(_) => Err(Answer::NotNow),
        }
    }

    /// Whether news of a source are wanted: it is there, and polled.
    fn is_wanted(&self, source: SourceId) -> bool {
        let control = self.0.control.current();
        let fields = control.sources.get(&source).map(|entry| &entry.fields);
        fields.is_some_and(|fields| fields.interval_s > 0 && !fields.paused)
    }
}

/// Whether news say only that there are some: an empty body, or YouTube's, which leave out most of
/// what its feed has.
fn is_thin(subscription: &Subscription, delivery: &Delivery) -> bool {
    let youtube = subscription.topic.starts_with("https://www.youtube.com/");
    youtube || delivery.body.trim_ascii().is_empty()
}
