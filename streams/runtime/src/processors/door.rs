//! The door of the decider: whether the principal of a command may ask for it.
//!
//! The write API has asked already. It is asked again because anybody who can write to the topic can put a command
//! there. What the decider knows of keys and people it hears from `control.events`, which may come later than the
//! command of a key that was just made: so who is not known is waited for a
//! moment.

use mediamesh_domain::access::Denied;
use mediamesh_domain::command::Command;
use mediamesh_ports::control::Control;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// Asks what `control.events` says of principals.
pub struct Door {
    /// Follows `control.events`.
    pub control: Arc<dyn Control>,
    /// Waits for it, from the thread that asks.
    pub handle: Handle,
    /// How long a principal that is not known is waited for.
    pub wait: Duration,
}

impl Door {
    /// Whether a principal may.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn ask(&self, command: &Command) -> Result<(), Denied> {
        let known = self.control.current();
        match known.allow(command) {
            Err(Denied::Nobody) => self.handle.block_on(self.ask_patiently(command)),
            known => known,
        }
        .inspect_err(|_| metrics::counter!("commands_denied_total").increment(1))
    }

    async fn ask_patiently(&self, command: &Command) -> Result<(), Denied> {
        let until = Instant::now() + self.wait;
        loop {
            let known = self.control.current();
            let Err(denied) = known.allow(command) else {
                return Ok(());
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.control.reach(known.seq.next(), left).await {
                return Err(denied);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use mediamesh_domain::command::{CommandBody, Principal, PublishProgram};
    use mediamesh_domain::control::{ControlState, CreateApiKey};
    use mediamesh_domain::id::{CommandId, ProgramId};
    use mediamesh_domain::position::Seq;
    use mediamesh_domain::time::Timestamp;
    use std::sync::Mutex;
    use uuid::Uuid;

    /// Knows nobody, until it is waited for.
    struct Later {
        now: Mutex<Arc<ControlState>>,
        then: Option<ControlState>,
    }

    #[async_trait]
    impl Control for Later {
        fn current(&self) -> Arc<ControlState> {
            Arc::clone(&self.now.lock().unwrap())
        }
        async fn reach(&self, _: Seq, _: Duration) -> bool {
            let Some(then) = self.then.clone() else {
                return false;
            };
            *self.now.lock().unwrap() = Arc::new(then);
            true
        }
    }

    fn with_key(scope: &str) -> ControlState {
        let key = CreateApiKey {
            prefix: "mm_k".to_owned(),
            secret_hash: Vec::new(),
            name: "k".to_owned(),
            scopes: vec![scope.to_owned()],
            sources: Vec::new(),
            expires_at: None,
        };
        let mut state = ControlState::default();
        state.api_keys.insert(key.prefix.clone(), key);
        state
    }

    fn ask(now: ControlState, then: Option<ControlState>) -> Result<(), Denied> {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let now = Mutex::new(Arc::new(now));
        let door = Door {
            control: Arc::new(Later { now, then }),
            handle: runtime.handle().clone(),
            wait: Duration::from_secs(1),
        };
        door.ask(&Command {
            command_id: CommandId(Uuid::nil()),
            program_id: ProgramId(Uuid::nil()),
            at: Timestamp(0),
            principal: Principal::api_key("mm_k"),
            expected: None,
            reply_to: None,
            payload_hash: None,
            correlation_id: None,
            body: CommandBody::PublishProgram(PublishProgram { reason: None }),
        })
    }

    #[test]
    fn who_may_is_let_in_and_who_is_not_known_is_waited_for() {
        let nobody = ControlState::default;
        assert_eq!(ask(with_key("content:write"), None), Ok(()));
        assert_eq!(ask(nobody(), Some(with_key("content:write"))), Ok(()));
        assert_eq!(ask(nobody(), None), Err(Denied::Nobody));
    }

    #[test]
    fn who_is_known_and_may_not_is_refused_at_once() {
        let may = Some(with_key("content:write"));
        let denied = ask(with_key("content:draft"), may).unwrap_err();
        assert_eq!(denied.refusal().code, "scope_missing");
    }
}
