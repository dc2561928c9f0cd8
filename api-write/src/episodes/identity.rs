//! Commands about which episode is which: merges, their undoing, splits; and fields that go back to the source.

mod entries;

use super::address::program_of;
use crate::answer::{CommandStatus, Written};
use crate::api::WriteApi;
use crate::ask::{Ask, Content, Request};
use crate::patch;
use crate::programs::{Step, reason, slug, step};
use crate::submit::Told;
use axum::extract::State;
use axum::response::Response;
use mediamesh_domain::command::{
    CommandBody, MergeEpisodes, ReleaseEpisode, SplitEpisode, UndoMerge,
};
use mediamesh_domain::id::{EpisodeId, ItemRef};
use mediamesh_domain::position::Version;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::extract::Path;
use mediamesh_edge::problem::Problem;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Which episode another becomes part of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    /// The episode that stays, of the same program.
    into: EpisodeId,
    /// Whether sources change the one that stays by the other's entries from now on, and no longer by its own:
    /// for a feed that gave an episode a new guid.
    #[serde(default)]
    follow: bool,
    /// Why, for the history; 1,000 characters at most.
    #[serde(default)]
    reason: Option<String>,
    /// The version that you saw, where you do not send If-Match.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    version: Option<Value>,
}

/// Which entry to split off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    /// The version of the episode in which the entry came in, as its history and the source's merges name it.
    version: Version,
    /// Whether to make the new episode live in the same step.
    #[serde(default)]
    publish: bool,
    /// Why, for the history; 1,000 characters at most.
    #[serde(default)]
    reason: Option<String>,
}

/// Which fields to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    /// JSON pointers of the fields: `/title`, or `/title/ar` for one language.
    pub(crate) pointers: Vec<String>,
    /// The version that you saw, where you do not send If-Match.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    version: Option<Value>,
}

impl Release {
    /// What is asked, with the version that the body names.
    pub(crate) fn read(ask: Ask, body: &Body) -> Result<(Ask, Vec<String>), Problem> {
        let release: Self = body.parse(Takes::Json)?;
        let expected = release.version.map(patch::version).transpose()?;
        Ok((ask.expecting(expected)?, release.pointers))
    }
}

/// Make an episode part of another of its program: its address and its marks lead there.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/merge", tag = "episodes", operation_id = "merge_episode",
    params(
        ("episode" = uuid::Uuid, Path, description = "The id of the episode that ends"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Merge, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is merged; the answer is about the one that stays", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode in the program"),
        (status = 409, description = "One of them is part of another already"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "The body has another shape, or both are the same"),
    )
)]
pub(crate) async fn merge(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(episode): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode).await?;
    let merge: Merge = body.parse(Takes::Json)?;
    let expected = merge.version.map(patch::version).transpose()?;
    let ask = request.ask(&api, &body)?.expecting(expected)?;
    let told = Told::changed(ItemRef::episode(merge.into));
    let body = CommandBody::MergeEpisodes(MergeEpisodes {
        from: episode,
        into: merge.into,
        follow: merge.follow,
        reason: reason(merge.reason)?,
    });
    api.content(ask, program, body, told).await
}

/// Undo a merge: both episodes are as they were, but for what editors did to the other since.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/unmerge", tag = "episodes", operation_id = "unmerge_episode",
    params(
        ("episode" = uuid::Uuid, Path, description = "The id of the episode that was merged"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Option<Step>, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "It is itself again", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 409, description = "It is part of no other"),
        (status = 412, description = "The version in If-Match is old"),
    )
)]
pub(crate) async fn unmerge(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(episode_id): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode_id).await?;
    let (ask, reason) = step(request.ask(&api, &body)?, &body)?;
    let told = Told::changed(ItemRef::episode(episode_id));
    let body = CommandBody::UndoMerge(UndoMerge { episode_id, reason });
    api.content(ask, program, body, told).await
}

/// Give an entry that was taken for an episode one of its own, with its marks.
///
/// Both get what the source last said of each; what an editor holds of the old one stays there.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/split", tag = "episodes", operation_id = "split_episode",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again is the same command, for 72 h"),
    ),
    request_body = Split, security(("api_key" = ["content:write"])),
    responses(
        (status = 201, description = "The new episode is made", body = Written, headers(("ETag" = String), ("Location" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 409, description = "No entry came in with that version, or it has no mark of its own"),
    )
)]
pub(crate) async fn split(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(episode_id): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode_id).await?;
    // Before the history is read: who may not write the program learns nothing of it.
    request.allowed_in(program)?;
    let split: Split = body.parse(Takes::Json)?;
    let ask = request.ask(&api, &body)?;
    let parting = entries::parting(&api, episode_id, split.version).await?;
    let new_episode_id = EpisodeId(ask.new_id(&api));
    let (fields, origin) = parting.going;
    let (kept, kept_origin) = parting.staying.unzip();
    let name = slug(&fields, new_episode_id.0);
    let told = Told::created(ItemRef::episode(new_episode_id), name);
    let body = CommandBody::SplitEpisode(SplitEpisode {
        episode_id,
        new_episode_id,
        fields,
        origin,
        kept,
        kept_origin,
        publish: split.publish,
        reason: reason(split.reason)?,
    });
    api.content(ask, program, body, told).await
}

/// Give fields of an episode back to its sources, field by field.
///
/// What a source last said of them applies at once where it is known, else with the next import.
#[utoipa::path(
    post, path = "/api/v1/episodes/{episode}/release", tag = "episodes", operation_id = "release_episode",
    params(
        ("episode" = uuid::Uuid, Path, description = "Its id"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the version that you saw"),
    ),
    request_body = Release, security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "They are the source's again, or were so already", body = Written, headers(("ETag" = String), ("Position" = String))),
        (status = 202, description = "It will be decided", body = CommandStatus),
        (status = 404, description = "There is no such episode"),
        (status = 409, description = "It is part of another, or the version in the body is old"),
        (status = 412, description = "The version in If-Match is old"),
        (status = 422, description = "A pointer names no field"),
    )
)]
pub(crate) async fn release(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(episode_id): Path<EpisodeId>,
    body: Body,
) -> Result<Response, Problem> {
    let program = program_of(&api, request.headers(), episode_id).await?;
    let (ask, pointers) = Release::read(request.ask(&api, &body)?, &body)?;
    let told = Told::changed(ItemRef::episode(episode_id));
    let body = CommandBody::ReleaseEpisode(ReleaseEpisode {
        episode_id,
        pointers,
    });
    api.content(ask, program, body, told).await
}
