//! A folder that is interrupted, damaged or another's.

use super::*;
use mediamesh_domain::position::Partition;
use mediamesh_schemas::Topic;

const PART: Part = Part::Topic(Topic::ContentEvents, Partition(2));

fn begin(dir: &Path) -> Folder {
    Folder::begin(dir, "here".to_owned()).unwrap()
}

fn write(folder: &mut Folder, lines: &[&str]) {
    let mut writer = folder.write(PART).unwrap();
    for line in lines {
        writer.line(line).unwrap();
    }
    folder.keep(writer, Some("cut".to_owned())).unwrap();
}

fn lines(folder: &Folder) -> Vec<String> {
    let mut lines = Vec::new();
    let read = folder.read(PART, |line: String| {
        lines.push(line);
        Ok(())
    });
    assert_eq!(read.unwrap(), lines.len() as u64);
    lines
}

#[test]
fn what_was_written_is_read_once_the_whole_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = begin(dir.path());
    write(&mut folder, &["one", "two"]);
    let unfinished = Folder::open(dir.path()).err().unwrap().to_string();
    assert!(unfinished.contains("not finished"), "{unfinished}");
    folder.complete(&[PART]).unwrap();
    let read = Folder::open(dir.path()).unwrap();
    assert_eq!(lines(&read), ["one", "two"]);
    assert_eq!(read.parts().unwrap()[0].0, PART);
}

#[test]
fn the_same_content_is_the_same_archive() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut one, mut other) = (begin(one.path()), begin(other.path()));
    write(&mut one, &["one"]);
    write(&mut other, &["one"]);
    assert_eq!(one.id(), other.id());
    write(&mut other, &["two"]);
    assert_ne!(one.id(), other.id());
}

#[test]
fn a_part_that_is_whole_is_known_again_and_a_damaged_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    write(&mut begin(dir.path()), &["one"]);
    let again = begin(dir.path());
    assert!(again.has(PART, "cut") && !again.has(PART, "another cut"));
    let path = again.path(PART);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(!again.has(PART, "cut"));
    let entry = &again.manifest.parts[&PART.to_string()];
    let damaged = again.verify(PART, entry).unwrap_err().to_string();
    assert!(damaged.contains("damaged"), "{damaged}");
}

#[test]
fn parts_that_hold_nothing_any_more_leave_the_archive() {
    let dir = tempfile::tempdir().unwrap();
    let mut folder = begin(dir.path());
    write(&mut folder, &["one"]);
    write(&mut folder, &[]);
    assert!(folder.manifest.parts.is_empty() && !folder.path(PART).exists());
    write(&mut folder, &["one"]);
    folder.complete(&[]).unwrap();
    assert!(
        Folder::open(dir.path())
            .unwrap()
            .parts()
            .unwrap()
            .is_empty()
    );
    assert!(!folder.path(PART).exists());
}

#[test]
fn another_deployments_folder_or_one_that_holds_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    begin(dir.path());
    let refused = Folder::begin(dir.path(), "elsewhere".to_owned());
    assert!(
        refused
            .err()
            .unwrap()
            .to_string()
            .contains("another deployment")
    );
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("letter.txt"), "dear").unwrap();
    let refused = Folder::begin(other.path(), "here".to_owned());
    assert!(refused.err().unwrap().to_string().contains("not empty"));
    assert!(Folder::open(other.path()).is_err());
}

#[test]
fn a_format_of_another_build_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(MANIFEST), r#"{"format": 9, "more": 1}"#).unwrap();
    let refused = Folder::open(dir.path()).err().unwrap().to_string();
    assert!(refused.contains("format 9"), "{refused}");
}
