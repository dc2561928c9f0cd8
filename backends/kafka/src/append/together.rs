//! Several records, all in order or none: as one transaction, on a thread of its own. Whoever waits meanwhile
//! shares the next one.

use super::closed;
use crate::health::Health;
use crate::meter;
use crate::names::Names;
use crate::questions::{End, Questions};
use crate::records;
use crate::settings::Settings;
use crate::transactions::{Failed, TxProducer};
use mediamesh_domain::position::{Offset, Partition};
use mediamesh_ports::event_log::{Error, NewRecord};
use mediamesh_schemas::Topic;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How many appends may wait.
const WAITING: usize = 1_024;
/// How many records, and bytes, share a transaction (one append at least).
const RECORDS: usize = 5_000;
const BYTES: usize = 16 << 20;
/// For how long a committed append is not told while its records cannot be read.
const UNSEEN: Duration = Duration::from_secs(2);

type Answer = Result<Vec<Offset>, Error>;

/// Appends several records at once.
pub(crate) struct Together {
    requests: Mutex<Option<mpsc::Sender<Request>>>,
    /// Records that are not answered.
    open: Arc<AtomicUsize>,
    close_within: Duration,
}

struct Request {
    records: Vec<NewRecord>,
    bytes: usize,
    reply: oneshot::Sender<Answer>,
    /// Where whoever appends has given up.
    deadline: Instant,
}

impl Together {
    pub(super) fn start(
        settings: &Settings,
        names: &Arc<Names>,
        health: &Arc<Health>,
        questions: &Arc<Questions>,
    ) -> io::Result<Self> {
        let (requests, waiting) = mpsc::channel(WAITING);
        let open = Arc::new(AtomicUsize::new(0));
        let mut settings = settings.clone();
        // Nobody waits for longer than for a single append.
        settings.deadlines.transaction = settings.deadlines.append;
        let close_within = settings.deadlines.close;
        let writer = Writer {
            id: names.transactions("append"),
            settings,
            names: Arc::clone(names),
            health: Arc::clone(health),
            questions: Arc::clone(questions),
            open: Arc::clone(&open),
            producer: None,
        };
        std::thread::Builder::new()
            .name("kafka append".to_owned())
            .spawn(move || writer.serve(waiting))?;
        Ok(Self {
            requests: Mutex::new(Some(requests)),
            open,
            close_within,
        })
    }

    pub(super) async fn append(&self, records: Vec<NewRecord>, within: Duration) -> Answer {
        let requests = self.requests().ok_or_else(closed)?;
        let (reply, answer) = oneshot::channel();
        let count = records.len();
        let request = Request {
            bytes: records.iter().map(records::size).sum(),
            records,
            reply,
            deadline: Instant::now() + within,
        };
        self.open.fetch_add(count, Ordering::Relaxed);
        if requests.send(request).await.is_err() {
            self.open.fetch_sub(count, Ordering::Relaxed);
            return Err(closed());
        }
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    fn requests(&self) -> Option<mpsc::Sender<Request>> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for what is under way, and says how many records are left.
    pub(super) fn close(&self) -> usize {
        drop(
            self.requests
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let deadline = Instant::now() + self.close_within;
        while self.open.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        let left = self.open.load(Ordering::Relaxed);
        if left > 0 {
            tracing::warn!(records = left, "appends were not acknowledged at the end");
            meter::left_behind(left);
        }
        left
    }
}

/// The thread that commits.
struct Writer {
    id: String,
    settings: Settings,
    names: Arc<Names>,
    health: Arc<Health>,
    questions: Arc<Questions>,
    open: Arc<AtomicUsize>,
    /// Made when it is needed: many processes never append so.
    producer: Option<TxProducer>,
}

impl Writer {
    fn serve(mut self, mut waiting: mpsc::Receiver<Request>) {
        let mut over = None;
        while let Some(first) = over.take().or_else(|| waiting.blocking_recv()) {
            let (mut records, mut bytes) = (first.records.len(), first.bytes);
            let mut round = vec![first];
            while let Ok(next) = waiting.try_recv() {
                records += next.records.len();
                bytes += next.bytes;
                if records > RECORDS || bytes > BYTES {
                    over = Some(next);
                    break;
                }
                round.push(next);
            }
            self.take(round);
        }
        if let Some(producer) = self.producer.take() {
            producer.let_go(Duration::ZERO);
        }
    }

    fn take(&mut self, round: Vec<Request>) {
        // Who has been told that it was not taken must not find it taken.
        let now = Instant::now();
        let (round, late): (Vec<_>, Vec<_>) = round
            .into_iter()
            .partition(|request| request.deadline > now);
        for request in late {
            let error = Error::Transient("too many appends wait".to_owned());
            self.answer(request, Err(error));
        }
        if round.is_empty() {
            return;
        }
        match self.commit(&round) {
            Ok(mut offsets) => {
                for request in round {
                    let rest = offsets.split_off(request.records.len());
                    let own = std::mem::replace(&mut offsets, rest);
                    self.answer(request, Ok(own));
                }
            }
            Err(error) => {
                for request in round {
                    self.answer(request, Err(error.clone()));
                }
            }
        }
    }

    fn answer(&self, request: Request, answer: Answer) {
        self.open
            .fetch_sub(request.records.len(), Ordering::Relaxed);
        // Whoever has stopped waiting misses it.
        let _ = request.reply.send(answer);
    }

    fn commit(&mut self, round: &[Request]) -> Answer {
        let producer = match self.producer.take() {
            Some(producer) => producer,
            None => TxProducer::open(
                &self.settings,
                self.id.clone(),
                Duration::from_millis(1),
                &self.health,
            )?,
        };
        let started = Instant::now();
        let records: Vec<&NewRecord> = round.iter().flat_map(|r| &r.records).collect();
        match self.transaction(&producer, &records) {
            Ok(offsets) => {
                meter::committed("append", started.elapsed());
                self.producer = Some(producer);
                self.await_readable(&records, &offsets);
                Ok(offsets)
            }
            Err(failed) => {
                let outcome = match failed {
                    Failed::Aborted(_) => "aborted",
                    Failed::Fenced(_) => "fenced",
                    Failed::Lost(_) => "lost",
                };
                meter::ended("append", outcome);
                if matches!(failed, Failed::Aborted(_)) {
                    self.producer = Some(producer);
                } else {
                    tracing::warn!(reason = %failed, "the producer of appends is replaced");
                    meter::replaced("append");
                    producer.let_go(Duration::ZERO);
                }
                Err(Error::Transient(failed.to_string()))
            }
        }
    }

    fn transaction(
        &self,
        producer: &TxProducer,
        records: &[&NewRecord],
    ) -> Result<Vec<Offset>, Failed> {
        producer.begin()?;
        for (tag, record) in records.iter().enumerate() {
            producer.send(records::outgoing(&self.names, record, tag))?;
        }
        let offsets = producer.delivered()?;
        producer.commit()?;
        Ok(offsets.into_values().map(Offset).collect())
    }

    /// Waits until readers see the end of what was committed.
    ///
    /// The brokers answer a commit when it is decided; the markers that let readers on are written a moment later.
    /// What an append has answered is read at once; and the next transaction would have to wait for the markers
    /// too, in steps of 20 ms.
    fn await_readable(&self, records: &[&NewRecord], offsets: &[Offset]) {
        let mut last: BTreeMap<Topic, BTreeMap<Partition, i64>> = BTreeMap::new();
        for (record, offset) in records.iter().zip(offsets) {
            let partitions = last.entry(record.topic).or_default();
            let at = partitions.entry(record.partition).or_default();
            *at = (*at).max(offset.0);
        }
        let deadline = Instant::now() + UNSEEN;
        for (topic, mut partitions) in last {
            while !partitions.is_empty() && Instant::now() < deadline {
                let asked: Vec<Partition> = partitions.keys().copied().collect();
                match self.questions.ends(topic, &asked, End::Last) {
                    Ok(ends) => partitions.retain(|partition, last| {
                        ends.get(partition).is_none_or(|end| end <= last)
                    }),
                    // It is committed all the same.
                    Err(_) => return,
                }
                if !partitions.is_empty() {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }
    }
}
