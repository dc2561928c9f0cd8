//! Gets a page of a channel or playlist from the YouTube Data API, as a document.

use std::sync::Arc;

use mediamesh_domain::model::SourceFormat;
use mediamesh_domain::run::QuotaUse;
use serde_json::Value;
use url::Url;

use crate::egress::{Fetched, Request};
use crate::source::credentials::Credential;
use crate::source::error::IngestError;
use crate::source::hash::key_of_guid;
use crate::source::input::Job;
use crate::source::report::RunReport;
use crate::source::state::{FetchState, Head};
use crate::source::youtube::{
    AT_ONCE, LIST_PAGES, List, Lists, MOVED, PAGE, Page, Place, document, hub, page, refusal,
    resource, resource_id, until_reset_s,
};

use super::Ingest;
use super::fetching::{Document, Got, base};

/// What is asked of a video.
const PARTS: &str = "snippet,contentDetails,status,statistics,liveStreamingDetails,localizations";

/// One run's questions.
struct Questions<'a> {
    ingest: &'a Ingest,
    credential: Credential,
    /// The name of the secret: each has a quota of its own.
    key: &'a str,
}

/// An answer, and by what it is asked for again.
struct Answer {
    value: Value,
    etag: Option<String>,
}

impl Ingest {
    /// Whether a source is asked by way of the API: it names a key.
    pub(super) fn asks_youtube(job: &Job) -> bool {
        let fields = &job.source.fields;
        fields.format == SourceFormat::Youtube && fields.secret_name.is_some()
    }

    /// The newest page, where anything in it is new.
    pub(super) async fn youtube(
        &self,
        job: &Job,
        (known, head): (&FetchState, &mut Head),
        report: &mut RunReport,
    ) -> Result<Got, IngestError> {
        let questions = self.questions(job).await?;
        let got = questions.newest(job, (known, head), report).await;
        questions.end().await;
        got
    }

    /// The page at an address that an earlier page named.
    pub(super) async fn youtube_page(
        &self,
        job: &Job,
        url: &str,
        lists: &Arc<Lists>,
        report: &mut RunReport,
    ) -> Result<Document, IngestError> {
        if !url.starts_with(&self.youtube.base) {
            return Err(IngestError::OtherOrigin);
        }
        let questions = self.questions(job).await?;
        let got = questions.older(job, url, lists, report).await;
        questions.end().await;
        got
    }

    async fn questions<'a>(&'a self, job: &'a Job) -> Result<Questions<'a>, IngestError> {
        let name = job.source.fields.secret_name.as_deref();
        let key = name.unwrap_or_default();
        self.ledger.load(&*self.parts.objects, key).await?;
        Ok(Questions {
            ingest: self,
            credential: self.credential(name)?,
            key,
        })
    }
}

impl Questions<'_> {
    async fn newest(
        &self,
        job: &Job,
        (state, head): (&FetchState, &mut Head),
        report: &mut RunReport,
    ) -> Result<Got, IngestError> {
        let place = Place::of(&job.source.fields.url).ok_or(IngestError::YouTubeAddress)?;
        let known = match &place {
            Place::Playlist(id) => Some(id.clone()),
            _ => head.youtube_uploads.clone(),
        };
        let mut lists = self.lists(job, &place, &head.youtube_lists, report).await?;
        let moved = lists.moved(&head.youtube_lists);
        let etag = head.etag.take();
        let etag = etag.filter(|_| known.is_some() && moved.is_empty());
        report.conditional = etag.is_some();
        let mut listed = None;
        if let Some(list) = &known {
            let asked = self.ask(&self.list(list)?, etag.clone(), report).await;
            if let Ok(None) = asked {
                (head.etag, head.youtube_lists) = (etag, lists);
                report.not_modified = true;
                return Ok(Got::NotModified);
            }
            listed = asked?;
        }
        let program = self.program(&place, report).await?;
        // A playlist may have videos of any channel: no hub tells of them.
        report.hub = program.0.as_ref().and_then(resource_id).map(hub);
        let uploads = match (listed.is_some(), uploads(program.0.as_ref())) {
            (true, _) => known.unwrap_or_default(),
            (false, Some(uploads)) => uploads,
            (false, None) => return Err(IngestError::YouTubeNotFound),
        };
        let listed = match listed {
            Some(listed) => listed,
            None => self.answer(&self.list(&uploads)?, report).await?,
        };
        if !matches!(place, Place::Playlist(_)) {
            head.youtube_uploads = Some(uploads.clone());
        }
        let mut page = page(&listed.value);
        let new = |id: &String| state.knows_key(&key_of_guid(id)) && !page.ids.contains(id);
        let mut again: Vec<String> = moved.into_iter().filter(new).collect();
        let later = again.split_off(again.len().min(MOVED));
        page.ids.append(&mut again);
        let next = page.next.as_ref().map(|token| self.after(&uploads, token));
        let bytes = self
            .videos(&page, program, next.transpose()?, &lists, report)
            .await?;
        head.etag = listed.etag;
        report.fetched_bytes = bytes.len() as u64;
        let document = self.document(job, bytes, Arc::new(lists.clone()));
        lists.put_off(&later, &head.youtube_lists);
        head.youtube_lists = lists;
        Ok(Got::Document(document))
    }

    /// What is in the playlists that the source's rules name, its own apart.
    async fn lists(
        &self,
        job: &Job,
        place: &Place,
        before: &Lists,
        report: &mut RunReport,
    ) -> Result<Lists, IngestError> {
        let mut lists = Lists::default();
        for id in Lists::named(&job.source.fields) {
            if *place != Place::Playlist(id.clone()) {
                let list = self.whole_list(&id, before.get(&id), report).await;
                let list = list.map_err(|error| match error {
                    IngestError::YouTubeNotFound => IngestError::YouTubeList { id: id.clone() },
                    other => other,
                })?;
                lists.put(id, list);
            }
        }
        Ok(lists)
    }

    /// All videos of a playlist; as they were before, where nothing has changed.
    async fn whole_list(
        &self,
        id: &str,
        before: Option<&List>,
        report: &mut RunReport,
    ) -> Result<List, IngestError> {
        let etag = before.and_then(|list| list.etag.clone());
        let Some(first) = self.ask(&self.list(id)?, etag, report).await? else {
            return Ok(before.cloned().unwrap_or_default());
        };
        let mut read = page(&first.value);
        let mut list = List {
            etag: first.etag,
            videos: read.ids.into_iter().collect(),
        };
        for _ in 1..LIST_PAGES {
            let Some(token) = read.next else {
                break;
            };
            let answer = self.answer(&self.after(id, &token)?, report).await?;
            read = page(&answer.value);
            list.videos.extend(std::mem::take(&mut read.ids));
        }
        Ok(list)
    }

    async fn older(
        &self,
        job: &Job,
        url: &str,
        lists: &Arc<Lists>,
        report: &mut RunReport,
    ) -> Result<Document, IngestError> {
        let url = Url::parse(url).map_err(|_| IngestError::OtherOrigin)?;
        let list = url.query_pairs().find(|(name, _)| name == "playlistId");
        let list = list.map(|(_, id)| id.into_owned()).unwrap_or_default();
        let listed = self.answer(&url, report).await?;
        let page = page(&listed.value);
        let next = page.next.as_ref().map(|token| self.after(&list, token));
        // The program is known from the first page; only which playlist it is goes with the videos.
        let place = Place::of(&job.source.fields.url);
        let own = matches!(place, Some(Place::Playlist(_)));
        let playlist = own.then(|| serde_json::json!({ "id": list }));
        let bytes = self
            .videos(&page, (None, playlist), next.transpose()?, lists, report)
            .await?;
        Ok(self.document(job, bytes, Arc::clone(lists)))
    }

    /// The channel, or the playlist and the channel that it is of.
    async fn program(
        &self,
        place: &Place,
        report: &mut RunReport,
    ) -> Result<(Option<Value>, Option<Value>), IngestError> {
        let (what, parts) = match place {
            Place::Playlist(_) => ("playlists", "snippet"),
            _ => ("channels", "snippet,contentDetails"),
        };
        let url = self.url(what, &[("part", parts), place.filter()])?;
        let answer = self.answer(&url, report).await?;
        let found = resource(&answer.value).filter(|found| resource_id(found).is_some());
        let found = found.ok_or(IngestError::YouTubeNotFound)?;
        Ok(match place {
            Place::Playlist(_) => (None, Some(found)),
            _ => (Some(found), None),
        })
    }

    /// The videos of a page, with what is said of their program.
    async fn videos(
        &self,
        page: &Page,
        program: (Option<Value>, Option<Value>),
        next: Option<Url>,
        lists: &Lists,
        report: &mut RunReport,
    ) -> Result<Vec<u8>, IngestError> {
        let mut videos = Vec::new();
        for ids in page.ids.chunks(AT_ONCE) {
            let ids = ids.join(",");
            let url = self.url(
                "videos",
                &[("part", PARTS), ("id", &ids), ("maxResults", PAGE)],
            )?;
            let mut answer = self.answer(&url, report).await?.value;
            if let Some(items) = answer["items"].as_array_mut() {
                videos.append(items);
            }
        }
        let videos = serde_json::json!({ "items": videos });
        Ok(document(
            program,
            &page.ids,
            &videos,
            next.map(String::from),
            lists,
        ))
    }

    fn list(&self, id: &str) -> Result<Url, IngestError> {
        let parts = ("part", "snippet,contentDetails,status");
        self.url(
            "playlistItems",
            &[parts, ("playlistId", id), ("maxResults", PAGE)],
        )
    }

    fn after(&self, list: &str, token: &str) -> Result<Url, IngestError> {
        let mut url = self.list(list)?;
        url.query_pairs_mut().append_pair("pageToken", token);
        Ok(url)
    }

    fn url(&self, what: &str, query: &[(&str, &str)]) -> Result<Url, IngestError> {
        let url = format!("{}/{what}", self.ingest.youtube.base);
        Url::parse_with_params(&url, query).map_err(|_| IngestError::YouTubeAddress)
    }

    async fn answer(&self, url: &Url, report: &mut RunReport) -> Result<Answer, IngestError> {
        self.ask(url, None, report)
            .await?
            .ok_or(IngestError::YouTubeNotFound)
    }

    /// Asks, for a unit; none where nothing has changed.
    async fn ask(
        &self,
        url: &Url,
        etag: Option<String>,
        report: &mut RunReport,
    ) -> Result<Option<Answer>, IngestError> {
        let (ingest, now) = (self.ingest, self.ingest.parts.clock.now());
        let daily = ingest.youtube.daily_units;
        let quota = || IngestError::Quota {
            reset_s: until_reset_s(now),
        };
        let left = ingest.ledger.take(self.key, now, daily).ok_or_else(quota)?;
        let used = report.quota.map_or(0, |quota| quota.used) + 1;
        let left = i64::try_from(left).ok();
        report.quota = Some(QuotaUse { used, left });
        let request = Request {
            accept: Some("application/json".to_owned()),
            etag,
            headers: self.credential.headers.clone(),
            query: self.credential.query.clone(),
            keeps_refusals: true,
            ..Request::get(url.as_str())
        };
        match ingest.parts.fetch.fetch(request).await? {
            Fetched::NotModified { .. } => Ok(None),
            Fetched::Body {
                bytes,
                etag,
                status,
                ..
            } if status < 300 => {
                let bytes = self.credential.hide(bytes);
                let value: Value =
                    serde_json::from_slice(&bytes).map_err(|_| IngestError::YouTubeRefused {
                        reason: "answer_unreadable".to_owned(),
                    })?;
                let etag = etag.or_else(|| value["etag"].as_str().map(str::to_owned));
                Ok(Some(Answer { value, etag }))
            }
            Fetched::Body { bytes, status, .. } => {
                let reason = refusal(&bytes);
                if matches!(reason.as_str(), "quotaExceeded" | "dailyLimitExceeded") {
                    ingest.ledger.exhausted(self.key, now, daily);
                    report.quota = Some(QuotaUse {
                        used,
                        left: Some(0),
                    });
                    return Err(quota());
                }
                Err(match status {
                    404 => IngestError::YouTubeNotFound,
                    _ => IngestError::YouTubeRefused { reason },
                })
            }
        }
    }

    fn document(&self, job: &Job, bytes: Vec<u8>, lists: Arc<Lists>) -> Document {
        Document {
            bytes: bytes.into(),
            content_type: Some("application/json".to_owned()),
            url: base(&job.source.fields.url),
            fetched: true,
            partial: false,
            youtube: Some(lists),
        }
    }

    /// Writes down what was used; where that fails, this process still knows.
    async fn end(&self) {
        let ledger = &self.ingest.ledger;
        if let Err(error) = ledger.save(&*self.ingest.parts.objects, self.key).await {
            tracing::warn!(error.message = %error, "the used quota is not written down");
        }
    }
}

/// The playlist of a channel's uploads.
fn uploads(channel: Option<&Value>) -> Option<String> {
    let list = &channel?["contentDetails"]["relatedPlaylists"]["uploads"];
    list.as_str()
        .filter(|list| !list.is_empty())
        .map(str::to_owned)
}
