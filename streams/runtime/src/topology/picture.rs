//! The picture of the topology: docs/topology.md, generated and diffed by a test.

use super::{STAGES, Stage, Store};
use mediamesh_schemas::Topic;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The page with the picture and the list of stages.
#[must_use]
pub fn picture() -> String {
    let mut page = String::from(
        "# The topology\n\n\
         Generated from the list of stages in `streams/runtime/src/topology.rs`; \
         `UPDATE_GENERATED=1 cargo test -p mediamesh-runtime` writes it anew.\n\n\
         ```mermaid\nflowchart LR\n",
    );
    // Writing into a string never fails.
    let _ = flow(&mut page);
    page.push_str(
        "```\n\n| stage | reads | writes | keeps | what it does |\n|---|---|---|---|---|\n",
    );
    for stage in &STAGES {
        let _ = row(&mut page, stage);
    }
    page
}

fn flow(page: &mut String) -> std::fmt::Result {
    let topics: BTreeSet<Topic> = STAGES
        .iter()
        .flat_map(|stage| stage.outputs.iter().chain([&stage.input]))
        .copied()
        .collect();
    for topic in topics {
        writeln!(page, "    {}[/{topic}/]", node(topic))?;
    }
    for stage in &STAGES {
        writeln!(page, "    {}([{}])", stage.name, stage.name)?;
        writeln!(page, "    {} --> {}", node(stage.input), stage.name)?;
        for output in stage.outputs {
            writeln!(page, "    {} --> {}", stage.name, node(*output))?;
        }
        if let Some(view) = stage.view {
            let view = view.as_str();
            writeln!(page, "    {} --> view_{view}[(view {view})]", stage.name)?;
        }
    }
    Ok(())
}

fn row(page: &mut String, stage: &Stage) -> std::fmt::Result {
    let mut writes: Vec<String> = stage.outputs.iter().map(Topic::to_string).collect();
    writes.extend(stage.input.dead_letters().map(|topic| topic.to_string()));
    writes.extend(stage.view.map(|view| format!("view {}", view.as_str())));
    let keeps = match stage.store {
        Store::Nothing => "nothing".to_owned(),
        Store::State(name) => format!("state `{name}`"),
        Store::Parked => "parked keys".to_owned(),
    };
    writeln!(
        page,
        "| {} | {} | {} | {keeps} | {} |",
        stage.name,
        stage.input,
        writes.join(", "),
        stage.what
    )
}

fn node(topic: Topic) -> String {
    format!("t_{}", topic.name().replace(['.', '-'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_picture_in_the_documents_is_that_of_the_code() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/topology.md");
        let page = picture();
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(&path, &page).expect("docs can be written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            kept, page,
            "run with UPDATE_GENERATED=1 and look at the difference"
        );
    }

    #[test]
    fn every_stage_but_the_first_reads_what_another_writes() {
        for stage in &STAGES {
            let fed = STAGES
                .iter()
                .any(|other| other.outputs.contains(&stage.input));
            let from_outside = [
                Topic::IngestRaw,
                Topic::IngestEvents,
                Topic::ControlCommands,
            ]
            .contains(&stage.input);
            assert!(fed || from_outside, "{}", stage.name);
        }
    }
}
