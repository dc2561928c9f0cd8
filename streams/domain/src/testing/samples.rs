//! Commands and fields to start from.

use crate::command::{
    Command, CommandBody, CreateEpisode, CreateProgram, Expectation, ExpectationKind, FetchOrder,
    FireTimer, ImportEpisode, ImportOrigin, ImportProgram, Principal, PublishEpisode,
    PublishProgram, UpdateEpisode, UpdateProgram,
};
use crate::id::{CommandId, EpisodeId, ProgramId, RunId, SourceId};
use crate::lang::{Lang, Localized};
use crate::model::{Enclosure, EpisodeFields, Policy, ProgramFields, SourcePolicies};
use crate::position::{Partition, Version};
use crate::time::Timestamp;
use uuid::Uuid;

/// A program to start with.
pub const PROGRAM: ProgramId =
    ProgramId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
/// An episode to start with.
pub const EPISODE: EpisodeId =
    EpisodeId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_000e));
/// A source to start with.
pub const SOURCE: SourceId = SourceId(Uuid::from_u128(0x0190_0000_0000_5000_8000_0000_0000_0005));

/// A point in time, in seconds after one that all tests share (2026-03-01T10:00:00Z).
#[must_use]
pub fn at(seconds: i64) -> Timestamp {
    Timestamp(1_772_359_200_000_000).plus_seconds(seconds)
}

/// The `n`-th command of a test, asked at second `n`.
#[must_use]
pub fn ask(n: i64, body: CommandBody) -> Command {
    Command {
        command_id: CommandId::of(&[b"test", &n.to_be_bytes()]),
        program_id: PROGRAM,
        at: at(n),
        principal: Principal::api_key("mm_test"),
        expected: None,
        reply_to: Some(Partition(0)),
        payload_hash: None,
        correlation_id: Some(format!("test-{n}")),
        body,
    }
}

/// More that a command may say.
pub trait Asking: Sized {
    /// With the version in `If-Match`.
    #[must_use]
    fn if_match(self, version: i64) -> Self;
    /// With the version in the body.
    #[must_use]
    fn expecting(self, version: i64) -> Self;
    /// With an Idempotency-Key, for a request with this content.
    #[must_use]
    fn keyed(self, content: &str) -> Self;
    /// Asked at another second.
    #[must_use]
    fn asked_at(self, seconds: i64) -> Self;
    /// About another program.
    #[must_use]
    fn of_program(self, program: ProgramId) -> Self;
}

impl Asking for Command {
    fn if_match(mut self, version: i64) -> Self {
        self.expected = Some(Expectation {
            kind: ExpectationKind::IfMatch,
            version: Version(version),
        });
        self
    }
    fn expecting(mut self, version: i64) -> Self {
        self.expected = Some(Expectation {
            kind: ExpectationKind::InBody,
            version: Version(version),
        });
        self
    }
    fn keyed(mut self, content: &str) -> Self {
        self.payload_hash = Some(content.as_bytes().to_vec());
        self
    }
    fn asked_at(mut self, seconds: i64) -> Self {
        self.at = at(seconds);
        self
    }
    fn of_program(mut self, program: ProgramId) -> Self {
        self.program_id = program;
        self
    }
}

/// A program that may be published, in English.
#[must_use]
pub fn program_fields() -> ProgramFields {
    ProgramFields {
        title: Localized::one(Lang::from("en"), "Harbour Lights"),
        description: Localized::one(Lang::from("en"), "<p>Stories from the quay.</p>"),
        default_lang: Some(Lang::from("en")),
        languages: vec![Lang::from("en")],
        author: Some("Quay Radio".to_owned()),
        ..ProgramFields::default()
    }
}

/// The `n`-th episode, which may be published, in English.
#[must_use]
pub fn episode_fields(n: i32) -> EpisodeFields {
    EpisodeFields {
        title: Localized::one(Lang::from("en"), format!("Night crossing {n}")),
        description: Localized::one(Lang::from("en"), format!("<p>Crossing number {n}.</p>")),
        default_lang: Some(Lang::from("en")),
        languages: vec![Lang::from("en")],
        published_at: Some(at(-86_400 * i64::from(n))),
        duration_s: Some(1_800),
        number: Some(n),
        guid: Some(format!("crossing-{n}")),
        enclosures: vec![Enclosure {
            url: format!("https://media.example.com/crossing-{n}.mp3"),
            mime_type: Some("audio/mpeg".to_owned()),
            ..Enclosure::default()
        }],
        ..EpisodeFields::default()
    }
}

/// Makes the program, live.
#[must_use]
pub fn create_program(n: i64) -> Command {
    let fields = program_fields();
    let publish = true;
    ask(
        n,
        CommandBody::CreateProgram(CreateProgram { fields, publish }),
    )
}

/// Changes the program.
#[must_use]
pub fn update_program(n: i64, patch: &str, publish: bool) -> Command {
    let patch = patch.to_owned();
    ask(
        n,
        CommandBody::UpdateProgram(UpdateProgram {
            patch,
            publish,
            reason: None,
            restores: None,
        }),
    )
}

/// Publishes the program.
#[must_use]
pub fn publish_program(n: i64) -> Command {
    ask(
        n,
        CommandBody::PublishProgram(PublishProgram { reason: None }),
    )
}

/// Makes the episode.
#[must_use]
pub fn create_episode(n: i64, fields: EpisodeFields, publish: bool) -> Command {
    let body = CreateEpisode {
        episode_id: EPISODE,
        fields,
        publish,
    };
    ask(n, CommandBody::CreateEpisode(body))
}

/// Changes the episode.
#[must_use]
pub fn update_episode(n: i64, patch: &str, publish: bool) -> Command {
    let body = UpdateEpisode {
        episode_id: EPISODE,
        patch: patch.to_owned(),
        publish,
        reason: None,
        restores: None,
    };
    ask(n, CommandBody::UpdateEpisode(body))
}

/// Publishes the episode.
#[must_use]
pub fn publish_episode(n: i64) -> Command {
    let body = PublishEpisode {
        episode_id: EPISODE,
        reason: None,
    };
    ask(n, CommandBody::PublishEpisode(body))
}

/// A timer that comes due.
#[must_use]
pub fn fire(n: i64, timer: &str, due: Timestamp) -> Command {
    let timer = timer.to_owned();
    let command = ask(n, CommandBody::FireTimer(FireTimer { timer, due }));
    Command {
        at: due,
        reply_to: None,
        ..command
    }
}

/// The `n`-th fetch.
#[must_use]
pub fn run(n: i64) -> RunId {
    RunId(Uuid::from_u128(n as u128))
}

/// Policies for new entries and for changes.
#[must_use]
pub fn policies(new_entries: Policy, changes: Policy) -> SourcePolicies {
    SourcePolicies {
        new_entries,
        changes,
    }
}

/// An entry's place in the `fetch`-th fetch, from a source that publishes.
#[must_use]
pub fn origin(fetch: i64, index: i32, hash: &str) -> ImportOrigin {
    ImportOrigin {
        source_id: SOURCE,
        run_id: run(fetch),
        order: FetchOrder {
            fetched_at: at(fetch * 600),
            index,
        },
        policies: policies(Policy::Publish, Policy::Publish),
        raw_hash: hash.as_bytes().to_vec(),
        repairs: Vec::new(),
        renormalised: false,
    }
}

/// The command of an entry.
#[must_use]
pub fn source_says(origin: &ImportOrigin, body: CommandBody) -> Command {
    Command {
        command_id: CommandId::of(&[
            b"import",
            origin.source_id.as_bytes(),
            origin.run_id.as_bytes(),
            &origin.order.index.to_be_bytes(),
        ]),
        principal: Principal::source(origin.source_id),
        at: origin.order.fetched_at,
        reply_to: None,
        ..ask(0, body)
    }
}

/// What the source says of its program in a fetch.
#[must_use]
pub fn import_program(fetch: i64, fields: ProgramFields) -> Command {
    let origin = origin(fetch, -1, &format!("{fields:?}"));
    source_says(
        &origin.clone(),
        CommandBody::ImportProgram(ImportProgram { origin, fields }),
    )
}

/// An entry of a fetch.
#[must_use]
pub fn import_episode(fetch: i64, index: i32, fields: EpisodeFields) -> Command {
    let origin = origin(fetch, index, &format!("{fields:?}"));
    source_says(
        &origin.clone(),
        CommandBody::ImportEpisode(ImportEpisode { origin, fields }),
    )
}
