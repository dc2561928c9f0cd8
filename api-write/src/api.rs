//! What the handlers stand on: the ports, the clock, and room for so many commands at once.

use crate::connect::{PushEntries, ReadLists, TrySource};
use crate::people::{Passwords, SignIn};
use crate::poll::PollNow;
use mediamesh_domain::id::{CommandId, ProgramId};
use mediamesh_domain::position::Position;
use mediamesh_edge::bulkhead::Bulkhead;
use mediamesh_edge::clock::Clock;
use mediamesh_edge::ids::{Entropy, Ids};
use mediamesh_edge::keys::Authenticator;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_edge::tokens::Tokens;
use mediamesh_ports::accounts::Accounts;
use mediamesh_ports::control::Control;
use mediamesh_ports::event_log::AppendLog;
use mediamesh_ports::progress::Progress;
use mediamesh_ports::verdicts::Verdicts;
use mediamesh_ports::view_store::ReadViews;
use mediamesh_schemas::Codec;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the composition root gives.
#[derive(Clone)]
pub struct WritePorts {
    /// Takes commands.
    pub log: Arc<dyn AppendLog>,
    /// Hears what became of them.
    pub verdicts: Arc<dyn Verdicts>,
    /// Knows keys and sources.
    pub control: Arc<dyn Control>,
    /// Knows how far the views have come.
    pub progress: Arc<dyn Progress>,
    /// Finds an episode's program, and verdicts of commands that nobody waits for any more.
    pub views: Arc<dyn ReadViews>,
    /// Commands to bytes.
    pub codec: Codec,
    /// The time.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// Secrets of new keys.
    pub entropy: Entropy,
    /// Polls a source at once.
    pub poll: Arc<dyn PollNow>,
    /// Tries a source out.
    pub trial: Arc<dyn TrySource>,
    /// Takes pushed entries.
    pub push: Arc<dyn PushEntries>,
    /// Reads lists of feeds.
    pub lists: Arc<dyn ReadLists>,
    /// Knows names, addresses and password hashes.
    pub accounts: Arc<dyn Accounts>,
    /// Gives out and verifies tokens.
    pub tokens: Tokens,
    /// How people may come in.
    pub sign_in: SignIn,
}

/// How long and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the log may take for an append.
    pub append: Duration,
    /// How long an answer waits for its verdict, before it is 202.
    pub verdict: Duration,
    /// How long a read by this node waits for what this node wrote.
    pub own_writes: Duration,
    /// Content commands that are worked on at once.
    pub content: usize,
    /// Control commands and polls that are worked on at once.
    pub control: usize,
    /// Pushes that are worked on at once; each may be large.
    pub pushes: usize,
    /// Merges of programs that are worked on at once; each may be long.
    pub merges: usize,
    /// Passwords that are hashed at once; each takes 19 MiB and a core.
    pub passwords: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            append: Duration::from_secs(4),
            verdict: Duration::from_secs(5),
            own_writes: Duration::from_secs(1),
            content: 256,
            control: 16,
            pushes: 4,
            merges: 2,
            passwords: 2,
        }
    }
}

/// What the handlers stand on; cheap to clone.
#[derive(Clone)]
pub struct WriteApi(Arc<Inner>);

struct Inner {
    ports: WritePorts,
    limits: Limits,
    authenticator: Authenticator,
    content: Bulkhead,
    control: Bulkhead,
    pushes: Bulkhead,
    merges: Bulkhead,
    passwords: Passwords,
    /// Programs that are being merged here, or a merge of which is being undone.
    merging: Mutex<HashSet<ProgramId>>,
    taken: Mutex<Taken>,
    written: Mutex<Position>,
}

/// Commands that this node appended lately: known, though their verdict may not be.
#[derive(Default)]
struct Taken {
    ids: HashSet<CommandId>,
    order: VecDeque<CommandId>,
}

/// How many commands a node remembers to have appended.
const REMEMBERED: usize = 10_000;

impl WriteApi {
    /// The API over these ports, with the usual limits.
    #[must_use]
    pub fn new(ports: WritePorts) -> Self {
        Self::with_limits(ports, Limits::default())
    }

    /// The API over these ports, with other limits.
    #[must_use]
    pub fn with_limits(ports: WritePorts, limits: Limits) -> Self {
        let authenticator = Authenticator::new(ports.control.clone(), ports.clock.clone())
            .with_tokens(ports.tokens.clone());
        let entropy = Arc::clone(&ports.entropy);
        Self(Arc::new(Inner {
            ports,
            limits,
            authenticator,
            content: Bulkhead::new("write", limits.content, 4 * limits.content),
            control: Bulkhead::new("control", limits.control, 4 * limits.control),
            pushes: Bulkhead::new("push", limits.pushes, 4 * limits.pushes),
            merges: Bulkhead::new("merge", limits.merges, 4 * limits.merges),
            passwords: Passwords::new(limits.passwords, 16 * limits.passwords, entropy),
            merging: Mutex::default(),
            taken: Mutex::default(),
            written: Mutex::default(),
        }))
    }

    pub(crate) fn ports(&self) -> &WritePorts {
        &self.0.ports
    }

    pub(crate) fn limits(&self) -> Limits {
        self.0.limits
    }

    pub(crate) fn authenticator(&self) -> &Authenticator {
        &self.0.authenticator
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn content_room(&self) -> &Bulkhead {
        &self.0.content
    }

    pub(crate) fn control_room(&self) -> &Bulkhead {
        &self.0.control
    }

    pub(crate) fn push_room(&self) -> &Bulkhead {
        &self.0.pushes
    }

    pub(crate) fn merge_room(&self) -> &Bulkhead {
        &self.0.merges
    }

    /// Begins a merge of a program, or its undoing; it ends where the answer is dropped.
    ///
    /// # Errors
    /// 409 where another one of it is under way here.
    pub(crate) fn begin_merge(&self, program: ProgramId) -> Result<Merging, Problem> {
        if !self.merging().insert(program) {
            let detail = "a merge of this program is under way: ask again in a moment";
            let problem = Problem::new(kind::CONFLICT, detail).code("merge_under_way");
            return Err(problem.retry_after(5));
        }
        Ok(Merging {
            api: self.clone(),
            program,
        })
    }

    fn merging(&self) -> MutexGuard<'_, HashSet<ProgramId>> {
        let merging = self.0.merging.lock();
        merging.unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that a command was appended here.
    pub(crate) fn note_taken(&self, command: CommandId) {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.ids.insert(command) {
            taken.order.push_back(command);
        }
        if taken.order.len() > REMEMBERED
            && let Some(oldest) = taken.order.pop_front()
        {
            taken.ids.remove(&oldest);
        }
    }

    /// Whether a command was appended here lately.
    pub(crate) fn was_taken(&self, command: CommandId) -> bool {
        let taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.ids.contains(&command)
    }

    /// Remembers how far this node has written.
    pub(crate) fn note_written(&self, position: &Position) {
        let mut written = self
            .0
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (partition, seq) in &position.0 {
            written.advance(*partition, *seq);
        }
    }

    /// How far this node has written.
    pub(crate) fn written(&self) -> Position {
        let written = self
            .0
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        written.clone()
    }
}

/// A merge of a program that is under way.
pub(crate) struct Merging {
    api: WriteApi,
    program: ProgramId,
}

impl Drop for Merging {
    fn drop(&mut self) {
        self.api.merging().remove(&self.program);
    }
}
