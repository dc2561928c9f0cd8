//! A deployment that is moved answers as it did, whatever kind of stores it is moved to, and goes on where it was.

mod content;
mod questions;
mod side;

use mediamesh::configuration::Configuration;
use mediamesh::instance::{Instance, Purpose};
use mediamesh::operations::{Moved, Request, outcome};
use mediamesh_domain::position::Seq;
use mediamesh_ports::control::Control as _;
use mediamesh_tests::deployment::{Deployment, On};
use mediamesh_tests::invariants::events;
use serde_json::Value;
use side::{Side, once_free};
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;

/// A configuration of everything on one data directory.
fn embedded(data_dir: &Path) -> Configuration {
    Configuration {
        data_dir: data_dir.to_owned(),
        ..Configuration::default()
    }
}

async fn open(configuration: &Configuration, purpose: Purpose) -> anyhow::Result<Instance> {
    once_free(async || Instance::open(configuration.clone(), purpose.clone()).await).await
}

/// Asks for something in an instance that is opened for it.
async fn once(
    configuration: &Configuration,
    purpose: Purpose,
    request: Request,
) -> anyhow::Result<Moved> {
    let instance = open(configuration, purpose).await?;
    let answer = outcome(&instance, request).await;
    instance.end().await;
    Ok(serde_json::from_value(answer?)?)
}

async fn export(configuration: &Configuration, dir: &Path) -> anyhow::Result<Moved> {
    let dir = dir.to_owned();
    once(configuration, Purpose::Operate, Request::Export { dir }).await
}

async fn import(configuration: &Configuration, dir: &Path) -> anyhow::Result<Moved> {
    let (dir, dry_run) = (dir.to_owned(), false);
    let request = Request::Import { dir, dry_run };
    once(configuration, Purpose::Import, request).await
}

async fn look(configuration: &Configuration, dir: &Path) -> anyhow::Result<Moved> {
    let (dir, dry_run) = (dir.to_owned(), true);
    let request = Request::Import { dir, dry_run };
    once(configuration, Purpose::Import, request).await
}

/// The parts of an archive with their hashes: all that it holds.
fn parts(dir: &Path) -> BTreeMap<String, String> {
    let manifest = std::fs::read(dir.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let parts = manifest["parts"].as_object().unwrap().iter();
    parts
        .map(|(name, part)| (name.clone(), part["sha256"].as_str().unwrap().to_owned()))
        .collect()
}

/// A deployment with everything in it, written out.
struct Source {
    side: Side,
    content: content::Content,
    moved: Moved,
    archive: TempDir,
    _data: TempDir,
}

impl Source {
    async fn made() -> Self {
        let (data, archive) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let side = Side::first(embedded(data.path())).await;
        let content = content::make(&side).await;
        let dir = archive.path().to_owned();
        let moved = outcome(&side.served.instance, Request::Export { dir }).await;
        let moved: Moved = serde_json::from_value(moved.unwrap()).unwrap();
        assert!(moved.records["content.events"] > 150, "{moved}");
        assert!(moved.records["content.commands.dlt"] > 0, "{moved}");
        assert!(moved.state_keys > 200 && moved.objects > 3, "{moved}");
        Self {
            side,
            content,
            moved,
            archive,
            _data: data,
        }
    }

    /// Takes it in elsewhere, and holds the two against each other.
    async fn against(self, configuration: Configuration) {
        let target = self.moved_to(configuration).await;
        target.served.close().await;
        self.side.served.close().await;
    }

    /// The same, with the target still at work.
    async fn moved_to(&self, configuration: Configuration) -> Side {
        let dir = self.archive.path();
        assert!(look(&configuration, dir).await.unwrap().dry_run);
        let moved = import(&configuration, dir).await.unwrap();
        assert_eq!(moved, self.moved);
        // Out again by who only asks, and then by who runs the stages.
        let back = tempfile::tempdir().unwrap();
        assert_eq!(export(&configuration, back.path()).await.unwrap(), moved);
        assert_eq!(parts(back.path()), parts(dir));
        let again = import(&configuration, dir).await.unwrap_err();
        assert!(format!("{again:#}").contains("not empty"), "{again:#}");

        let target = Side::again(configuration, &self.side.key).await;
        assert!(target.served.first_key.is_none(), "keys are moved");
        let serving = tempfile::tempdir().unwrap();
        let dir = serving.path().to_owned();
        let request = Request::Export { dir };
        outcome(&target.served.instance, request).await.unwrap();
        assert_eq!(parts(serving.path()), parts(self.archive.path()));

        questions::ask_both(&self.side, &target).await;
        self.goes_on(&target).await;
        target
    }

    /// What is written next, written on both sides.
    async fn goes_on(&self, target: &Side) {
        let (here, there) = (&self.side.served.instance, &target.served.instance);
        let before = events(here).await.unwrap();
        assert_eq!(before, events(there).await.unwrap());
        assert_eq!(
            here.control.current().sources,
            there.control.current().sources
        );
        // The same request again, with its key: answered, not done.
        assert_eq!(
            self.content.repeat(&self.side).await,
            self.content.repeat(target).await
        );
        assert_eq!(before, events(there).await.unwrap());
        for side in [&self.side, target] {
            self.content.rename(side, "What comes after").await;
        }
        let (here, there) = (events(here).await.unwrap(), events(there).await.unwrap());
        let mut grown = 0;
        for (partition, events) in &here {
            let others = &there[partition];
            let at = |events: &[mediamesh_domain::event::Event]| -> Vec<_> {
                let events = events.iter();
                events
                    .map(|event| (event.seq, event.item, event.version))
                    .collect()
            };
            assert_eq!(at(events), at(others), "partition {partition}");
            let last = events.last().map_or(Seq(0), |event| event.seq);
            assert_eq!(last, Seq(events.len() as i64), "partition {partition}");
            grown += events.len() - before[partition].len();
        }
        assert!(grown > 0, "the write is there");
    }
}

mod data_directories {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_deployment_moves_to_another_data_directory() {
        let data = tempfile::tempdir().unwrap();
        Source::made().await.against(embedded(data.path())).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_import_that_was_cut_short_goes_on_and_nobody_serves_the_half_of_it() {
        let (data, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let side = Side::first(embedded(data.path())).await;
        content::ingest(&side, "Small Wonders", content::ENGLISH).await;
        let archive = tempfile::tempdir().unwrap();
        let dir = archive.path().to_owned();
        let request = Request::Export { dir };
        outcome(&side.served.instance, request).await.unwrap();
        side.served.close().await;

        let configuration = embedded(target.path());
        let instance = open(&configuration, Purpose::Import).await.unwrap();
        side::cut_short(&instance, archive.path()).await;
        instance.end().await;
        drop(instance);
        let refused = open(&configuration, Purpose::Operate).await;
        let refused = format!("{:#}", refused.err().unwrap());
        assert!(refused.contains("not finished"), "{refused}");
        let other = tempfile::tempdir().unwrap();
        let wrong = import(&configuration, other.path()).await.unwrap_err();
        assert!(format!("{wrong:#}").contains("is no export"), "{wrong:#}");

        import(&configuration, archive.path()).await.unwrap();
        let back = tempfile::tempdir().unwrap();
        export(&configuration, back.path()).await.unwrap();
        assert_eq!(parts(back.path()), parts(archive.path()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_archive_that_was_damaged_is_not_taken_in_at_all() {
        let (data, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let side = Side::first(embedded(data.path())).await;
        content::ingest(&side, "Small Wonders", content::ENGLISH).await;
        side.served.close().await;
        let (from, archive) = (embedded(data.path()), tempfile::tempdir().unwrap());
        export(&from, archive.path()).await.unwrap();
        let part = archive.path().join("topics/control.events/00000.jsonl.gz");
        let whole = std::fs::read(&part).unwrap();
        std::fs::write(&part, &whole[1..]).unwrap();
        let refused = import(&embedded(target.path()), archive.path()).await;
        let refused = format!("{:#}", refused.unwrap_err());
        assert!(
            refused.contains("control.events/00000 is damaged"),
            "{refused}"
        );
        // Nothing came of it: the target is as empty as before. The export mends the part.
        export(&from, archive.path()).await.unwrap();
        assert_eq!(std::fs::read(&part).unwrap(), whole);
        import(&embedded(target.path()), archive.path())
            .await
            .unwrap();
    }
}

mod servers {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_deployment_moves_to_the_servers_and_back() {
        let deployment = Deployment::new(On::Servers);
        let source = Source::made().await;
        let target = source.moved_to(deployment.configuration()).await;
        source.side.served.close().await;

        // What was decided on the servers since then goes back with all else.
        target.settle().await;
        let (archive, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let dir = archive.path().to_owned();
        let request = Request::Export { dir };
        outcome(&target.served.instance, request).await.unwrap();
        assert_ne!(parts(archive.path()), parts(source.archive.path()));
        let home = embedded(data.path());
        import(&home, archive.path()).await.unwrap();
        let home = Side::again(home, &target.key).await;
        let facts = events(&target.served.instance).await.unwrap();
        assert_eq!(events(&home.served.instance).await.unwrap(), facts);
        questions::ask_both(&target, &home).await;
        source.content.rename(&home, "Home again").await;
        home.served.close().await;
        target.served.close().await;
    }
}
