//! The tour: commands that `run --dev` prints, and that `mediamesh tour` runs and checks.
//!
//! One list, so that what is printed is what is tested. Each step is a line for a POSIX shell with curl; the
//! variables READ, WRITE, OPS, KEY and DATA are set before.

use crate::configuration::Configuration;
use anyhow::{Context as _, bail};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// One step.
pub struct Step {
    /// What it shows, in words.
    pub shows: &'static str,
    /// The command.
    pub command: &'static str,
    /// What its output must contain.
    pub expects: &'static [&'static str],
}

/// Where the instance is, for the commands.
pub struct Places {
    read: String,
    write: String,
    ops: String,
    key_file: String,
    data_dir: String,
    program: String,
}

impl Places {
    /// The places of an instance whose key is kept in a file.
    #[must_use]
    pub fn of(configuration: &Configuration, key_file: &Path) -> Self {
        let listen = &configuration.listen;
        let program = std::env::current_exe().map_or_else(
            |_| "mediamesh".to_owned(),
            |path| path.display().to_string(),
        );
        Self {
            read: format!("http://{}", listen.read),
            write: format!("http://{}", listen.write),
            ops: format!("http://{}", listen.ops),
            key_file: key_file.display().to_string(),
            data_dir: configuration.data_dir.display().to_string(),
            program,
        }
    }

    /// The lines that set the variables.
    fn variables(&self) -> String {
        format!(
            "READ={}; WRITE={}; OPS={}; DATA='{}'; KEY=$(cat '{}')\nmediamesh() {{ '{}' --data-dir \"$DATA\" \"$@\"; }}",
            self.read, self.write, self.ops, self.data_dir, self.key_file, self.program
        )
    }
}

/// The tour as it is printed.
#[must_use]
pub fn printed(places: &Places) -> String {
    let mut text = places.variables();
    text.push('\n');
    for step in STEPS {
        // Writing to a string does not fail.
        let _ = write!(text, "\n# {}\n{}\n", step.shows, step.command);
    }
    text
}

/// Runs every step and checks what it prints; tells each step as it begins.
///
/// # Errors
/// The first step that fails, with what it printed.
pub fn run(places: &Places, tell: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
    for step in STEPS {
        tell(step.shows);
        let script = format!("set -e\n{}\n{}", places.variables(), step.command);
        let output = Command::new("sh")
            .arg("-c")
            .arg(script)
            .output()
            .context("no shell")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let missing = step
            .expects
            .iter()
            .find(|expected| !printed.contains(**expected));
        if !output.status.success() || missing.is_some() {
            bail!(
                "the step {:?} failed{}\n{}\n{printed}{}",
                step.shows,
                missing
                    .map(|text| format!(": its output has no {text:?}"))
                    .unwrap_or_default(),
                step.command,
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
    Ok(())
}

/// The id of the first hit of a search, for steps that need one.
macro_rules! first_hit {
    ($query:literal) => {
        concat!(
            "ID=$(curl -fsS -G \"$READ/api/v1/search\" --data-urlencode 'q=",
            $query,
            "' | grep -o '\"id\":\"[0-9a-f-]*\"' | head -n 1 | cut -d '\"' -f 4)\n"
        )
    };
}

/// The steps.
const STEPS: &[Step] = &[
    Step {
        shows: "the programs that were taken in",
        command: "curl -fsS \"$READ/api/v1/programs\"",
        expects: &["\"data\":[", "Small Wonders", "فانوس الحكاية"],
    },
    Step {
        shows: "Arabic, found by another spelling: the title is written with hamza and ta marbuta",
        command: "curl -fsS -G \"$READ/api/v1/search\" --data-urlencode 'q=القاهره مدينه'",
        expects: &["<mark>", "\"dir\":\"rtl\""],
    },
    Step {
        shows: "the same by Latin letters; the desk says which folding matched",
        command: "curl -fsS -G -H \"Authorization: Bearer $KEY\" \"$WRITE/api/v1/desk/search\" --data-urlencode 'q=alqahira' -d explain=true",
        expects: &["ransliteration"],
    },
    Step {
        shows: "a title corrected and published in one command; the answer's position is waited for by the read",
        command: concat!(
            first_hit!("alqahira"),
            "curl -fsS -D \"$DATA/tour.headers\" -X PATCH -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/merge-patch+json' \\\n",
            "  -d '{\"title\":{\"ar\":\"القاهرة مدينة الألف حكاية\"}}' \"$WRITE/api/v1/episodes/$ID?publish=true\"\n",
            "POSITION=$(grep -i '^position:' \"$DATA/tour.headers\" | cut -d ' ' -f 2 | tr -d '\\r')\n",
            "curl -fsS -H \"If-Position-At-Least: $POSITION\" \"$READ/api/v1/episodes/$ID\"",
        ),
        expects: &["\"version\":", "القاهرة مدينة الألف حكاية"],
    },
    Step {
        shows: "and seen in search",
        command: concat!(
            "POSITION=$(grep -i '^position:' \"$DATA/tour.headers\" | cut -d ' ' -f 2 | tr -d '\\r')\n",
            "curl -fsS -G -H \"If-Position-At-Least: $POSITION\" \"$READ/api/v1/search\" --data-urlencode 'q=الف حكايه'",
        ),
        expects: &["<mark>", "حكاية"],
    },
    Step {
        shows: "who did what to it: the episode's history",
        command: concat!(
            first_hit!("alqahira"),
            "curl -fsS -H \"Authorization: Bearer $KEY\" \"$WRITE/api/v1/desk/episodes/$ID/history\"",
        ),
        expects: &["episode_created", "episode_updated", "/title/ar"],
    },
    Step {
        shows: "the source fetched again: nothing new, and the edit stands",
        command: concat!(
            "mediamesh sources list --json | grep -o '\"name\": \"[^\"]*arabic.xml\"' | head -n 1 | cut -d '\"' -f 4 > \"$DATA/tour.source\"\n",
            "mediamesh sources poll --json \"$(cat \"$DATA/tour.source\")\"\n",
            first_hit!("alqahira"),
            "curl -fsS \"$READ/api/v1/episodes/$ID\"",
        ),
        expects: &["\"appended\": 0", "القاهرة مدينة الألف حكاية"],
    },
    Step {
        shows: "the catalogue built anew from the log beside the one in use: they are equal",
        command: "mediamesh rebuild catalog",
        expects: &["\"differences\": 0"],
    },
    Step {
        shows: "it is ready for requests",
        command: "curl -fsS \"$OPS/ready\"",
        expects: &["\"ready\":true"],
    },
];
