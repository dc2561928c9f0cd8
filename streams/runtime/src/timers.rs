//! Timers: what was put off until a time becomes a command on the log when the time has come.
//!
//! A due timer stands in the decider's state under `t/<due, 8 bytes BE>/<program id>/<name>`. The owner of the
//! partition appends a `FireTimer` for it, only while it is caught up and live; the command's id follows from
//! the timer, so that two owners append the same command, and the decider takes the first.

use crate::clock::Clock;
use mediamesh_domain::command::{Command, CommandBody, FireTimer, Principal};
use mediamesh_domain::decide::keys;
use mediamesh_domain::id::{CommandId, ProgramId};
use mediamesh_domain::position::Partition;
use mediamesh_domain::state::StateView;
use mediamesh_domain::time::Timestamp;
use mediamesh_ports::event_log::{AppendLog, Error, NewRecord};
use mediamesh_schemas::{Codec, Topic};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// How many timers one look appends at most.
const AT_ONCE: usize = 100;
/// How often a partition is looked at.
const EVERY: Duration = Duration::from_millis(100);
/// After how long a timer that is still there is put on the log again.
const AGAIN: Duration = Duration::from_secs(60);

/// A timer, as its key in the state says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// When it is due.
    pub due: Timestamp,
    /// The program it is about.
    pub program_id: ProgramId,
    /// Its name within the program.
    pub name: String,
}

impl Timer {
    /// Reads a timer's key; none where it has another shape.
    #[must_use]
    pub fn from_key(key: &[u8]) -> Option<Self> {
        let (due, program_id, name) = keys::parse_timer(key)?;
        Some(Self {
            due,
            program_id,
            name,
        })
    }

    /// The command that fires it; its id follows from the timer alone.
    #[must_use]
    pub fn command(&self, at: Timestamp) -> Command {
        let due = self.due.0.to_be_bytes();
        let parts: [&[u8]; 4] = [
            b"timer",
            self.program_id.as_bytes(),
            self.name.as_bytes(),
            &due,
        ];
        Command {
            command_id: CommandId::of(&parts),
            program_id: self.program_id,
            at,
            principal: Principal::system("timer"),
            expected: None,
            reply_to: None,
            payload_hash: None,
            correlation_id: None,
            body: CommandBody::FireTimer(FireTimer {
                timer: self.name.clone(),
                due: self.due,
            }),
        }
    }
}

/// Puts due timers on the log.
pub struct Timers {
    log: Arc<dyn AppendLog>,
    codec: Codec,
    handle: Handle,
    looked: BTreeMap<Partition, Duration>,
    fired: BTreeMap<Partition, BTreeMap<Vec<u8>, Duration>>,
}

impl Timers {
    /// Timers that are appended to a log; `handle` runs the appends, from the thread that calls.
    #[must_use]
    pub fn new(log: Arc<dyn AppendLog>, codec: Codec, handle: Handle) -> Self {
        Self {
            log,
            codec,
            handle,
            looked: BTreeMap::new(),
            fired: BTreeMap::new(),
        }
    }

    /// Appends the timers of a partition that are due and were not appended lately; says how many.
    ///
    /// # Errors
    /// [`Error::Transient`] where the state or the log is away; they are tried again.
    pub fn fire(
        &mut self,
        partition: Partition,
        state: &dyn StateView,
        clock: &dyn Clock,
    ) -> Result<usize, Error> {
        let elapsed = clock.elapsed();
        let last = self.looked.get(&partition).copied();
        if last.is_some_and(|last| elapsed.saturating_sub(last) < EVERY) {
            return Ok(0);
        }
        self.looked.insert(partition, elapsed);
        let due = due(state, clock.now())?;
        let fired = self.fired.entry(partition).or_default();
        let keys: BTreeSet<&Vec<u8>> = due.iter().map(|(key, _)| key).collect();
        fired.retain(|key, at| keys.contains(key) && elapsed.saturating_sub(*at) < AGAIN);
        let mut records = Vec::new();
        for (key, timer) in &due {
            if !fired.contains_key(key) {
                records.push(record(timer, partition, clock.now(), &self.codec)?);
            }
        }
        let count = records.len();
        if count > 0 {
            self.handle.block_on(self.log.append(records))?;
            fired.extend(due.into_iter().map(|(key, _)| (key, elapsed)));
        }
        Ok(count)
    }
}

fn due(state: &dyn StateView, now: Timestamp) -> Result<Vec<(Vec<u8>, Timer)>, Error> {
    let scan = |max| {
        let found = state.scan(keys::TIMERS, b"", max);
        found.map_err(|e| Error::Transient(e.to_string()))
    };
    let timers = |found: Vec<(Vec<u8>, Vec<u8>)>| {
        found
            .into_iter()
            .filter_map(|(key, _)| Timer::from_key(&key).map(|timer| (key, timer)))
            .take_while(|(_, timer)| timer.due <= now)
            .collect()
    };
    // Most looks find nothing due: the first timer tells.
    let first: Vec<_> = timers(scan(1)?);
    if first.is_empty() {
        return Ok(first);
    }
    Ok(timers(scan(AT_ONCE)?))
}

fn record(
    timer: &Timer,
    partition: Partition,
    now: Timestamp,
    codec: &Codec,
) -> Result<NewRecord, Error> {
    let value = codec
        .encode(&timer.command(now))
        .map_err(|e| Error::Transient(e.to_string()))?;
    Ok(NewRecord {
        topic: Topic::ContentCommands,
        partition,
        key: timer.program_id.to_string().into_bytes(),
        value: Some(value),
        headers: Vec::new(),
        timestamp: now,
    })
}

#[cfg(test)]
mod tests;
