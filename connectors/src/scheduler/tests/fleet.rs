//! A thousand sources at different intervals, ten minutes of polling in no time.

use super::*;

const SOURCES: u128 = 1000;
const HOSTS: u128 = 100;
const MINUTES_10: Duration = Duration::from_secs(600);

/// From one to ten minutes.
fn interval(n: u128) -> Duration {
    Duration::from_secs(60 * (1 + (n % 10) as u64))
}

#[tokio::test(start_paused = true)]
async fn a_thousand_sources_at_different_intervals_are_each_polled_as_often_as_they_should() {
    let settings = Settings {
        concurrency: 32,
        per_host: 2,
        spread: Duration::from_secs(30),
        ..Settings::default()
    };
    let mut world = World::new(settings, well);
    for n in 0..SOURCES {
        world.said.set(source(n), |fields| {
            fields.url = format!("https://host{}.example.org/{n}", (n / 10) % HOSTS);
            fields.interval_s = interval(n).as_secs() as i64;
        });
    }
    world.start();
    sleep(MINUTES_10).await;
    // `Polls` itself sees to it that no source is polled twice at once.
    assert!(world.polls.most.load(Ordering::SeqCst) <= 32);
    assert!(world.polls.most_of_host.load(Ordering::SeqCst) <= 2);
    let mut polled: BTreeMap<SourceId, Vec<Duration>> = BTreeMap::new();
    for (source, at) in world.end().await {
        polled.entry(source).or_default().push(at);
    }
    assert_eq!(polled.len(), SOURCES as usize);
    for n in 0..SOURCES {
        let times = &polled[&source(n)];
        let every = interval(n);
        // A poll takes 2 s, and waits a little where many are due.
        let (least, most) = (every, every + Duration::from_secs(10));
        for pair in times.windows(2) {
            let apart = pair[1] - pair[0];
            assert!((least..=most).contains(&apart), "{n}: {apart:?}");
        }
        let fewest = (MINUTES_10 - Duration::from_secs(40)).as_secs() / most.as_secs();
        let at_most = MINUTES_10.as_secs() / every.as_secs() + 1;
        let times = times.len() as u64;
        assert!((fewest..=at_most).contains(&times), "{n}: {times} polls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_busy_source_is_polled_often_and_a_quiet_one_rarely() {
    for (entry_interval_s, apart_s) in [(3600, 900), (60, 300), (7 * 86_400, 86_400)] {
        let mut world = World::new(Settings::default(), well);
        world
            .polls
            .entry_interval_s
            .store(entry_interval_s, Ordering::SeqCst);
        world.said.set(source(1), |_| {});
        world.start();
        sleep(HOUR * 50).await;
        let log = world.end().await;
        let apart = log[2].1 - log[1].1 - Duration::from_secs(2);
        assert_eq!(apart.as_secs(), apart_s);
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_whose_hub_tells_of_news_is_polled_when_it_is_told_and_rarely_besides() {
    let mut world = World::new(Settings::default(), |_| {
        let mut report = well(0)?;
        report.push_renew_s = Some(20 * 3600);
        Ok(report)
    });
    world.said.set(source(1), |_| {});
    world.start();
    sleep(HOUR * 10).await;
    assert_eq!(world.polled(), 1);
    assert!(world.scheduler.health(source(1)).unwrap().pushed);
    world.scheduler.poll_soon(source(1));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(world.polled(), 2);
    // Told while it is being polled: once more after that.
    world.scheduler.poll_soon(source(1));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(world.polled(), 3);
    sleep(HOUR * 19).await;
    assert_eq!(world.polled(), 3);
    sleep(HOUR * 2).await;
    assert_eq!(world.end().await.len(), 4, "the lease is to be renewed");
}
