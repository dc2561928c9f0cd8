//! Gets a source's bytes: by a conditional request, or as they are given.

use std::sync::Arc;

use bytes::Bytes;
use mediamesh_domain::run::{FeedMove, MoveOutcome, MovedBy};
use url::Url;

use crate::egress::{Error, Fetched, Kind, Request, without_parameters};
use crate::source::channel::join;
use crate::source::credentials::Credential;
use crate::source::error::IngestError;
use crate::source::input::{Input, Job};
use crate::source::report::RunReport;
use crate::source::state::{FetchState, Head};
use crate::source::youtube::Lists;

use super::Ingest;

const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/feed+json, \
    application/rdf+xml;q=0.9, application/xml;q=0.9, application/json;q=0.9, text/xml;q=0.9, \
    */*;q=0.1";

/// What there is to read.
#[derive(Debug)]
pub(super) enum Got {
    NotModified,
    Document(Document),
}

#[derive(Debug)]
pub(super) struct Document {
    pub(super) bytes: Bytes,
    pub(super) content_type: Option<String>,
    /// The base of relative addresses.
    pub(super) url: String,
    /// Whether it was fetched, and so may go on elsewhere.
    pub(super) fetched: bool,
    /// Whether it may be a part of the feed: what it does not list is not missing.
    pub(super) partial: bool,
    /// Where it was put together of answers of the YouTube Data API: what is in the playlists that rules name.
    pub(super) youtube: Option<Arc<Lists>>,
}

impl Ingest {
    /// Gets the bytes; notes in `head` what the next request must know, also after an error.
    pub(super) async fn get(
        &self,
        job: &Job,
        input: Input,
        (known, head): (&FetchState, &mut Head),
        report: &mut RunReport,
    ) -> Result<Got, IngestError> {
        head.turn_to(&job.source.fields.url);
        let (bytes, content_type, partial) = match input {
            Input::Fetch if Self::asks_youtube(job) => {
                return self.youtube(job, (known, head), report).await;
            }
            Input::Fetch => return self.fetch(job, head, report).await,
            Input::Bytes {
                bytes,
                content_type,
            } => (bytes, content_type, false),
            Input::Pushed {
                bytes,
                content_type,
            } => (bytes, content_type, true),
        };
        // They are not what the server had when it gave the validators.
        head.forget_validators();
        report.fetched_bytes = bytes.len() as u64;
        Ok(Got::Document(Document {
            bytes,
            content_type,
            url: base(&job.source.fields.url),
            fetched: false,
            partial,
            youtube: None,
        }))
    }

    async fn fetch(
        &self,
        job: &Job,
        head: &mut Head,
        report: &mut RunReport,
    ) -> Result<Got, IngestError> {
        let fields = &job.source.fields;
        if fields.url.is_empty() {
            return Err(IngestError::NoAddress);
        }
        let credential = self.credential(fields.secret_name.as_deref())?;
        let url = head.moved_url.clone().unwrap_or_else(|| fields.url.clone());
        let request = Request {
            etag: head.etag.clone(),
            last_modified: head.last_modified.clone(),
            ..self.request(url, &credential)
        };
        report.conditional = head.etag.is_some() || head.last_modified.is_some();
        let moved = head.moved_url.is_some();
        report.conditional = request.etag.is_some() || request.last_modified.is_some();
        match self.parts.fetch.fetch(request).await {
            Ok(fetched) => Ok(note(fetched, &credential, job, head, report)),
            Err(error) => {
                if moved && leads_nowhere(&error) {
                    head.moved_url = None;
                    head.forget_validators();
                }
                Err(error.into())
            }
        }
    }

    /// A document that the source's feed names: another page of it, or its new place.
    pub(super) async fn fetch_named(
        &self,
        job: &Job,
        url: &str,
        named_by: &str,
    ) -> Result<Document, IngestError> {
        let mut credential = self.credential(job.source.fields.secret_name.as_deref())?;
        if !same_origin(&job.source.fields.url, url) {
            credential = Credential::default();
        }
        let bare = Url::parse(url).map(|url| without_parameters(url, &credential.query));
        let url = bare.map_or_else(|_| url.to_owned(), String::from);
        let request = Request {
            named_by: Some(named_by.to_owned()),
            ..self.request(url, &credential)
        };
        match self.parts.fetch.fetch(request).await? {
            Fetched::Body {
                bytes,
                final_url,
                content_type,
                ..
            } => Ok(Document {
                bytes: credential.hide(bytes),
                content_type,
                url: base(&final_url),
                fetched: true,
                partial: false,
                youtube: None,
            }),
            Fetched::NotModified { .. } => Err(Error::Status {
                code: 304,
                retry_after_s: None,
            }
            .into()),
        }
    }

    fn request(&self, url: String, credential: &Credential) -> Request {
        Request {
            accept: Some(ACCEPT.to_owned()),
            headers: credential.headers.clone(),
            query: credential.query.clone(),
            max_bytes: Some(self.limits.max_bytes as u64),
            ..Request::get(url)
        }
    }

    pub(super) fn credential(&self, name: Option<&str>) -> Result<Credential, IngestError> {
        let Some(name) = name else {
            return Ok(Credential::default());
        };
        let known = self.credentials.as_ref().and_then(|known| known(name));
        known.ok_or_else(|| IngestError::UnknownSecret {
            name: name.to_owned(),
        })
    }
}

/// Notes what an answer says beside its body.
fn note(
    fetched: Fetched,
    credential: &Credential,
    job: &Job,
    head: &mut Head,
    report: &mut RunReport,
) -> Got {
    match fetched {
        Fetched::NotModified {
            permanent_url,
            max_age_s,
        } => {
            if permanent_url.is_some_and(|new| head.moved_url.as_ref() != Some(&new)) {
                // What is there is not known: it is read the next time.
                head.forget_validators();
            }
            let known = head.moved_url.as_deref();
            let confirmed = |to| FeedMove::new(to, MovedBy::Redirect, MoveOutcome::Confirmed);
            report.moved = known.map(confirmed);
            report.moved_to.clone_from(&head.moved_url);
            report.not_modified = true;
            report.max_age_s = max_age_s;
            report.ttl_s = head.ttl_s;
            Got::NotModified
        }
        Fetched::Body {
            bytes,
            final_url,
            permanent_url,
            etag,
            last_modified,
            links,
            content_type,
            max_age_s,
            retry_after_s,
            status: _,
        } => {
            follow(permanent_url, job, head, report);
            head.etag = etag;
            head.last_modified = last_modified;
            report.moved_to.clone_from(&head.moved_url);
            report.fetched_bytes = bytes.len() as u64;
            report.max_age_s = max_age_s;
            report.retry_after_s = retry_after_s;
            report.hub = hub(&links, &final_url);
            Got::Document(Document {
                bytes: credential.hide(bytes),
                content_type,
                url: base(&final_url),
                fetched: true,
                partial: false,
                youtube: None,
            })
        }
    }
}

/// The hub that the `Link` headers name, and what it calls the feed.
fn hub(links: &[(String, String)], base: &str) -> Option<(String, String)> {
    let of = |wanted: &str| links.iter().find(|(rel, _)| rel == wanted);
    let at = |wanted| of(wanted).and_then(|(_, to)| join(base, to));
    Some((at("hub")?, at("self")?))
}

/// Asks at the new address from now on, where it turns out to be the same feed; a secret is for the
/// origin that it was given for.
fn follow(permanent_url: Option<String>, job: &Job, head: &mut Head, report: &mut RunReport) {
    let fields = &job.source.fields;
    let known = head.moved_url.clone();
    let Some(new) = permanent_url.or(known).filter(|new| *new != fields.url) else {
        return;
    };
    let outcome = if fields.secret_name.is_some() && !same_origin(&fields.url, &new) {
        MoveOutcome::OtherOrigin
    } else if fields.moved_from.contains(&new) {
        MoveOutcome::Loop
    } else {
        head.moved_url = Some(new.clone());
        MoveOutcome::Confirmed
    };
    report.moved = Some(FeedMove::new(&new, MovedBy::Redirect, outcome));
}

/// Whether an error says that nothing is at an address, and will not be.
fn leads_nowhere(error: &Error) -> bool {
    let unknown = matches!(error, Error::UnknownHost { .. });
    unknown || matches!(error.kind(), Kind::Permanent | Kind::Refusal)
}

pub(super) fn same_origin(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Ok(a), Ok(b)) => a.origin() == b.origin(),
        _ => false,
    }
}

/// An address as the base of relative ones. What follows the path is left out: it is of no use
/// there, keys stand in it, and redirects put other ones into it at each fetch, which would make
/// every entry a changed one.
pub(super) fn base(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return String::new();
    };
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_has_no_query_and_no_fragment() {
        for (url, expected) in [
            (
                "https://Example.org/a/feed?key=1#x",
                "https://example.org/a/feed",
            ),
            ("https://example.org", "https://example.org/"),
            ("", ""),
            ("feed.xml", ""),
        ] {
            assert_eq!(base(url), expected);
        }
    }
}
