//! What a source said of an entry that was taken for an episode, and of the episode's own: from its history.

use super::ladder;
use crate::command::ImportOrigin;
use crate::event::{Event, EventBody, Evidence, ImportFact};
use crate::model::{EpisodeFields, SourcePolicies};
use crate::position::Version;

/// The two entries that stand in one episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Parting {
    /// What the source last said of the entry that goes.
    pub going: (EpisodeFields, ImportOrigin),
    /// What it last said of the one that stays, where anything is known.
    pub staying: Option<(EpisodeFields, ImportOrigin)>,
}

/// Finds both entries in an episode's events, whatever their order; `version` is the one in which the entry
/// that goes came in. None where no import came in then.
#[must_use]
pub fn parting(events: &[Event], version: Version) -> Option<Parting> {
    let chosen = events.iter().find(|event| event.version == version)?;
    let entry = match &chosen.body {
        EventBody::EpisodeMatched(matched) => matched.entry.clone().unwrap_or_else(|| Evidence {
            guid: matched.guid.clone(),
            media_url: matched.media_url.clone(),
            ..Evidence::default()
        }),
        body => ladder::evidence(said(body)?.0),
    };
    let mut imports: Vec<(Version, &EpisodeFields, &ImportFact)> = events
        .iter()
        .filter_map(|event| {
            said(&event.body).map(|(fields, import)| (event.version, fields, import))
        })
        .collect();
    imports.sort_by_key(|(version, ..)| *version);
    let is_entry = |fields: &EpisodeFields| same_entry(&entry, &ladder::evidence(fields));
    let newest = |wanted: bool| {
        let mut newest = imports.iter().rev();
        newest
            .find(|(_, fields, _)| is_entry(fields) == wanted)
            .map(|(_, fields, import)| ((*fields).clone(), origin(import)))
    };
    Some(Parting {
        going: newest(true)?,
        staying: newest(false),
    })
}

/// The last import in an episode's events, whatever their order.
#[must_use]
pub fn last_import(events: &[Event]) -> Option<ImportOrigin> {
    let imports = events
        .iter()
        .filter_map(|event| Some((event.version, said(&event.body)?.1)));
    let last = imports.max_by_key(|(version, _)| *version);
    last.map(|(_, import)| origin(import))
}

/// What an import said, as the draft took it in.
fn said(body: &EventBody) -> Option<(&EpisodeFields, &ImportFact)> {
    let (fields, import) = match body {
        EventBody::EpisodeCreated(made) => (&made.fields, made.import.as_ref()),
        EventBody::EpisodeUpdated(changed) => (&changed.fields, changed.import.as_ref()),
        EventBody::EpisodeSplit(split) => (&split.fields, split.import.as_ref()),
        _ => return None,
    };
    Some((fields, import?))
}

fn same_entry(one: &Evidence, other: &Evidence) -> bool {
    match (&one.guid, &other.guid) {
        (Some(one), Some(other)) => one == other,
        _ => one.media_url.is_some() && one.media_url == other.media_url,
    }
}

fn origin(import: &ImportFact) -> ImportOrigin {
    ImportOrigin {
        source_id: import.source_id,
        run_id: import.run_id,
        order: import.order,
        policies: SourcePolicies::default(),
        raw_hash: import.raw_hash.clone(),
        repairs: import.repairs.clone(),
        renormalised: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{
        episode_fields, given, import_episode, import_program, program_fields, run,
    };

    #[test]
    fn both_entries_are_found_with_what_was_last_said_of_each() {
        let mut other = episode_fields(1);
        other.guid = Some("another".to_owned());
        let mut later = other.clone();
        later.season = Some(9);
        let world = given([
            import_program(1, program_fields()),
            import_episode(1, 0, episode_fields(1)),
            import_episode(2, 0, other),
            import_episode(3, 0, later.clone()),
        ]);
        let id = world.only_episode();
        let events: Vec<Event> = world
            .events
            .iter()
            .filter(|event| event.item.id == id.0)
            .cloned()
            .collect();
        let matched = events
            .iter()
            .find(|event| matches!(event.body, EventBody::EpisodeMatched(_)))
            .unwrap();
        let parting = parting(&events, matched.version).unwrap();
        assert_eq!((parting.going.0, parting.going.1.run_id), (later, run(3)));
        assert_eq!(parting.staying.unwrap().0, episode_fields(1));
        assert_eq!(super::parting(&events, Version(99)), None);
    }
}
