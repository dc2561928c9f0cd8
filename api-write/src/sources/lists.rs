//! Lists of feeds that become sources.
//!
//! Which outline becomes what, the connectors say; each new source is a command of its own, so that one that is
//! refused does no harm to the others, and the same list again finds those that were made.

use crate::api::WriteApi;
use crate::ask::{Ask, Request, Sources};
use crate::connect::{Becomes, FeedList, ListError, ListedFeed};
use axum::Json;
use axum::extract::{FromRequest as _, State};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use mediamesh_domain::control::{ControlBody, ControlCommand, CreateSource};
use mediamesh_domain::id::SourceId;
use mediamesh_domain::model::{Policy, SourcePolicies};
use mediamesh_domain::verdict::{Outcome, Verdict};
use mediamesh_edge::body::Body;
use mediamesh_edge::extract::Query;
use mediamesh_edge::problem::{Problem, kind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many sources one request makes.
const MOST: usize = 1_000;

/// The media types that a list may have.
const MEDIA_TYPES: [&str; 5] = [
    "text/x-opml",
    "text/x-opml+xml",
    "application/opml+xml",
    "application/xml",
    "text/xml",
];

/// How to take a list in.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ImportParams {
    /// Only say what would become of each outline.
    pub dry_run: bool,
    /// What becomes of the entries of the new sources, and of changes to live ones: `review` where it is left out.
    pub policy: Policy,
}

/// What became of a list of feeds.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ListImport {
    /// What the list is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Whether nothing was done, only counted.
    dry_run: bool,
    /// How many sources are new.
    new: usize,
    /// How many were there already.
    there: usize,
    /// How many outlines repeat an earlier one.
    repeated: usize,
    /// How many can be no source.
    refused: usize,
    /// How many new ones are on the log and not decided yet.
    pending: usize,
    /// Whether there are more new ones than one request makes: send the list again.
    more: bool,
    /// Each outline, in the order of the list.
    outlines: Vec<ImportedOutline>,
}

/// What becomes of an outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutlineFate {
    /// A new source.
    New,
    /// Its address has a source already, which stays as it is.
    There,
    /// An earlier outline has the same address.
    Repeated,
    /// It can be no source.
    Refused,
    /// It is on the log and not decided yet.
    Pending,
    /// It waits for the next request.
    Left,
}

/// An outline, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportedOutline {
    /// The line of the outline, from 1.
    line: usize,
    /// What the source is called, or the outline where it can be none.
    name: String,
    /// The address in its canonical form, or as it is written where it has none.
    url: String,
    /// What becomes of it.
    fate: OutlineFate,
    /// The source that is new or there.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_id: Option<SourceId>,
    /// Why it is refused, or of which line it is a repetition, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Make a source of each feed in an OPML list.
///
/// An address that has a source stays as it is, a repeated one is told, and one that can be none is refused with
/// its line. The same list again makes nothing twice.
#[utoipa::path(
    post, path = "/api/v1/sources/import", tag = "sources", operation_id = "import_sources",
    params(ImportParams),
    request_body(content = String, content_type = "text/x-opml"),
    security(("api_key" = ["sources:write"])),
    responses(
        (status = 200, description = "What became, or would become, of each outline", body = ListImport),
        (status = 413, description = "More than 15 MiB"),
        (status = 415, description = "The body has another media type"),
        (status = 422, description = "This is no OPML list; the detail says where it is wrong"),
        (status = 503, description = "The log does not take the commands now: the same request again does no harm"),
    )
)]
pub(crate) async fn import(
    State(api): State<WriteApi>,
    caller: Request<Sources>,
    Query(params): Query<ImportParams>,
    request: axum::extract::Request,
) -> Result<Json<ListImport>, Problem> {
    check_media_type(caller.headers())?;
    // A place before the body: what is read stands in memory.
    let _place = api.push_room().enter().await?;
    let body = Body::from_request(request, &api).await?;
    let ask = caller.ask(&api, &body)?;
    let policies = SourcePolicies::both(params.policy);
    let list = api.ports().lists.read_list(body.bytes().to_vec(), policies);
    let list = list.await.map_err(unreadable)?;
    let mut import = ListImport::of(&list, params.dry_run);
    if !params.dry_run {
        let (places, commands) = commands(&api, &ask, list);
        let verdicts = match commands.is_empty() {
            true => Vec::new(),
            false => api.controls(commands).await?,
        };
        import.made(&places, verdicts);
    }
    Ok(Json(import.counted()))
}

/// The commands that make the new sources of a list, and the places of their outlines.
fn commands(api: &WriteApi, ask: &Ask, list: FeedList) -> (Vec<usize>, Vec<ControlCommand>) {
    let new = list.outlines.into_iter().enumerate();
    let new = new.filter_map(|(place, outline)| match outline.becomes {
        Becomes::New(source_id, fields) => Some((place, source_id, *fields)),
        _ => None,
    });
    let commands = new.take(MOST).map(|(place, source_id, fields)| {
        let command = ControlCommand {
            command_id: mediamesh_domain::id::CommandId((api.ports().ids)()),
            at: (api.ports().clock)(),
            principal: ask.principal.clone(),
            expected: None,
            reply_to: Some(api.ports().verdicts.reply_partition()),
            payload_hash: None,
            correlation_id: Some(ask.correlation_id.clone()),
            body: ControlBody::CreateSource(CreateSource { source_id, fields }),
        };
        (place, command)
    });
    commands.unzip()
}

impl ListImport {
    fn of(list: &FeedList, dry_run: bool) -> Self {
        Self {
            title: list.title.clone(),
            dry_run,
            outlines: list.outlines.iter().map(ImportedOutline::of).collect(),
            ..Self::default()
        }
    }

    /// Notes what became of the new ones at these places; what was not asked for waits for the next request.
    fn made(&mut self, places: &[usize], verdicts: Vec<Option<Verdict>>) {
        let new = self.outlines.iter_mut();
        new.filter(|outline| outline.fate == OutlineFate::New)
            .for_each(|outline| outline.fate = OutlineFate::Left);
        for (place, verdict) in places.iter().zip(verdicts) {
            if let Some(outline) = self.outlines.get_mut(*place) {
                outline.decided(verdict);
            }
        }
    }

    fn counted(mut self) -> Self {
        let count = |fate| self.outlines.iter().filter(|one| one.fate == fate).count();
        let left = count(OutlineFate::Left);
        let [new, there, repeated, refused, pending] = [
            OutlineFate::New,
            OutlineFate::There,
            OutlineFate::Repeated,
            OutlineFate::Refused,
            OutlineFate::Pending,
        ]
        .map(count);
        (self.new, self.there, self.repeated) = (new, there, repeated);
        (self.refused, self.pending, self.more) = (refused, pending, left > 0);
        self
    }
}

impl ImportedOutline {
    fn of(listed: &ListedFeed) -> Self {
        let (fate, source_id, reason) = match &listed.becomes {
            Becomes::New(id, _) => (OutlineFate::New, Some(*id), None),
            Becomes::There(id) => (OutlineFate::There, Some(*id), None),
            Becomes::Repeated(reason) => (OutlineFate::Repeated, None, Some(reason.clone())),
            Becomes::Refused(reason) => (OutlineFate::Refused, None, Some(reason.clone())),
        };
        Self {
            line: listed.line,
            name: listed.name.clone(),
            url: listed.url.clone(),
            fate,
            source_id,
            reason,
        }
    }

    fn decided(&mut self, verdict: Option<Verdict>) {
        match verdict.map(|verdict| verdict.outcome) {
            Some(Outcome::Accepted(accepted)) if accepted.events.is_empty() => {
                // Somebody else made it meanwhile.
                self.fate = OutlineFate::There;
            }
            Some(Outcome::Accepted(_)) => self.fate = OutlineFate::New,
            Some(Outcome::Refused(refusal)) => {
                self.fate = OutlineFate::Refused;
                self.source_id = None;
                self.reason = Some(refusal.message);
            }
            None => self.fate = OutlineFate::Pending,
        }
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let given = given
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    let given = given.trim().to_ascii_lowercase();
    if MEDIA_TYPES.contains(&given.as_str()) {
        return Ok(());
    }
    let detail = "set Content-Type to text/x-opml (or application/xml), and send the list itself";
    Err(Problem::new(kind::UNSUPPORTED_MEDIA_TYPE, detail).code("unsupported_media_type"))
}

fn unreadable(error: ListError) -> Problem {
    Problem::new(kind::INVALID_FIELDS, error.to_string()).code(error.code)
}
