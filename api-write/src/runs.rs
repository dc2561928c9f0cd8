//! Approving a run at once: everything that it brought and that waits for an editor is published.
//!
//! Each item gets a command of its own, with an id that follows from run and item: the same approval again asks for
//! what is already so.

use crate::answer::status_of_run;
use crate::api::WriteApi;
use crate::ask::{Ask, Content, Request};
use axum::Json;
use axum::extract::State;
use mediamesh_domain::catalog::{ItemFacts, Lane, Status};
use mediamesh_domain::command::{Command, CommandBody, PublishEpisode, PublishProgram};
use mediamesh_domain::id::{CommandId, EpisodeId, ItemKind, ItemRef, RunId};
use mediamesh_domain::project::{RunEntry, document_key};
use mediamesh_domain::verdict::{EntryOutcome, Outcome, Refusal};
use mediamesh_domain::view::{Table, View};
use mediamesh_edge::body::Body;
use mediamesh_edge::extract::{Path, Query};
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_ports::view_store::{Order, Range};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// How many items one request publishes.
const MOST: usize = 1_000;
/// Entries of a run read at once.
const PAGE: usize = 500;

/// How to approve.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ApproveParams {
    /// Only say what would be published.
    pub dry_run: bool,
    /// Also make live what the run changed in items that are live; an editor's own unpublished changes of them go
    /// live with it.
    pub changes: bool,
}

/// What an approval did.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Approval {
    /// The run.
    run_url: String,
    /// Whether nothing was done, only counted.
    dry_run: bool,
    /// How many items of the run wait for an editor.
    in_review: usize,
    /// How many items are live and were changed by the run; published where `changes` asks for it.
    changed: usize,
    /// How many were published.
    published: usize,
    /// How many a rule denied.
    refused: Vec<Denied>,
    /// How many are on the log and not decided yet.
    pending: usize,
    /// Whether there are more than one request publishes: send it again.
    more: bool,
    /// The items.
    items: Vec<ItemRef>,
}

/// An item that a rule keeps from being published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Denied {
    /// The item.
    item: ItemRef,
    /// Why.
    refusal: Refusal,
}

/// What of a draft document is looked at.
#[derive(Deserialize)]
struct Draft {
    facts: ItemFacts,
}

/// Publish everything that a run brought and that waits for an editor.
#[utoipa::path(
    post, path = "/api/v1/runs/{run}/approve", tag = "sources", operation_id = "approve_run",
    params(("run" = uuid::Uuid, Path, description = "The run's id"), ApproveParams),
    security(("api_key" = ["content:write"])),
    responses(
        (status = 200, description = "What was, or would be, published", body = Approval),
        (status = 404, description = "There is no such run, or nothing of it was decided yet"),
        (status = 503, description = "The log does not take the commands now: the same request again does no harm"),
    )
)]
pub(crate) async fn approve(
    State(api): State<WriteApi>,
    request: Request<Content>,
    Path(run): Path<RunId>,
    Query(params): Query<ApproveParams>,
    body: Body,
) -> Result<Json<Approval>, Problem> {
    let ask = request.ask(&api, &body)?;
    let (mut approval, waiting) = api.waiting(run, &params).await?;
    approval.items = waiting.iter().map(|facts| facts.item).collect();
    if !params.dry_run && !waiting.is_empty() {
        let commands = waiting.iter().map(|facts| command(&api, &ask, run, facts));
        let verdicts = api
            .contents(commands.collect(), api.limits().verdict)
            .await?;
        for (facts, verdict) in waiting.iter().zip(verdicts) {
            match verdict.map(|verdict| verdict.outcome) {
                Some(Outcome::Accepted(_)) => approval.published += 1,
                Some(Outcome::Refused(refusal)) => approval.refused.push(Denied {
                    item: facts.item,
                    refusal,
                }),
                None => approval.pending += 1,
            }
        }
    }
    Ok(Json(approval))
}

/// The command that publishes an item of a run.
fn command(api: &WriteApi, ask: &Ask, run: RunId, facts: &ItemFacts) -> Command {
    let reason = Some(format!("approved with run {run}"));
    let version = facts.version.0.to_be_bytes();
    let body = match facts.item.kind {
        ItemKind::Program => CommandBody::PublishProgram(PublishProgram { reason }),
        _ => CommandBody::PublishEpisode(PublishEpisode {
            episode_id: EpisodeId(facts.item.id),
            reason,
        }),
    };
    Command {
        command_id: CommandId::of(&[
            b"approve",
            run.as_bytes(),
            facts.item.id.as_bytes(),
            &version,
        ]),
        program_id: facts.program_id,
        at: (api.ports().clock)(),
        principal: ask.principal.clone(),
        expected: None,
        reply_to: Some(api.ports().verdicts.reply_partition()),
        payload_hash: None,
        correlation_id: Some(ask.correlation_id.clone()),
        body,
    }
}

impl WriteApi {
    /// What of a run waits for an editor, the program first.
    async fn waiting(
        &self,
        run: RunId,
        params: &ApproveParams,
    ) -> Result<(Approval, Vec<ItemFacts>), Problem> {
        let mut approval = Approval {
            run_url: status_of_run(run),
            dry_run: params.dry_run,
            ..Approval::default()
        };
        let mut waiting = Vec::new();
        for item in self.items_of(run).await? {
            let Some(facts) = self.draft_facts(item).await? else {
                continue;
            };
            let in_review = facts.status == Status::InReview;
            let changed = facts.status == Status::Published && facts.unpublished_changes;
            approval.changed += usize::from(changed);
            let is_due = in_review || (changed && params.changes);
            if !is_due {
                continue;
            }
            if waiting.len() == MOST {
                approval.more = true;
                break;
            }
            approval.in_review += usize::from(in_review);
            waiting.push(facts);
        }
        Ok((approval, waiting))
    }

    /// The items that a run made or changed.
    async fn items_of(&self, run: RunId) -> Result<BTreeSet<ItemRef>, Problem> {
        let view = self.ports().progress.active(View::Verdicts);
        let mut range = Range {
            table: Table::Runs,
            partition_key: run.to_string().into_bytes(),
            after: None,
            order: Order::Ascending,
            limit: PAGE,
        };
        let mut items = BTreeSet::new();
        loop {
            let rows = self.ports().views.range(view, &range).await?;
            if rows.is_empty() && range.after.is_none() {
                let detail = "there is no such run, or nothing of it was decided yet";
                return Err(Problem::new(kind::NOT_FOUND, detail).code("no_such_run"));
            }
            let was_last = rows.len() < PAGE;
            for (key, row) in rows {
                let entry: RunEntry = serde_json::from_slice(&row.body).map_err(unreadable)?;
                let brought = !matches!(
                    entry.outcome,
                    EntryOutcome::Stale | EntryOutcome::Refused | EntryOutcome::Withdrawn
                );
                items.extend(entry.item.filter(|_| brought));
                range.after = Some(key);
            }
            if was_last {
                return Ok(items);
            }
        }
    }

    /// What the desk says of an item; none where it is not there, or leads to another.
    pub(crate) async fn draft_facts(&self, item: ItemRef) -> Result<Option<ItemFacts>, Problem> {
        let view = self.ports().progress.active(View::Catalog);
        let key = document_key(Lane::Draft, item.kind, item.id, "");
        let Some(row) = self.ports().views.get(view, &key).await? else {
            return Ok(None);
        };
        if row.body.is_empty() {
            // It leads to another item.
            return Ok(None);
        }
        let draft: Draft = serde_json::from_slice(&row.body).map_err(unreadable)?;
        Ok(Some(draft.facts))
    }
}

fn unreadable(error: serde_json::Error) -> Problem {
    tracing::error!(%error, "a row of a run or of a draft cannot be read");
    Problem::new(kind::INTERNAL, "what is stored cannot be read")
}
