//! Feeds that move, and entries that are not there any more.

use super::*;
use mediamesh_domain::run::{MoveOutcome, MovedBy};

fn moved(report: &RunReport) -> Option<(MoveOutcome, MovedBy)> {
    report.moved.as_ref().map(|found| (found.outcome, found.by))
}

fn announcing(to: &str, items: &[String]) -> String {
    let tag = format!("<itunes:new-feed-url>{to}</itunes:new-feed-url><ttl>");
    feed(items).replace("<ttl>", &tag).replace(
        "<rss>",
        "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>",
    )
}

/// A server whose `/feed` redirects for good as soon as it is told to; `/new` has `there`.
async fn moving(there: String) -> (Server, Arc<std::sync::atomic::AtomicBool>) {
    let goes = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let gone = Arc::clone(&goes);
    let here = feed(&[item("a", "A"), item("b", "B")]);
    let server = Server::answering(move |head| {
        match (head.contains("get /new"), gone.load(Ordering::SeqCst)) {
            (true, _) => server::ok(&[], &there),
            (_, true) => server::answer("301 Moved", &["location: /new"], ""),
            _ => server::ok(&[], &here),
        }
    })
    .await;
    (server, goes)
}

#[tokio::test]
async fn a_permanent_redirect_to_the_same_feed_is_a_confirmed_move() {
    let (server, goes) = moving(feed(&[item("c", "C"), item("b", "B")])).await;
    let world = World::of(&server);
    assert_eq!(moved(&world.run().await), None);
    goes.store(true, Ordering::SeqCst);
    let report = world.run().await;
    assert_eq!(
        moved(&report),
        Some((MoveOutcome::Confirmed, MovedBy::Redirect))
    );
    assert_eq!(report.moved.unwrap().to, server.url("/new"));
    let again = world.run().await;
    assert_eq!(
        moved(&again),
        Some((MoveOutcome::Confirmed, MovedBy::Redirect)),
        "until it is told"
    );
}

#[tokio::test]
async fn a_permanent_redirect_to_another_feed_takes_nothing_and_says_so() {
    for there in [feed(&[item("x", "X")]), "<html>for sale</html>".to_owned()] {
        let (server, goes) = moving(there).await;
        let world = World::of(&server);
        world.run().await;
        world.appended();
        goes.store(true, Ordering::SeqCst);
        for _ in 0..2 {
            let error = world
                .ingest
                .run(&world.job, Input::Fetch)
                .await
                .unwrap_err();
            assert!(error.code().starts_with("ingest.other") || error.code().starts_with("feed."));
            assert_eq!(world.appended().len(), 0);
        }
        goes.store(false, Ordering::SeqCst);
        assert_eq!(
            world.run().await.appended,
            0,
            "the old address is asked, its entries are known"
        );
    }
}

#[tokio::test]
async fn a_feed_that_announces_its_new_address_is_looked_for_there() {
    for (there, outcome) in [
        (
            feed(&[item("b", "B"), item("z", "Z")]),
            MoveOutcome::Confirmed,
        ),
        (feed(&[item("z", "Z")]), MoveOutcome::OtherFeed),
        ("nothing of the kind".to_owned(), MoveOutcome::Unreadable),
    ] {
        let new = Server::answering(move |_| server::ok(&[], &there)).await;
        let body = announcing(&new.url("/there"), &[item("b", "B")]);
        let old = Server::answering(move |_| server::ok(&[], &body)).await;
        let mut world = World::new(&[&old, &new]);
        world.job = job(&old.url("/feed"));
        let report = world.run().await;
        assert_eq!(moved(&report), Some((outcome, MovedBy::NewFeedUrl)));
        assert_eq!(
            world.appended().len(),
            2,
            "what the feed itself has is taken"
        );
        world.run().await;
        let looked = if outcome == MoveOutcome::Confirmed {
            2
        } else {
            1
        };
        assert_eq!(new.heads().len(), looked, "in vain once a day");
    }
}

#[tokio::test]
async fn a_feed_is_known_by_its_own_guid_and_moves_in_no_circle() {
    let guid = "<podcast:guid>ead4c236-bf58-58c6-a2c6-a6b28d128cb6</podcast:guid><ttl>";
    let with_guid = |text: String| {
        let namespace = "xmlns:podcast='https://podcastindex.org/namespace/1.0'";
        let text = text.replace("<ttl>", guid);
        text.replacen("<rss", &format!("<rss {namespace}"), 1)
    };
    let there = with_guid(feed(&[item("other", "O")]));
    let new = Server::answering(move |_| server::ok(&[], &there)).await;
    let to = new.url("/there");
    let body = with_guid(announcing(&to, &[item("b", "B")]));
    let old = Server::answering(move |_| server::ok(&[], &body)).await;
    let mut world = World::new(&[&old, &new]);
    world.job = job(&old.url("/feed"));
    let report = world.run().await;
    assert_eq!(
        moved(&report),
        Some((MoveOutcome::Confirmed, MovedBy::NewFeedUrl))
    );
    world.job.source.fields.moved_from = vec![to];
    let report = world.run().await;
    assert_eq!(
        moved(&report),
        Some((MoveOutcome::Loop, MovedBy::NewFeedUrl))
    );
}

#[tokio::test]
async fn an_announced_address_on_this_machine_is_not_asked() {
    let canary = Server::answering(|_| server::ok(&[], &feed(&[item("b", "B")]))).await;
    let body = announcing(&canary.url("/private"), &[item("b", "B")]);
    let server = Server::answering(move |_| server::ok(&[], &body)).await;
    let world = World::of(&server);
    let report = world.run().await;
    assert_eq!(
        moved(&report),
        Some((MoveOutcome::Unreadable, MovedBy::NewFeedUrl))
    );
    assert_eq!(canary.heads().len(), 0);
}

#[tokio::test]
async fn entries_that_disappear_in_masses_are_counted_and_stay_known() {
    let world = World::new(&[]);
    let items: Vec<_> = (0..20).map(|n| item(&n.to_string(), "T")).collect();
    world.take(&feed(&items)).await;
    for _ in 0..2 {
        let report = world.take(&feed(&items[18..])).await;
        assert_eq!((report.entries_missing, report.appended), (18, 0));
    }
    let report = world.take(&feed(&items)).await;
    assert_eq!(
        (report.entries_missing, report.appended),
        (0, 0),
        "they are back"
    );

    // A feed that lists the newest twenty pushes old ones out: nothing is missing.
    let items: Vec<_> = (5..25).map(|n| item(&n.to_string(), "T")).collect();
    let report = world.take(&feed(&items)).await;
    assert_eq!((report.entries_missing, report.appended), (0, 5));
}

#[tokio::test]
async fn a_404_and_a_410_leave_everything_as_it_is() {
    for status in ["404 Not Found", "410 Gone"] {
        let gone = std::sync::atomic::AtomicBool::new(false);
        let body = feed(&[item("a", "A")]);
        let server = Server::answering(move |_| match gone.fetch_not(Ordering::SeqCst) {
            true => server::answer(status, &[], ""),
            false => server::ok(&[], &body),
        })
        .await;
        let world = World::of(&server);
        assert_eq!(world.run().await.appended, 1);
        world.appended();
        let error = world
            .ingest
            .run(&world.job, Input::Fetch)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "egress.status");
        let report = world.run().await;
        assert_eq!((report.appended, report.entries_missing), (0, 0));
        assert_eq!(world.appended().len(), 0);
    }
}

#[tokio::test]
async fn a_locked_feed_is_taken_only_where_its_owner_has_agreed() {
    let locked = feed(&[item("a", "A")])
        .replace(
            "<ttl>",
            "<podcast:locked owner='a@b.example'>yes</podcast:locked><ttl>",
        )
        .replace(
            "<rss>",
            "<rss xmlns:podcast='https://podcastindex.org/namespace/1.0'>",
        );
    let mut world = World::new(&[]);
    let error = world
        .ingest
        .run(&world.job, given(&locked))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "ingest.locked");
    assert!(error.to_string().contains("respect_locked"), "{error}");
    assert!(!error.to_string().contains("a@b"), "{error}");
    assert_eq!(world.log.appends(), 0);
    assert!(
        world
            .ingest
            .dry_run(&world.job, given(&locked))
            .await
            .is_err()
    );
    world.job.source.fields.respect_locked = false;
    assert_eq!(world.take(&locked).await.appended, 1);
}

#[tokio::test]
async fn pushed_news_are_a_part_of_the_feed() {
    let world = World::new(&[]);
    let items: Vec<_> = (0..20).map(|n| item(&n.to_string(), "T")).collect();
    world.take(&feed(&items)).await;
    let pushed = Input::Pushed {
        bytes: Bytes::from(feed(&[item("new", "N")])),
        content_type: None,
    };
    let report = world.ingest.run(&world.job, pushed).await.unwrap();
    assert_eq!((report.appended, report.entries_missing), (1, 0));
    assert_eq!(world.take(&feed(&items)).await.appended, 0);
}

#[tokio::test]
async fn how_often_entries_appear_and_what_the_feed_asks_for_is_told_to_who_polls() {
    let world = World::new(&[]);
    let dated = |day: u32| {
        let date = format!("<pubDate>1969-12-{day:02}T00:00:00Z</pubDate></item>");
        item(&day.to_string(), "T").replace("</item>", &date)
    };
    // The test's clock begins with 1970.
    let report = world
        .take(&feed(&[dated(31), dated(24), dated(17), dated(10)]))
        .await;
    assert_eq!(report.entry_interval_s, Some(22 * 86_400 / 4));
    assert_eq!(report.ttl_s, Some(3600));
}
