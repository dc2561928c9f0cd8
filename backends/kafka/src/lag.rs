//! How far groups are behind.
//!
//! What a group has committed is known where one of its members is at work here, else the coordinator is asked, by
//! a consumer that bears the group's name and never joins it. To that come the records that members of this process
//! have in a transaction under way: no reader sees them, but whoever bounds what is in flight must.

use crate::client::{self, Context, Owned};
use crate::error::away;
use crate::health::Health;
use crate::names::Names;
use crate::questions::{End, Questions};
use crate::settings::Settings;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Error, NewRecord, Place};
use mediamesh_schemas::Topic;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// For how long an answer holds: a stage that holds its step back asks every millisecond.
const FRESH: Duration = Duration::from_millis(10);
/// For how long the first offsets hold; retention alone moves them.
const FIRST_FRESH: Duration = Duration::from_secs(60);
/// After how long a consumer that nobody asks is let go.
const UNUSED: Duration = Duration::from_secs(60);

/// The offsets that a group has committed; none where it never did.
pub(crate) type Committed = BTreeMap<Partition, Option<i64>>;

/// The last answer about each group and input, locked while it is looked for.
type Answers = BTreeMap<(String, Topic), Arc<Mutex<Answer>>>;

/// Tells how far groups are behind.
pub(crate) struct Lags {
    settings: Settings,
    names: Arc<Names>,
    health: Arc<Health>,
    questions: Arc<Questions>,
    answers: Mutex<Answers>,
    askers: Mutex<BTreeMap<String, Asker>>,
    under_way: Mutex<HashMap<(Topic, Partition), i64>>,
}

#[derive(Default)]
struct Answer {
    at: Option<Instant>,
    places: BTreeMap<Partition, Place>,
    first: BTreeMap<Partition, i64>,
    first_at: Option<Instant>,
}

struct Asker {
    client: Arc<Owned<BaseConsumer<Context>>>,
    used: Instant,
}

impl Lags {
    pub(crate) fn new(
        settings: &Settings,
        names: &Arc<Names>,
        health: &Arc<Health>,
        questions: &Arc<Questions>,
    ) -> Self {
        Self {
            settings: settings.clone(),
            names: Arc::clone(names),
            health: Arc::clone(health),
            questions: Arc::clone(questions),
            answers: Mutex::default(),
            askers: Mutex::default(),
            under_way: Mutex::default(),
        }
    }

    /// Where a group stands in a partition; `known` is what its member here has committed.
    pub(crate) fn place(
        &self,
        group: &str,
        input: Topic,
        partition: Partition,
        known: impl Fn() -> Committed,
    ) -> Result<Place, Error> {
        let answer = self.answer(group, input);
        let mut answer = lock(&answer);
        if answer.at.is_none_or(|at| at.elapsed() >= FRESH) {
            // Counted before the ends are asked for: what is committed in between counts twice, not never.
            let under_way = self.under_way(input);
            let mut committed = known();
            let all = (0..input.spec().partitions).map(Partition);
            let missing: Vec<_> = all.filter(|p| !committed.contains_key(p)).collect();
            committed.extend(self.ask(group, input, &missing)?);
            answer.places = self.places(input, &committed, &mut answer)?;
            for (partition, count) in under_way {
                if let Some(place) = answer.places.get_mut(&partition) {
                    place.end.0 += count;
                }
            }
            answer.at = Some(Instant::now());
        }
        let place = answer.places.get(&partition).copied();
        place.ok_or_else(|| Error::Transient(format!("where {group} stands in {input}: no answer")))
    }

    /// Forgets what was answered about a group, and whom to ask.
    pub(crate) fn forget(&self, group: &str) {
        lock(&self.answers).retain(|(name, _), _| name != group);
        lock(&self.askers).remove(group);
    }

    /// Notes records that stand in a transaction under way.
    pub(crate) fn begun(&self, records: &[NewRecord]) {
        let mut under_way = lock(&self.under_way);
        for record in records {
            *under_way
                .entry((record.topic, record.partition))
                .or_default() += 1;
        }
    }

    /// Notes that the transaction has ended, of records that were counted by [`Lags::begun`].
    pub(crate) fn ended(&self, records: &BTreeMap<(Topic, Partition), i64>) {
        // What was answered before is old now.
        for ((_, topic), answer) in lock(&self.answers).iter() {
            if records.keys().any(|(written, _)| written == topic)
                && let Ok(mut answer) = answer.try_lock()
            {
                answer.at = None;
            }
        }
        let mut under_way = lock(&self.under_way);
        for (place, count) in records {
            if let Some(left) = under_way.get_mut(place) {
                *left -= count;
            }
        }
    }

    fn under_way(&self, input: Topic) -> BTreeMap<Partition, i64> {
        let under_way = lock(&self.under_way);
        let of_input = under_way.iter().filter(|((topic, _), _)| *topic == input);
        of_input.map(|((_, p), count)| (*p, *count)).collect()
    }

    fn answer(&self, group: &str, input: Topic) -> Arc<Mutex<Answer>> {
        let mut answers = lock(&self.answers);
        Arc::clone(answers.entry((group.to_owned(), input)).or_default())
    }

    /// What is committed, and the ends.
    fn places(
        &self,
        input: Topic,
        committed: &Committed,
        answer: &mut Answer,
    ) -> Result<BTreeMap<Partition, Place>, Error> {
        let partitions: Vec<_> = committed.keys().copied().collect();
        let asked = |which| self.questions.ends(input, &partitions, which);
        if answer.first_at.is_none_or(|at| at.elapsed() >= FIRST_FRESH) {
            answer.first = asked(End::First)?;
            answer.first_at = Some(Instant::now());
        }
        let last = asked(End::Last)?;
        let place = |(partition, committed): (&Partition, &Option<i64>)| {
            let first = answer.first.get(partition).copied().unwrap_or(0);
            let last = last.get(partition).copied().unwrap_or(first);
            let place = Place {
                committed: Offset(committed.unwrap_or(first).max(first)),
                end: Offset(last),
            };
            (*partition, place)
        };
        Ok(committed.iter().map(place).collect())
    }

    /// Asks the coordinator what a group has committed.
    fn ask(&self, group: &str, input: Topic, partitions: &[Partition]) -> Result<Committed, Error> {
        if partitions.is_empty() {
            return Ok(Committed::new());
        }
        let client = self.asker(group)?;
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for partition in partitions {
            list.add_partition(self.names.topic(input), partition.0);
        }
        let found = client
            .committed_offsets(list, self.settings.deadlines.call)
            .map_err(|error| away("ask for what a group has committed", &error))?;
        let mut committed = Committed::new();
        for element in found.elements() {
            element
                .error()
                .map_err(|error| away("ask for what a group has committed", &error))?;
            let offset = match element.offset() {
                rdkafka::Offset::Offset(offset) => Some(offset),
                _ => None,
            };
            committed.insert(Partition(element.partition()), offset);
        }
        Ok(committed)
    }

    fn asker(&self, group: &str) -> Result<Arc<Owned<BaseConsumer<Context>>>, Error> {
        let mut askers = lock(&self.askers);
        askers.retain(|name, asker| name == group || asker.used.elapsed() <= UNUSED);
        if let Some(asker) = askers.get_mut(group) {
            asker.used = Instant::now();
            return Ok(Arc::clone(&asker.client));
        }
        let mut config = client::consumer(&self.settings, &self.names.group(group));
        // Committed readers are made to wait, in steps of 100 ms, while a transaction holds offsets of the group.
        config.set("isolation.level", "read_uncommitted");
        let client: BaseConsumer<Context> = config
            .create_with_context(Context::new("lag", &self.health))
            .map_err(|error| away("ask for what a group has committed", &error))?;
        let client = Arc::new(Owned::new("lag", client, Duration::ZERO));
        let asker = Asker {
            client: Arc::clone(&client),
            used: Instant::now(),
        };
        askers.insert(group.to_owned(), asker);
        Ok(client)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
