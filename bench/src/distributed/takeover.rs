//! Two processes share the stages, and one of them is killed: how long its partitions stand still, and what memory a
//! process of each role takes.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use anyhow::{Context as _, ensure};
use mediamesh::instance::{Instance, Purpose};
use mediamesh_domain::command::Command;
use mediamesh_domain::id::ProgramId;
use mediamesh_domain::position::Partition;
use mediamesh_ports::event_log::partition_of_program;
use mediamesh_schemas::Topic;
use mediamesh_tests::commands::{ask, command, create_program};
use mediamesh_tests::deployment::{Deployment, On};
use mediamesh_tests::node::Node;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How often both are asked until each has a share.
const LOOKS: u32 = 20;

/// Starts the processes, each of which is this program, kills one, and prints what comes of it.
///
/// # Errors
/// Where a process does not start, or nobody takes over.
pub async fn measure() -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    let program = program.to_str().context("a path that is text")?;
    let deployment = Deployment::new(On::Servers);
    let start = |name, roles| Node::start(program, &deployment, name, roles);
    let (first, mut second) = (start("s1", "streams").await?, start("s2", "streams").await?);
    let others = [
        ("connectors", start("c", "connectors").await?),
        ("api-write", start("w", "api-write").await?),
        ("api-read", start("r", "api-read").await?),
    ];
    let configuration = deployment.configuration();
    let session = configuration
        .servers()?
        .map_or(0, |servers| servers.kafka.session_s);
    let asking = Instance::open(configuration, Purpose::Operate).await?;
    let theirs = partitions_of(&asking, &second).await?;
    let memory = [("streams", &first)].into_iter();
    let memory: Vec<_> = memory
        .chain(others.iter().map(|(role, node)| (*role, node)))
        .map(|(role, node)| (role, node.peak_memory_mib()))
        .collect();

    second.kill()?;
    let from = Instant::now();
    let asked = theirs.iter().map(|partition| async {
        ask(&asking, making(*partition)).await?;
        Ok::<_, anyhow::Error>(from.elapsed())
    });
    let mut taken = futures::future::try_join_all(asked).await?;
    taken.sort_unstable();
    let (earliest, latest) = (taken[0], taken[taken.len() - 1]);
    println!(
        "taken over after a kill             {:>9.1} s to the first record, {:.1} s to one of each of {} partitions \
         (session time-out {session} s)",
        earliest.as_secs_f64(),
        latest.as_secs_f64(),
        theirs.len(),
    );
    for (role, mib) in memory {
        println!("peak memory of a process, {role:<10}{mib:>9} MiB");
    }
    asking.end().await;
    Ok(())
}

/// The partitions whose commands a process decides, once it decides some.
async fn partitions_of(asking: &Instance, node: &Node) -> anyhow::Result<Vec<Partition>> {
    for _ in 0..LOOKS {
        let mut theirs = Vec::new();
        for partition in (0..Topic::ContentCommands.spec().partitions).map(Partition) {
            let before = node.metric("mediamesh_records_total", "decide").await?;
            ask(asking, making(partition)).await?;
            // Counted after the verdict went out.
            tokio::time::sleep(Duration::from_millis(50)).await;
            if node.metric("mediamesh_records_total", "decide").await? > before {
                theirs.push(partition);
            }
        }
        if !theirs.is_empty() {
            return Ok(theirs);
        }
    }
    ensure!(false, "one process decides everything");
    Ok(Vec::new())
}

/// The making of a program in a partition.
fn making(partition: Partition) -> Command {
    let programs = std::iter::repeat_with(|| ProgramId(Uuid::now_v7()));
    let mut programs = programs.filter(|program| partition_of_program(*program) == partition);
    let program = programs.next().unwrap_or(ProgramId(Uuid::nil()));
    command(program, create_program("a program of the benchmark"))
}
