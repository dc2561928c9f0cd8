//! A process of a deployment, as people start one: the program itself, with a configuration file.

use crate::addresses::free;
use crate::deployment::Deployment;
use anyhow::{Context as _, bail};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How long a process may take until it is ready.
const START: Duration = Duration::from_secs(90);

/// A process that was started, and ends with this value at the latest.
pub struct Node {
    /// Where its read API is.
    pub read: SocketAddr,
    /// Where its write API is.
    pub write: SocketAddr,
    /// Where its metrics and probes are.
    pub ops: SocketAddr,
    /// The admin key, where this process made it.
    pub key: Option<String>,
    child: Child,
}

impl Node {
    /// Starts a process in these roles and waits until it is ready. `program` is this crate's `node`.
    ///
    /// # Errors
    /// Where it ends, or is not ready in time; what it logged is in `<name>.log` in the deployment's directory.
    pub async fn start(
        program: &str,
        deployment: &Deployment,
        name: &str,
        roles: &str,
    ) -> anyhow::Result<Self> {
        let listen = free();
        let file = deployment.path().join(format!("{name}.toml"));
        std::fs::write(&file, deployment.toml(name, &listen))?;
        let log = File::create(deployment.path().join(format!("{name}.log")))?;
        let mut child = Command::new(program)
            .args(["run", "--config"])
            .arg(&file)
            .args(["--roles", roles])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let output = child.stdout.take().context("its output")?;
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Nobody listens any more: the pipe is to be emptied all the same.
                let _ = sender.send(line);
            }
        });
        let mut node = Self {
            read: listen.read,
            write: listen.write,
            ops: listen.ops,
            key: None,
            child,
        };
        node.await_ready(deployment.path(), name).await?;
        node.key = tokio::task::block_in_place(|| key(&said));
        Ok(node)
    }

    async fn await_ready(&mut self, logs: &Path, name: &str) -> anyhow::Result<()> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let from = Instant::now();
        loop {
            let asked = http.get(format!("http://{}/ready", self.ops)).send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if let Some(ended) = self.child.try_wait()? {
                let log = std::fs::read_to_string(logs.join(format!("{name}.log")))?;
                bail!("{name} ended with {ended}: {log}");
            }
            if from.elapsed() > START {
                let log = std::fs::read_to_string(logs.join(format!("{name}.log")))?;
                bail!("{name} is not ready: {log}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// Where it cannot be ended.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// The most memory that it has taken so far, in MiB; 0 where the system does not tell.
    #[must_use]
    pub fn peak_memory_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok());
        kib.unwrap_or(0) / 1024
    }

    /// The sum of a metric over the labels that contain a text.
    ///
    /// # Errors
    /// Where it does not answer.
    pub async fn metric(&self, name: &str, label: &str) -> anyhow::Result<f64> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let text = http.get(format!("http://{}/metrics", self.ops)).send();
        let text = text.await?.text().await?;
        let of = |line: &&str| line.starts_with(name) && line.contains(label);
        let values = text.lines().filter(of);
        let values = values.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
        Ok(values.sum())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.kill();
    }
}

/// The admin key, where one is shown after the addresses.
fn key(said: &mpsc::Receiver<String>) -> Option<String> {
    let mut wait = START;
    while let Ok(line) = said.recv_timeout(wait) {
        if line.starts_with("metrics, probes") {
            wait = Duration::from_millis(300);
        }
        if let Some((_, key)) = line.split_once("shown this once: ") {
            return Some(key.to_owned());
        }
    }
    None
}
