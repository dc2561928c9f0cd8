//! A draft that an event of any version ever published says can be brought back today.
//!
//! The golden records stand for all that is on the logs: each is read by the schema id it was written with, kept as a
//! history keeps it, and becomes the command that makes a draft of today the same again.

use mediamesh_domain::command::{Command, CommandBody, Principal, UpdateEpisode, UpdateProgram};
use mediamesh_domain::episode::Episode;
use mediamesh_domain::event::Event;
use mediamesh_domain::id::{CommandId, EpisodeId};
use mediamesh_domain::item::{self, Entity, Fields};
use mediamesh_domain::program::Program;
use mediamesh_schemas::{Codec, Topic, shipped};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/content.events");

/// The golden events with the versions that their bytes are of.
fn golden() -> Vec<(i32, Event)> {
    let files = fs::read_dir(Path::new(FOLDER)).expect("golden records");
    let paths = files.map(|file| file.expect("a file").path());
    let bytes = paths.filter(|path| path.extension().is_some_and(|ending| ending == "bin"));
    bytes
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            let version = name.strip_prefix('v').and_then(|n| n.split_once('-'));
            let version = version.expect("v<version>-<case>").0.parse();
            let record = fs::read(&path).expect("bytes");
            let event = Codec::embedded().decode(&record).expect("it is read");
            (version.expect("a number"), event)
        })
        .collect()
}

/// The command that brings a draft back, which went over the log; none where the event says no draft.
fn brought_back<E: Entity>(
    event: &Event,
    body: impl Fn(String) -> CommandBody,
) -> Option<(E::Fields, Command)> {
    // As the history keeps it.
    let row = serde_json::to_vec(event).expect("JSON");
    let kept: Event = serde_json::from_slice(&row).expect("it is read again");
    let draft = item::draft_of::<E>(&kept)?.clone();
    let command = Command {
        command_id: CommandId::of(&[b"restore"]),
        program_id: event.program_id,
        at: event.decided_at,
        principal: Principal::system("test"),
        expected: None,
        reply_to: None,
        payload_hash: None,
        correlation_id: None,
        body: body(item::patch_between(&E::Fields::default(), &draft)),
    };
    let codec = Codec::embedded();
    let record = codec.encode(&command).expect("it fits");
    Some((draft, codec.decode(&record).expect("it is read")))
}

/// Whether a patch makes a draft of nothing.
fn makes<F: Fields + std::fmt::Debug>(draft: &F, patch: &str) {
    let made = item::apply(&F::default(), patch).expect("a patch of these fields");
    assert_eq!(made, *draft);
    let back = item::patch_between(draft, &F::default());
    assert_eq!(item::apply(draft, &back).as_ref(), Ok(&F::default()));
}

#[test]
fn every_draft_of_every_version_ever_published_can_be_brought_back() {
    let mut versions = BTreeSet::new();
    for (version, event) in golden() {
        let program = brought_back::<Program>(&event, |patch| {
            CommandBody::UpdateProgram(UpdateProgram {
                patch,
                publish: false,
                reason: Some("brought back".to_owned()),
                restores: Some(event.version),
            })
        });
        let episode = brought_back::<Episode>(&event, |patch| {
            CommandBody::UpdateEpisode(UpdateEpisode {
                episode_id: EpisodeId(event.item.id),
                patch,
                publish: false,
                reason: None,
                restores: Some(event.version),
            })
        });
        match (program, episode) {
            (Some((draft, command)), None) => {
                let CommandBody::UpdateProgram(update) = command.body else {
                    panic!("an update of a program");
                };
                assert_eq!(update.restores, Some(event.version));
                makes(&draft, &update.patch);
            }
            (None, Some((draft, command))) => {
                let CommandBody::UpdateEpisode(update) = command.body else {
                    panic!("an update of an episode");
                };
                makes(&draft, &update.patch);
            }
            (None, None) => continue,
            (Some(_), Some(_)) => panic!("an event is of one kind of item"),
        }
        versions.insert(version);
    }
    let published = shipped::versions(Topic::ContentEvents).map(|shipped| shipped.version);
    assert_eq!(versions, published.collect(), "each version has a draft");
}
