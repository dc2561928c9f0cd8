//! What survives a restart, and whose sources are whose.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_restart_forgets_neither_failures_nor_when_a_source_is_due() {
    let mut world = World::new(Settings::default(), badly);
    world.said.set(source(1), |_| {});
    world.start();
    sleep(HOUR * 3).await;
    let before = world.scheduler.health(source(1)).unwrap();
    assert_eq!((before.failures, before.polls), (2, 2));
    let world = world.restart().await;
    sleep(Duration::from_secs(1)).await;
    let after = world.scheduler.health(source(1)).unwrap();
    assert_eq!(after, before);
    assert_eq!(world.polled(), 2, "it is not due");
    sleep(HOUR * 4).await;
    assert_eq!(world.polled(), 3);

    world.said.set(source(1), |fields| fields.interval_s = 60);
    let world = world.restart().await;
    sleep(Duration::from_secs(61)).await;
    let after = world.scheduler.health(source(1)).unwrap();
    assert_eq!(after.failures, 1, "a source that was changed begins anew");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_source_is_polled_by_who_owns_its_partition_and_by_nobody_else() {
    let own = Arc::new(OwnsPartitions::default());
    let mut world = World::owning(Settings::default(), well, Arc::clone(&own) as _);
    for n in 0..100 {
        world.said.set(source(n), |fields| {
            fields.url = format!("https://host{n}.example.org/");
            fields.interval_s = 86_400;
        });
    }
    let mine = partition(source(1));
    world.start();
    sleep(HOUR).await;
    assert_eq!(world.polled(), 0);
    own.assign([mine]);
    world.scheduler.ownership_changed();
    sleep(HOUR).await;
    let polled = world.polled();
    let owned = (0..100).filter(|n| partition(source(*n)) == mine).count();
    assert!(polled > 0 && polled == owned && owned < 100);

    own.assign([]);
    world.scheduler.ownership_changed();
    sleep(HOUR * 72).await;
    assert_eq!(world.scheduler.all_health().len(), 0);
    let log = world.end().await;
    assert!(log.iter().all(|(source, _)| partition(*source) == mine));
    assert_eq!(log.len(), polled);
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_is_asked_for_is_made_by_who_does_not_own_the_source_and_only_once() {
    let own = Arc::new(OwnsPartitions::default());
    let mut world = World::owning(Settings::default(), badly, Arc::clone(&own) as _);
    world
        .said
        .set(source(1), |fields| fields.interval_s = 3_600);
    world.start();
    sleep(HOUR).await;
    assert_eq!(world.polled(), 0);
    for failures in [1, 2] {
        assert!(world.scheduler.poll_now(source(1), None).await.is_err());
        assert_eq!(world.scheduler.all_health().len(), 0, "it is given back");
        let kept = world.parts.memory.load(source(1)).await.unwrap();
        assert_eq!(kept.failures, failures, "what others know is gone on with");
        assert!(kept.next_poll.is_some(), "whoever owns it goes on by that");
    }
    sleep(HOUR * 72).await;
    assert_eq!(world.polled(), 2);
    own.assign([partition(source(1))]);
    world.scheduler.ownership_changed();
    sleep(HOUR * 72).await;
    assert!(world.polled() > 2);
    world.end().await;
}
