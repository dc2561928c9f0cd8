//! How sources are fetched, polled and told of: the connectors with their adapters.

use super::Stores;
use crate::configuration::{Configuration, secrets};
use anyhow::anyhow;
use mediamesh_connectors::egress::{self, Policy};
use mediamesh_connectors::scheduler::{
    InObjects, Moving, Ownership, Parts as SchedulerParts, Runs, Scheduler, Settings,
};
use mediamesh_connectors::source::{Ingest, Paging, Parts, RunEvents, SystemClock, YouTubeApi};
use mediamesh_connectors::websub::{Parts as WebSubParts, Subscribing, WebSub};
use mediamesh_runtime::followers::ControlFollower;
use std::sync::Arc;
use std::time::Duration;

/// What works on sources.
pub(super) struct Sources {
    pub(super) ingest: Arc<Ingest>,
    pub(super) scheduler: Scheduler,
    pub(super) websub: Option<WebSub>,
}

impl Sources {
    pub(super) fn new(
        configuration: &Configuration,
        stores: &Stores,
        control: &Arc<ControlFollower>,
        ownership: Arc<dyn Ownership>,
    ) -> anyhow::Result<Self> {
        let clock = Arc::new(SystemClock);
        let parts = Parts {
            fetch: egress::standard(egress_policy(configuration)?, rand::random())?,
            log: Arc::clone(&stores.append),
            objects: Arc::clone(&stores.objects),
            codec: stores.codec.clone(),
            clock: clock.clone(),
        };
        let websub = configuration.public_url.clone().map(|public_url| {
            WebSub::new(WebSubParts {
                fetch: Arc::clone(&parts.fetch),
                objects: Arc::clone(&parts.objects),
                control: control.clone(),
                clock: clock.clone(),
                entropy: Arc::new(rand::random),
                public_url,
            })
        });
        let listener = Arc::new(RunEvents::new(parts.log.clone(), parts.codec.clone()));
        let ingest = ingest(configuration, parts.clone(), listener.clone())?;
        let ingest = Arc::new(ingest);
        let mut runs: Arc<dyn Runs> = Arc::new(Moving {
            runs: ingest.clone(),
            control: control.clone(),
            log: parts.log,
            codec: parts.codec,
            clock: clock.clone(),
        });
        if let Some(websub) = websub.clone() {
            runs = Arc::new(Subscribing { runs, websub });
        }
        let parts = SchedulerParts {
            control: control.clone(),
            runs,
            clock,
            memory: Arc::new(InObjects(parts.objects)),
            listener,
            ownership,
        };
        Ok(Self {
            ingest,
            scheduler: Scheduler::new(parts, settings(configuration), rand::random()),
            websub,
        })
    }
}

fn ingest(
    configuration: &Configuration,
    parts: Parts,
    listener: Arc<RunEvents>,
) -> anyhow::Result<Ingest> {
    let known = secrets::credentials(&configuration.secrets)?;
    let paging = Paging {
        max_pages: configuration.ingest.max_pages,
        ..Paging::default()
    };
    let youtube = YouTubeApi {
        base: configuration.youtube.base.trim_end_matches('/').to_owned(),
        daily_units: configuration.youtube.daily_units,
    };
    Ok(Ingest::new(parts)
        .with_paging(paging)
        .with_youtube(youtube)
        .with_listener(listener)
        .with_credentials(Arc::new(move |name: &str| known.get(name).cloned())))
}

fn settings(configuration: &Configuration) -> Settings {
    let ingest = &configuration.ingest;
    Settings {
        concurrency: ingest.fetches,
        per_host: ingest.per_host,
        min_interval: Duration::from_secs(ingest.min_interval_s),
        max_interval: Duration::from_secs(ingest.max_interval_s),
        ..Settings::default()
    }
}

/// The one way out.
///
/// # Errors
/// Where the configuration names an origin that is none.
pub fn egress_policy(configuration: &Configuration) -> anyhow::Result<Policy> {
    let origins = configuration
        .egress
        .origins
        .iter()
        .map(|origin| {
            origin
                .parse()
                .map_err(|_| anyhow!("egress.origins: {origin:?} is no origin"))
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Policy {
        ports: configuration.egress.ports.iter().copied().collect(),
        origins,
        max_bytes: configuration.egress.max_bytes,
        ..Policy::default()
    })
}
