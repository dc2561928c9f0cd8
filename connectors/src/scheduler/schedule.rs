//! When each source is due: a table and its rules, without tasks and clocks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mediamesh_domain::control::{ControlState, SourceEntry};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::position::Seq;
use mediamesh_domain::time::Timestamp;
use tokio::time::Instant;

use super::health::Health;
use super::ownership::Ownership;
use super::plan::{Outcome, Plan, host};
use super::settings::{Interval, Settings};

pub(super) struct Schedule {
    settings: Settings,
    seed: u64,
    /// The state of the sources, and of whose they are, that the plans are of; none where one has to
    /// be planned anew.
    planned: Option<(Seq, u64)>,
    plans: BTreeMap<SourceId, Plan>,
    /// Those that are due at some time and not being polled, the next one first.
    queue: BTreeSet<(Instant, SourceId)>,
    /// How many sources of each host are being polled.
    hosts: BTreeMap<String, usize>,
    polling: usize,
}

impl Schedule {
    pub(super) fn new(settings: Settings, seed: u64) -> Self {
        Self {
            settings,
            seed,
            planned: None,
            plans: BTreeMap::new(),
            queue: BTreeSet::new(),
            hosts: BTreeMap::new(),
            polling: 0,
        }
    }

    /// The sources of this process of which nothing is known yet: what was kept of them is wanted.
    pub(super) fn unknown(
        &self,
        control: &ControlState,
        ownership: &dyn Ownership,
    ) -> Vec<SourceId> {
        if self.planned == Some((control.seq, ownership.generation())) {
            return Vec::new();
        }
        let unknown = |source: &&SourceId| !self.plans.contains_key(source);
        let all = control.sources.keys().filter(unknown);
        all.copied()
            .filter(|source| ownership.owns(*source))
            .collect()
    }

    /// Takes in what was kept of a source of which nothing is known yet.
    pub(super) fn recall(&mut self, source: SourceId, kept: Health) {
        let health = Health {
            polling: false,
            ..kept
        };
        let plan = Plan {
            health,
            ..Plan::default()
        };
        self.plans.entry(source).or_insert(plan);
    }

    /// Takes in the sources, and whose they are, as they are now.
    pub(super) fn refresh(
        &mut self,
        control: &ControlState,
        ownership: &dyn Ownership,
        now: Instant,
        wall: Timestamp,
    ) {
        let as_of = (control.seq, ownership.generation());
        if self.planned == Some(as_of) {
            return;
        }
        self.planned = Some(as_of);
        let known: Vec<_> = self.plans.keys().copied().collect();
        for gone in known.iter().filter(|s| !control.sources.contains_key(s)) {
            self.plan(*gone, None, now, wall);
        }
        for (source, entry) in &control.sources {
            let owns = ownership.owns(*source);
            let same = |plan: &Plan| plan.owned == owns && plan.health.version == entry.version;
            match self.plans.get(source) {
                Some(plan) if same(plan) => {}
                None if !owns => {}
                Some(_) if !owns => self.plan(*source, None, now, wall),
                _ => self.plan(*source, Some(entry), now, wall),
            }
        }
    }

    /// Plans a source that another process polls, for one run: it is never due here.
    pub(super) fn borrow(
        &mut self,
        source: SourceId,
        entry: &SourceEntry,
        now: Instant,
        wall: Timestamp,
    ) {
        self.plan(source, Some(entry), now, wall);
        if let Some(plan) = self.plans.get_mut(&source) {
            plan.owned = false;
            if let Some(due) = plan.due.take() {
                self.queue.remove(&(due, source));
            }
        }
    }

    /// Forgets a source that was borrowed.
    pub(super) fn give_back(&mut self, source: SourceId) {
        let idle = |plan: &Plan| !plan.owned && !plan.health.polling;
        if self.plans.get(&source).is_some_and(idle) {
            self.plans.remove(&source);
        }
    }

    /// The sources to poll now, as many as may be.
    pub(super) fn due(&self, now: Instant) -> Vec<SourceId> {
        let mut free = self.settings.concurrency.saturating_sub(self.polling);
        let mut hosts = BTreeMap::new();
        let mut due = Vec::new();
        for (at, source) in &self.queue {
            if free == 0 || *at > now {
                break;
            }
            let Some(plan) = self.plans.get(source) else {
                continue;
            };
            let polling = self.hosts.get(&plan.host).copied().unwrap_or(0);
            let more = hosts.entry(plan.host.as_str()).or_insert(0);
            if polling + *more < self.settings.per_host {
                *more += 1;
                free -= 1;
                due.push(*source);
            }
        }
        due
    }

    /// When the next source will be due that is not yet; a source that is due waits for the end
    /// of another poll.
    pub(super) fn next(&self, now: Instant) -> Instant {
        let later = self.queue.range((now, SourceId(uuid::Uuid::max()))..);
        let next = later.map(|(at, _)| *at).next();
        next.unwrap_or(now + self.settings.max_interval)
    }

    /// Notes that a poll begins; false where one has not ended.
    pub(super) fn begin(&mut self, source: SourceId) -> bool {
        let plan = self.plans.entry(source).or_default();
        if plan.health.polling {
            return false;
        }
        plan.health.polling = true;
        if let Some(due) = plan.due.take() {
            self.queue.remove(&(due, source));
        }
        *self.hosts.entry(plan.host.clone()).or_default() += 1;
        self.polling += 1;
        true
    }

    /// Notes that a poll has ended.
    pub(super) fn finish(
        &mut self,
        source: SourceId,
        outcome: Outcome,
        now: Instant,
        wall: Timestamp,
    ) {
        let jitter = self.chance(source, wall.0.unsigned_abs());
        let Some(plan) = self.plans.get_mut(&source) else {
            return;
        };
        self.polling = self.polling.saturating_sub(1);
        if let Some(polling) = self.hosts.get_mut(&plan.host) {
            *polling -= 1;
            if *polling == 0 {
                self.hosts.remove(&plan.host);
            }
        }
        plan.health.polling = false;
        let again = std::mem::take(&mut plan.again);
        let wait = plan.note(outcome, wall, jitter);
        let wait = wait.map(|wait| if again { Duration::ZERO } else { wait });
        self.put(source, wait, now, wall);
    }

    /// Makes a source due at once; where it is being polled, after that.
    pub(super) fn soon(&mut self, source: SourceId, now: Instant, wall: Timestamp) {
        let Some(plan) = self.plans.get_mut(&source) else {
            return;
        };
        if plan.health.polling {
            plan.again = true;
        } else if plan.interval.is_some() {
            self.put(source, Some(Duration::ZERO), now, wall);
        }
    }

    pub(super) fn health(&self, source: SourceId) -> Option<&Health> {
        self.plans.get(&source).map(|plan| &plan.health)
    }

    pub(super) fn all_health(&self) -> BTreeMap<SourceId, Health> {
        let health = |(source, plan): (&SourceId, &Plan)| (*source, plan.health.clone());
        self.plans.iter().map(health).collect()
    }

    /// Plans a source anew: it is new, or changed, or gone, or another process's.
    fn plan(
        &mut self,
        source: SourceId,
        entry: Option<&SourceEntry>,
        now: Instant,
        wall: Timestamp,
    ) {
        let fields = entry.map(|entry| &entry.fields);
        let interval = fields.and_then(|fields| Interval::of(fields, &self.settings));
        let chance = self.chance(source, 0);
        let spread = self.settings.spread;
        let plan = self.plans.entry(source).or_default();
        if plan.health.polling {
            // Its end is by the old plan.
            self.planned = None;
            return;
        }
        let Some(entry) = entry else {
            self.put(source, None, now, wall);
            self.plans.remove(&source);
            return;
        };
        let changed = plan.health.version != entry.version;
        plan.owned = true;
        plan.interval = interval;
        plan.host = host(&entry.fields.url);
        plan.health.version = entry.version;
        if changed {
            plan.health.failures = 0;
        }
        // Another time for each, so that a restart is no storm.
        let first = interval.map(|interval| spread.min(interval.between(None)).mul_f64(chance));
        let kept = plan.health.next_poll.filter(|_| !changed);
        let left = kept.map(|at| u64::try_from(at.0.saturating_sub(wall.0)).unwrap_or(0));
        let wait = match (interval, left.map(Duration::from_micros)) {
            (Some(interval), Some(left)) if !left.is_zero() => Some(left.min(interval.ceiling)),
            _ => first,
        };
        self.put(source, wait, now, wall);
    }

    /// Puts a source into the queue, or out of it.
    fn put(&mut self, source: SourceId, wait: Option<Duration>, now: Instant, wall: Timestamp) {
        let Some(plan) = self.plans.get_mut(&source) else {
            return;
        };
        if let Some(due) = plan.due.take() {
            self.queue.remove(&(due, source));
        }
        plan.health.next_poll = wait.map(|wait| {
            let micros = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
            wall.plus_micros(micros)
        });
        let wait = wait.filter(|_| plan.owned);
        plan.due = wait.and_then(|wait| now.checked_add(wait));
        if let Some(due) = plan.due {
            self.queue.insert((due, source));
        }
    }

    /// A number from 0 to 1 for a source at a time.
    fn chance(&self, source: SourceId, time: u64) -> f64 {
        let (high, low) = source.0.as_u64_pair();
        let part = mix(self.seed ^ mix(high ^ mix(low ^ mix(time)))) >> 32;
        part as f64 / f64::from(u32::MAX)
    }
}

/// A well-spread number for a number (the finaliser of SplitMix64).
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
