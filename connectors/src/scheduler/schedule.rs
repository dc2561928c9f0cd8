//! When each source is due: a table and its rules, without tasks and clocks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mediamesh_domain::control::{ControlState, SourceEntry};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::position::{Seq, Version};
use mediamesh_domain::time::Timestamp;
use tokio::time::Instant;

use super::health::Health;
use super::plan::{Outcome, Plan, host};
use super::settings::Settings;

/// Doubling stops here at the latest; the longest wait comes before.
const MAX_DOUBLINGS: u32 = 20;

pub(super) struct Schedule {
    settings: Settings,
    seed: u64,
    /// The state of the sources that the plans are of; none where one has to be planned anew.
    planned: Option<Seq>,
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

    /// Takes in the sources as they are now.
    pub(super) fn refresh(&mut self, control: &ControlState, now: Instant, wall: Timestamp) {
        if self.planned == Some(control.seq) {
            return;
        }
        self.planned = Some(control.seq);
        let known: Vec<_> = self.plans.keys().copied().collect();
        for gone in known.iter().filter(|s| !control.sources.contains_key(s)) {
            self.plan(*gone, None, now, wall);
        }
        for (source, entry) in &control.sources {
            let known = self.plans.get(source).map(|plan| plan.version);
            if known != Some(entry.version) {
                self.plan(*source, Some(entry), now, wall);
            }
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
        next.unwrap_or(now + self.settings.max_wait)
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
        let asked = plan.note(outcome, wall);
        let wait = plan.interval.map(|interval| {
            let doublings = plan.health.failures.min(MAX_DOUBLINGS);
            let backed_off = interval.saturating_mul(1 << doublings);
            let longest = self.settings.max_wait.max(interval);
            backed_off.max(asked).min(longest)
        });
        self.put(source, wait, now, wall);
    }

    pub(super) fn health(&self, source: SourceId) -> Option<&Health> {
        self.plans.get(&source).map(|plan| &plan.health)
    }

    pub(super) fn all_health(&self) -> BTreeMap<SourceId, Health> {
        let health = |(source, plan): (&SourceId, &Plan)| (*source, plan.health.clone());
        self.plans.iter().map(health).collect()
    }

    /// Plans a source anew: it is new, or changed, or gone.
    fn plan(
        &mut self,
        source: SourceId,
        entry: Option<&SourceEntry>,
        now: Instant,
        wall: Timestamp,
    ) {
        let fields = entry.map(|entry| &entry.fields);
        let polled = fields.filter(|f| f.interval_s > 0 && !f.paused && !f.url.is_empty());
        let interval = polled.map(|fields| {
            let seconds = u64::try_from(fields.interval_s).unwrap_or(0);
            Duration::from_secs(seconds).max(self.settings.min_interval)
        });
        let first = interval.map(|interval| self.spread(source, interval));
        let plan = self.plans.entry(source).or_default();
        if plan.health.polling {
            // Its end is by the old plan.
            self.planned = None;
            return;
        }
        plan.version = entry.map_or_else(Version::default, |entry| entry.version);
        plan.interval = interval;
        plan.host = fields.map_or_else(String::new, |fields| host(&fields.url));
        plan.health.failures = 0;
        match entry {
            Some(_) => self.put(source, first, now, wall),
            None => {
                self.put(source, None, now, wall);
                self.plans.remove(&source);
            }
        }
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
        plan.due = wait.and_then(|wait| now.checked_add(wait));
        if let Some(due) = plan.due {
            self.queue.insert((due, source));
        }
    }

    /// When a source's first poll comes: another time for each, so that a restart is no storm.
    fn spread(&self, source: SourceId, interval: Duration) -> Duration {
        let span = self.settings.spread.min(interval);
        let (high, low) = source.0.as_u64_pair();
        let part = mix(self.seed ^ mix(high ^ mix(low))) >> 32;
        span.mul_f64(part as f64 / f64::from(u32::MAX))
    }
}

/// A well-spread number for a number (the finaliser of SplitMix64).
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
