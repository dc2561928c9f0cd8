//! What may follow what, with the library's judgement beside ours.

use super::*;
use crate::shipped;
use apache_avro::schema_compatibility::SchemaCompatibility;
use std::path::Path;
use std::{env, fs, process};

const OLD: &str = r#"{"type":"record","name":"Show","namespace":"x","fields":[
  {"name":"id","type":"long"},
  {"name":"title","type":"string","default":""},
  {"name":"seen","type":["null","long"],"default":null},
  {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["full","trailer"],"default":"full"},"default":"full"},
  {"name":"tags","type":{"type":"array","items":"string"},"default":[]},
  {"name":"body","type":[
    {"type":"record","name":"Made","fields":[{"name":"by","type":"string"}]},
    {"type":"record","name":"Gone","fields":[]}]}]}"#;

fn reason(from: &str, to: &str) -> String {
    assert!(OLD.contains(from), "{from}");
    let clash = check(OLD, &OLD.replace(from, to)).expect_err(to);
    clash.to_string()
}

fn follows(from: &str, to: &str) {
    assert!(OLD.contains(from), "{from}");
    let new = OLD.replace(from, to);
    assert_eq!(check(OLD, &new), Ok(()), "{to}");
    let (old, new) = (
        Schema::parse_str(OLD).expect("old"),
        Schema::parse_str(&new).expect("new"),
    );
    assert!(SchemaCompatibility::can_read(&old, &new).is_ok(), "{to}");
    assert!(SchemaCompatibility::can_read(&new, &old).is_ok(), "{to}");
}

#[test]
fn fields_with_defaults_come_and_go() {
    follows(
        r#"{"name":"id""#,
        r#"{"name":"n","type":"double","default":0.5},{"name":"id""#,
    );
    follows(r#"{"name":"title","type":"string","default":""},"#, "");
    follows(
        r#""name":"title""#,
        r#""doc":"What it is called.","name":"title""#,
    );
}

#[test]
fn kinds_and_symbols_are_added_at_the_end() {
    follows(r#""trailer"]"#, r#""trailer","bonus"]"#);
    follows(
        r#""fields":[]}]"#,
        r#""fields":[]},{"type":"record","name":"Back","fields":[]}]"#,
    );
}

#[test]
fn a_new_field_without_a_default_is_named() {
    let error = reason(
        r#"{"name":"id""#,
        r#"{"name":"n","type":"long"},{"name":"id""#,
    );
    assert_eq!(
        error,
        "Show.n: a new field needs a default, or older records cannot be read"
    );
    let error = reason(
        r#"{"name":"by","type":"string"}"#,
        r#"{"name":"by","type":"string"},{"name":"at","type":"long"}"#,
    );
    assert!(error.starts_with("Show.body.Made.at: "), "{error}");
}

#[test]
fn a_field_that_older_builds_need_cannot_go() {
    let error = reason(r#"{"name":"id","type":"long"},"#, "");
    assert_eq!(
        error,
        "Show.id: a field without a default cannot go: older builds need it"
    );
}

#[test]
fn a_type_never_changes() {
    for (from, to, path) in [
        (
            r#""name":"id","type":"long""#,
            r#""name":"id","type":"int""#,
            "Show.id: ",
        ),
        (
            r#""name":"id","type":"long""#,
            r#""name":"id","type":"double""#,
            "Show.id: ",
        ),
        (
            r#""name":"id","type":"long""#,
            r#""name":"id","type":{"type":"long","logicalType":"timestamp-micros"}"#,
            "Show.id: ",
        ),
        (
            r#""type":"string","default":"""#,
            r#""type":["null","string"],"default":null"#,
            "Show.title: ",
        ),
        (r#"["null","long"]"#, r#"["null","string"]"#, "Show.seen: "),
        (
            r#"["null","long"]"#,
            r#"["null","long","string"]"#,
            "Show.seen: ",
        ),
        (r#""items":"string""#, r#""items":"bytes""#, "Show.tags: "),
        (r#""name":"Kind""#, r#""name":"Sort""#, "Show.kind: "),
        (r#""name":"Made""#, r#""name":"Born""#, "Show.body: "),
    ] {
        let error = reason(from, to);
        assert!(error.starts_with(path), "{error}");
    }
}

#[test]
fn kinds_and_symbols_keep_their_places() {
    let error = reason(r#"["full","trailer"]"#, r#"["full","bonus","trailer"]"#);
    assert!(error.starts_with("Show.kind: symbol `trailer`"), "{error}");
    let error = reason(r#","trailer"]"#, "]");
    assert!(error.starts_with("Show.kind: symbol `trailer`"), "{error}");
    let error = reason(
        r#",
    {"type":"record","name":"Gone","fields":[]}"#,
        "",
    );
    assert_eq!(error, "Show.body: kind Gone cannot go");
    let error = reason(
        r#"{"type":"record","name":"Gone","fields":[]}"#,
        r#"{"type":"record","name":"Back","fields":[]},{"type":"record","name":"Gone","fields":[]}"#,
    );
    assert!(
        error.starts_with("Show.body: Gone must keep its place"),
        "{error}"
    );
}

#[test]
fn a_record_that_stands_for_a_kind_keeps_its_one_field() {
    let mark = r#","org.apache.avro.rust.union_of_records":true"#;
    let marked = OLD.replace(r#""name":"Made""#, &format!(r#""name":"Made"{mark}"#));
    let wider = marked.replace(
        r#"{"name":"by","type":"string"}"#,
        r#"{"name":"by","type":"string"},{"name":"at","type":"long","default":0}"#,
    );
    for (old, new) in [(&marked, &wider), (&marked, &OLD.to_owned())] {
        let error = check(old, new)
            .expect_err("it is read by serde alone")
            .to_string();
        assert!(error.starts_with("Show.body.Made: "), "{error}");
    }
}

#[test]
fn a_definition_may_move_to_an_earlier_mention() {
    let new = OLD
        .replace(r#"{"type":"enum","name":"Kind","symbols":["full","trailer"],"default":"full"}"#, r#""Kind""#)
        .replace(r#"{"name":"id""#, r#"{"name":"first","type":{"type":"enum","name":"Kind","symbols":["full","trailer"],"default":"full"},"default":"full"},{"name":"id""#);
    assert_eq!(check(OLD, &new), Ok(()));
}

#[test]
fn every_shipped_version_may_follow_all_before_it() {
    for new in shipped::ALL {
        for old in shipped::versions(new.topic).filter(|old| old.version <= new.version) {
            let checked = check(old.text, new.text);
            assert_eq!(checked, Ok(()), "{} {}", new.topic, new.version);
        }
    }
}

/// A folder of its own that goes with it.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = env::temp_dir().join(format!("mediamesh-{name}-{}", process::id()));
        for (path, text) in files {
            let path = folder.join(path);
            let parent = path.parent().expect("it is in the folder");
            fs::create_dir_all(parent).expect("a folder for the test");
            fs::write(path, text).expect("a file for the test");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_folder_is_judged_file_by_file() {
    let newest = shipped::newest(crate::Topic::ControlEvents).expect("shipped");
    let (v1, version) = (newest.text, newest.version);
    let [published, next, after] =
        [0, 1, 2].map(|more| format!("control.events/v{}.avsc", version + more));
    let commands = shipped::newest(crate::Topic::ControlCommands).expect("shipped");
    let gap = format!("control.commands/v{}.avsc", commands.version + 2);
    let wider = v1.replacen(
        r#""fields": ["#,
        r#""fields": [{"name":"note","type":"string","default":""},"#,
        1,
    );
    let broken = v1.replacen(r#"{"name": "seq", "#, r#"{"name": "number", "#, 1);
    assert!(wider != v1 && broken != v1);
    let folder = Folder::new(
        "check-folder",
        &[
            (
                "view.progress/v1.avsc",
                shipped::versions(crate::Topic::ViewProgress)
                    .next()
                    .expect("shipped")
                    .text,
            ),
            (&published, &broken),
            (&next, &wider),
            (&after, &broken),
            (&gap, &wider),
            ("catalog/v2.avsc", "{"),
            ("nowhere/v1.avsc", v1),
            ("catalog/notes.txt", "not looked at"),
        ],
    );
    let report = check_folder(&folder.0).expect("it can be read");
    assert!(!report.is_ok());
    let finding = |path: &str| report.files[Path::new(path)].to_string();
    assert_eq!(finding("view.progress/v1.avsc"), "same as published");
    assert_eq!(finding(&next), "compatible with every version before it");
    assert_eq!(
        finding(&published),
        format!(
            "refused: a published version is never edited; nor could it be v{}.avsc: \
             ControlEvent.number: a new field needs a default, or older records cannot be read",
            version + 1
        )
    );
    assert!(finding(&after).starts_with(&format!(
        "incompatible with version {}: ControlEvent.number: ",
        version + 1
    )));
    assert_eq!(
        finding(&gap),
        format!("refused: version {} comes first", commands.version + 1)
    );
    assert!(finding("catalog/v2.avsc").starts_with("not an Avro schema: "));
    assert_eq!(
        finding("nowhere/v1.avsc"),
        "refused: not at <topic>/v<version>.avsc"
    );
    assert_eq!(report.files.len(), 7);
}

#[test]
fn the_shipped_folder_is_as_published() {
    let report =
        check_folder(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/avro"))).expect("read");
    assert!(report.is_ok(), "{report}");
    assert_eq!(
        report.files.len(),
        shipped::ALL.len(),
        "a file is not listed in shipped.rs"
    );
    assert!(
        report
            .files
            .values()
            .all(|finding| *finding == Finding::Same)
    );
}
