//! A disk that is really full: no write is acknowledged that is lost, reads go on, and room is all that is needed.
//!
//! The data directory lies on a small file system of its own, in a mount namespace that the test makes (unshare(1)).

use mediamesh_tests::addresses;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
/// The journal's file alone claims 64 MiB.
const DISK: &str = "size=96m";
/// Mounts the disk and starts the program on it, again whenever it ends, as a service manager does.
const KEPT_RUNNING: &str = r#"mount -t tmpfs -o "$1" tmpfs "$2" || exit 9
shift 2
while :; do "$@"; done"#;

/// Whether this system lets one make a mount namespace of one's own.
fn may_mount() -> bool {
    let mut tried = Command::new("unshare");
    tried.args(["--map-root-user", "--mount", "mount", "-t", "tmpfs"]);
    let tried = tried.args(["tmpfs", "/mnt"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

struct Disk {
    shell: Child,
    mounted: PathBuf,
    read: SocketAddr,
    write: SocketAddr,
    ops: SocketAddr,
    key: String,
    http: Client,
}

impl Disk {
    fn start(mount: &Path) -> Self {
        let listen = addresses::free();
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", KEPT_RUNNING, "sh"]);
        command.arg(DISK).arg(mount);
        command.args([env!("CARGO_BIN_EXE_node"), "run", "--data-dir"]);
        command.arg(mount.join("data"));
        for (flag, address) in [
            ("--read-addr", listen.read),
            ("--write-addr", listen.write),
            ("--ops-addr", listen.ops),
        ] {
            command.args([flag, &address.to_string()]);
        }
        command.env_remove("MEDIAMESH_CONFIG");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut shell = command.stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(shell.stdout.take().unwrap()).lines();
        let key = said.find_map(|line| {
            let line = line.unwrap();
            let (_, key) = line.split_once("shown this once: ")?;
            Some(key.to_owned())
        });
        // What a later start says is for nobody, but the pipe is to be emptied.
        std::thread::spawn(move || said.for_each(drop));
        let within = PathBuf::from(format!("/proc/{}/root", shell.id()));
        Self {
            mounted: within.join(mount.strip_prefix("/").unwrap()),
            shell,
            read: listen.read,
            write: listen.write,
            ops: listen.ops,
            key: key.expect("a key at the first start"),
            http: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut ballast = std::fs::File::create(self.mounted.join("ballast")).unwrap();
        for bytes in [vec![0; 1 << 20], vec![0; 4096]] {
            while ballast.write_all(&bytes).is_ok() {}
        }
    }

    /// Gives it back, and ends the program, which is started again.
    fn free(&self) {
        std::fs::remove_file(self.mounted.join("ballast")).unwrap();
        let pid = std::fs::read_to_string(self.mounted.join("data/lock")).unwrap();
        let ended = Command::new("kill").arg(pid.trim()).status();
        assert!(ended.unwrap().success());
    }

    /// Waits until `/ready` answers so; what it says.
    async fn until_ready_is(&self, status: StatusCode) -> String {
        let from = Instant::now();
        loop {
            let asked = self.http.get(format!("http://{}/ready", self.ops)).send();
            if let Ok(answer) = asked.await
                && answer.status() == status
            {
                return answer.text().await.unwrap();
            }
            assert!(from.elapsed() < PATIENCE, "it is never {status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn make_program(&self, number: usize) -> (StatusCode, Value) {
        let text = "all the room there is ".repeat(150);
        let fields = json!({
            "title": { "en": format!("Program {number}") },
            "description": { "en": text },
            "default_lang": "en",
        });
        let asked = self
            .http
            .post(format!("http://{}/api/v1/programs", self.write));
        let answer = asked.bearer_auth(&self.key).json(&fields).send().await;
        let answer = answer.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn titles(&self) -> Vec<String> {
        let list = format!("http://{}/api/v1/desk/programs?limit=100", self.write);
        let list = self.http.get(list).bearer_auth(&self.key).send().await;
        let list: Value = list.unwrap().json().await.unwrap();
        let title = |item: &Value| item["title"].as_str().unwrap().to_owned();
        list["data"].as_array().unwrap().iter().map(title).collect()
    }

    async fn until_titles_hold(&self, expected: &[String]) -> Vec<String> {
        let from = Instant::now();
        loop {
            let titles = self.titles().await;
            if expected.iter().all(|title| titles.contains(title)) {
                return titles;
            }
            assert!(
                from.elapsed() < PATIENCE,
                "{titles:?} lacks some of {expected:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The shell first, that nothing is started again; then the program, whose pipe would stay open.
        let pid = std::fs::read_to_string(self.mounted.join("data/lock"));
        let _ = self.shell.kill();
        if let Ok(pid) = pid {
            let _ = Command::new("kill").args(["-9", pid.trim()]).status();
        }
        let _ = self.shell.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_keeps_reads_and_loses_nothing_that_was_acknowledged() {
    if !may_mount() {
        eprintln!("not tested: this system lets nobody make a mount namespace");
        return;
    }
    mediamesh::install_tls();
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk::start(directory.path());
    disk.until_ready_is(StatusCode::OK).await;
    let mut made = Vec::new();
    for number in 100..105 {
        let (status, said) = disk.make_program(number).await;
        assert!(status.is_success(), "{said}");
        made.push(format!("Program {number}"));
    }
    disk.until_titles_hold(&made).await;

    disk.fill();
    let mut number = 105;
    let refusal = loop {
        let (status, said) = disk.make_program(number).await;
        if !status.is_success() {
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{said}");
            assert_eq!(said["code"], "log_unavailable", "{said}");
            break disk.make_program(number + 1).await.1;
        }
        made.push(format!("Program {number}"));
        number += 1;
    };
    // Of the first nobody knows yet whether it was written; the next is told that it was not.
    assert_eq!(refusal["code"], "log_poisoned", "{refusal}");
    let said = disk.until_ready_is(StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(said.contains("No space left on device"), "{said}");
    // What was acknowledged last may not have come into the views any more; what was there is still read.
    let titles = disk.titles().await;
    assert!(
        made[..5].iter().all(|title| titles.contains(title)),
        "{titles:?}"
    );
    let public = format!("http://{}/api/v1/programs", disk.read);
    let public = disk.http.get(public).send().await.unwrap();
    assert_eq!(public.status(), StatusCode::OK);

    disk.free();
    disk.until_ready_is(StatusCode::OK).await;
    let (status, said) = disk.make_program(999).await;
    assert!(status.is_success(), "{said}");
    made.push("Program 999".to_owned());
    let titles = disk.until_titles_hold(&made).await;
    let more: Vec<&String> = titles.iter().filter(|it| !made.contains(it)).collect();
    let unknown = format!("Program {number}");
    assert!(more.is_empty() || more == [&unknown], "{more:?}");
}
