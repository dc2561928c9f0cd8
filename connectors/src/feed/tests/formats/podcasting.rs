//! What podcasts say, in the namespaces' own and other spellings.

use mediamesh_domain::lang::Lang;
use mediamesh_domain::model::{EpisodeKind, LiveStatus};

use super::*;

#[test]
fn podcasting_in_other_spellings_of_its_namespaces_arrives_in_full() {
    let read = fields(PODCAST);
    let program = &read.program;
    assert_eq!(read.document, ["namespace_spelling"]);
    assert_eq!(
        (program.medium, program.locked, program.block),
        (Medium::Audiobook, true, false)
    );
    assert_eq!(program.licence.as_ref().unwrap().name, "CC-BY-SA-4.0");
    assert_eq!(program.funding.len(), 1, "the link for it is the same");
    let host = &program.persons[0];
    assert_eq!(
        (host.role.as_deref(), host.group.as_deref()),
        (Some("host"), Some("cast"))
    );
    assert_eq!(program.places[0].country.as_deref(), Some("GB"));
    assert_eq!(program.update_rule.as_deref(), Some("FREQ=WEEKLY"));
    let remote: Vec<_> = program
        .remote_items
        .iter()
        .map(|item| item.rel.as_str())
        .collect();
    assert_eq!(remote, ["podroll", "publisher"]);
    let pictures: Vec<_> = program
        .artwork
        .iter()
        .map(|p| (p.width, p.purpose.as_deref()))
        .collect();
    assert_eq!(
        pictures,
        [
            (Some(1600), Some("banner")),
            (Some(1500), None),
            (Some(300), None)
        ]
    );
    assert_eq!(program.artwork[0].aspect_ratio.as_deref(), Some("16/9"));
    assert_eq!(
        program.artwork[0].alt.get(&Lang::from("en-GB")),
        Some("A pier")
    );
    let value = &program.value[0];
    assert_eq!(
        (value.recipients[0].split, value.recipients[1].fee),
        (90, true)
    );

    let live = &read.episodes[0];
    let broadcast = live.live.as_ref().unwrap();
    assert_eq!(broadcast.status, LiveStatus::Live);
    assert_eq!(broadcast.end.unwrap().to_string(), "2026-03-01T21:00:00Z");
    assert_eq!(live.enclosures[0].rel.as_deref(), Some("default"));
    assert_eq!(links(&live.links), [("live", "https://live.example/watch")]);

    let first = &read.episodes[1];
    assert_eq!(
        (first.kind, first.live.is_none()),
        (EpisodeKind::Bonus, true)
    );
    assert_eq!(
        first.published_at.unwrap().to_string(),
        "2026-03-01T00:00:00Z"
    );
    assert_eq!(
        (first.season, first.season_name.as_deref()),
        (Some(2), Some("The Coast"))
    );
    assert_eq!(
        (first.number, first.number_label.as_deref()),
        (None, Some("Ch. 3"))
    );
    assert_eq!(
        first.persons.len(),
        1,
        "the item's stand instead of the channel's"
    );
    assert_eq!(
        links(&first.links),
        [("alternate", "https://port.example/1")]
    );
    let starts: Vec<_> = first
        .chapters
        .iter()
        .map(|chapter| chapter.start_s)
        .collect();
    assert_eq!(starts, [0.0, 10.0]);
    assert_eq!(first.transcripts[0].lang, Some(Lang::from("en-GB")));
    assert_eq!(first.soundbites[0].title.as_deref(), Some("Foghorn"));
    assert_eq!(first.social[0].account_id.as_deref(), Some("@port"));
    assert_eq!(first.availability.countries, ["GB", "IE"]);
    assert_eq!((first.explicit, first.duration_s), (Some(true), Some(4530)));
    assert_eq!(first.tags, ["sea", "ports"]);
    assert_eq!(first.artwork[0].url, "https://port.example/1.jpg");
    let files: Vec<_> = first
        .enclosures
        .iter()
        .map(|file| (file.url.as_str(), file.bitrate))
        .collect();
    assert_eq!(
        files,
        [
            ("https://port.example/1.mp3", None),
            ("https://port.example/1.mp4", Some(800_000)),
            ("https://port.example/1.opus", Some(64_000)),
        ]
    );
    let opus = &first.enclosures[2];
    assert_eq!(opus.sources, ["https://mirror.example/1.opus"]);
    assert_eq!(opus.integrity.as_ref().unwrap().kind, "sri");
    for code in [
        "date_hour_24",
        "number_unreadable",
        "person_without_name",
        "url_unreadable",
    ] {
        assert!(
            read.repairs.iter().any(|found| found == code),
            "{code} in {:?}",
            read.repairs
        );
    }
}
