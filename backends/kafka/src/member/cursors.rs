//! Where a member stands in each of its partitions, and the records that have come and wait.

use crate::lag::Committed;
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Batch, Record};
use std::collections::{BTreeMap, VecDeque};

/// How much of one partition waits here before the client is told to pause it.
const RECORDS: usize = 2_000;
const BYTES: usize = 2 << 20;
/// How much waits here in all before nothing more is taken from the client.
const ALL_BYTES: usize = 24 << 20;
/// One batch holds no more values than this, in bytes (but one record at least).
const BATCH_BYTES: usize = 8 << 20;

/// Where the member stands in one partition.
#[derive(Default)]
struct Cursor {
    waiting: VecDeque<Record>,
    bytes: usize,
    /// Where the member began.
    began: i64,
    /// The offset after the last record that has come.
    come: i64,
    /// Where the worker stands: what it committed last, or where it began.
    next: i64,
    /// The offset after the last record that was offered; where it is not `next`, the client must go back.
    end: i64,
    /// The offsets that were offered and are not committed.
    offered: VecDeque<i64>,
    /// Whether the worker has a batch.
    out: bool,
    /// Whether the client has come to the end, and nothing came after.
    at_end: bool,
    /// Whether the client has paused it.
    paused: bool,
    /// Whether its state is there: none is offered before.
    ready: bool,
}

impl Cursor {
    fn is_behind(&self) -> bool {
        !self.out && self.next != self.end
    }

    fn has_much(&self) -> bool {
        self.waiting.len() > RECORDS || self.bytes > BYTES
    }
}

/// All partitions of a member.
#[derive(Default)]
pub(super) struct Cursors {
    cursors: BTreeMap<Partition, Cursor>,
    bytes: usize,
    /// The partition that was offered last: each in turn.
    turn: Option<Partition>,
}

/// What the client should pause and what it should go on with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) pause: Vec<Partition>,
    pub(super) resume: Vec<Partition>,
}

impl Cursors {
    /// Takes a partition in, at an offset; none of it is offered before it is ready.
    pub(super) fn add(&mut self, partition: Partition, at: i64) {
        let cursor = Cursor {
            began: at,
            come: at,
            next: at,
            end: at,
            ..Cursor::default()
        };
        self.cursors.insert(partition, cursor);
    }

    /// Lets a partition be offered.
    pub(super) fn ready(&mut self, partition: Partition) {
        if let Some(cursor) = self.cursors.get_mut(&partition) {
            cursor.ready = true;
        }
    }

    /// Notes that the client has paused a partition for the time it is not ready.
    pub(super) fn paused(&mut self, partition: Partition) {
        if let Some(cursor) = self.cursors.get_mut(&partition) {
            cursor.paused = true;
        }
    }

    /// Lets partitions go; says whether any was there.
    pub(super) fn remove(&mut self, partitions: &[Partition]) -> bool {
        let mut any = false;
        for partition in partitions {
            if let Some(gone) = self.cursors.remove(partition) {
                self.bytes -= gone.bytes;
                any = true;
            }
        }
        any
    }

    /// The partitions that are offered.
    pub(super) fn owned(&self) -> Vec<Partition> {
        let ready = self.cursors.iter().filter(|(_, cursor)| cursor.ready);
        ready.map(|(partition, _)| *partition).collect()
    }

    pub(super) fn owns(&self, partition: Partition) -> bool {
        self.cursors.get(&partition).is_some_and(|c| c.ready)
    }

    /// Takes a record in.
    pub(super) fn push(&mut self, record: Record) {
        let Some(cursor) = self.cursors.get_mut(&record.partition) else {
            return;
        };
        if record.offset.0 < cursor.come {
            return;
        }
        let bytes = size(&record);
        cursor.come = record.offset.0 + 1;
        cursor.at_end = false;
        cursor.bytes += bytes;
        self.bytes += bytes;
        cursor.waiting.push_back(record);
    }

    /// Notes that the client has come to the end of a partition.
    pub(super) fn at_end(&mut self, partition: Partition) {
        if let Some(cursor) = self.cursors.get_mut(&partition) {
            cursor.at_end = true;
        }
    }

    /// Whether nothing more should be taken from the client now.
    pub(super) fn are_full(&self) -> bool {
        self.bytes > ALL_BYTES
    }

    /// What the client should pause and go on with.
    pub(super) fn flow(&mut self) -> Flow {
        let mut flow = Flow::default();
        for (partition, cursor) in &mut self.cursors {
            if !cursor.paused && cursor.has_much() {
                cursor.paused = true;
                flow.pause.push(*partition);
            } else if cursor.paused && cursor.ready && cursor.waiting.len() < RECORDS / 2 {
                cursor.paused = false;
                flow.resume.push(*partition);
            }
        }
        flow
    }

    /// The next batch of a partition that has one and is free.
    pub(super) fn offer(&mut self, max: usize) -> Option<Batch> {
        let is_free = |cursor: &Cursor| {
            cursor.ready && !cursor.out && !cursor.is_behind() && !cursor.waiting.is_empty()
        };
        let turn = self.turn;
        let after = |partition: &Partition| turn.is_none_or(|turn| *partition > turn);
        let mut free = self
            .cursors
            .iter()
            .filter(|(_, c)| is_free(c))
            .map(|(p, _)| *p);
        let first = free.next()?;
        let partition = std::iter::once(first)
            .chain(free)
            .find(after)
            .unwrap_or(first);
        let cursor = self.cursors.get_mut(&partition)?;
        let (mut records, mut bytes) = (Vec::new(), 0);
        while records.len() < max && (records.is_empty() || bytes < BATCH_BYTES) {
            let Some(record) = cursor.waiting.pop_front() else {
                break;
            };
            bytes += size(&record);
            cursor.end = record.offset.0 + 1;
            cursor.offered.push_back(record.offset.0);
            records.push(record);
        }
        cursor.bytes -= bytes;
        self.bytes -= bytes;
        cursor.out = true;
        self.turn = Some(partition);
        Some(Batch {
            partition,
            caught_up: cursor.at_end && cursor.waiting.is_empty(),
            records,
        })
    }

    /// How many records a commit up to an offset takes.
    pub(super) fn taken(&self, partition: Partition, next: Offset) -> usize {
        self.cursors.get(&partition).map_or(0, |cursor| {
            cursor.offered.iter().filter(|at| **at < next.0).count()
        })
    }

    /// Notes that the worker has committed up to an offset.
    pub(super) fn committed(&mut self, partition: Partition, next: Offset) {
        if let Some(cursor) = self.cursors.get_mut(&partition) {
            cursor.next = next.0;
            cursor.out = false;
            cursor.offered.retain(|at| *at >= next.0);
        }
    }

    /// Lets what was offered and not committed be offered again; says whether the partition is there.
    pub(super) fn rewind(&mut self, partition: Partition) -> bool {
        let cursor = self.cursors.get_mut(&partition);
        cursor.map(|cursor| cursor.out = false).is_some()
    }

    /// Lets all that was offered and not committed be offered again.
    pub(super) fn rewind_all(&mut self) {
        for cursor in self.cursors.values_mut() {
            cursor.out = false;
        }
    }

    /// Goes back to what the group has committed: the steps since then are void.
    pub(super) fn take_back(&mut self, committed: &Committed) {
        for (partition, cursor) in &mut self.cursors {
            if let Some(committed) = committed.get(partition) {
                cursor.next = committed.unwrap_or(cursor.began);
                cursor.out = false;
            }
        }
    }

    /// The partitions in which the client must go to another offset.
    pub(super) fn behind(&self) -> Vec<(Partition, Offset)> {
        let behind = self.cursors.iter().filter(|(_, cursor)| cursor.is_behind());
        behind
            .map(|(p, cursor)| (*p, Offset(cursor.next)))
            .collect()
    }

    /// Notes that the client has gone there.
    pub(super) fn went_back(&mut self, partition: Partition) {
        if let Some(cursor) = self.cursors.get_mut(&partition) {
            self.bytes -= cursor.bytes;
            cursor.bytes = 0;
            cursor.waiting.clear();
            cursor.offered.clear();
            cursor.come = cursor.next;
            cursor.end = cursor.next;
            cursor.at_end = false;
        }
    }

    /// Whether the worker has taken all that has come of a partition, and stands before `position`: nothing but
    /// markers and aborted records lies between.
    pub(super) fn is_done_before(&self, partition: Partition, position: i64) -> bool {
        self.cursors.get(&partition).is_some_and(|cursor| {
            let free = cursor.ready && !cursor.out && !cursor.is_behind();
            free && cursor.waiting.is_empty() && position > cursor.next
        })
    }
}

fn size(record: &Record) -> usize {
    record.key.len() + record.value.as_ref().map_or(0, Vec::len) + 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::time::Timestamp;
    use mediamesh_schemas::Topic;

    fn record(partition: i32, offset: i64, bytes: usize) -> Record {
        Record {
            topic: Topic::ContentCommands,
            partition: Partition(partition),
            offset: Offset(offset),
            key: Vec::new(),
            value: Some(vec![0; bytes]),
            headers: Vec::new(),
            timestamp: Timestamp(0),
        }
    }

    fn cursors(partitions: i32, records: i64) -> Cursors {
        let mut cursors = Cursors::default();
        for partition in 0..partitions {
            cursors.add(Partition(partition), 0);
            cursors.ready(Partition(partition));
            (0..records).for_each(|offset| cursors.push(record(partition, offset, 1)));
        }
        cursors
    }

    fn offered(cursors: &mut Cursors, max: usize) -> Option<(i32, Vec<i64>)> {
        let batch = cursors.offer(max)?;
        let offsets = batch.records.iter().map(|record| record.offset.0);
        Some((batch.partition.0, offsets.collect()))
    }

    #[test]
    fn partitions_are_offered_in_turn_and_not_again_before_they_are_free() {
        let mut cursors = cursors(2, 4);
        assert_eq!(offered(&mut cursors, 2), Some((0, vec![0, 1])));
        assert_eq!(offered(&mut cursors, 2), Some((1, vec![0, 1])));
        assert_eq!(offered(&mut cursors, 2), None);
        assert_eq!(cursors.taken(Partition(1), Offset(1)), 1);
        cursors.committed(Partition(1), Offset(2));
        assert_eq!(offered(&mut cursors, 9), Some((1, vec![2, 3])));
        cursors.committed(Partition(0), Offset(2));
        cursors.committed(Partition(1), Offset(4));
        assert_eq!(offered(&mut cursors, 9), Some((0, vec![2, 3])));
    }

    #[test]
    fn what_is_not_committed_is_fetched_again() {
        let mut cursors = cursors(1, 4);
        let p = Partition(0);
        cursors.offer(3);
        assert_eq!(cursors.behind(), []);
        cursors.committed(p, Offset(1));
        assert_eq!(cursors.behind(), [(p, Offset(1))]);
        assert_eq!(offered(&mut cursors, 9), None, "the client is elsewhere");
        cursors.went_back(p);
        assert_eq!(cursors.behind(), []);
        (1..3).for_each(|offset| cursors.push(record(0, offset, 1)));
        cursors.push(record(0, 0, 1));
        assert_eq!(offered(&mut cursors, 9), Some((0, vec![1, 2])));
        assert!(cursors.rewind(p) && !cursors.rewind(Partition(7)));
        assert_eq!(cursors.behind(), [(p, Offset(1))]);
    }

    #[test]
    fn steps_that_are_void_are_offered_again_from_the_commit_or_the_beginning() {
        let mut cursors = cursors(2, 4);
        for p in [0, 1].map(Partition) {
            cursors.offer(9);
            cursors.committed(p, Offset(4));
        }
        let committed = [(Partition(0), Some(2)), (Partition(1), None)];
        cursors.take_back(&committed.into());
        let behind = [(Partition(0), Offset(2)), (Partition(1), Offset(0))];
        assert_eq!(cursors.behind(), behind);
    }

    #[test]
    fn a_partition_with_much_waiting_is_paused_until_half_is_taken() {
        let mut cursors = cursors(1, 2_001);
        let p = Partition(0);
        assert_eq!(cursors.flow().pause, [p]);
        assert_eq!(cursors.flow(), Flow::default());
        cursors.offer(1_000);
        assert_eq!(cursors.flow(), Flow::default());
        cursors.committed(p, Offset(1_000));
        cursors.offer(10);
        assert_eq!(cursors.flow().resume, [p]);
    }

    #[test]
    fn it_is_done_before_a_position_when_nothing_waits_and_nothing_is_out() {
        let mut cursors = cursors(1, 2);
        let p = Partition(0);
        assert!(!cursors.is_done_before(p, 3), "two wait");
        let batch = cursors.offer(9).expect("a batch");
        assert!(!batch.caught_up && !cursors.is_done_before(p, 3), "out");
        cursors.committed(p, Offset(2));
        assert!(cursors.is_done_before(p, 3) && !cursors.is_done_before(p, 2));
        cursors.push(record(0, 4, 1));
        cursors.at_end(p);
        assert!(cursors.offer(9).expect("a batch").caught_up);
    }
}
