//! From raw entries to commands, under the policies that the source has by then.

use super::wire;
use crate::archive;
use crate::processor::{Effects, Failure, Outcome, Processor, Rejection};
use mediamesh_domain::control::ControlState;
use mediamesh_domain::ingest::{self, RawBody, RawEntry};
use mediamesh_domain::position::{Offset, Partition, Seq};
use mediamesh_domain::state::StateView;
use mediamesh_domain::verdict::{
    EntryOutcome, ImportOutcome, Outcome as Answer, Refusal, RefusalKind, Verdict,
};
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::{NewRecord, Record, header};
use mediamesh_ports::objects::Objects;
use mediamesh_schemas::Codec;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// What normalising must know beside the record; calls may block, for a moment.
pub trait Surroundings: Send {
    /// What `control.events` says, as of `seq` at least.
    ///
    /// # Errors
    /// Why it is not known yet.
    fn control(&self, seq: Seq) -> Result<Arc<ControlState>, String>;

    /// The bytes of an object.
    ///
    /// # Errors
    /// Why the store does not answer.
    fn object(&self, name: &str) -> Result<Option<Vec<u8>>, String>;

    /// Keeps the bytes of an object.
    ///
    /// # Errors
    /// Why the store does not answer.
    fn keep(&self, name: &str, bytes: Vec<u8>) -> Result<(), String>;
}

/// The surroundings that a deployment follows and keeps.
pub struct Followed {
    /// Follows `control.events`.
    pub control: Arc<dyn Control>,
    /// Keeps the bodies that are too large for a record.
    pub objects: Arc<dyn Objects>,
    /// Runs their calls, from the thread that asks.
    pub handle: Handle,
    /// How long a source that is not known yet is waited for.
    pub wait: Duration,
}

impl Surroundings for Followed {
    fn control(&self, seq: Seq) -> Result<Arc<ControlState>, String> {
        let known = self.control.current();
        if known.seq >= seq {
            return Ok(known);
        }
        if self.handle.block_on(self.control.reach(seq, self.wait)) {
            return Ok(self.control.current());
        }
        let at = self.control.current().seq;
        Err(format!(
            "control.events is followed up to {at}, the entry needs {seq}"
        ))
    }

    fn object(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        self.handle
            .block_on(self.objects.get(name))
            .map_err(|error| error.to_string())
    }

    fn keep(&self, name: &str, bytes: Vec<u8>) -> Result<(), String> {
        self.handle
            .block_on(self.objects.put(name, bytes))
            .map_err(|error| error.to_string())
    }
}

/// Normalises raw entries.
pub struct NormaliseProcessor<S> {
    codec: Codec,
    surroundings: S,
    /// The records of the open step; a step that is taken again only writes them again.
    taken: BTreeMap<(Partition, Offset), Vec<u8>>,
}

impl<S: Surroundings> NormaliseProcessor<S> {
    /// A processor that knows its surroundings.
    #[must_use]
    pub fn new(codec: Codec, surroundings: S) -> Self {
        Self {
            codec,
            surroundings,
            taken: BTreeMap::new(),
        }
    }

    /// Keeps the records of a step in the archive of raw entries, before their offsets are committed.
    fn archive(&mut self, partition: Partition) -> Result<(), Failure> {
        let taken = std::mem::take(&mut self.taken);
        let (mut ours, rest): (BTreeMap<_, _>, _) =
            taken.into_iter().partition(|((of, _), _)| *of == partition);
        self.taken = rest;
        let Some((&(_, first), _)) = ours.first_key_value() else {
            return Ok(());
        };
        let packed = archive::pack(ours.values().map(Vec::as_slice));
        let kept = packed.map_err(|error| error.to_string()).and_then(|bytes| {
            let name = archive::name(partition, first);
            self.surroundings.keep(&name, bytes)
        });
        if kept.is_err() {
            self.taken.append(&mut ours);
        }
        kept.map_err(Failure::Transient)
    }

    /// The body that waits in the object store, where it does: the JSON form of [`RawBody`].
    fn fetch_body(&self, raw: &mut RawEntry) -> Result<(), Failure> {
        let (None, Some(claim)) = (&raw.body, &raw.claim) else {
            return Ok(());
        };
        let bytes = self
            .surroundings
            .object(claim)
            .map_err(Failure::Transient)?
            .ok_or_else(|| {
                Failure::rejected("claim_missing", format!("there is no object {claim}"))
            })?;
        let body: RawBody = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::rejected("claim_malformed", format!("object {claim}: {error}"))
        })?;
        raw.body = Some(body);
        Ok(())
    }

    fn command(&self, raw: &mut RawEntry) -> Result<NewRecord, Failure> {
        let control = self
            .surroundings
            .control(raw.source_seq)
            .map_err(Failure::Transient)?;
        let Some(source) = control.sources.get(&raw.source_id) else {
            let reason = format!("there is no source {}", raw.source_id);
            return Err(Failure::rejected("unknown_source", reason));
        };
        self.fetch_body(raw)?;
        let command = ingest::normalise(raw, &source.fields)
            .map_err(|rejected| Failure::rejected(rejected.code, rejected.reason))?;
        wire::command(&self.codec, &command)
    }

    /// The rejection with an entry for the run's report.
    fn reported(&self, rejection: Rejection, raw: &RawEntry) -> Failure {
        let verdict = refused(raw, &rejection);
        let correlation_id = raw.correlation_id.as_deref();
        match wire::verdict(&self.codec, &verdict, None, correlation_id) {
            Ok(answer) => Failure::Rejection(rejection.answering(answer)),
            Err(_) => Failure::Rejection(rejection),
        }
    }
}

impl<S: Surroundings> Processor for NormaliseProcessor<S> {
    fn name(&self) -> &'static str {
        "normalise"
    }

    fn process(
        &mut self,
        record: &Record,
        _state: &dyn StateView,
        effects: &mut Effects,
    ) -> Result<Outcome, Failure> {
        let mut raw: RawEntry = wire::decode(&self.codec, record)?;
        if let Some(value) = &record.value {
            let place = (record.partition, record.offset);
            self.taken.insert(place, value.clone());
        }
        if raw.correlation_id.is_none() {
            raw.correlation_id = record.header(header::CORRELATION_ID).map(str::to_owned);
        }
        match self.command(&mut raw) {
            Ok(command) => effects.outputs.push(command),
            Err(Failure::Rejection(rejection)) => return Err(self.reported(rejection, &raw)),
            Err(transient) => return Err(transient),
        }
        Ok(Outcome::Emitted)
    }

    fn finish(
        &mut self,
        partition: Partition,
        _said: Option<Seq>,
        _effects: &mut Effects,
    ) -> Result<(), Failure> {
        self.archive(partition)
    }
}

fn refused(raw: &RawEntry, rejection: &Rejection) -> Verdict {
    Verdict {
        command_id: ingest::command_id(raw, raw.source_id.own_program()),
        program_id: None,
        command: if raw.index < 0 {
            "import_program"
        } else {
            "import_episode"
        }
        .to_owned(),
        decided_at: raw.fetched_at,
        correlation_id: raw.correlation_id.clone(),
        import: Some(ImportOutcome {
            source_id: raw.source_id,
            run_id: raw.run_id,
            index: raw.index,
            outcome: EntryOutcome::Refused,
            repairs: 0,
            repaired: Vec::new(),
            matched_by: None,
        }),
        outcome: Answer::Refused(Refusal {
            kind: RefusalKind::Invalid,
            code: rejection.code.clone(),
            message: rejection.reason.clone(),
            errors: Vec::new(),
            current_version: None,
            conflicts: Vec::new(),
        }),
    }
}
