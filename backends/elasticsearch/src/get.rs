//! Documents by their ids, also those that no search can see yet.

use crate::bulk::At;
use crate::client::{Call, Client};
use crate::error::{Error, Named};
use elasticsearch::http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

#[derive(Deserialize)]
struct Answer<S> {
    docs: Vec<Got<S>>,
}

#[derive(Deserialize)]
struct Got<S> {
    #[serde(rename = "_seq_no")]
    seq_no: Option<i64>,
    #[serde(rename = "_primary_term")]
    primary_term: Option<i64>,
    #[serde(rename = "_source")]
    source: Option<S>,
    error: Option<Named>,
}

impl Client {
    /// The stored part of each document, with which writing of it was read; none for one that is not there.
    pub(crate) async fn get<S: DeserializeOwned>(
        &self,
        alias: &str,
        ids: &[String],
    ) -> Result<Vec<Option<(S, At)>>, Error> {
        let path = format!("/{alias}/_mget");
        let call = Call::new(Method::Post, &path).json(&json!({ "ids": ids }));
        let answer: Answer<S> = self.ask(&call).await?;
        if answer.docs.len() != ids.len() {
            let (told, asked) = (answer.docs.len(), ids.len());
            return Err(Error::Unreadable(format!(
                "it tells of {told} documents of {asked}"
            )));
        }
        answer.docs.into_iter().map(Got::found).collect()
    }
}

impl<S> Got<S> {
    fn found(self) -> Result<Option<(S, At)>, Error> {
        if let Some(error) = self.error {
            return Err(Error::of_shard(&error));
        }
        let at = self.seq_no.zip(self.primary_term);
        let found = self.source.zip(at);
        Ok(found.map(|(source, (seq_no, primary_term))| {
            (
                source,
                At {
                    seq_no,
                    primary_term,
                },
            )
        }))
    }
}
