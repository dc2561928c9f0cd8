//! Asking an instance: the one that runs on the data directory, else one opened for this question.

use super::{Common, output};
use crate::instance::{self, Instance};
use crate::operations::{self, Reply, Request};
use crate::token::Token;
use anyhow::{Context as _, bail};
use serde_json::Value;
use tokio::sync::mpsc;

/// Asks, shows the steps, and gives the answer.
pub(super) fn ask(common: &Common, what: &str, request: Request) -> anyhow::Result<Value> {
    let configuration = common.configuration()?;
    crate::logging::start(&quiet(&configuration.log));
    let runtime = tokio::runtime::Runtime::new().context("no threads to work with")?;
    let bar = output::progress(what);
    let answer = runtime.block_on(async {
        let (replies, mut heard) = mpsc::channel(64);
        let asking = async {
            match Token::read(&configuration.data_dir)? {
                Some(token) => token.ask(&request, &replies).await,
                None => {
                    let instance =
                        Instance::open(configuration.clone(), instance::Purpose::Operate).await?;
                    operations::answer(&instance, request.clone(), replies.clone()).await;
                    instance.end().await;
                    Ok(())
                }
            }
        };
        let asking = async {
            let asked = asking.await;
            drop(replies.clone());
            asked
        };
        tokio::pin!(asking);
        let mut ended = false;
        loop {
            tokio::select! {
                asked = &mut asking, if !ended => { asked?; ended = true; }
                reply = heard.recv() => match reply {
                    Some(Reply::Progress { what, done, total }) => {
                        bar.set_message(what);
                        if let Some(total) = total { bar.set_length(total); }
                        bar.set_position(done);
                    }
                    Some(Reply::Done { value }) => {
                        if !ended { asking.await?; }
                        return Ok(value);
                    }
                    Some(Reply::Failed { message }) => {
                        if !ended { asking.await?; }
                        bail!(message)
                    }
                    None => bail!("the instance ended before it answered"),
                }
            }
        }
    });
    bar.finish_and_clear();
    answer
}

/// On the command line only warnings are worth a line, unless somebody asked for more.
fn quiet(log: &crate::configuration::Log) -> crate::configuration::Log {
    let mut log = log.clone();
    if log == crate::configuration::Log::default() {
        "warn".clone_into(&mut log.filter);
    }
    log
}
