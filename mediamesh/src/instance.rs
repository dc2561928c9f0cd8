//! The composition root: the one place where ports meet adapters.
//!
//! An [`Instance`] is the stores of a deployment opened with the stages running that are its own. Serving it over
//! HTTP is apart ([`serve`]), so that the command line can open the stores for one question.

mod admin_key;
mod connect;
mod half;
mod hub;
mod listen;
mod ops;
mod poll;
mod serve;
mod share;
pub(crate) mod signing_keys;
mod sources;
mod stores;

pub use admin_key::AdminKey;
pub(crate) use half::ImportNote;
pub use serve::{Served, serve};
use share::share_of_sources;
use sources::Sources;
pub use sources::egress_policy;
use stores::Use;
pub use stores::{Hold, Stores, apply, plan};

use crate::configuration::{Configuration, Role, Roles};
use anyhow::{Context as _, anyhow};
use mediamesh_api_read::ReadApi;
use mediamesh_api_write::WriteApi;
use mediamesh_connectors::scheduler::Scheduler;
use mediamesh_connectors::source::Ingest;
use mediamesh_connectors::websub::WebSub;
use mediamesh_domain::command::Principal;
use mediamesh_domain::control::{ControlBody, ControlCommand};
use mediamesh_domain::id::CommandId;
use mediamesh_domain::position::Partition;
use mediamesh_domain::time::Timestamp;
use mediamesh_domain::verdict::{Accepted, Outcome};
use mediamesh_domain::view::View;
use mediamesh_edge::clock;
use mediamesh_edge::tokens::{KeyRing, Tokens};
use mediamesh_ports::control::Control as _;
use mediamesh_ports::event_log::NewRecord;
use mediamesh_ports::verdicts::Verdicts as _;
use mediamesh_runtime::clock::{Clock, SystemClock};
use mediamesh_runtime::followers::{
    AccountsFollower, ControlFollower, ProgressFollower, VerdictsFollower, follow_parked,
};
use mediamesh_runtime::refill::refill_search;
use mediamesh_runtime::{Health, Pipeline, Runner, Switches};
use mediamesh_schemas::{Codec, Topic};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long the stages may take to finish their step when the instance ends.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a control command may take.
const CONTROL_WAIT: Duration = Duration::from_secs(5);

/// What an instance is opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// To serve in these roles.
    Serve(Roles),
    /// To answer one question of the command line.
    Operate,
    /// To fill empty stores: no stage runs meanwhile.
    Import,
}

impl Purpose {
    fn has(&self, role: Role) -> bool {
        match self {
            Self::Serve(roles) => roles.has(role),
            Self::Operate | Self::Import => false,
        }
    }

    fn of_stores(&self) -> Use {
        match self {
            Self::Serve(_) if self.has(Role::Streams) => Use::Stages,
            Self::Serve(_) => Use::NoStages,
            Self::Operate | Self::Import => Use::Question,
        }
    }
}

/// The stores of a deployment, with the stages running that are this process's.
pub struct Instance {
    /// How it is configured.
    pub configuration: Configuration,
    /// The stores.
    pub stores: Stores,
    /// Records to bytes and back.
    pub codec: Codec,
    /// What `control.events` says.
    pub control: Arc<ControlFollower>,
    /// Who has an account.
    pub accounts: Arc<AccountsFollower>,
    /// Gives out and verifies tokens.
    pub tokens: Tokens,
    /// How far the views have come.
    pub progress: Arc<ProgressFollower>,
    /// What became of commands of this node.
    pub verdicts: Arc<VerdictsFollower>,
    /// The stages.
    pub pipeline: Pipeline,
    /// Runs of sources.
    pub ingest: Arc<Ingest>,
    /// Polls sources, where this instance has the role; knows how they fare.
    pub scheduler: Scheduler,
    /// Subscriptions at hubs, where this deployment has a public address.
    pub websub: Option<WebSub>,
    /// What waits, and why.
    pub health: Arc<Health>,
    /// Ends everything.
    pub cancel: CancellationToken,
    runner: Arc<Mutex<Runner>>,
    runs_stages: bool,
    keeps_state: bool,
}

impl Instance {
    /// Opens the stores and starts what the purpose needs.
    ///
    /// A process that is alone on a data directory runs the stages for a question too: nobody else would. Where the
    /// stores are shared, those with the role run them.
    ///
    /// # Errors
    /// One line that says what to change: the directory is in use, damaged, or of a newer build; a server has what does
    /// not fit.
    pub async fn open(configuration: Configuration, purpose: Purpose) -> anyhow::Result<Self> {
        let stores = Stores::open(&configuration, purpose.of_stores()).await?;
        if purpose != Purpose::Import {
            half::refuse(&*stores.objects).await?;
        }
        let codec = stores.codec.clone();
        let (health, cancel) = (Arc::new(Health::default()), CancellationToken::new());
        let log = Arc::clone(&stores.read);
        let control =
            ControlFollower::start(log.clone(), codec.clone(), health.clone(), cancel.clone())
                .await?;
        let accounts =
            AccountsFollower::start(log.clone(), codec.clone(), health.clone(), cancel.clone())
                .await?;
        let tokens = match purpose {
            Purpose::Import => Tokens::new(KeyRing::default(), clock::system()),
            Purpose::Serve(_) | Purpose::Operate => {
                let ring = signing_keys::open(&*stores.objects, stores.is_alone()).await?;
                Tokens::new(ring, clock::system())
            }
        };
        let parking =
            follow_parked(log.clone(), codec.clone(), health.clone(), cancel.clone()).await?;
        let progress = ProgressFollower::start(
            log.clone(),
            codec.clone(),
            control.clone(),
            parking.clone(),
            health.clone(),
            cancel.clone(),
        )
        .await?;
        let reply = stores.reply_partition();
        let verdicts =
            VerdictsFollower::start(log, codec.clone(), reply, health.clone(), cancel.clone())
                .await?;
        let pipeline = stores.pipeline(&control, &progress, parking);
        let mut runner = Runner::new(stores.groups.clone(), health.clone(), cancel.clone());
        let polls = purpose.has(Role::Connectors);
        let share = share_of_sources(&stores, polls, &mut runner)?;
        let sources = Sources::new(&configuration, &stores, &control, share)?;
        let runs_stages =
            purpose.has(Role::Streams) || purpose == Purpose::Operate && stores.is_alone();
        if runs_stages && stores.is_alone() {
            refill(&pipeline, &control).await?;
        }
        if runs_stages {
            pipeline.start_processors(&mut runner)?;
            pipeline.start_sinks(&mut runner, &control.current())?;
        }
        let runner = Arc::new(Mutex::new(runner));
        if runs_stages {
            let switches = Switches::new(pipeline.clone(), Arc::clone(&runner), cancel.clone());
            tokio::spawn(switches.follow(control.watch()));
        }
        let (tidied, clock, stop) = (stores.clone(), pipeline.clock.clone(), cancel.clone());
        tokio::spawn(async move { tidied.tidy(clock, stop).await });
        let (objects, stop) = (Arc::clone(&stores.objects), cancel.clone());
        tokio::spawn(signing_keys::follow(objects, tokens.clone(), stop));
        if polls {
            let (scheduler, stop) = (sources.scheduler.clone(), cancel.clone());
            tokio::spawn(async move { scheduler.drive(stop.cancelled_owned()).await });
        }
        Ok(Self {
            configuration,
            stores,
            codec,
            control,
            accounts,
            tokens,
            progress,
            verdicts,
            pipeline,
            ingest: sources.ingest,
            scheduler: sources.scheduler,
            websub: sources.websub,
            health,
            cancel,
            runner,
            runs_stages,
            keeps_state: purpose.of_stores() != Use::NoStages,
        })
    }

    /// Whether stages run in this process.
    pub(crate) fn runs_stages(&self) -> bool {
        self.runs_stages
    }

    /// Whether a stage can run in this process: one that only serves APIs beside others has no place for its state.
    pub(crate) fn keeps_state(&self) -> bool {
        self.keeps_state || self.stores.is_alone()
    }

    /// Polls a source when the write API is asked to.
    pub(crate) fn poll_now(&self) -> Arc<dyn mediamesh_api_write::PollNow> {
        Arc::new(poll::Polls(self.scheduler.clone()))
    }

    /// What the read API reads.
    ///
    /// # Errors
    /// Where the key of cursors cannot be kept.
    pub(crate) async fn reads(&self) -> anyhow::Result<ReadApi> {
        Ok(ReadApi::new(serve::read_ports(self).await?))
    }

    /// What the write API does, for the command line.
    ///
    /// # Errors
    /// Where a limit is none.
    pub(crate) fn writes(&self) -> anyhow::Result<WriteApi> {
        Ok(WriteApi::new(serve::write_ports(self)?))
    }

    /// Tries sources out, reads lists of them and takes pushed entries for the write API.
    fn connect(&self) -> Arc<connect::Connect> {
        Arc::new(connect::Connect {
            ingest: Arc::clone(&self.ingest),
            control: self.control.clone(),
            state: Arc::clone(&self.stores.state),
        })
    }

    /// Whether this instance should get requests, and if not, why.
    ///
    /// # Errors
    /// The reasons, each with the part it is about.
    pub fn ready(&self) -> Result<(), Vec<(String, String)>> {
        let mut reasons = self.health.ready().err().unwrap_or_default();
        reasons.extend(
            self.stores
                .trouble()
                .map(|reason| ("log".to_owned(), reason)),
        );
        if self.cancel.is_cancelled() {
            reasons.push(("instance".to_owned(), "it is ending".to_owned()));
        }
        if reasons.is_empty() {
            Ok(())
        } else {
            Err(reasons)
        }
    }

    /// Asks the control decider and waits for its verdict.
    ///
    /// # Errors
    /// The refusal in words, or that no verdict came.
    pub async fn decide_control(
        &self,
        id: CommandId,
        body: ControlBody,
    ) -> anyhow::Result<Accepted> {
        let command = ControlCommand {
            command_id: id,
            at: now(),
            principal: Principal::system("command-line"),
            expected: None,
            reply_to: Some(self.verdicts.reply_partition()),
            payload_hash: None,
            correlation_id: None,
            body,
        };
        let record = NewRecord {
            topic: Topic::ControlCommands,
            partition: Partition(0),
            key: id.to_string().into_bytes(),
            value: Some(self.codec.encode(&command)?),
            headers: Vec::new(),
            timestamp: command.at,
        };
        let expected = self.verdicts.expect(id);
        self.stores.append.append(vec![record]).await?;
        let verdict = expected
            .verdict(CONTROL_WAIT)
            .await
            .context("no verdict came in time")?;
        let accepted = match verdict.outcome {
            Outcome::Accepted(accepted) => accepted,
            Outcome::Refused(refusal) => return Err(anyhow!("{}", refusal.message)),
        };
        self.control.reach(accepted.seq, CONTROL_WAIT).await;
        Ok(accepted)
    }

    /// Ends: the stages finish their step, the log is closed with a last sync.
    pub async fn end(&self) {
        self.cancel.cancel();
        let runner = Arc::clone(&self.runner);
        let late = tokio::task::spawn_blocking(move || {
            runner
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .join(Instant::now() + DRAIN)
        })
        .await
        .unwrap_or_default();
        if !late.is_empty() {
            tracing::warn!(stages = ?late, "stages did not finish their step in time");
        }
        let stores = self.stores.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || stores.close()).await {
            tracing::warn!(%error, "the log was not closed");
        }
    }
}

/// Lets a search index that lost what it had be filled again.
async fn refill(pipeline: &Pipeline, control: &ControlFollower) -> anyhow::Result<()> {
    let version = control.current().view_version(View::Search.as_str());
    let lost = refill_search(pipeline, version).await;
    if lost.map_err(|reason| anyhow!("the search index cannot be looked at: {reason}"))? {
        tracing::warn!("the search index had lost what it held: it is filled again from the log");
    }
    Ok(())
}

/// The time of day.
#[must_use]
pub fn now() -> Timestamp {
    SystemClock::default().now()
}

/// A new id that sorts by time.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The tokio runtime that the stages' threads call the stores on.
pub(crate) fn handle() -> Handle {
    Handle::current()
}
