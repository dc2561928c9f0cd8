//! Where a lane stands in one partition, what it has at hand, and who waits for more.

use mediamesh_domain::position::Offset;
use mediamesh_ports::event_log::{Error, Page, Record};
use std::collections::VecDeque;
use std::time::Instant;
use tokio::sync::oneshot;

/// How much of a partition is kept at hand.
const RECORDS: usize = 2_000;
const BYTES: usize = 4 << 20;

/// Somebody who waits at a cursor.
pub(super) enum Waiter {
    /// For records from an offset on, or for the news that there are none before an end.
    Read {
        from: i64,
        max: usize,
        end: i64,
        reply: oneshot::Sender<Result<Page, Error>>,
    },
    /// For a record at an offset or after it.
    Arrival {
        from: i64,
        reply: oneshot::Sender<()>,
    },
}

impl Waiter {
    /// Answers with an error; who waits for an arrival looks again anyway.
    pub(super) fn fail(self, error: &Error) {
        match self {
            Self::Read { reply, .. } => drop(reply.send(Err(error.clone()))),
            Self::Arrival { reply, .. } => drop(reply.send(())),
        }
    }

    pub(super) fn has_left(&self) -> bool {
        match self {
            Self::Read { reply, .. } => reply.is_closed(),
            Self::Arrival { reply, .. } => reply.is_closed(),
        }
    }
}

/// Where a lane stands in one partition: all records of `start..next` are at hand.
pub(super) struct Cursor {
    start: i64,
    next: i64,
    records: VecDeque<(Record, usize)>,
    bytes: usize,
    /// Up to where somebody has read: what a scan may let go first.
    read: i64,
    waiters: Vec<Waiter>,
    pub(super) used: Instant,
    pub(super) paused: bool,
}

impl Cursor {
    pub(super) fn at(from: i64) -> Self {
        Self {
            start: from,
            next: from,
            records: VecDeque::new(),
            bytes: 0,
            read: from,
            waiters: Vec::new(),
            used: Instant::now(),
            paused: false,
        }
    }

    /// Whether what follows an offset is at hand, or comes next.
    pub(super) fn covers(&self, from: i64) -> bool {
        (self.start..=self.next).contains(&from)
    }

    /// Whether an offset is too far back for this cursor.
    pub(super) fn is_past(&self, from: i64) -> bool {
        from < self.start
    }

    /// Takes a record in. One that came before is left out.
    pub(super) fn push(&mut self, record: Record) {
        if record.offset.0 >= self.next {
            let bytes = record.key.len() + record.value.as_ref().map_or(0, Vec::len) + 100;
            self.next = record.offset.0 + 1;
            self.bytes += bytes;
            self.records.push_back((record, bytes));
        }
    }

    /// Notes that no record stands before an offset that has not come.
    pub(super) fn pass(&mut self, position: i64) {
        self.next = self.next.max(position);
    }

    /// Records from an offset on, where some are at hand, or the news of a gap.
    pub(super) fn page(&mut self, from: i64, max: usize) -> Option<Page> {
        self.used = Instant::now();
        if from >= self.next || !self.covers(from) {
            return None;
        }
        let first = self.records.partition_point(|(r, _)| r.offset.0 < from);
        let rest = self.records.range(first..);
        let records: Vec<Record> = rest.take(max).map(|(record, _)| record.clone()).collect();
        let all = first + records.len() == self.records.len();
        let next = match records.last() {
            Some(last) if !all => last.offset.0 + 1,
            _ => self.next,
        };
        self.read = next;
        Some(Page {
            records,
            next: Offset(next),
        })
    }

    /// Keeps no more at hand than is due; says whether the rest is too much for somebody who reads slowly.
    pub(super) fn trim(&mut self, keep_unread: bool) -> bool {
        while self.records.len() > RECORDS || self.bytes > BYTES {
            match self.records.front() {
                Some((first, _)) if keep_unread && first.offset.0 >= self.read => return true,
                None => return false,
                Some(_) => {}
            }
            if let Some((gone, bytes)) = self.records.pop_front() {
                self.bytes -= bytes;
                self.start = gone.offset.0 + 1;
            }
        }
        false
    }

    pub(super) fn wait(&mut self, waiter: Waiter) {
        self.used = Instant::now();
        self.waiters.push(waiter);
    }

    pub(super) fn is_awaited(&self) -> bool {
        !self.waiters.is_empty()
    }

    /// Answers those who have waited for what is at hand now.
    pub(super) fn serve(&mut self) {
        for waiter in std::mem::take(&mut self.waiters) {
            match waiter {
                gone if gone.has_left() => {}
                Waiter::Read {
                    from,
                    max,
                    end,
                    reply,
                } => match self.page(from, max) {
                    Some(page) if !page.records.is_empty() || self.next >= end => {
                        // Whoever has stopped waiting misses it.
                        let _ = reply.send(Ok(page));
                    }
                    _ => self.waiters.push(Waiter::Read {
                        from,
                        max,
                        end,
                        reply,
                    }),
                },
                Waiter::Arrival { from, reply } => {
                    let last = self.records.back().map(|(record, _)| record.offset.0);
                    if last >= Some(from) {
                        let _ = reply.send(());
                    } else {
                        self.waiters.push(Waiter::Arrival { from, reply });
                    }
                }
            }
        }
    }

    /// Answers all with an error: this cursor is given up.
    pub(super) fn fail(self, error: &Error) {
        for waiter in self.waiters {
            waiter.fail(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mediamesh_domain::position::Partition;
    use mediamesh_domain::time::Timestamp;
    use mediamesh_schemas::Topic;

    fn record(offset: i64, bytes: usize) -> Record {
        Record {
            topic: Topic::Catalog,
            partition: Partition(0),
            offset: Offset(offset),
            key: Vec::new(),
            value: Some(vec![0; bytes]),
            headers: Vec::new(),
            timestamp: Timestamp(0),
        }
    }

    fn offsets(page: Option<Page>) -> (Vec<i64>, i64) {
        let page = page.expect("a page");
        let offsets = page.records.iter().map(|record| record.offset.0).collect();
        (offsets, page.next.0)
    }

    #[test]
    fn a_page_goes_on_past_gaps_that_are_known() {
        let mut cursor = Cursor::at(10);
        assert_eq!(cursor.page(10, 9), None);
        for offset in [10, 11, 11, 9, 15] {
            cursor.push(record(offset, 1));
        }
        cursor.pass(17);
        cursor.pass(3);
        assert_eq!(offsets(cursor.page(10, 2)), (vec![10, 11], 12));
        assert_eq!(offsets(cursor.page(12, 9)), (vec![15], 17));
        assert_eq!(offsets(cursor.page(16, 9)), (vec![], 17));
        assert_eq!(cursor.page(17, 9), None);
        assert_eq!(cursor.page(9, 9), None);
    }

    #[test]
    fn what_is_not_read_is_let_go_by_a_follower_and_kept_by_a_scan() {
        for keep_unread in [false, true] {
            let mut cursor = Cursor::at(0);
            (0..9).for_each(|n| cursor.push(record(n, BYTES / 4)));
            cursor.page(0, 2);
            assert_eq!(cursor.trim(keep_unread), keep_unread);
            let kept: Vec<i64> = (0..9).filter(|from| cursor.covers(*from)).collect();
            assert_eq!(kept[0], if keep_unread { 2 } else { 6 });
        }
    }

    #[test]
    fn a_reader_waits_for_records_or_for_the_end() {
        let mut cursor = Cursor::at(0);
        let (reply, mut answer) = oneshot::channel();
        let (from, max, end) = (0, 9, 4);
        cursor.wait(Waiter::Read {
            from,
            max,
            end,
            reply,
        });
        cursor.serve();
        cursor.pass(3);
        cursor.serve();
        assert!(answer.try_recv().is_err(), "more may come before the end");
        cursor.pass(4);
        cursor.serve();
        let page = answer.try_recv().expect("an answer").expect("a page");
        assert_eq!((page.records.len(), page.next), (0, Offset(4)));
        assert!(!cursor.is_awaited());
    }
}
