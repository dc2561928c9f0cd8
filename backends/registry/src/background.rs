//! A thread of our own for the HTTP client.
//!
//! The port blocks, its callers may be threads of a tokio runtime, and waiting for that runtime on its own threads
//! could wait for ever. So requests run on one thread that is the registry's alone.

use std::future::Future;
use std::io;
use std::sync::mpsc;
use tokio::runtime::{Builder, Runtime};

pub(crate) struct Background(Option<Runtime>);

impl Background {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(2)
            .thread_name("schema-registry")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Runs some work there and waits for it here. None where the thread has ended, or the work has panicked.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (done, result) = mpsc::sync_channel(1);
        self.0.as_ref()?.spawn(async move {
            let _ = done.send(work.await);
        });
        result.recv().ok()
    }
}

impl Drop for Background {
    /// Dropping a runtime waits for it, which panics on a thread of another one.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_may_be_waited_for_and_dropped_on_a_thread_of_another_runtime() {
        let background = Background::start().unwrap();
        // A timer of this runtime would wait for the thread that waits here.
        let sleep = async { tokio::time::sleep(std::time::Duration::from_millis(1)).await };
        assert_eq!(background.wait(sleep), Some(()));
        assert_eq!(background.wait(async { panic!("on purpose") }), None::<()>);
        assert_eq!(background.wait(async { 7 }), Some(7));
        drop(background);
    }
}
