//! Which episode an imported entry is: guid, then media address, then title, day, length and kind.
//!
//! Two entries of one fetch are never made one by the weaker marks, and a weak mark that two episodes share
//! tells nothing; the mark that told is kept as evidence. Where no mark tells by itself, all of them together do:
//! an entry that bears the very same marks is the same episode, the n-th of a fetch the n-th.
//! (The order and the third mark follow what podcast clients found to work; see ARCHITECTURE.md.)

use crate::command::ImportOrigin;
use crate::decide::desk::Desk;
use crate::decide::edit::existing;
use crate::decide::{Stop, keys, sightings};
use crate::episode::Episode;
use crate::event::{Evidence, Rung};
use crate::id::{EpisodeId, ProgramId};
use crate::item::main_lang;
use crate::model::{EpisodeFields, EpisodeKind};
use crate::repair;
use crate::state::Unreadable;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Two lengths of one episode differ by less than this, in seconds.
const SAME_LENGTH_S: u64 = 600;
/// Two times of one episode differ by less than this, in microseconds: half an hour. News of every hour bear
/// one title, and have one length, all day.
const SAME_TIME_US: u64 = 1_800_000_000;

/// So many entries of one fetch that bear the very same marks are told apart.
const ALIKE: u8 = 64;

/// What a mark leads to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Marked {
    /// The episode.
    episode_id: EpisodeId,
    /// The length of the episode then.
    duration_s: Option<i64>,
    /// Whether another episode bears it too.
    shared: bool,
}

impl Marked {
    fn of(episode_id: EpisodeId, duration_s: Option<i64>) -> Self {
        Self {
            episode_id,
            duration_s,
            shared: false,
        }
    }
}

/// A mark of an entry and what it leads to.
struct Mark {
    rung: Rung,
    key: Vec<u8>,
    leads_to: Option<Marked>,
}

impl Mark {
    fn leads_to_or_shares(&self, episode: EpisodeId) -> bool {
        let leads = |marked: &Marked| marked.shared || marked.episode_id == episode;
        self.leads_to.as_ref().is_some_and(leads)
    }
}

/// How far an entry came on the ladder.
pub(crate) struct Climb {
    /// The episode that it is, and the mark that told.
    pub found: Option<(EpisodeId, Rung)>,
    marks: Vec<Mark>,
    /// Where the episode is to be noted under all its marks together; none where it is already.
    place: Option<Vec<u8>>,
    duration_s: Option<i64>,
}

impl Evidence {
    /// Whether nothing speaks against one episode behind a weak mark.
    fn agrees(&self, known: &Self, rung: Rung) -> bool {
        let days = self.published_at.zip(known.published_at);
        match rung {
            Rung::Guid => true,
            // A file that is sent again under another title on another day is another episode.
            Rung::MediaUrl => {
                let titles = self.title.as_ref().zip(known.title.as_ref());
                let other_title = titles.is_some_and(|(one, other)| one != other);
                !(other_title && days.is_some_and(|(one, other)| one.day() != other.day()))
            }
            Rung::TitleDay => days.is_none_or(|(one, other)| {
                let only_a_day = |at: Timestamp| at.0.rem_euclid(DAY_US) == 0;
                one.0.abs_diff(other.0) < SAME_TIME_US || only_a_day(one) || only_a_day(other)
            }),
        }
    }
}

/// A day in microseconds.
const DAY_US: i64 = 86_400_000_000;

/// Looks for the episode that an entry is.
pub(crate) fn climb(
    desk: &mut Desk<'_>,
    fields: &EpisodeFields,
    origin: &ImportOrigin,
) -> Result<Climb, Stop> {
    let marks = marks(fields);
    let mut climb = Climb {
        found: None,
        marks: Vec::with_capacity(marks.len()),
        place: None,
        duration_s: fields.duration_s,
    };
    let alike = alike(desk.command.program_id, &marks);
    for (rung, value) in marks {
        let key = keys::mark(desk.command.program_id, rung, &value);
        let leads_to: Option<Marked> = desk.read(&key)?;
        climb.marks.push(Mark {
            rung,
            key,
            leads_to,
        });
    }
    for at in 0..climb.marks.len() {
        let Mark { rung, leads_to, .. } = &climb.marks[at];
        let (rung, Some(marked)) = (*rung, leads_to) else {
            continue;
        };
        if climb.is(desk, fields, (rung, marked), origin)? {
            climb.found = Some((marked.episode_id, rung));
            break;
        }
    }
    climb.look_among(desk, &alike, origin)?;
    Ok(climb)
}

/// The episode of this program that fields are, by marks that nobody else bears; whatever fetch they come from.
pub(crate) fn known(
    desk: &Desk<'_>,
    fields: &EpisodeFields,
) -> Result<Option<EpisodeId>, Unreadable> {
    for (rung, value) in marks(fields) {
        let key = keys::mark(desk.command.program_id, rung, &value);
        if let Some(marked) = desk.read::<Marked>(&key)?
            && !marked.shared
            && rung != Rung::TitleDay
        {
            return Ok(Some(marked.episode_id));
        }
    }
    Ok(None)
}

/// Lets the marks of fields that nobody bears yet lead to an episode.
pub(crate) fn note(
    desk: &mut Desk<'_>,
    episode_id: EpisodeId,
    fields: &EpisodeFields,
) -> Result<(), Unreadable> {
    for (rung, value) in marks(fields) {
        let key = keys::mark(desk.command.program_id, rung, &value);
        if desk.read::<Marked>(&key)?.is_none() {
            desk.write(key, &Marked::of(episode_id, fields.duration_s))?;
        }
    }
    Ok(())
}

/// Gives the marks that an entry alone bears to a new episode; those that the entry of the old one bears too
/// tell nothing from now on. Whether any mark that it gave led to the old one.
pub(crate) fn part(
    desk: &mut Desk<'_>,
    old: EpisodeId,
    new: EpisodeId,
    going: &EpisodeFields,
    staying: Option<&EpisodeFields>,
) -> Result<bool, Unreadable> {
    let program = desk.command.program_id;
    let (stays, goes) = (staying.map(marks).unwrap_or_default(), marks(going));
    let mut parted = false;
    let mut parts = Vec::new();
    let together = numbered(&alike(program, &goes), 0);
    let led = desk.read::<Marked>(&together)?;
    if stays != goes && led.is_some_and(|led| led.episode_id == old) {
        parted = true;
        parts.push((together, Marked::of(new, going.duration_s)));
    }
    for mark in goes {
        let key = keys::mark(program, mark.0, &mark.1);
        let led = desk.read::<Marked>(&key)?;
        let led_here = led.as_ref().is_some_and(|led| led.episode_id == old);
        if stays.contains(&mark) {
            let shared = Marked {
                shared: true,
                ..Marked::of(old, staying.and_then(|fields| fields.duration_s))
            };
            parts.push((key, shared));
        } else if led_here || led.is_none() {
            parted |= led_here;
            parts.push((key, Marked::of(new, going.duration_s)));
        }
    }
    for (key, marked) in parts.into_iter().filter(|_| parted) {
        desk.write(key, &marked)?;
    }
    Ok(parted)
}

impl Climb {
    /// Whether the mark tells that the entry is the episode it leads to.
    fn is(
        &self,
        desk: &mut Desk<'_>,
        fields: &EpisodeFields,
        (rung, marked): (Rung, &Marked),
        origin: &ImportOrigin,
    ) -> Result<bool, Stop> {
        if marked.shared {
            return Ok(false);
        }
        if rung == Rung::Guid {
            return self.is_by_guid(desk, marked, origin);
        }
        if rung == Rung::TitleDay && !lengths_agree(marked.duration_s, self.duration_s) {
            return Ok(false);
        }
        let known = evidence(&existing(desk, Episode(marked.episode_id))?.draft);
        if !evidence(fields).agrees(&known, rung) {
            return Ok(false);
        }
        Ok(!is_neighbour(desk, marked, origin)?)
    }

    /// Looks for the first place among entries with the very same marks that is free, to note the episode there.
    /// Where no mark told, an episode on the way that no neighbour is tells.
    fn look_among(
        &mut self,
        desk: &mut Desk<'_>,
        alike: &[u8],
        origin: &ImportOrigin,
    ) -> Result<(), Stop> {
        let Some(first) = self.marks.first() else {
            return Ok(());
        };
        let rung = self.strongest().unwrap_or(first.rung);
        let mut last = None;
        for nth in 0..ALIKE {
            let key = numbered(alike, nth);
            let Some(marked) = desk.read::<Marked>(&key)? else {
                self.place = Some(key);
                return Ok(());
            };
            if self.found.is_some() {
                return Ok(());
            }
            last = Some((marked.episode_id, rung));
            if !is_neighbour(desk, &marked, origin)? {
                break;
            }
        }
        // One more than are told apart is taken for the last of them.
        self.found = last;
        Ok(())
    }

    /// A guid tells, but for a feed that gives one guid to several entries: a neighbour in the same fetch
    /// with other marks throughout is another episode.
    fn is_by_guid(
        &self,
        desk: &mut Desk<'_>,
        marked: &Marked,
        origin: &ImportOrigin,
    ) -> Result<bool, Stop> {
        let mut weaker = self.marks.iter().filter(|mark| mark.rung != Rung::Guid);
        if self.marks.len() == 1 || weaker.any(|mark| mark.leads_to_or_shares(marked.episode_id)) {
            return Ok(true);
        }
        Ok(!is_neighbour(desk, marked, origin)?)
    }

    /// The first mark of the entry that tells anything.
    pub fn strongest(&self) -> Option<Rung> {
        let telling = |mark: &&Mark| mark.leads_to.as_ref().is_none_or(|marked| !marked.shared);
        self.marks.iter().find(telling).map(|mark| mark.rung)
    }

    /// Lets all marks of the entry lead to its episode.
    pub fn remember(
        &mut self,
        desk: &mut Desk<'_>,
        episode_id: EpisodeId,
    ) -> Result<(), Unreadable> {
        for mark in self.marks.drain(..) {
            let others = mark
                .leads_to
                .as_ref()
                .is_some_and(|marked| marked.shared || marked.episode_id != episode_id);
            let marked = Marked {
                episode_id,
                duration_s: self.duration_s,
                shared: others,
            };
            if mark.leads_to.as_ref() != Some(&marked) {
                desk.write(mark.key, &marked)?;
            }
        }
        if let Some(place) = self.place.take() {
            desk.write(place, &Marked::of(episode_id, self.duration_s))?;
        }
        Ok(())
    }
}

/// Whether the fetch that an entry comes from had another entry of an episode before. The very record that was
/// taken in last may come again.
fn is_neighbour(desk: &mut Desk<'_>, marked: &Marked, origin: &ImportOrigin) -> Result<bool, Stop> {
    let last = sightings::last(desk, Episode(marked.episode_id), origin.source_id)?;
    Ok(last.is_some_and(|last| last.order != origin.order && last.run_id == origin.run_id))
}

/// The prefix of the keys under which episodes are noted by all their marks together.
fn alike(program: ProgramId, marks: &[(Rung, String)]) -> Vec<u8> {
    let texts = marks
        .iter()
        .flat_map(|(rung, value)| [rung.as_str().as_bytes(), value.as_bytes()]);
    keys::alike(program, &texts.collect::<Vec<_>>())
}

fn numbered(alike: &[u8], nth: u8) -> Vec<u8> {
    [alike, &[nth]].concat()
}

/// The marks of an entry, strongest first.
fn marks(fields: &EpisodeFields) -> Vec<(Rung, String)> {
    let mut marks = Vec::with_capacity(3);
    if let Some(guid) = fields.guid.as_deref().and_then(guid_mark) {
        marks.push((Rung::Guid, guid));
    }
    if let Some(url) = media_mark(fields) {
        marks.push((Rung::MediaUrl, url));
    }
    if let Some(title_day) = title_day_mark(fields, marks.is_empty()) {
        marks.push((Rung::TitleDay, title_day));
    }
    marks
}

/// Whether two entries bear one guid, or none.
pub(crate) fn same_guid(one: &EpisodeFields, other: &EpisodeFields) -> bool {
    let mark = |fields: &EpisodeFields| fields.guid.as_deref().and_then(guid_mark);
    mark(one) == mark(other)
}

/// The marks of an entry as texts, strongest first.
pub(crate) fn keys_of(fields: &EpisodeFields) -> Vec<String> {
    let marks = marks(fields).into_iter();
    marks
        .map(|(rung, value)| format!("{}/{value}", rung.as_str()))
        .collect()
}

/// A guid as a mark: one that is a web address is the same under `http` and `https`, with and without `www`.
fn guid_mark(guid: &str) -> Option<String> {
    let guid = guid.trim();
    let address = ["https://", "http://"]
        .iter()
        .find_map(|scheme| guid.strip_prefix(scheme));
    let mark = match address {
        Some(address) => without_www(address).trim_end_matches('/'),
        None => guid,
    };
    (!mark.is_empty()).then(|| mark.to_owned())
}

/// The media address as a mark: without volatile parameters and measurement prefixes, under `https`.
pub(crate) fn media_mark(fields: &EpisodeFields) -> Option<String> {
    let file = fields.enclosures.first()?;
    let url = repair::url::canonical_media(&file.url)?;
    Some(match url.strip_prefix("https://") {
        Some(address) => format!("https://{}", without_www(address)),
        None => url,
    })
}

/// What fields say of which episode they are.
pub(crate) fn evidence(fields: &EpisodeFields) -> Evidence {
    Evidence {
        guid: fields.guid.clone(),
        media_url: media_mark(fields),
        title: fields.title.get(&main_lang(fields)).map(str::to_owned),
        published_at: fields.published_at,
        duration_s: fields.duration_s,
    }
}

fn without_www(address: &str) -> &str {
    match address.split_at_checked(4) {
        Some((www, rest)) if www.eq_ignore_ascii_case("www.") => rest,
        _ => address,
    }
}

/// Title, day, kind and what is played. An entry without any other mark has it without a day too: a page that
/// only has a title and a link would be a new episode at every change.
fn title_day_mark(fields: &EpisodeFields, only: bool) -> Option<String> {
    let day = match fields.published_at {
        Some(at) => at.day().to_string(),
        None if only => fields.links.first().map(|link| link.url.clone())?,
        None => return None,
    };
    let title: String = fields
        .title
        .get(&main_lang(fields))?
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let kind = match fields.kind {
        EpisodeKind::Full => "full",
        EpisodeKind::Trailer => "trailer",
        EpisodeKind::Bonus => "bonus",
    };
    let media = played(fields).unwrap_or_default();
    (!title.is_empty()).then(|| format!("{title}/{day}/{kind}/{media}"))
}

/// What is played: `audio`, `video` and the like, the part of the media type before the stroke.
fn played(fields: &EpisodeFields) -> Option<String> {
    let kind = fields.enclosures.first()?.mime_type.as_deref()?;
    kind.split('/').next().map(str::to_ascii_lowercase)
}

fn lengths_agree(a: Option<i64>, b: Option<i64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.abs_diff(b) < SAME_LENGTH_S,
        _ => true,
    }
}
