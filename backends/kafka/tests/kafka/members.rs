//! Members of several processes: partitions are shared, handed over and taken away.

use super::support::{
    Deployment, IN, OUT, append, dir, group, hold, next, numbered, read_all, step, values,
    wait_until, work,
};
use mediamesh_domain::position::Partition;
use mediamesh_kafka::KafkaLog;
use mediamesh_ports::event_log::{Error, GroupSpec, Groups, Sees};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A node's member on a thread of its own, at work until it is told to leave.
struct Working {
    owns: Arc<AtomicUsize>,
    taken: Arc<AtomicUsize>,
    leave: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Working {
    fn start(log: &Arc<KafkaLog>, group: GroupSpec) -> Self {
        let (owns, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let leave = Arc::new(AtomicBool::new(false));
        let (log, owned, took, left) = (log.clone(), owns.clone(), taken.clone(), leave.clone());
        let thread = std::thread::spawn(move || {
            let mut member = log.join(group).expect("join");
            while !left.load(Ordering::SeqCst) {
                let polled = member.poll(7, Duration::from_millis(100));
                let taken = polled.and_then(|batch| {
                    let batch = batch.map(|batch| (step(&batch), batch.records.len()));
                    let taken = batch.as_ref().map_or(0, |(_, records)| *records);
                    batch.map_or(Ok(()), |(step, _)| member.commit(step))?;
                    Ok(taken)
                });
                match taken {
                    Ok(taken) => drop(took.fetch_add(taken, Ordering::SeqCst)),
                    Err(Error::Reassigned(_)) => {}
                    Err(error) => panic!("{error}"),
                }
                owned.store(member.owned().len(), Ordering::SeqCst);
            }
        });
        Self {
            owns,
            taken,
            leave,
            thread,
        }
    }

    fn owns(&self) -> usize {
        self.owns.load(Ordering::SeqCst)
    }

    fn leave(self) -> usize {
        self.leave.store(true, Ordering::SeqCst);
        self.thread.join().expect("the member's thread");
        self.taken.load(Ordering::SeqCst)
    }
}

/// How often each value stands in the outputs.
fn counted(log: &KafkaLog) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for partition in 0..12 {
        for value in values(&read_all(log, OUT, Partition(partition))) {
            *counted.entry(value).or_default() += 1;
        }
    }
    counted
}

#[test]
fn members_share_partitions_and_hand_them_over_and_every_record_is_taken_once() {
    let (deployment, [one, two]) = (Deployment::new(), [dir(), dir()]);
    let (a, b) = (deployment.open("a", &one), deployment.open("b", &two));
    let give = |numbers: std::ops::Range<usize>| {
        append(
            &a,
            (0..12).flat_map(|p| numbered(p, numbers.clone())).collect(),
        );
    };
    give(0..40);
    let first = Working::start(&a, group("shared"));
    wait_until("one has all", || first.owns() == 12);
    let second = Working::start(&b, group("shared"));
    // Records come while partitions move.
    let mut given = 40;
    wait_until("two have six each", || {
        if given < 120 {
            give(given..given + 4);
            given += 4;
        }
        first.owns() == 6 && second.owns() == 6
    });
    give(given..given + 20);
    given += 20;
    assert!(first.leave() > 0);
    give(given..given + 20);
    given += 20;
    wait_until("the other has all", || second.owns() == 12);
    wait_until("all is taken", || counted(&b).len() == given * 12);
    assert!(second.leave() > 0);
    let counted = counted(&b);
    let doubled: Vec<_> = counted.iter().filter(|(_, count)| **count != 1).collect();
    assert_eq!((counted.len(), doubled), (given * 12, vec![]));
}

#[test]
fn a_member_whose_name_another_bears_is_fenced_and_what_it_did_is_void() {
    let (deployment, [one, two]) = (Deployment::new(), [dir(), dir()]);
    let old = deployment.open("same", &one);
    let new = deployment.open("same", &two);
    append(&old, numbered(3, 0..10));
    let mut zombie = old.join(group("fenced")).expect("join");
    let batch = next(zombie.as_mut());
    // The same process, started again, while the old one hangs.
    let mut successor = new.join(group("fenced")).expect("join");
    let committed = zombie.commit(step(&batch));
    let polled = committed.and_then(|()| zombie.poll(10, Duration::from_secs(1)).map(|_| ()));
    assert!(matches!(polled, Err(Error::Fenced(..))), "{polled:?}");
    let refused = zombie.commit(step(&batch));
    assert!(matches!(refused, Err(Error::Fenced(..))), "{refused:?}");
    drop(zombie);
    hold(successor.as_mut(), &[batch.partition]);
    assert_eq!(work(successor.as_mut()), 10);
    drop(successor);
    let out = values(&read_all(&new, OUT, Partition(3)));
    assert_eq!(out.len(), 10, "{out:?}");
}

#[test]
fn a_member_that_lost_its_partitions_commits_nothing_of_them() {
    let (deployment, [one, two]) = (Deployment::new(), [dir(), dir()]);
    let (a, b) = (deployment.open("a", &one), deployment.open("b", &two));
    append(&a, (0..12).flat_map(|p| numbered(p, 0..5)).collect());
    let mut first = a.join(group("moved")).expect("join");
    let batch = next(first.as_mut());
    let second = Working::start(&b, group("moved"));
    // The first hears of the second while it polls; its batch was not committed.
    wait_until("partitions move", || {
        let polled = first.poll(1, Duration::from_millis(20));
        assert!(
            matches!(polled, Ok(_) | Err(Error::Reassigned(_))),
            "{polled:?}"
        );
        second.owns() == 6 && first.owned().len() == 6
    });
    let owned = first.owned();
    let gone = (0..12)
        .map(Partition)
        .find(|p| !owned.contains(p))
        .expect("gone");
    let late = step(&mediamesh_ports::event_log::Batch {
        partition: gone,
        ..batch
    });
    let answer = first.commit(late);
    assert_eq!(
        format!("{answer:?}"),
        format!("{:?}", Err::<(), _>(Error::Fenced(gone, IN)))
    );
    drop(first);
    wait_until("all is taken", || counted(&b).len() == 60);
    assert!(second.leave() > 0);
    assert!(counted(&b).values().all(|count| *count == 1));
}

#[test]
fn a_second_member_of_a_group_in_one_process_is_refused_until_the_first_has_left() {
    let (deployment, state) = (Deployment::new(), dir());
    let log = deployment.open("a", &state);
    let first = log.join(group("one")).expect("join");
    let second = log.join(group("one")).map(|_| ());
    assert!(matches!(second, Err(Error::Refused(_))), "{second:?}");
    drop(first);
    assert!(log.join(group("one")).is_ok());
    let other = GroupSpec {
        name: "other".to_owned(),
        ..group("other")
    };
    let same_store = log.join(other).map(|_| ());
    assert!(
        matches!(same_store, Err(Error::Refused(_))),
        "{same_store:?}"
    );
    for name in ["", "a b", "a/b", &"n".repeat(250)] {
        let joined = log.join(group(name)).map(|_| ());
        assert!(matches!(joined, Err(Error::Refused(_))), "{name:?}");
    }
}

#[test]
fn a_member_that_keeps_its_name_comes_back_to_its_partitions() {
    let (deployment, state) = (Deployment::new(), dir());
    let mut settings = deployment.node("a", &state);
    settings.static_members = true;
    append(&deployment.open("writer", &dir()), numbered(3, 0..10));
    for taken in [10, 0] {
        let log = KafkaLog::open(settings.clone()).expect("opens");
        let spec = GroupSpec {
            sees: Sees::Durable,
            ..group("static")
        };
        let mut member = log.join(spec).expect("join");
        assert_eq!(work(member.as_mut()), taken);
        assert_eq!(member.owned().len(), 12);
    }
}
