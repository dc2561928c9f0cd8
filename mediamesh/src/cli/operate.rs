//! Asking an instance: the one that runs on the data directory, else one opened for this question.

use super::{Common, output};
use crate::configuration::Configuration;
use crate::instance::{self, Instance};
use crate::operations::{self, Reply, Request};
use crate::token::Token;
use anyhow::{Context as _, bail};
use indicatif::ProgressBar;
use serde_json::Value;
use tokio::sync::mpsc;

/// Asks, shows the steps, and gives the answer.
pub(super) fn ask(common: &Common, what: &str, request: Request) -> anyhow::Result<Value> {
    let configuration = common.configuration()?;
    crate::logging::start(&quiet(&configuration.log));
    let runtime = tokio::runtime::Runtime::new().context("no threads to work with")?;
    let bar = output::progress(what);
    let answer = runtime.block_on(async {
        let (replies, heard) = mpsc::channel(64);
        let (asked, last) = tokio::join!(put(configuration, request, replies), hear(heard, &bar));
        asked?;
        match last {
            Some(Reply::Done { value }) => Ok(value),
            Some(Reply::Failed { message }) => bail!(message),
            _ => bail!("the instance ended before it answered"),
        }
    });
    bar.finish_and_clear();
    answer
}

/// Puts the question; who hears is told that it is over by the end of `replies`.
async fn put(
    configuration: Configuration,
    request: Request,
    replies: mpsc::Sender<Reply>,
) -> anyhow::Result<()> {
    let purpose = match &request {
        Request::Import { .. } => instance::Purpose::Import,
        _ => instance::Purpose::Operate,
    };
    if let Some(token) = Token::read(&configuration.data_dir)? {
        if purpose == instance::Purpose::Import {
            bail!("an instance runs here: end it, and import into stores that are empty");
        }
        return token.ask(&request, &replies).await;
    }
    let instance = Instance::open(configuration, purpose).await?;
    operations::answer(&instance, request, replies).await;
    instance.end().await;
    Ok(())
}

/// Shows the steps until there are no more; gives the last reply.
async fn hear(mut heard: mpsc::Receiver<Reply>, bar: &ProgressBar) -> Option<Reply> {
    let mut last = None;
    while let Some(reply) = heard.recv().await {
        if let Reply::Progress { what, done, total } = &reply {
            bar.set_message(what.clone());
            if let Some(total) = total {
                bar.set_length(*total);
            }
            bar.set_position(*done);
        }
        last = Some(reply);
    }
    last
}

/// On the command line only warnings are worth a line, unless somebody asked for more.
pub(super) fn quiet(log: &crate::configuration::Log) -> crate::configuration::Log {
    let mut log = log.clone();
    if log == crate::configuration::Log::default() {
        "warn".clone_into(&mut log.filter);
    }
    log
}
