//! Whether the brokers answer: what readiness asks.
//!
//! librdkafka tells when all brokers are down, but not in every build (librdkafka 5282), so a pulse of our own
//! asks every other second.

use crate::questions::Questions;
use mediamesh_ports::denied::Denied;
use mediamesh_schemas::Topic;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a broker is asked.
const EVERY: Duration = Duration::from_secs(2);
/// How long it may take to answer.
const ANSWERS_IN: Duration = Duration::from_secs(2);
/// For how long nobody may have answered before that is trouble.
const PATIENCE: Duration = Duration::from_secs(6);

/// What is known of the brokers.
#[derive(Debug)]
pub(crate) struct Health {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    answered: Instant,
    reason: Option<String>,
    /// librdkafka has said that no broker is left, and none has answered since.
    down: bool,
    /// How a broker turned us away, where none has answered since.
    denied: Option<Denied>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                answered: Instant::now(),
                reason: None,
                down: false,
                denied: None,
            }),
        }
    }
}

impl Health {
    /// A broker has answered.
    pub(crate) fn answered(&self) {
        let mut state = self.state();
        state.answered = Instant::now();
        state.down = false;
        state.reason = None;
        state.denied = None;
    }

    /// A broker turned us away.
    pub(crate) fn turned_away(&self, denied: Denied) {
        self.state().denied = Some(denied);
    }

    /// How a broker turned us away, where none has answered since.
    pub(crate) fn denied(&self) -> Option<Denied> {
        self.state().denied.clone()
    }

    /// A broker did not answer.
    pub(crate) fn silent(&self, reason: String) {
        self.state().reason = Some(reason);
    }

    /// librdkafka has no broker left.
    pub(crate) fn brokers_down(&self) {
        self.state().down = true;
    }

    /// Why the log is away, where it is; the same text while nothing changes.
    pub(crate) fn trouble(&self) -> Option<String> {
        let state = self.state();
        let away = state.down || state.answered.elapsed() > PATIENCE;
        away.then(|| match (&state.denied, &state.reason) {
            (Some(denied), _) => format!("no Kafka broker lets us in: {denied}"),
            (None, Some(reason)) => format!("no Kafka broker answers: {reason}"),
            (None, None) => "no Kafka broker answers".to_owned(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks for a sign of life until it is dropped.
pub(crate) struct Pulse {
    _stop: mpsc::Sender<()>,
}

impl Pulse {
    /// Starts asking.
    ///
    /// The thread ends within one question of the drop; nobody waits for it.
    pub(crate) fn start(questions: Arc<Questions>) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        std::thread::Builder::new()
            .name("kafka pulse".to_owned())
            .spawn(move || {
                loop {
                    questions.is_there(Topic::ControlEvents, ANSWERS_IN);
                    if stopped.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            })?;
        Ok(Self { _stop: stop })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_no_trouble_until_nobody_answers_for_a_while() {
        let health = Health::default();
        health.silent("timed out".to_owned());
        assert_eq!(health.trouble(), None);
        health.state().answered = Instant::now()
            .checked_sub(PATIENCE * 2)
            .expect("the machine is up for longer");
        let trouble = health.trouble().expect("trouble");
        assert!(trouble.contains("timed out"), "{trouble}");
        health.answered();
        assert_eq!(health.trouble(), None);
        health.turned_away(Denied::Login("no".to_owned()));
        health.brokers_down();
        let trouble = health.trouble().expect("trouble");
        assert!(trouble.contains("lets us in"), "{trouble}");
        health.answered();
        assert_eq!(health.denied(), None);
    }
}
