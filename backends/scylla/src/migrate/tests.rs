//! The files themselves.

use super::*;

#[test]
fn files_are_numbered_in_order_and_named_by_their_numbers() {
    for (n, migration) in MIGRATIONS.iter().enumerate() {
        assert_eq!(migration.number, n as i32 + 1);
        let number = format!("{:04}-", migration.number);
        assert!(migration.name.starts_with(&number), "{}", migration.name);
    }
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    assert_eq!(std::fs::read_dir(files).unwrap().count(), MIGRATIONS.len());
}

#[test]
fn published_files_have_not_changed() {
    // A new file gets its line here when it is published; no line is ever changed.
    let published = [
        "75d1bf0e82d4c28740f6a655902e12ce1426d2882c95dc4cdc1482e21a00a5b2",
        "b1195637248ac552187de83142a2f7966dda5b302878905f7fe40a4ce3524932",
        "ef1e14b2e42839838f18ecb6e38bea3c11896c535168dc120e943a1c68286487",
    ];
    let checksums: Vec<_> = MIGRATIONS.iter().map(Migration::checksum).collect();
    assert_eq!(checksums, published);
}

#[test]
fn every_statement_makes_a_table_that_is_not_there_with_an_id_of_its_own() {
    let mut ids = std::collections::BTreeSet::new();
    for migration in MIGRATIONS {
        let step = migration.step("media");
        assert!(!step.statements.is_empty(), "{}", step.name);
        for statement in step.statements {
            let made = statement
                .strip_prefix(crate::statements::CREATE_TABLE)
                .unwrap();
            assert!(made.starts_with("media."), "{statement}");
            let (_, id) = statement.rsplit_once(") WITH ID = ").unwrap();
            assert!(ids.insert(id.to_owned()), "{statement}");
            assert!(!statement.contains(['{', '}']), "{statement}");
        }
    }
}

#[test]
fn the_first_version_of_every_view_is_made_with_all_its_tables() {
    let steps: Vec<_> = MIGRATIONS.iter().map(|file| file.step("media")).collect();
    let made: Vec<_> = steps.iter().flat_map(|step| &step.statements).collect();
    let makes = |table: &str| {
        let begins = format!("{}media.{table} (", crate::statements::CREATE_TABLE);
        made.iter().filter(|made| made.starts_with(&begins)).count()
    };
    for view in View::ALL {
        let name = |holds: Holds| holds.name(ViewVersion::new(view, 1));
        assert_eq!(makes(&name(Holds::Progress)), 1);
        for table in view.tables() {
            assert_eq!(makes(&name(Holds::Rows(*table))), 1, "{table:?}");
        }
    }
}

#[test]
fn comments_are_not_statements() {
    let migration = Migration {
        number: 1,
        name: "0001-a.cql",
        text: "-- one\nCREATE A;\n\n-- two; too\n-- lines;\nCREATE B (\n    c int\n);\n-- end\n",
    };
    let statements = migration.statements();
    assert_eq!(statements, ["CREATE A", "CREATE B (\n    c int\n)"]);
}
