use crate::catalog::{CatalogBody, CatalogRecord, Lane, Status};
use crate::command::{ArchiveEpisode, ArchiveProgram, CommandBody};
use crate::id::{ItemKind, ItemRef};
use crate::position::Seq;
use crate::project::{
    EventMeta, all_episodes_in_key, document_key, episodes_in_key, episodes_key, history,
    history_key, newest_first, programs_key, project, search, verdict,
};
use crate::testing::*;
use crate::view::{RowMeta, RowWrite, Table};
use serde_json::Value;

fn record(world: &World, item: ItemRef, lane: Lane) -> CatalogRecord {
    world.document(item, lane).unwrap().clone()
}

fn episode(world: &World, lane: Lane) -> CatalogRecord {
    record(world, ItemRef::episode(EPISODE), lane)
}

fn body(row: &RowWrite) -> Value {
    serde_json::from_slice(&row.value.as_ref().unwrap().1).unwrap()
}

fn meta(row: &RowWrite) -> RowMeta {
    serde_json::from_slice(&row.value.as_ref().unwrap().0).unwrap()
}

fn in_table(rows: &[RowWrite], table: Table) -> Vec<&RowWrite> {
    rows.iter().filter(|row| row.key.table == table).collect()
}

const ARABIC: &str = r#"{"title":{"ar":"عبور الليل"},"description":{"ar":"<p>العبور الأول.</p>"}}"#;

fn in_two_languages() -> World {
    given([
        create_program(1),
        create_episode(2, episode_fields(1), true),
        update_episode(3, ARABIC, true),
    ])
}

#[test]
fn a_live_document_has_a_row_for_each_language_and_the_main_one_is_first_to_be_found() {
    let world = in_two_languages();
    let projection = project(&episode(&world, Lane::Live));
    let documents = in_table(&projection.rows, Table::Documents);
    let keys: Vec<_> = documents.iter().map(|row| row.key.clone()).collect();
    let key = |lang| document_key(Lane::Live, ItemKind::Episode, EPISODE.0, lang);
    assert_eq!(keys, [key("ar"), key("")]);
    let metas: Vec<_> = documents.iter().map(|row| meta(row)).collect();
    assert_eq!(
        (metas[0].lang.as_str(), metas[1].lang.as_str()),
        ("ar", "en")
    );
    assert_eq!(metas[0].languages, ["ar", "en"]);
    assert_eq!(metas[0].version, 4);
    assert!(!metas[0].strict);
    assert_eq!(body(documents[0])["dir"], "rtl");
    assert_eq!(body(documents[1])["dir"], "ltr");
    for row in &projection.rows {
        assert_eq!(row.seq, world.events.last().unwrap().seq);
    }
}

#[test]
fn a_strict_program_says_so_on_every_row() {
    let world = in_two_languages().when(update_program(4, r#"{"fallback":"strict"}"#, true));
    let live = project(&episode(&world, Lane::Live));
    assert!(
        in_table(&live.rows, Table::Documents)
            .iter()
            .all(|row| meta(row).strict)
    );
    let list: Value = serde_json::from_slice(
        &in_table(&live.rows, Table::Episodes)[0]
            .value
            .as_ref()
            .unwrap()
            .0,
    )
    .unwrap();
    assert_eq!(list, serde_json::json!({"main": "en", "strict": true}));
}

#[test]
fn a_draft_is_one_row_with_all_languages() {
    let world = in_two_languages();
    let rows = project(&episode(&world, Lane::Draft)).rows;
    let documents = in_table(&rows, Table::Documents);
    assert_eq!(documents.len(), 1);
    let fields = &body(documents[0])["fields"];
    assert_eq!(fields["title"]["ar"], "عبور الليل");
    assert_eq!(fields["title"]["en"], "Night crossing 1");
}

#[test]
fn lists_have_an_item_once_with_a_card_for_each_language() {
    let world = in_two_languages();
    let rows = project(&episode(&world, Lane::Live)).rows;
    let list = in_table(&rows, Table::Episodes);
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].key.partition_key, episodes_key(Lane::Live, PROGRAM));
    let published = episode_fields(1).published_at;
    assert_eq!(
        list[0].key.clustering_key,
        newest_first(published, EPISODE.0)
    );
    let cards = body(list[0]);
    assert_eq!(cards.as_object().unwrap().len(), 2);
    assert_eq!(cards["ar"]["title"], "عبور الليل");
    assert_eq!(cards["en"]["number"], 1);
    let program = project(&record(&world, ItemRef::program(PROGRAM), Lane::Live)).rows;
    let list = in_table(&program, Table::Programs);
    assert_eq!(list[0].key.partition_key, programs_key(Lane::Live));
    assert_eq!(body(list[0])["en"]["title"], "Harbour Lights");
}

#[test]
fn an_undated_episode_is_listed_by_when_it_came() {
    let mut fields = episode_fields(1);
    fields.published_at = None;
    let world = given([create_program(1), create_episode(2, fields, true)]);
    let rows = project(&episode(&world, Lane::Live)).rows;
    let key = &in_table(&rows, Table::Episodes)[0].key.clustering_key;
    assert_eq!(*key, newest_first(Some(at(2)), EPISODE.0));
    let documents = in_table(&rows, Table::Documents);
    assert_eq!(
        body(documents[0]).get("published_at"),
        None,
        "an undated entry is not now"
    );
}

#[test]
fn the_archived_is_read_by_its_address_and_neither_listed_nor_found() {
    let world = in_two_languages().when(ask(
        4,
        CommandBody::ArchiveEpisode(ArchiveEpisode {
            episode_id: EPISODE,
            reason: None,
        }),
    ));
    let live = episode(&world, Lane::Live);
    let rows = project(&live).rows;
    assert_eq!(in_table(&rows, Table::Documents).len(), 2);
    assert_eq!(body(&rows[0])["status"], "archived");
    assert_eq!(in_table(&rows, Table::Episodes).len(), 0);
    assert_eq!(search(&live).unwrap().documents, []);
    let draft = episode(&world, Lane::Draft);
    // In the list of all of its program, in that of the archived, and in that of the archived of all programs.
    let listed = project(&draft).rows;
    let lists: Vec<_> = in_table(&listed, Table::Episodes)
        .iter()
        .map(|row| row.key.partition_key.clone())
        .collect();
    assert_eq!(
        lists,
        [
            episodes_in_key(PROGRAM, Status::Archived),
            all_episodes_in_key(Status::Archived),
            episodes_key(Lane::Draft, PROGRAM)
        ]
    );
    assert_eq!(search(&draft).unwrap().documents.len(), 2);
    let world = world.when(ask(
        5,
        CommandBody::ArchiveProgram(ArchiveProgram { reason: None }),
    ));
    let rows = project(&record(&world, ItemRef::program(PROGRAM), Lane::Live)).rows;
    assert_eq!(in_table(&rows, Table::Programs).len(), 0);
}

#[test]
fn nothing_of_the_draft_is_in_what_readers_get() {
    let secret = r#"{"title":{"en":"SECRET","fr":"SECRET"},"description":{"en":"SECRET"},"tags":["SECRET"],"author":"SECRET"}"#;
    let world = in_two_languages()
        .when(update_episode(4, secret, false))
        .when(update_program(5, secret, false));
    for item in [ItemRef::episode(EPISODE), ItemRef::program(PROGRAM)] {
        let live = record(&world, item, Lane::Live);
        let said = format!("{:?}{:?}", texts(&live), search(&live));
        assert!(!said.contains("SECRET"), "{said}");
        let draft = record(&world, item, Lane::Draft);
        assert!(texts(&draft).contains("SECRET"));
    }
}

fn texts(record: &CatalogRecord) -> String {
    let rows = project(record).rows;
    let bytes = rows.iter().filter_map(|row| row.value.as_ref());
    bytes
        .map(|(meta, body)| String::from_utf8_lossy(&[meta.as_slice(), body].concat()).into_owned())
        .collect()
}

#[test]
fn a_removal_leaves_no_row_and_nothing_to_find() {
    let world = in_two_languages().when(ask(
        4,
        CommandBody::UnpublishEpisode(crate::command::UnpublishEpisode {
            episode_id: EPISODE,
            reason: None,
        }),
    ));
    let gone = &world.catalog[&(ItemRef::episode(EPISODE), Lane::Live)];
    assert!(matches!(gone.body, CatalogBody::Removed(_)));
    let projection = project(gone);
    assert_eq!(projection.rows, []);
    assert_eq!(
        projection.owner,
        project(&episode(&in_two_languages(), Lane::Live)).owner
    );
    let update = search(gone).unwrap();
    assert_eq!(
        (update.lane, update.id, update.documents.len()),
        (Lane::Live, EPISODE.0, 0)
    );
}

#[test]
fn search_documents_hold_plain_text_in_one_language_each() {
    let world = in_two_languages();
    let update = search(&episode(&world, Lane::Live)).unwrap();
    let langs: Vec<_> = update.documents.iter().map(|d| d.lang.as_str()).collect();
    assert_eq!(langs, ["ar", "en"]);
    let english = &update.documents[1];
    let texts: Vec<_> = english.text.iter().map(|t| t.text.as_str()).collect();
    assert!(texts.contains(&"Night crossing 1"));
    assert!(texts.contains(&"Crossing number 1."), "{texts:?}");
    assert_eq!((english.seq, english.program_id), (update.seq.0, PROGRAM.0));
    assert_eq!(english.state, "published");
}

#[test]
fn a_history_row_stands_under_the_version_it_made() {
    let world = in_two_languages();
    let event = world.events.last().unwrap();
    let rows = history(event, EventMeta::default());
    assert_eq!(
        rows[0].key.partition_key,
        history_key(ItemRef::episode(EPISODE))
    );
    assert_eq!(rows[0].key.clustering_key, 4_i64.to_be_bytes());
    assert!(body(&rows[0])["body"]["episode_published"].is_object());
}

#[test]
fn a_verdict_is_kept_by_its_command_and_an_entry_by_its_run() {
    let world = in_two_languages();
    let answer = world.step().decision.verdict.clone().unwrap();
    let rows = verdict(&answer, Seq(5));
    assert_eq!(rows[0].key.table, Table::Verdicts);
    assert_eq!(
        rows[0].key.partition_key,
        answer.command_id.to_string().into_bytes()
    );
    let world = given([]).when(import_program(1, program_fields()));
    let rows = verdict(&world.step().decision.verdict.clone().unwrap(), Seq(6));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].key.table, Table::Runs);
    assert_eq!(rows[0].key.clustering_key, 0_i64.to_be_bytes());
    assert_eq!(body(&rows[0])["outcome"], "created");
}
