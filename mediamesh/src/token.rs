//! `cli.token`: how a command line beside a running instance finds it and is let in.
//!
//! The file lies in the data directory, readable by its owner alone, and is there only while an instance runs.

use crate::operations::{Reply, Request};
use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;

const NAME: &str = "cli.token";

/// Where a running instance is asked, and the word that opens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Token {
    /// The address of metrics, probes and operators.
    pub address: SocketAddr,
    /// The word.
    pub secret: String,
}

/// A token file that goes with the instance.
#[derive(Debug)]
pub struct Lent(PathBuf);

impl Drop for Lent {
    fn drop(&mut self) {
        // A file left behind is noticed: nobody answers at its address.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Token {
    /// A token with a new word.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let bytes: [u8; 32] = rand::random();
        let secret = bytes
            .iter()
            .fold(String::with_capacity(64), |mut hex, byte| {
                hex.push_str(&format!("{byte:02x}"));
                hex
            });
        Self { address, secret }
    }

    /// Lays the token into the data directory.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn lend(&self, data_dir: &Path) -> anyhow::Result<Lent> {
        let path = data_dir.join(NAME);
        // An instance that was killed leaves its file behind; its mode would stay.
        let _ = std::fs::remove_file(&path);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        file.write_all(&serde_json::to_vec(self)?)?;
        Ok(Lent(path))
    }

    /// The token of the instance that runs on a data directory, where one answers.
    ///
    /// # Errors
    /// Where the file is there and cannot be read.
    pub fn read(data_dir: &Path) -> anyhow::Result<Option<Self>> {
        let path = data_dir.join(NAME);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", path.display()));
            }
        };
        let token: Self = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged: remove it", path.display()))?;
        let wait = Duration::from_secs(1);
        let answers = std::net::TcpStream::connect_timeout(&token.address, wait).is_ok();
        Ok(answers.then_some(token))
    }

    /// Asks the running instance.
    ///
    /// # Errors
    /// Where it does not answer, or not as expected.
    pub async fn ask(
        &self,
        request: &Request,
        replies: &mpsc::Sender<Reply>,
    ) -> anyhow::Result<()> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut response = client
            .post(format!("http://{}/operate", self.address))
            .bearer_auth(&self.secret)
            .json(request)
            .send()
            .await
            .with_context(|| format!("the instance at {} does not answer", self.address))?;
        if !response.status().is_success() {
            bail!(
                "the instance at {} answers {}",
                self.address,
                response.status()
            );
        }
        let mut rest = Vec::new();
        while let Some(bytes) = response.chunk().await? {
            rest.extend_from_slice(&bytes);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                replies.send(serde_json::from_slice(&line)?).await.ok();
            }
        }
        Ok(())
    }
}
