//! A bounded queue that tasks and threads fill and one thread empties.
//!
//! It is bounded by bytes as well as by count: a step can hold a megabyte.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The queue takes nothing more: its reader is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed;

struct Inner<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    closed: bool,
}

/// The queue.
pub(crate) struct Queue<T> {
    inner: Mutex<Inner<T>>,
    filled: Condvar,
    emptied: Condvar,
    emptied_async: Notify,
    max_items: usize,
    max_bytes: usize,
}

impl<T> Queue<T> {
    pub(crate) fn new(max_items: usize, max_bytes: usize) -> Self {
        Self {
            inner: Mutex::new(Inner {
                items: VecDeque::new(),
                bytes: 0,
                closed: false,
            }),
            filled: Condvar::new(),
            emptied: Condvar::new(),
            emptied_async: Notify::new(),
            max_items,
            max_bytes,
        }
    }

    /// Puts an item in; blocks the thread while the queue is full.
    pub(crate) fn push_blocking(&self, item: T, bytes: usize) -> Result<(), Closed> {
        let mut inner = self.lock();
        while !inner.closed && self.is_full(&inner, bytes) {
            inner = self
                .emptied
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner);
        }
        self.put(inner, item, bytes)
    }

    /// Puts an item in; waits while the queue is full.
    pub(crate) async fn push(&self, item: T, bytes: usize) -> Result<(), Closed> {
        loop {
            let mut space = std::pin::pin!(self.emptied_async.notified());
            space.as_mut().enable();
            {
                let inner = self.lock();
                if inner.closed || !self.is_full(&inner, bytes) {
                    return self.put(inner, item, bytes);
                }
            }
            space.await;
        }
    }

    /// Takes what is there, up to `max_bytes` (one item at least); blocks while the queue is empty. None when
    /// it was closed and emptied.
    pub(crate) fn take(&self, max_bytes: usize) -> Option<Vec<T>> {
        let mut inner = self.lock();
        while inner.items.is_empty() {
            if inner.closed {
                return None;
            }
            inner = self
                .filled
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let mut taken = Vec::with_capacity(inner.items.len());
        let mut bytes = 0;
        while let Some((_, size)) = inner.items.front() {
            if !taken.is_empty() && bytes + size > max_bytes {
                break;
            }
            if let Some((item, size)) = inner.items.pop_front() {
                bytes += size;
                taken.push(item);
            }
        }
        inner.bytes -= bytes;
        drop(inner);
        self.emptied.notify_all();
        self.emptied_async.notify_waiters();
        Some(taken)
    }

    /// Lets nothing more in; what is in can still be taken.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
        self.emptied.notify_all();
        self.emptied_async.notify_waiters();
    }

    fn put(
        &self,
        mut inner: MutexGuard<'_, Inner<T>>,
        item: T,
        bytes: usize,
    ) -> Result<(), Closed> {
        if inner.closed {
            return Err(Closed);
        }
        inner.items.push_back((item, bytes));
        inner.bytes += bytes;
        drop(inner);
        self.filled.notify_one();
        Ok(())
    }

    fn is_full(&self, inner: &Inner<T>, bytes: usize) -> bool {
        !inner.items.is_empty()
            && (inner.items.len() >= self.max_items || inner.bytes + bytes > self.max_bytes)
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        // Nothing in here panics half way, so what a panicking thread left is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
