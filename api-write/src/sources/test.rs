//! Trying a source out before it is made or changed.

use super::{no_address, refused};
use crate::api::WriteApi;
use crate::ask::{Request, Sources};
use crate::connect::TrialWish;
use crate::poll::PollError;
use axum::Json;
use axum::extract::State;
use mediamesh_domain::control::{SourceEntry, check_source};
use mediamesh_domain::id::{ProgramId, SourceId};
use mediamesh_domain::model::{BindingRule, SourceFields, SourceFormat, SourcePolicies};
use mediamesh_domain::repair::url::canonical_feed;
use mediamesh_domain::run::Trial;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::problem::{Problem, kind};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Entries that are listed at most.
const MOST: usize = 1_000;
/// Entries that are listed where nobody says.
const USUAL: usize = 100;

/// What is to be tried: a source that is there, or the address of one that is not, or a document.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SourceTrial {
    /// A source that is there.
    source: Option<SourceId>,
    /// The address of a feed.
    url: Option<String>,
    /// A document to read in place of what the address has.
    content: Option<String>,
    /// Other policies than the source's.
    policies: Option<SourcePolicies>,
    /// Another program than the source's own.
    program_id: Option<ProgramId>,
    /// How its bytes are read, where it is not as the source says.
    format: Option<SourceFormat>,
    /// Another mapping than the source's; for the format `json`.
    mapping: Option<String>,
    /// The name of the secret to fetch with, as the configuration knows it.
    secret_name: Option<String>,
    /// Other rules than the source's: which entries go to another program, season or category.
    rules: Option<Vec<BindingRule>>,
    /// How many pages of a paged or archived feed are read at most.
    max_pages: Option<i32>,
    /// Whether a feed that says it is locked is left alone.
    respect_locked: Option<bool>,
    /// How many entries to list; 100 where it is left out, 1,000 at most. All are counted.
    limit: Option<usize>,
    /// Whether to list what the source says of each entry, field by field.
    fields: bool,
}

/// Try a source out: what would be created, changed, merged or refused, and why. Nothing is changed.
///
/// What is said here of format, mapping, secret, rules and pages holds for the trial alone: a source that is not made
/// yet is tried as it would be made.
#[utoipa::path(
    post, path = "/api/v1/sources/test", tag = "sources", operation_id = "test_source",
    request_body = SourceTrial, security(("api_key" = ["sources:write"])),
    responses(
        (status = 200, description = "What would come of it", body = Trial),
        (status = 404, description = "There is no such source"),
        (status = 422, description = "There is neither a source nor an address nor a document, or what is said of it breaks rules"),
        (status = 502, description = "The source could not be read"),
    )
)]
pub(crate) async fn run(
    State(api): State<WriteApi>,
    _request: Request<Sources>,
    body: Body,
) -> Result<Json<Trial>, Problem> {
    let asked: SourceTrial = body.parse(Takes::Json)?;
    let wish = wish(&api, asked)?;
    let _place = api.control_room().enter().await?;
    let tried = api.ports().trial.try_source(wish).await;
    tried.map(Json).map_err(refused)
}

fn wish(api: &WriteApi, asked: SourceTrial) -> Result<TrialWish, Problem> {
    let sources = &api.ports().control.current().sources;
    let address = match &asked.url {
        Some(url) => Some(canonical_feed(url).ok_or_else(no_address)?),
        None => None,
    };
    let by_address = address.as_deref().map(|address| at(sources, address));
    let known = asked.source.or(by_address);
    let known = known.and_then(|id| Some((id, sources.get(&id)?.fields.clone())));
    let (source_id, mut source) = match (known, by_address) {
        (Some(known), _) => known,
        (None, _) if asked.source.is_some() => return Err(refused(PollError::NoSource)),
        (None, Some(id)) => (id, SourceFields::default()),
        (None, None) if asked.content.is_some() => {
            (SourceId::of_address("trial:"), SourceFields::default())
        }
        (None, None) => return Err(nothing()),
    };
    if let Some(address) = address.filter(|address| *address != source.url) {
        // A secret is for the address that it was given for.
        source.secret_name = None;
        source.url = address;
    }
    let (content, limit, fields) = (asked.content.clone(), asked.limit, asked.fields);
    asked.onto(&mut source)?;
    Ok(TrialWish {
        source_id,
        source,
        content: content.map(String::into_bytes),
        limit: limit.unwrap_or(USUAL).min(MOST),
        with_fields: fields,
    })
}

impl SourceTrial {
    /// Says of a source what is said for the trial, by the rules that hold where it is made.
    fn onto(self, source: &mut SourceFields) -> Result<(), Problem> {
        source.policies = self.policies.unwrap_or(source.policies);
        source.program_id = self.program_id.or(source.program_id);
        source.format = self.format.unwrap_or(source.format);
        source.mapping = self.mapping.or(source.mapping.take());
        source.secret_name = self.secret_name.or(source.secret_name.take());
        source.max_pages = self.max_pages.or(source.max_pages);
        source.respect_locked = self.respect_locked.unwrap_or(source.respect_locked);
        if let Some(rules) = self.rules {
            source.rules = rules;
        }
        let mut named = source.clone();
        if named.name.is_empty() {
            "a trial".clone_into(&mut named.name);
        }
        let broken = check_source(&named);
        if broken.is_empty() {
            return Ok(());
        }
        let detail = "what is said of the source breaks rules: mend what the errors name";
        Err(Problem::new(kind::INVALID_FIELDS, detail)
            .code("invalid")
            .errors(broken))
    }
}

/// The source at an address, also one that was at it before; else the one that the address would make.
fn at(sources: &BTreeMap<SourceId, SourceEntry>, address: &str) -> SourceId {
    let is_there = |entry: &SourceEntry| {
        let before = &entry.fields.moved_from;
        entry.fields.url == address || before.iter().any(|before| before == address)
    };
    let found = sources.iter().find(|(_, entry)| is_there(entry));
    found.map_or_else(|| SourceId::of_address(address), |(id, _)| *id)
}

fn nothing() -> Problem {
    let detail = "name a source, or give the url of a feed, or its content";
    Problem::new(kind::INVALID_FIELDS, detail).code("nothing_to_try")
}
