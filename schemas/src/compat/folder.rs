//! Checks a folder of schema files, laid out as `schemas/avro`, against the versions that this build ships.

use super::{Incompatibility, check};
use crate::shipped;
use crate::topics::Topic;
use apache_avro::Schema;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What was found of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is a published version as it was published.
    Same,
    /// It is a new version that may follow all versions before it.
    Compatible,
    /// It may not follow a version before it.
    Incompatible {
        /// That version.
        before: i32,
        /// The field, and why.
        clash: Incompatibility,
    },
    /// It is a published version that was edited, which is refused whatever the edit.
    Edited {
        /// The version that the edit may be published as instead.
        publish_as: i32,
        /// Why it could not follow as a new version either.
        clash: Option<Incompatibility>,
    },
    /// It leaves a version out.
    Gap {
        /// The version that must come first.
        missing: i32,
    },
    /// It is not an Avro schema.
    NotASchema {
        /// Why.
        reason: String,
    },
    /// Its place is no topic's: `<topic>/v<version>.avsc`.
    Misplaced,
}

/// What was found in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Each file by its path in the folder.
    pub files: BTreeMap<PathBuf, Finding>,
}

impl Report {
    /// Whether every file may be published.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.files
            .values()
            .all(|finding| matches!(finding, Finding::Same | Finding::Compatible))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("same as published"),
            Self::Compatible => f.write_str("compatible with every version before it"),
            Self::Incompatible { before, clash } => {
                write!(f, "incompatible with version {before}: {clash}")
            }
            Self::Edited { publish_as, clash } => {
                write!(f, "refused: a published version is never edited; ")?;
                match clash {
                    None => write!(f, "as v{publish_as}.avsc it would be compatible"),
                    Some(clash) => write!(f, "nor could it be v{publish_as}.avsc: {clash}"),
                }
            }
            Self::Gap { missing } => write!(f, "refused: version {missing} comes first"),
            Self::NotASchema { reason } => write!(f, "not an Avro schema: {reason}"),
            Self::Misplaced => f.write_str("refused: not at <topic>/v<version>.avsc"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files
            .iter()
            .try_for_each(|(path, finding)| writeln!(f, "{}: {finding}", path.display()))
    }
}

/// Checks every `.avsc` file of a folder; files that are not there count as published.
///
/// # Errors
/// Where the folder cannot be read.
pub fn check_folder(folder: &Path) -> io::Result<Report> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let inside = if path.is_dir() {
            fs::read_dir(&path)?
                .map(|file| file.map(|file| file.path()))
                .collect::<io::Result<Vec<_>>>()?
        } else {
            vec![path]
        };
        for file in inside {
            if file.extension().is_some_and(|ending| ending == "avsc") {
                let text = String::from_utf8_lossy(&fs::read(&file)?).into_owned();
                texts.insert(file.strip_prefix(folder).unwrap_or(&file).to_owned(), text);
            }
        }
    }
    // What may follow what is asked of all versions there are, published or in the folder.
    let mut versions: BTreeMap<(Topic, i32), String> = shipped::ALL
        .iter()
        .map(|s| ((s.topic, s.version), s.text.to_owned()))
        .collect();
    for (path, text) in &texts {
        if let Some(place) = place(path) {
            versions.entry(place).or_insert_with(|| text.clone());
        }
    }
    let files = texts
        .into_iter()
        .map(|(path, text)| {
            let finding = place(&path).map_or(Finding::Misplaced, |(topic, version)| {
                judge(topic, version, &text, &versions)
            });
            (path, finding)
        })
        .collect();
    Ok(Report { files })
}

fn judge(
    topic: Topic,
    version: i32,
    text: &str,
    versions: &BTreeMap<(Topic, i32), String>,
) -> Finding {
    let published = shipped::versions(topic).find(|s| s.version == version);
    if published.is_some_and(|s| s.text == text) {
        return Finding::Same;
    }
    if let Err(error) = Schema::parse_str(text) {
        return Finding::NotASchema {
            reason: error.to_string(),
        };
    }
    let clash_below = |limit: i32| {
        (1..limit).rev().find_map(|before| {
            let old = versions.get(&(topic, before))?;
            check(old, text).err().map(|clash| (before, clash))
        })
    };
    if published.is_some() {
        let publish_as = shipped::newest(topic).map_or(1, |newest| newest.version + 1);
        let clash = clash_below(publish_as).map(|(_, clash)| clash);
        return Finding::Edited { publish_as, clash };
    }
    if let Some(missing) = (1..version).find(|v| !versions.contains_key(&(topic, *v))) {
        return Finding::Gap { missing };
    }
    clash_below(version).map_or(Finding::Compatible, |(before, clash)| {
        Finding::Incompatible { before, clash }
    })
}

/// The topic and version that a path stands for.
fn place(path: &Path) -> Option<(Topic, i32)> {
    let topic = Topic::by_name(path.parent()?.to_str()?)?;
    topic.spec().schema?;
    let version = path.file_stem()?.to_str()?.strip_prefix('v')?;
    let version: i32 = version.parse().ok()?;
    (version >= 1).then_some((topic, version))
}
