//! What the way of word between processes must do.

use super::{Invalidations, SOON, suite};
use crate::invalidations::{Changed, Heard, Subscription};
use mediamesh_domain::position::Seq;
use tokio::time::timeout;

suite! { $ invalidations_contract, invalidations:
    every_process_hears_what_changed_in_order,
    keys_come_as_they_were_sent,
    who_is_too_slow_is_told_that_some_is_lost,
    a_subscription_ends_with_its_process,
}

/// More than any adapter holds for a subscriber that does not listen.
const MANY: i64 = 20_000;

fn changed(key: &str, seq: i64) -> Changed {
    Changed {
        key: key.to_owned(),
        seq: Seq(seq),
    }
}

async fn next(ear: &mut Box<dyn Subscription>) -> Option<Heard> {
    timeout(SOON, ear.next()).await.expect("something is heard")
}

/// The next change; that some was lost when the way was opened is nobody's loss.
async fn next_change(ear: &mut Box<dyn Subscription>) -> Changed {
    loop {
        match next(ear).await.expect("it goes on") {
            Heard::Changed(changed) => return changed,
            Heard::Lost => {}
        }
    }
}

/// Every process hears what changed, in order; the one that told it, too.
pub async fn every_process_hears_what_changed_in_order(of: Invalidations) {
    let mut ears = [
        of.here.subscribe(),
        of.here.subscribe(),
        of.there.subscribe(),
    ];
    let told = [changed("a", 1), changed("b", 2), changed("a", 3)];
    of.here.publish(told[..2].to_vec()).await;
    of.here.publish(told[2..].to_vec()).await;
    of.here.publish(Vec::new()).await;
    for ear in &mut ears {
        for expected in &told {
            assert_eq!(next_change(ear).await, *expected);
        }
    }
}

/// Keys come as they were sent.
pub async fn keys_come_as_they_were_sent(of: Invalidations) {
    let mut ear = of.there.subscribe();
    let long = "k".repeat(2_000);
    let keys = ["", " ", "a b", "1 a", "a\nb", "\0", "برنامج", &long];
    let told: Vec<_> = keys.iter().map(|key| changed(key, i64::MAX)).collect();
    of.here.publish(told.clone()).await;
    for expected in told {
        assert_eq!(next_change(&mut ear).await, expected);
    }
}

/// Who is too slow is told that some is lost, and then hears the rest.
pub async fn who_is_too_slow_is_told_that_some_is_lost(of: Invalidations) {
    let (mut slow, mut quick) = (of.there.subscribe(), of.there.subscribe());
    let last = changed("last", MANY);
    let listening = async { while next_change(&mut quick).await != last {} };
    let telling = async {
        for start in (0..MANY).step_by(100) {
            let some = (start..start + 100).map(|seq| changed("a", seq));
            of.here.publish(some.collect()).await;
        }
        of.here.publish(vec![last.clone()]).await;
    };
    tokio::join!(listening, telling);
    let mut lost = false;
    loop {
        match next(&mut slow).await.expect("it goes on") {
            Heard::Lost => lost = true,
            Heard::Changed(changed) if changed == last => break,
            Heard::Changed(_) => {}
        }
    }
    assert!(lost);
}

/// A subscription ends with its process.
pub async fn a_subscription_ends_with_its_process(of: Invalidations) {
    let mut ear = of.here.subscribe();
    drop(of);
    let end = async { while ear.next().await.is_some() {} };
    timeout(SOON, end).await.expect("it ends");
}
