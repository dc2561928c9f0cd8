//! The program as a process: what it says when it cannot start, and how it ends.

use mediamesh_tests::addresses;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

fn program(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_node"));
    command
        .args(arguments)
        .arg("--data-dir")
        .arg(data_dir)
        .env_remove("MEDIAMESH_CONFIG")
        .stdin(Stdio::null());
    command
}

/// The one line that a start ends with.
fn refused(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("mediamesh: "), "{said}");
    said
}

/// Addresses that nobody listens on, as they are written.
fn free() -> [String; 3] {
    let free = addresses::free();
    [free.read, free.write, free.ops].map(|address| address.to_string())
}

fn serve([read, write, ops]: &[String; 3]) -> [&str; 7] {
    [
        "run",
        "--read-addr",
        read,
        "--write-addr",
        write,
        "--ops-addr",
        ops,
    ]
}

/// A running instance; it is killed where a test fails before it ends.
struct Running(Child);

impl Running {
    fn start(data_dir: &Path, addresses: &[String; 3]) -> Self {
        let mut command = program(data_dir, &serve(addresses));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It prints where it listens once it does.
        let mut line = String::new();
        let printed = child.stdout.take().unwrap();
        BufReader::new(printed).read_line(&mut line).unwrap();
        assert!(line.contains(&addresses[0]), "{line}");
        Self(child)
    }

    fn end(mut self) -> Option<i32> {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").arg(&pid).status().unwrap().success());
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended cannot be killed, which is what was wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_second_process_on_a_data_directory_is_refused_and_the_first_ends_with_0() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let running = Running::start(&data, &free());
    let second = program(&data, &serve(&free())).output().unwrap();
    let said = refused(&second);
    assert!(said.contains("is in use by process"), "{said}");
    assert!(said.contains(&running.0.id().to_string()), "{said}");
    // A verb asks the instance that runs instead of opening the directory.
    let list = program(&data, &["dlt", "list"]).output().unwrap();
    let said = String::from_utf8_lossy(&list.stderr);
    assert!(list.status.success(), "{said}");
    assert_eq!(running.end(), Some(0), "SIGTERM is no failure");
    let again = program(&data, &["upgrade", "finalise"]).output().unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(said.contains("there is nothing to do"), "{said}");
}

#[test]
fn a_taken_port_is_one_line_that_names_the_flag_and_nothing_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut addresses = free();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    addresses[1] = taken.local_addr().unwrap().to_string();
    let said = refused(&program(&data, &serve(&addresses)).output().unwrap());
    for part in [
        addresses[1].as_str(),
        "the port is taken",
        "--write-addr",
        "--port-base",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!data.exists());
}

#[test]
fn a_configuration_that_is_wrong_is_one_line_that_names_the_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mediamesh.toml");
    for (text, part) in [
        ("pubic_url = \"https://media.example\"\n", "pubic_url"),
        ("[listen]\nread = \"not an address\"\n", "read"),
        ("[ingest\n", "mediamesh.toml"),
    ] {
        std::fs::write(&file, text).unwrap();
        let config = file.display().to_string();
        let arguments = ["config", "check", "--config", &config];
        let output = program(directory.path(), &arguments).output().unwrap();
        let said = refused(&output);
        assert!(said.contains(part), "{text}: {said}");
    }
}

#[test]
fn a_damaged_log_is_told_with_its_file_and_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let feed = concat!(env!("CARGO_MANIFEST_DIR"), "/../samples/english.xml");
    let taken = program(&data, &["ingest", feed]).output().unwrap();
    assert!(taken.status.success(), "{taken:?}");
    let journal = std::fs::read_dir(data.join("store")).unwrap();
    let journal = journal
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "jnl"))
        .expect("a journal");
    let mut bytes = std::fs::read(&journal).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[used / 2] ^= 0xff;
    std::fs::write(&journal, &bytes).unwrap();
    let said = refused(&program(&data, &["dlt", "list"]).output().unwrap());
    let name = journal.file_name().unwrap().to_string_lossy().into_owned();
    for part in ["is damaged", name.as_str(), "backup", "nothing was changed"] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(std::fs::read(&journal).unwrap(), bytes);
}

#[test]
fn every_verb_says_what_it_does() {
    let directory = tempfile::tempdir().unwrap();
    let help = |words: &[&str]| {
        let arguments = [words, &["--help"]].concat();
        let output = program(directory.path(), &arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{words:?}");
        text
    };
    let verbs = |text: &str| -> Vec<String> {
        let list = text.lines().skip_while(|line| *line != "Commands:").skip(1);
        let list = list.take_while(|line| !line.is_empty());
        list.filter_map(|line| {
            // What is indented further goes on with the line before.
            let verb = line
                .strip_prefix("  ")
                .filter(|rest| !rest.starts_with(' '))?;
            let (verb, what) = verb.split_once(' ')?;
            assert!(what.trim().len() > 10, "{line}");
            (verb != "help").then(|| verb.to_owned())
        })
        .collect()
    };
    let all = verbs(&help(&[]));
    for verb in [
        "run", "ingest", "sources", "rebuild", "dlt", "schemas", "config", "upgrade",
    ] {
        assert!(all.iter().any(|there| there == verb), "{all:?}");
    }
    for verb in &all {
        let text = help(&[verb]);
        assert!(text.contains("Usage: "), "{verb}: {text}");
        for inner in verbs(&text) {
            assert!(help(&[verb, &inner]).contains("Usage: "), "{verb} {inner}");
        }
    }
}
