//! Gets a source's bytes: by a conditional request, or as they are given.

use bytes::Bytes;
use url::Url;

use crate::egress::{Error, Fetched, Kind, Request, Secret};
use crate::source::error::IngestError;
use crate::source::input::{Input, Job};
use crate::source::report::RunReport;
use crate::source::state::Head;

use super::Ingest;

const ACCEPT: &str = "application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.9, \
    text/xml;q=0.9, */*;q=0.1";

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
}

impl Ingest {
    /// Gets the bytes; notes in `head` what the next request must know, also after an error.
    pub(super) async fn get(
        &self,
        job: &Job,
        input: Input,
        head: &mut Head,
        report: &mut RunReport,
    ) -> Result<Got, IngestError> {
        head.turn_to(&job.source.fields.url);
        let (bytes, content_type) = match input {
            Input::Fetch => return self.fetch(job, head, report).await,
            Input::Bytes {
                bytes,
                content_type,
            } => (bytes, content_type),
        };
        // They are not what the server had when it gave the validators.
        head.forget_validators();
        report.fetched_bytes = bytes.len() as u64;
        Ok(Got::Document(Document {
            bytes,
            content_type,
            url: base(&job.source.fields.url),
        }))
    }

    async fn fetch(
        &self,
        job: &Job,
        head: &mut Head,
        report: &mut RunReport,
    ) -> Result<Got, IngestError> {
        let request = self.request(job, head)?;
        let moved = head.moved_url.is_some();
        report.conditional = request.etag.is_some() || request.last_modified.is_some();
        match self.parts.fetch.fetch(request).await {
            Ok(fetched) => Ok(note(fetched, job, head, report)),
            Err(error) => {
                if moved && leads_nowhere(&error) {
                    head.moved_url = None;
                    head.forget_validators();
                }
                Err(error.into())
            }
        }
    }

    fn request(&self, job: &Job, head: &Head) -> Result<Request, IngestError> {
        let fields = &job.source.fields;
        if fields.url.is_empty() {
            return Err(IngestError::NoAddress);
        }
        let url = head.moved_url.as_ref().unwrap_or(&fields.url);
        Ok(Request {
            etag: head.etag.clone(),
            last_modified: head.last_modified.clone(),
            accept: Some(ACCEPT.to_owned()),
            headers: self.secret_headers(fields.secret_name.as_deref())?,
            max_bytes: Some(self.limits.max_bytes as u64),
            ..Request::get(url)
        })
    }

    fn secret_headers(&self, name: Option<&str>) -> Result<Vec<(String, Secret)>, IngestError> {
        let Some(name) = name else {
            return Ok(Vec::new());
        };
        let headers = self.credentials.as_ref().and_then(|known| known(name));
        headers.ok_or_else(|| IngestError::UnknownSecret {
            name: name.to_owned(),
        })
    }
}

/// Notes what an answer says beside its body.
fn note(fetched: Fetched, job: &Job, head: &mut Head, report: &mut RunReport) -> Got {
    match fetched {
        Fetched::NotModified {
            permanent_url,
            max_age_s,
        } => {
            follow(permanent_url, job, head);
            report.moved_to.clone_from(&head.moved_url);
            report.not_modified = true;
            report.max_age_s = max_age_s;
            Got::NotModified
        }
        Fetched::Body {
            bytes,
            final_url,
            permanent_url,
            etag,
            last_modified,
            content_type,
            max_age_s,
            retry_after_s,
            status: _,
        } => {
            follow(permanent_url, job, head);
            head.etag = etag;
            head.last_modified = last_modified;
            report.moved_to.clone_from(&head.moved_url);
            report.fetched_bytes = bytes.len() as u64;
            report.max_age_s = max_age_s;
            report.retry_after_s = retry_after_s;
            Got::Document(Document {
                bytes,
                content_type,
                url: base(&final_url),
            })
        }
    }
}

/// Asks at the new address from now on; a secret is for the origin that it was given for.
fn follow(permanent_url: Option<String>, job: &Job, head: &mut Head) {
    let fields = &job.source.fields;
    let Some(new) = permanent_url.filter(|new| *new != fields.url) else {
        return;
    };
    if fields.secret_name.is_none() || same_origin(&fields.url, &new) {
        head.moved_url = Some(new);
    }
}

/// Whether an error says that nothing is at an address, and will not be.
fn leads_nowhere(error: &Error) -> bool {
    let unknown = matches!(error, Error::UnknownHost { .. });
    unknown || matches!(error.kind(), Kind::Permanent | Kind::Refusal)
}

fn same_origin(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Ok(a), Ok(b)) => a.origin() == b.origin(),
        _ => false,
    }
}

/// An address as the base of relative ones. What follows the path is left out: it is of no use
/// there, keys stand in it, and redirects put other ones into it at each fetch, which would make
/// every entry a changed one.
fn base(url: &str) -> String {
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
