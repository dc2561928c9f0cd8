//! Feeds that go on at other addresses.

use super::*;

/// Feeds of five entries a page, `pages` pages; `also` goes into each channel.
fn page(n: usize, pages: usize, also: &str) -> String {
    let items: String = (0..5)
        .map(|k| {
            let number = (pages - n) * 5 - k;
            format!(
                "<item><guid>g{number}</guid><title>T</title>\
                 <itunes:episode>{number}</itunes:episode></item>"
            )
        })
        .collect();
    let next = match n + 1 < pages {
        true => format!("<atom:link rel='next' href='?page={}'/>", n + 1),
        false => String::new(),
    };
    format!(
        "<rss xmlns:atom='http://www.w3.org/2005/Atom' \
         xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>\
         <channel><title>Show</title>{next}{also}{items}</channel></rss>"
    )
}

fn asked(head: &str) -> usize {
    let after = head.split("page=").nth(1).unwrap_or("0");
    let number = after.split([' ', '&']).next().unwrap();
    number.parse().unwrap()
}

#[tokio::test]
async fn all_pages_are_read_once_and_later_only_the_first() {
    let server = Server::answering(|head| server::ok(&[], &page(asked(head), 4, ""))).await;
    let world = World::of(&server);
    let report = world.run().await;
    assert_eq!(
        (report.pages, report.entries_seen, report.appended),
        (4, 20, 20)
    );
    assert_eq!(
        (report.entries_seen, report.numbers_from, report.numbers_to),
        (20, Some(1), Some(20))
    );
    assert_eq!(report.entries_missing, 0);
    let entries = world.appended();
    assert_eq!(indices(&entries), (-1..20).collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| entry.run_id == report.run_id));

    let report = world.run().await;
    assert_eq!(
        (report.pages, report.appended, report.entries_missing),
        (1, 0, 0)
    );
    assert!(!report.pages_left);
    assert_eq!(server.paths().len(), 5);
}

#[tokio::test]
async fn a_trial_reads_further_pages_and_says_how_much_is_listed() {
    let server = Server::answering(|head| server::ok(&[], &page(asked(head), 9, ""))).await;
    let mut world = World::of(&server);
    world.job.source.fields.max_pages = Some(3);
    let (report, entries) = world
        .ingest
        .dry_run(&world.job, Input::Fetch)
        .await
        .unwrap();
    assert_eq!(indices(&entries), (-1..15).collect::<Vec<_>>());
    assert!(report.pages_left);
    let seen = report.seen();
    assert_eq!((seen.pages, seen.entries, seen.appended), (3, 15, 0));
    let coverage = seen.coverage().unwrap();
    assert_eq!((coverage.listed, coverage.of), (15, 45));
    assert_eq!(seen.notes().len(), 2, "{:?}", seen.notes());
    assert_eq!((world.log.appends(), world.objects.writes()), (0, 0));
}

#[tokio::test]
async fn a_trial_tells_of_a_page_that_cannot_be_read() {
    let server = Server::answering(|head| match asked(head) {
        1 => server::answer("500 Oh", &[], ""),
        n => server::ok(&[], &page(n, 3, "")),
    })
    .await;
    let world = World::of(&server);
    let tried = world.ingest.dry_run(&world.job, Input::Fetch).await;
    let (report, entries) = tried.unwrap();
    assert_eq!((report.pages, entries.len()), (1, 6));
    assert!(report.page_failed.unwrap().contains("500"));
}

#[tokio::test]
async fn entries_that_went_over_to_the_next_page_are_known_there() {
    let more = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let grown = Arc::clone(&more);
    let server = Server::answering(move |head| {
        let n = asked(head);
        match grown.load(Ordering::SeqCst) {
            // A page more: each entry stands a page later, among others' context.
            true => server::ok(
                &[],
                &page(n, 3, "").replace("Show", &format!("Show, page {n}")),
            ),
            false => server::ok(&[], &page(n, 2, "").replace("Show", "Show, page 0")),
        }
    })
    .await;
    let world = World::of(&server);
    assert_eq!(world.run().await.appended, 10);
    more.store(true, Ordering::SeqCst);
    let report = world.run().await;
    assert_eq!((report.appended, report.unchanged), (5, 5));
    assert_eq!(
        report.pages, 2,
        "the second page is all known: the third one is not asked for"
    );
}

#[tokio::test]
async fn a_run_follows_as_many_pages_as_the_source_says() {
    let server = Server::answering(|head| server::ok(&[], &page(asked(head), 9, ""))).await;
    let mut world = World::of(&server);
    world.job.source.fields.max_pages = Some(3);
    let report = world.run().await;
    assert_eq!((report.pages, report.entries_seen), (3, 15));
    assert!(report.pages_left);
    assert_eq!(
        (report.numbers_from, report.numbers_to),
        (Some(31), Some(45))
    );
    world.ingest = world.ingest.with_paging(Paging {
        max_bytes: 1,
        ..Paging::default()
    });
    world.job = job(&server.url("/other"));
    assert_eq!(world.run().await.pages, 1);
}

#[tokio::test]
async fn pages_that_lead_in_circles_are_read_once() {
    let server = Server::answering(|head| {
        let n = asked(head);
        let items = [item(&format!("g{n}"), "T")];
        let link = format!("<link rel='next' href='/feed?page={}'/><ttl>", (n + 1) % 3);
        server::ok(&[], &feed(&items).replace("<ttl>", &link))
    })
    .await;
    let world = World::of(&server);
    let report = world.run().await;
    assert_eq!(
        report.pages, 4,
        "page 0 once without and once with its parameter"
    );
    assert_eq!(report.entries_seen, 3);
}

#[tokio::test]
async fn what_a_failing_page_has_is_read_by_the_next_run() {
    let fails = std::sync::atomic::AtomicBool::new(true);
    let server = Server::answering(move |head| match asked(head) {
        2 if fails.swap(false, Ordering::SeqCst) => server::answer("500 Oh", &[], ""),
        n => server::ok(&["etag: \"1\""], &page(n, 4, "")),
    })
    .await;
    let world = World::of(&server);
    let report = world.run().await;
    assert_eq!((report.pages, report.appended), (2, 10));
    assert!(report.page_failed.unwrap().contains("500"));
    let report = world.run().await;
    assert_eq!(
        (report.pages, report.appended, report.page_failed),
        (3, 10, None)
    );
    assert_eq!(world.run().await.appended, 0);
}

#[tokio::test]
async fn a_page_that_a_stranger_names_is_not_looked_for_on_this_machine() {
    let canary = Server::answering(|_| server::ok(&[], &feed(&[item("x", "X")]))).await;
    let next = canary.url("/private");
    let link = format!("<link rel='next' href='{next}'/><ttl>");
    let body = feed(&[item("a", "A")]).replace("<ttl>", &link);
    let server = Server::answering(move |_| server::ok(&[], &body)).await;
    // The canary is not among the origins that the operator lists.
    let mut world = World::new(&[&server]);
    world.job = job(&server.url("/feed"));
    let report = world.run().await;
    assert_eq!(report.appended, 1);
    assert!(report.page_failed.is_some());
    assert_eq!(canary.heads().len(), 0);
}

#[tokio::test]
async fn a_secret_goes_to_pages_of_its_origin_alone_and_stands_nowhere() {
    let other = Server::answering(|_| server::ok(&[], "")).await;
    let elsewhere = other.url("/2");
    let server = Server::answering(move |head| match asked(head) {
        0 => {
            let own = page(0, 3, "").replace("?page=1", "?key=t0ken-of-mine&amp;page=1");
            server::ok(&[], &own)
        }
        _ => server::ok(&[], &page(1, 3, "").replace("?page=2", &elsewhere)),
    })
    .await;
    let mut world = World::new(&[&server, &other]);
    world.job = job(&server.url("/feed"));
    world.job.source.fields.secret_name = Some("mine".into());
    let secret = |_: &str| Some(Credential::query("key", "t0ken-of-mine"));
    world.ingest = world.ingest.with_credentials(Arc::new(secret));
    let report = world.run().await;
    assert_eq!((report.pages, report.appended), (2, 10));
    let asked = server.paths();
    assert!(
        asked.iter().all(|path| path.contains("key=t0ken-of-mine")),
        "{asked:?}"
    );
    assert_eq!(other.heads().len(), 0);
    let kept = world.objects.all();
    let shown = format!("{report:?} {:?} {kept:?}", world.appended());
    assert!(!shown.contains("t0ken"), "{shown}");
}

#[tokio::test]
async fn atom_archives_and_json_feeds_go_on_as_well() {
    let atom = |n: usize| {
        let link = match n {
            2 => String::new(),
            n => format!("<link rel='prev-archive' href='/feed?page={}'/>", n + 1),
        };
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>{link}\
             <entry><id>tag:a,{n}</id><title>T</title></entry></feed>"
        )
    };
    let json = |n: usize| {
        let link = match n {
            2 => String::new(),
            n => format!(r#""next_url": "/feed?page={}","#, n + 1),
        };
        format!(
            r#"{{"version": "https://jsonfeed.org/version/1.1", "title": "J", {link}
             "items": [{{"id": "{n}", "content_text": "T"}}]}}"#
        )
    };
    let formats: [Box<dyn Fn(usize) -> String + Send + Sync>; 2] = [Box::new(atom), Box::new(json)];
    for format in formats {
        let server = Server::answering(move |head| server::ok(&[], &format(asked(head)))).await;
        let world = World::of(&server);
        let report = world.run().await;
        assert_eq!((report.pages, report.appended), (3, 3));
        let report = world.run().await;
        assert_eq!((report.pages, report.appended), (1, 0));
    }
}
