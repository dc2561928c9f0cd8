//! What a process knows of parked keys.

use super::*;
use mediamesh_domain::command::Principal;
use mediamesh_domain::id::{CommandId, EpisodeId, ItemRef, ProgramId};
use mediamesh_domain::parked::ParkedWish;
use mediamesh_domain::position::Offset;
use mediamesh_domain::view::View;
use uuid::Uuid;

const CATALOG: ViewVersion = ViewVersion {
    view: View::Catalog,
    version: 1,
};

fn place(key: &str) -> ParkedPlace {
    ParkedPlace {
        view: View::Catalog,
        version: 1,
        partition: Partition(3),
        key: key.to_owned(),
    }
}

fn held(key: &str, records: i64, answers: Option<u128>) -> HeldKey {
    HeldKey {
        place: place(key),
        code: "unreadable".to_owned(),
        reason: "as told".to_owned(),
        records,
        first_offset: Offset(7),
        answers: answers.map(|id| CommandId(Uuid::from_u128(id))),
    }
}

fn ask(key: &str, id: u128) -> ParkedBody {
    ParkedBody::Asked(ParkedAsk {
        command_id: CommandId(Uuid::from_u128(id)),
        principal: Principal::system("test"),
        place: place(key),
        wish: ParkedWish::Redrive,
        first_offset: Offset(7),
    })
}

fn hear(parking: &Parking, body: ParkedBody) {
    let at = Timestamp(1);
    parking.hear(ParkedRecord { at, body });
}

#[test]
fn what_is_asked_is_done_once_its_answer_is_heard() {
    let parking = Parking::default();
    hear(&parking, ask("a", 1));
    assert!(parking.asked(CATALOG).is_empty(), "nothing is held");
    hear(&parking, ParkedBody::Held(held("a", 1, None)));
    hear(&parking, ask("a", 2));
    hear(&parking, ParkedBody::Held(held("a", 2, None)));
    assert_eq!(
        parking.asked(CATALOG).len(),
        1,
        "more records are no answer"
    );
    hear(&parking, ParkedBody::Held(held("a", 2, Some(1))));
    assert_eq!(parking.asked(CATALOG).len(), 1, "that is another's answer");
    hear(&parking, ParkedBody::Held(held("a", 1, Some(2))));
    assert!(parking.asked(CATALOG).is_empty());
    assert_eq!(parking.list().len(), 1, "tried, but held as before");
    hear(&parking, ParkedBody::Held(held("a", 0, Some(3))));
    assert!(parking.list().is_empty());
}

#[test]
fn an_item_is_held_by_the_version_of_the_view_that_holds_it() {
    let parking = Parking::default();
    let (program, episode) = (ProgramId(Uuid::from_u128(1)), EpisodeId(Uuid::from_u128(2)));
    let item = ItemRef::episode(episode);
    hear(
        &parking,
        ParkedBody::Held(held(&format!("{program}/{item}/draft"), 1, None)),
    );
    let about = About::Item(item);
    assert_eq!(parking.held(CATALOG, about).unwrap().code, "unreadable");
    let other = ViewVersion::new(View::Catalog, 2);
    assert_eq!(parking.held(other, about), None);
    assert_eq!(
        parking.held(CATALOG, About::Item(ItemRef::program(program))),
        None
    );
}

#[test]
fn a_sink_that_reads_its_state_corrects_what_is_known_of_its_partition_alone() {
    let parking = Parking::default();
    for key in ["a", "b"] {
        hear(&parking, ParkedBody::Held(held(key, 1, None)));
    }
    hear(&parking, ask("a", 1));
    parking.replace(CATALOG, Partition(4), Vec::new());
    assert_eq!(parking.list().len(), 2);
    parking.replace(CATALOG, Partition(3), vec![held("b", 1, None)]);
    assert_eq!(parking.list(), [held("b", 1, None)]);
    assert!(parking.asked(CATALOG).is_empty());
}
