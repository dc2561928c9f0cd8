//! How often, and how much at once.

use std::time::Duration;

use mediamesh_domain::model::SourceFields;

/// How sources are polled; [`Settings::default`] is what a deployment starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How many sources are polled at once.
    pub concurrency: usize,
    /// How many sources of one host are polled at once.
    pub per_host: usize,
    /// The first poll of a source comes within this time, or its interval where that is shorter.
    pub spread: Duration,
    /// The shortest time between two polls of a source that names none.
    pub min_interval: Duration,
    /// The longest time between two polls of a source that names none, also where a server or
    /// failures put them off.
    pub max_interval: Duration,
    /// How often a source is polled in the time in which it has one new entry.
    pub polls_per_entry: u32,
    /// How often the sources are looked up.
    pub refresh: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 8,
            per_host: 2,
            spread: Duration::from_secs(60),
            min_interval: Duration::from_secs(300),
            max_interval: Duration::from_secs(24 * 3600),
            polls_per_entry: 4,
            refresh: Duration::from_secs(1),
        }
    }
}

/// The times between two polls of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    /// Until it is known how often entries appear.
    start: Duration,
    floor: Duration,
    pub(super) ceiling: Duration,
    polls_per_entry: u32,
}

impl Interval {
    /// None where the source is not polled by itself.
    pub(super) fn of(fields: &SourceFields, settings: &Settings) -> Option<Self> {
        if fields.interval_s <= 0 || fields.paused || fields.url.is_empty() {
            return None;
        }
        let seconds = |value: i64| Duration::from_secs(u64::try_from(value).unwrap_or(0));
        let start = seconds(fields.interval_s);
        let floor = fields
            .min_interval_s
            .map_or_else(|| settings.min_interval.min(start), seconds);
        let ceiling = fields
            .max_interval_s
            .map_or_else(|| settings.max_interval.max(start), seconds)
            .max(floor);
        Some(Self {
            start: start.clamp(floor, ceiling),
            floor,
            ceiling,
            polls_per_entry: settings.polls_per_entry.max(1),
        })
    }

    /// The time to the next poll where entries appear so far apart on average.
    pub(super) fn between(&self, entries: Option<Duration>) -> Duration {
        let wanted = entries.map_or(self.start, |apart| apart / self.polls_per_entry);
        wanted.clamp(self.floor, self.ceiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(change: impl FnOnce(&mut SourceFields)) -> Option<Interval> {
        let mut fields = SourceFields {
            url: "https://example.org/".into(),
            interval_s: 3600,
            ..SourceFields::default()
        };
        change(&mut fields);
        Interval::of(&fields, &Settings::default())
    }

    #[test]
    fn the_time_between_polls_follows_the_entries_between_floor_and_ceiling() {
        let day = 24 * 3600;
        let deployment = source(|_| {}).unwrap();
        let own = source(|fields| {
            fields.min_interval_s = Some(1800);
            fields.max_interval_s = Some(7200);
        })
        .unwrap();
        for (apart_s, by_deployment, by_own) in [
            (None, 3600, 3600),
            (Some(60), 300, 1800),
            (Some(4 * 3000), 3000, 3000),
            (Some(7 * day), day, 7200),
        ] {
            let apart = apart_s.map(Duration::from_secs);
            assert_eq!(deployment.between(apart).as_secs(), by_deployment);
            assert_eq!(own.between(apart).as_secs(), by_own);
        }
    }

    #[test]
    fn what_a_source_says_of_its_interval_is_within_its_bounds() {
        let minute = source(|fields| fields.interval_s = 60).unwrap();
        assert_eq!(minute.between(Some(Duration::ZERO)).as_secs(), 60);
        let week = source(|fields| fields.interval_s = 7 * 24 * 3600).unwrap();
        assert_eq!(week.between(None), week.ceiling);
        let fixed = source(|fields| {
            fields.min_interval_s = Some(600);
            fields.max_interval_s = Some(600);
        });
        for apart in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
            assert_eq!(fixed.unwrap().between(apart).as_secs(), 600);
        }
        assert_eq!(source(|fields| fields.interval_s = 0), None);
        assert_eq!(source(|fields| fields.paused = true), None);
        assert_eq!(source(|fields| fields.url = String::new()), None);
    }
}
