//! Commands as tests ask them: put on the log, their verdict waited for.

use anyhow::Context as _;
use mediamesh::configuration::Configuration;
use mediamesh::instance::{Instance, Purpose, new_id, now};
use mediamesh_domain::command::{
    Command, CommandBody, CreateEpisode, CreateProgram, Principal, UpdateEpisode, UpdateProgram,
};
use mediamesh_domain::id::{CommandId, EpisodeId, ProgramId};
use mediamesh_domain::lang::{Lang, Localized};
use mediamesh_domain::model::{Enclosure, EpisodeFields, ProgramFields};
use mediamesh_domain::verdict::Verdict;
use mediamesh_ports::event_log::{NewRecord, partition_of_program};
use mediamesh_ports::verdicts::Verdicts as _;
use mediamesh_schemas::Topic;
use std::path::Path;
use std::time::Duration;

/// How long a verdict may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// An instance on a data directory, without HTTP.
///
/// # Errors
/// Those of opening it.
pub async fn open(data_dir: &Path) -> anyhow::Result<Instance> {
    let configuration = Configuration {
        data_dir: data_dir.to_owned(),
        ..Configuration::default()
    };
    Instance::open(configuration, Purpose::Operate).await
}

/// A command as the write API would append it.
#[must_use]
pub fn command(program_id: ProgramId, body: CommandBody) -> Command {
    Command {
        command_id: CommandId(new_id()),
        program_id,
        at: now(),
        principal: Principal::system("test"),
        expected: None,
        reply_to: None,
        payload_hash: None,
        correlation_id: None,
        body,
    }
}

/// Appends a command and waits for its verdict, as the write API does.
///
/// # Errors
/// Where the log does not take it, or no verdict comes.
pub async fn ask(instance: &Instance, mut command: Command) -> anyhow::Result<Verdict> {
    command.reply_to = Some(instance.verdicts.reply_partition());
    let expected = instance.verdicts.expect(command.command_id);
    let record = NewRecord {
        topic: Topic::ContentCommands,
        partition: partition_of_program(command.program_id),
        key: command.program_id.to_string().into_bytes(),
        value: Some(instance.codec.encode(&command)?),
        headers: Vec::new(),
        timestamp: command.at,
    };
    instance.stores.append.append(vec![record]).await?;
    expected.verdict(PATIENCE).await.context("no verdict came")
}

/// A program's making.
#[must_use]
pub fn create_program(title: &str) -> CommandBody {
    let fields = ProgramFields {
        title: Localized::one(Lang::from("en"), title),
        ..ProgramFields::default()
    };
    CommandBody::CreateProgram(CreateProgram {
        fields,
        publish: true,
    })
}

/// A program's new title, live at once.
#[must_use]
pub fn rename_program(title: &str) -> CommandBody {
    let patch = serde_json::json!({ "title": { "en": title } }).to_string();
    CommandBody::UpdateProgram(UpdateProgram {
        patch,
        publish: true,
        reason: None,
        restores: None,
    })
}

/// An episode's making, live at once.
#[must_use]
pub fn create_episode(episode_id: EpisodeId, title: &str) -> CommandBody {
    let enclosure = Enclosure {
        url: format!("https://media.example.org/{episode_id}.mp3"),
        ..Enclosure::default()
    };
    let fields = EpisodeFields {
        title: Localized::one(Lang::from("en"), title),
        enclosures: vec![enclosure],
        ..EpisodeFields::default()
    };
    CommandBody::CreateEpisode(CreateEpisode {
        episode_id,
        fields,
        publish: true,
    })
}

/// An episode's new title, live at once.
#[must_use]
pub fn rename_episode(episode_id: EpisodeId, title: &str) -> CommandBody {
    let patch = serde_json::json!({ "title": { "en": title } }).to_string();
    CommandBody::UpdateEpisode(UpdateEpisode {
        episode_id,
        patch,
        publish: true,
        reason: None,
        restores: None,
    })
}
