//! Writes until it is killed: the load of the crash test. Each acknowledged write is one line on standard output.

use mediamesh_domain::id::{EpisodeId, ProgramId};
use mediamesh_domain::verdict::Outcome;
use mediamesh_tests::commands::{
    ask, command, create_episode, create_program, open, rename_episode, rename_program,
};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// Programs that are written to, so that keys are hot.
const PROGRAMS: u128 = 6;
/// Writers at once.
const WRITERS: u128 = 6;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let data_dir = PathBuf::from(arguments.next().unwrap_or_default());
    let round: u128 = arguments.next().unwrap_or_default().parse()?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let instance = Arc::new(open(&data_dir).await?);
        let writers = (0..WRITERS).map(|writer| {
            let instance = Arc::clone(&instance);
            tokio::spawn(async move { write(&instance, round, writer).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await??;
        }
        Ok(())
    })
}

/// Makes programs and episodes and renames them, for ever.
async fn write(
    instance: &mediamesh::instance::Instance,
    round: u128,
    writer: u128,
) -> anyhow::Result<()> {
    let episode = EpisodeId(Uuid::from_u128(round << 32 | writer << 8 | 1));
    for n in 0_u128.. {
        let program = ProgramId(Uuid::from_u128((writer + n) % PROGRAMS + 1));
        let title = format!("round {round}, writer {writer}, write {n}");
        let body = match n % 4 {
            0 => create_program(&title),
            1 => create_episode(
                EpisodeId(Uuid::from_u128(episode.0.as_u128() + (n << 64))),
                &title,
            ),
            2 => rename_program(&title),
            _ => rename_episode(episode, &title),
        };
        let verdict = ask(instance, command(program, body)).await?;
        if let Outcome::Accepted(accepted) = verdict.outcome
            && !accepted.events.is_empty()
        {
            let line = format!(
                "{} {} {}\n",
                verdict.command_id, accepted.partition, accepted.seq
            );
            std::io::stdout().lock().write_all(line.as_bytes())?;
            std::io::stdout().flush()?;
        }
    }
    Ok(())
}
