//! Opening the log, and what lives as long as it is open.

use crate::append::Appender;
use crate::groups::Members;
use crate::health::{Health, Pulse};
use crate::lag::Lags;
use crate::names::Names;
use crate::questions::Questions;
use crate::read::Reader;
use crate::settings::{Settings, Unusable};
use crate::state::{self, PartitionState, States};
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::Error;
use mediamesh_ports::state_store::{ReadState, StateRead};
use std::sync::Arc;

/// Why the log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] Unusable),
    /// The local state cannot be used.
    #[error(transparent)]
    State(#[from] state::OpenError),
    /// librdkafka takes the settings not, or the system gives no thread.
    #[error("Kafka: {0}")]
    Client(String),
}

/// The event log on Kafka. A handle: clones are the same log.
#[derive(Clone)]
pub struct KafkaLog {
    pub(crate) core: Arc<Core>,
}

/// What lives as long as the log is open.
pub(crate) struct Core {
    _pulse: Pulse,
    pub(crate) settings: Settings,
    pub(crate) names: Arc<Names>,
    pub(crate) health: Arc<Health>,
    pub(crate) appender: Appender,
    pub(crate) reader: Reader,
    pub(crate) questions: Arc<Questions>,
    pub(crate) lags: Lags,
    pub(crate) members: Arc<Members>,
    pub(crate) states: Option<Arc<States>>,
}

impl KafkaLog {
    /// Opens the log. No broker is asked: a cluster that is away is waited for where it is needed.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        settings.check()?;
        let client = |error: &dyn std::fmt::Display| OpenError::Client(error.to_string());
        let names = Arc::new(Names::of(&settings));
        let health = Arc::new(Health::default());
        let states = settings.state_dir.as_deref().map(States::open);
        let states = states.transpose()?.map(Arc::new);
        let reader = Reader::start(&settings, &names, &health).map_err(|e| client(&e))?;
        let questions = Questions::open(&settings, &names, &health).map_err(|e| client(&e))?;
        let questions = Arc::new(questions);
        let appender =
            Appender::start(&settings, &names, &health, &questions).map_err(|e| client(&e))?;
        let pulse = Pulse::start(Arc::clone(&questions)).map_err(|e| client(&e))?;
        Ok(Self {
            core: Arc::new(Core {
                _pulse: pulse,
                lags: Lags::new(&settings, &names, &health, &questions),
                members: Arc::default(),
                settings,
                names,
                health,
                appender,
                reader,
                questions,
                states,
            }),
        })
    }

    /// Why the log is away, where it is: what readiness asks.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.core.health.trouble()
    }

    /// Waits until all appends are acknowledged, a bounded time, and says how many were not. Blocks; appends that
    /// come later are refused.
    #[must_use]
    pub fn close(&self) -> usize {
        self.core.appender.close()
    }
}

impl ReadState for KafkaLog {
    fn state(
        &self,
        store: &str,
        partition: Partition,
    ) -> Result<Option<Arc<dyn StateRead>>, Error> {
        // What stays here of partitions that others hold now is old.
        let held = self.core.members.hold(store, partition);
        let Some(states) = self.core.states.as_ref().filter(|_| held) else {
            return Ok(None);
        };
        let copy = states.partition(store, partition)?;
        Ok(Some(Arc::new(PartitionState { copy, staged: None })))
    }
}
