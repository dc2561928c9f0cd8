//! What must hold of every statement, read from the statements themselves and from the crate's sources.

use super::*;
use std::path::Path;

fn source_files(folder: &Path, ending: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, ending, found);
        } else if path.extension().is_some_and(|have| have == ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    source_files(&root.join(folder), ending, &mut found);
    assert!(!found.is_empty());
    found
}

fn is_write(statement: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE"].contains(&statement.split(' ').next().unwrap())
}

#[test]
fn every_write_names_its_timestamp_last_and_binds_every_column() {
    let writes: Vec<_> = ALL.iter().filter(|(_, text)| is_write(text)).collect();
    assert!(writes.len() >= 4, "{writes:?}");
    for (name, text) in writes {
        assert!(text.ends_with(" USING TIMESTAMP ?"), "{name}: {text}");
        let (columns, values) = text.split_once(" VALUES ").unwrap();
        let columns = columns.split_once('(').unwrap().1.split(',').count();
        let bound = vec!["?"; columns].join(", ");
        let values = values.strip_suffix(" USING TIMESTAMP ?").unwrap();
        assert_eq!(values, format!("({bound})"), "{name}: {text}");
    }
}

#[test]
fn nothing_is_deleted_conditional_expiring_or_in_a_batch() {
    let migrations = files("migrations", "cql");
    let texts = ALL.iter().map(|(name, text)| (*name, *text));
    let files = migrations
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in texts.chain(files) {
        let cql = text.lines().filter(|line| !line.starts_with("--"));
        let words = cql.collect::<Vec<_>>().join(" ").to_uppercase();
        for banned in [
            "DELETE",
            "UPDATE",
            "TRUNCATE",
            "BATCH",
            "TTL",
            "TIME_TO_LIVE",
            "ALLOW FILTERING",
            "USING TIMEOUT",
            "TABLETS",
            "MATERIALIZED",
            "INDEX",
            "BYPASS CACHE",
        ] {
            assert!(!words.contains(banned), "{name}: {banned} in {words}");
        }
        let conditions = words.matches(" IF ").count();
        let of_schema = words.matches(" IF NOT EXISTS ").count()
            + words.matches("DROP TABLE IF EXISTS ").count();
        assert_eq!(conditions, of_schema, "{name}: {words}");
    }
}

#[test]
fn reads_compare_with_bound_values_alone() {
    for (name, text) in ALL.iter().filter(|(_, text)| text.starts_with("SELECT")) {
        let places = text.matches(['=', '<', '>']).count();
        assert_eq!(places, text.matches('?').count(), "{name}: {text}");
    }
}

#[test]
fn what_reads_or_writes_a_row_binds_its_whole_partition_key() {
    let on_rows = ALL.iter().filter(|(_, text)| text.contains("{table}"));
    let keyed = on_rows.filter(|(name, _)| !name.starts_with("SCAN") && *name != "HISTORY");
    for (name, text) in keyed.filter(|(_, text)| !text.starts_with("DROP")) {
        let binds = |column: &str| {
            text.contains(&format!("{column} = ?")) || is_write(text) && text.contains(column)
        };
        let keys: [&[&str]; 4] = [
            &["partition_key"],
            &["partition"],
            &["name", "version"],
            &["number"],
        ];
        let bound = |key: &&[&str]| key.iter().all(|column| binds(column));
        assert!(keys.iter().any(bound), "{name}: {text}");
    }
}

#[test]
fn no_statement_stands_outside_of_this_module() {
    for (path, text) in files("src", "rs") {
        if path.ends_with("statements.rs") || path.ends_with("tests.rs") {
            continue;
        }
        for verb in [
            "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "ALTER ",
        ] {
            // Comments and tests may speak of statements.
            let (code, _) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
            let mut code = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let quoted = code.find(|line| line.contains(verb));
            assert!(quoted.is_none(), "{path}: {quoted:?}");
        }
    }
}
