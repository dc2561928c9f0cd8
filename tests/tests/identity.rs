//! What was imported stays explainable, through a whole instance: normalised again, merged with another program.

use mediamesh::instance::Instance;
use mediamesh::operations::{
    IngestAnswer, IngestRequest, Material, Renormalised, Request, outcome,
};
use mediamesh_domain::catalog::{EpisodeDocument, Lane, ProgramDocument};
use mediamesh_domain::command::{CommandBody, ImportEpisode, ImportOrigin};
use mediamesh_domain::event::{Event, EventBody};
use mediamesh_domain::id::{EpisodeId, ItemKind, ItemRef, ProgramId};
use mediamesh_domain::lang::{Lang, Localized};
use mediamesh_domain::model::{Policy, SourcePolicies};
use mediamesh_domain::project::{document_key, episodes_key, history_key};
use mediamesh_domain::view::{RowMeta, Table, View};
use mediamesh_ports::progress::Progress as _;
use mediamesh_ports::view_store::{Order, Range};
use mediamesh_tests::commands::{ask, command};
use mediamesh_tests::deployment::{Deployment, On};
use uuid::Uuid;

mediamesh_tests::on_both!(
    a_mended_normaliser_reaches_back_and_shows_first_what_it_would_change,
    a_program_is_merged_into_another_and_itself_again,
);

fn feed(name: &str, entries: u32) -> String {
    let items: String = (1..=entries)
        .map(|n| {
            format!(
                r#"<item><title>{name} {n}</title><guid>{name}-{n}</guid>
                <pubDate>Mon, 0{n} Jun 2026 10:00:00 GMT</pubDate>
                <enclosure url="https://media.example.com/{name}-{n}.mp3" type="audio/mpeg" length="1"/></item>"#
            )
        })
        .collect();
    format!(
        r#"<rss version="2.0"><channel><title>{name}</title><language>en</language>
        <description>About {name}</description>{items}</channel></rss>"#
    )
}

async fn ingest(instance: &Instance, name: &str, entries: u32) -> ProgramId {
    let request = IngestRequest {
        name: Some(name.to_owned()),
        policy: Policy::Publish,
        material: Material::Bytes {
            name: name.to_owned(),
            bytes: feed(name, entries).into_bytes(),
        },
    };
    let answer = outcome(instance, Request::Ingest(request)).await.unwrap();
    let answer: IngestAnswer = serde_json::from_value(answer).unwrap();
    assert_eq!((answer.entries, answer.undecided), (u64::from(entries), 0));
    answer.source_id.own_program()
}

async fn episodes(instance: &Instance, lane: Lane, program: ProgramId) -> Vec<EpisodeId> {
    let range = Range {
        table: Table::Episodes,
        partition_key: episodes_key(lane, program),
        after: None,
        order: Order::Ascending,
        limit: 100,
    };
    let view = instance.progress.active(View::Catalog);
    let rows = instance.stores.rows.range(view, &range).await.unwrap();
    let ids = rows.iter().map(|(key, _)| *key.last_chunk::<16>().unwrap());
    ids.map(|id| EpisodeId(Uuid::from_bytes(id))).collect()
}

async fn row(instance: &Instance, lane: Lane, kind: ItemKind, id: Uuid) -> (RowMeta, Vec<u8>) {
    let view = instance.progress.active(View::Catalog);
    let key = document_key(lane, kind, id, "");
    let row = instance.stores.rows.get(view, &key).await.unwrap().unwrap();
    (serde_json::from_slice(&row.meta).unwrap(), row.body)
}

async fn draft(instance: &Instance, id: EpisodeId) -> EpisodeDocument {
    let (_, body) = row(instance, Lane::Draft, ItemKind::Episode, id.0).await;
    serde_json::from_slice(&body).unwrap()
}

async fn history(instance: &Instance, id: EpisodeId) -> Vec<Event> {
    let range = Range {
        table: Table::History,
        partition_key: history_key(ItemRef::episode(id)),
        after: None,
        order: Order::Descending,
        limit: 100,
    };
    let view = instance.progress.active(View::History);
    let rows = instance.stores.rows.range(view, &range).await.unwrap();
    let events = rows
        .iter()
        .map(|(_, row)| serde_json::from_slice(&row.body));
    events.collect::<Result<_, _>>().unwrap()
}

/// The import of an episode as an older normaliser would have made it: with another title.
async fn as_once_normalised(instance: &Instance, id: EpisodeId) -> (ProgramId, CommandBody) {
    let made = history(instance, id)
        .await
        .into_iter()
        .find_map(|event| match event.body {
            EventBody::EpisodeCreated(made) => Some((event.program_id, made)),
            _ => None,
        });
    let (program, made) = made.unwrap();
    let import = made.import.unwrap();
    let mut fields = made.fields;
    fields.title = Localized::one(Lang::from("en"), "As it was once read");
    let policies = SourcePolicies::both(Policy::Publish);
    let origin = ImportOrigin {
        source_id: import.source_id,
        run_id: import.run_id,
        order: import.order,
        policies,
        raw_hash: import.raw_hash,
        repairs: Vec::new(),
        renormalised: true,
    };
    (
        program,
        CommandBody::ImportEpisode(ImportEpisode { origin, fields }),
    )
}

async fn renormalise(instance: &Instance, dry_run: bool) -> Renormalised {
    let request = Request::Renormalise {
        source: Some("harbour".to_owned()),
        dry_run,
    };
    let answer = outcome(instance, request).await.unwrap();
    serde_json::from_value(answer).unwrap()
}

async fn a_mended_normaliser_reaches_back_and_shows_first_what_it_would_change(on: On) {
    let deployment = Deployment::new(on);
    let instance = deployment.open().await.unwrap();
    let program = ingest(&instance, "harbour", 3).await;
    let untouched = renormalise(&instance, true).await;
    assert_eq!(
        (untouched.entries, untouched.same, untouched.changed),
        (4, 4, 0)
    );
    let id = episodes(&instance, Lane::Draft, program).await[0];
    let title = draft(&instance, id).await.fields.title;
    let (program, once) = as_once_normalised(&instance, id).await;
    ask(&instance, command(program, once)).await.unwrap();
    mediamesh::operations::settled(&instance).await.unwrap();
    let would = renormalise(&instance, true).await;
    assert_eq!((would.changed, would.same), (1, 3));
    assert_eq!(would.items[0].item, ItemRef::episode(id));
    assert_eq!(would.items[0].fields[0].0, "/title/en");
    assert_ne!(
        draft(&instance, id).await.fields.title,
        title,
        "nothing has changed yet"
    );
    assert_eq!(renormalise(&instance, false).await.changed, 1);
    assert_eq!(draft(&instance, id).await.fields.title, title);
    assert_eq!(renormalise(&instance, true).await.changed, 0);
    instance.end().await;
}

async fn a_program_is_merged_into_another_and_itself_again(on: On) {
    let deployment = Deployment::new(on);
    let instance = deployment.open().await.unwrap();
    let from = ingest(&instance, "old", 3).await;
    let into = ingest(&instance, "new", 2).await;
    let before = episodes(&instance, Lane::Live, from).await;
    for _ in 0..2 {
        // The second time there is nothing left to do.
        outcome(&instance, Request::MergePrograms { from, into })
            .await
            .unwrap();
    }
    assert_eq!(episodes(&instance, Lane::Live, from).await, []);
    assert_eq!(episodes(&instance, Lane::Live, into).await.len(), 5);
    let (meta, _) = row(&instance, Lane::Live, ItemKind::Program, from.0).await;
    assert_eq!(meta.merged_into, Some(into.0));
    for id in &before {
        let (meta, _) = row(&instance, Lane::Live, ItemKind::Episode, id.0).await;
        let new = EpisodeId(meta.merged_into.unwrap());
        assert_eq!(draft(&instance, new).await.facts.same_as, [id.0]);
    }
    // The source goes on where it was bound to, and finds its entries there.
    ingest(&instance, "old", 4).await;
    assert_eq!(episodes(&instance, Lane::Live, into).await.len(), 6);

    outcome(&instance, Request::UnmergePrograms { from })
        .await
        .unwrap();
    // What its source brought meanwhile goes home with the source.
    let home = episodes(&instance, Lane::Live, from).await;
    assert_eq!(home.len(), 4);
    assert!(before.iter().all(|id| home.contains(id)), "{home:?}");
    let (_, body) = row(&instance, Lane::Draft, ItemKind::Program, into.0).await;
    let program: ProgramDocument = serde_json::from_slice(&body).unwrap();
    assert_eq!(program.facts.same_as, Vec::<Uuid>::new());
    assert_eq!(episodes(&instance, Lane::Live, into).await.len(), 2);
    instance.end().await;
}
