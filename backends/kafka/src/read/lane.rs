//! A consumer on a thread of its own, its partitions, and those who ask it.
//!
//! Only this thread moves the consumer, so that what comes out of it always belongs to where it stands. It sleeps
//! until somebody asks or records have come.

use super::Place;
use super::cursor::{Cursor, Waiter};
use crate::client::{self, Context, Owned};
use crate::error::away;
use crate::health::Health;
use crate::names::Names;
use crate::records::incoming;
use crate::settings::Settings;
use mediamesh_domain::position::{Offset as At, Partition};
use mediamesh_ports::event_log::{Error, Page};
use mediamesh_schemas::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How many may ask at once.
const ASKING: usize = 1_024;
/// How long the thread sleeps at most: a wake-up can get lost in librdkafka (rust-rdkafka 638, 665).
const NAP: Duration = Duration::from_millis(100);
/// For how long a partition is read on while nobody asks for it.
const UNUSED: Duration = Duration::from_secs(30);
/// How many records are taken from the client before those who wait are looked after.
const AT_ONCE: usize = 2_000;

/// What a lane is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It takes in all news and keeps the last.
    Follow,
    /// It reads on from where it is asked to, no further than somebody takes.
    Scan,
}

enum Request {
    AtHand {
        place: Place,
        from: i64,
        max: usize,
        reply: oneshot::Sender<Option<Page>>,
    },
    Wait(Place, Waiter),
    /// Records have come.
    Wake,
}

/// A consumer on a thread of its own. The thread ends when this is dropped.
pub(super) struct Lane {
    /// The thread's, so that whoever is last lets it go where that may block.
    _consumer: Owned<Arc<BaseConsumer<Context>>>,
    requests: SyncSender<Request>,
    stop: Arc<AtomicBool>,
    within: Duration,
}

impl Lane {
    pub(super) fn start(
        kind: Kind,
        settings: &Settings,
        names: &Arc<Names>,
        health: &Arc<Health>,
    ) -> io::Result<Self> {
        let name = match kind {
            Kind::Follow => "follow",
            Kind::Scan => "scan",
        };
        // Assigning partitions takes a group's name, even of a group that nobody joins.
        let group = names.group(&format!("reader-{name}"));
        let mut consumer: BaseConsumer<Context> = client::consumer(settings, &group)
            .create_with_context(Context::new(name, health))
            .map_err(io::Error::other)?;
        let (requests, asked) = sync_channel(ASKING);
        let awake = Arc::new(AtomicBool::new(false));
        let (bell, rung) = (requests.clone(), Arc::clone(&awake));
        consumer.set_nonempty_callback(move || {
            if !rung.swap(true, Ordering::AcqRel) {
                // Where the queue is full, the thread is awake anyway.
                let _ = bell.try_send(Request::Wake);
            }
        });
        let consumer = Arc::new(consumer);
        let stop = Arc::new(AtomicBool::new(false));
        let within = settings.deadlines.call;
        let thread = Thread {
            kind,
            topics: Topic::ALL
                .iter()
                .map(|topic| (names.topic(*topic).to_owned(), *topic))
                .collect(),
            names: Arc::clone(names),
            consumer: Arc::clone(&consumer),
            cursors: BTreeMap::new(),
            taken: BTreeSet::new(),
            later: Vec::new(),
            awake,
            stop: Arc::clone(&stop),
            within,
            tidied: Instant::now(),
        };
        std::thread::Builder::new()
            .name(format!("kafka {name}"))
            .spawn(move || thread.run(&asked))?;
        Ok(Self {
            _consumer: Owned::new(name, consumer, Duration::ZERO),
            requests,
            stop,
            within,
        })
    }

    /// A page of what the lane has at hand; none where it would have to read.
    pub(super) async fn at_hand(
        &self,
        place: Place,
        from: At,
        max: usize,
    ) -> Result<Option<Page>, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::AtHand {
            place,
            from: from.0,
            max,
            reply,
        })?;
        answer.await.map_err(|_| ended())
    }

    /// A page from an offset on, before an end that is known.
    pub(super) async fn read(
        &self,
        place: Place,
        from: At,
        max: usize,
        end: i64,
    ) -> Result<Page, Error> {
        let (reply, answer) = oneshot::channel();
        let waiter = Waiter::Read {
            from: from.0,
            max,
            end,
            reply,
        };
        self.send(Request::Wait(place, waiter))?;
        match tokio::time::timeout(self.within, answer).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(ended())),
            Err(_) => Err(Error::Transient(format!(
                "{} {}: the brokers give no records in time",
                place.0, place.1
            ))),
        }
    }

    /// Returns when there is a record at an offset or after it.
    pub(super) async fn arrival(&self, place: Place, from: At) {
        let (reply, answer) = oneshot::channel();
        let from = from.0;
        let waiter = Waiter::Arrival { from, reply };
        if self.send(Request::Wait(place, waiter)).is_err() || answer.await.is_err() {
            // Nobody answers: leave it to whoever bounds the wait.
            std::future::pending::<()>().await;
        }
    }

    fn send(&self, request: Request) -> Result<(), Error> {
        self.requests
            .try_send(request)
            .map_err(|_| Error::Transient("too many readers ask at once".to_owned()))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Where the queue is full, it is awake anyway.
        let _ = self.requests.try_send(Request::Wake);
    }
}

fn ended() -> Error {
    Error::Transient("the reader has ended".to_owned())
}

/// The thread.
struct Thread {
    kind: Kind,
    names: Arc<Names>,
    topics: BTreeMap<String, Topic>,
    consumer: Arc<BaseConsumer<Context>>,
    cursors: BTreeMap<Place, Cursor>,
    /// The client's partitions: those with a cursor, and those where it rests.
    taken: BTreeSet<Place>,
    /// Those who wait for a partition that is read elsewhere for others.
    later: Vec<(Place, Waiter)>,
    awake: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    within: Duration,
    tidied: Instant,
}

impl Thread {
    fn run(mut self, asked: &Receiver<Request>) {
        while !self.stop.load(Ordering::Acquire) {
            match asked.recv_timeout(NAP) {
                Ok(request) => self.handle(request),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while let Ok(request) = asked.try_recv() {
                self.handle(request);
            }
            while self.receive() {
                self.look_after();
            }
            self.look_after();
            for (place, waiter) in std::mem::take(&mut self.later) {
                self.wait(place, waiter);
            }
            self.tidy();
        }
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::Wake => {}
            Request::AtHand {
                place,
                from,
                max,
                reply,
            } => {
                let cursor = self.cursors.get_mut(&place);
                let page = cursor.and_then(|cursor| cursor.page(from, max));
                // Whoever has stopped waiting misses it.
                let _ = reply.send(page);
            }
            Request::Wait(place, waiter) => self.wait(place, waiter),
        }
    }

    fn wait(&mut self, place: Place, waiter: Waiter) {
        if waiter.has_left() {
            return;
        }
        let (from, arrival) = match &waiter {
            Waiter::Read { from, .. } => (*from, false),
            Waiter::Arrival { from, .. } => (*from, true),
        };
        let placed = match self.cursors.get(&place) {
            None => self.begin(place, from),
            // There is something, though not at hand any more: the answer is to look.
            Some(cursor) if arrival && cursor.is_past(from) => {
                return waiter.fail(&ended());
            }
            Some(cursor) if arrival || cursor.covers(from) => Ok(()),
            // Others are read for first.
            Some(cursor) if cursor.is_awaited() => return self.later.push((place, waiter)),
            Some(_) => self.go_to(place, from),
        };
        match (placed, self.cursors.get_mut(&place)) {
            (Ok(()), Some(cursor)) => cursor.wait(waiter),
            (Err(error), _) => {
                let error = away("read", &error);
                waiter.fail(&error);
                self.end(place, &error);
            }
            (Ok(()), None) => {}
        }
    }

    /// Begins to read a partition. One that was read before is still the client's, at rest: to let it go and take
    /// it again would for a moment tell the position of before.
    fn begin(&mut self, place: Place, from: i64) -> KafkaResult<()> {
        let at = Offset::Offset(from);
        if self.taken.insert(place) {
            let assigned = self.consumer.incremental_assign(&self.list(place, at)?);
            if assigned.is_err() {
                self.taken.remove(&place);
            }
            assigned?;
        } else {
            self.seek(place, at)?;
            self.consumer.resume(&self.list(place, Offset::Invalid)?)?;
        }
        self.cursors.insert(place, Cursor::at(from));
        Ok(())
    }

    /// Goes elsewhere in a partition.
    fn go_to(&mut self, place: Place, from: i64) -> KafkaResult<()> {
        self.seek(place, Offset::Offset(from))?;
        let old = self.cursors.insert(place, Cursor::at(from));
        if old.is_some_and(|old| old.paused) {
            self.consumer.resume(&self.list(place, Offset::Invalid)?)?;
        }
        Ok(())
    }

    /// Moves the client. It is done when this returns: nothing that was read before comes later.
    fn seek(&self, place: Place, at: Offset) -> KafkaResult<()> {
        let deadline = Instant::now() + self.within;
        loop {
            let name = self.names.topic(place.0);
            match self.consumer.seek(name, place.1.0, at, self.within) {
                // The client has not begun with it yet.
                Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                done => return done,
            }
        }
    }

    /// Gives a partition up: the client rests in it.
    fn end(&mut self, place: Place, error: &Error) {
        let Some(cursor) = self.cursors.remove(&place) else {
            return;
        };
        cursor.fail(error);
        let list = self.list(place, Offset::Invalid);
        if let Err(error) = list.and_then(|list| self.consumer.pause(&list)) {
            tracing::debug!(%error, topic = %place.0, "a partition that is not read any more");
        }
    }

    /// Takes what has come, and says whether there may be more at once.
    fn receive(&mut self) -> bool {
        self.awake.store(false, Ordering::Release);
        let mut nothing = 0;
        for _ in 0..AT_ONCE {
            match self.consumer.poll(Duration::ZERO) {
                Some(Ok(message)) => {
                    nothing = 0;
                    let Some(topic) = self.topics.get(message.topic()) else {
                        continue;
                    };
                    let place = (*topic, Partition(message.partition()));
                    if let Some(cursor) = self.cursors.get_mut(&place) {
                        cursor.push(incoming(*topic, &message));
                    }
                }
                // The end of a partition, or something that the client gets over: it reads on by itself.
                Some(Err(_)) => nothing = 0,
                // A log line of the client looks like nothing as well.
                None => {
                    nothing += 1;
                    if nothing == 2 {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Serves those who wait, and lets go of what is too much.
    fn look_after(&mut self) {
        let awaited = self.cursors.values().any(Cursor::is_awaited);
        if awaited && let Ok(positions) = self.consumer.position() {
            for element in positions.elements() {
                let topic = self.topics.get(element.topic());
                let place = topic.map(|topic| (*topic, Partition(element.partition())));
                let cursor = place.and_then(|place| self.cursors.get_mut(&place));
                if let (Some(cursor), Offset::Offset(at)) = (cursor, element.offset()) {
                    // Markers and aborted records have been passed in silence.
                    cursor.pass(at);
                }
            }
        }
        let mut flow = Vec::new();
        for (place, cursor) in &mut self.cursors {
            cursor.serve();
            let too_much = cursor.trim(self.kind == Kind::Scan);
            if too_much != cursor.paused {
                cursor.paused = too_much;
                flow.push((*place, too_much));
            }
        }
        for (place, pause) in flow {
            let list = self.list(place, Offset::Invalid);
            let done = list.and_then(|list| match pause {
                true => self.consumer.pause(&list),
                false => self.consumer.resume(&list),
            });
            if let Err(error) = done {
                self.end(place, &away("read", &error));
            }
        }
    }

    fn tidy(&mut self) {
        if self.tidied.elapsed() < UNUSED / 6 {
            return;
        }
        self.tidied = Instant::now();
        let unused: Vec<Place> = self
            .cursors
            .iter()
            .filter(|(_, cursor)| !cursor.is_awaited() && cursor.used.elapsed() > UNUSED)
            .map(|(place, _)| *place)
            .collect();
        for place in unused {
            self.end(place, &ended());
        }
    }

    fn list(&self, (topic, partition): Place, at: Offset) -> KafkaResult<TopicPartitionList> {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(self.names.topic(topic), partition.0, at)?;
        Ok(list)
    }
}
