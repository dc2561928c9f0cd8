//! Answers about sources and runs as text.

use serde_json::Value;
use std::fmt::Write as _;

/// The sources, one a line, with what to change where one fails.
pub(super) fn sources(value: &Value) -> String {
    let mut text = String::new();
    for source in value.as_array().into_iter().flatten() {
        let health = &source["health"];
        // Writing into a string never fails.
        let _ = writeln!(
            text,
            "{:<8} {:<30} {}  last {}  next {}",
            word(&health["state"]),
            word(&source["name"]),
            word(&source["id"]),
            word(&health["last_success"]["at"]),
            word(&health["next_poll"]),
        );
        for note in health["notes"].as_array().into_iter().flatten() {
            let _ = writeln!(text, "         {}", word(note));
        }
        if health["state"] == "failing" {
            let error = &health["last_error"];
            let _ = writeln!(text, "         {}", word(&error["reason"]));
            let _ = writeln!(text, "         {}", word(&error["advice"]));
        }
    }
    ended(
        text,
        "there are no sources; `mediamesh sources add --help` says how to make one",
    )
}

/// What became of the outlines of a list, one a line, and how many of each.
pub(super) fn import(value: &Value) -> String {
    let mut text = String::new();
    for outline in value["outlines"].as_array().into_iter().flatten() {
        let line = outline["line"].as_u64().unwrap_or(0);
        let (fate, url) = (word(&outline["fate"]), word(&outline["url"]));
        let _ = writeln!(
            text,
            "line {line:<6} {fate:<8} {}  {url}",
            word(&outline["name"])
        );
        if let Some(reason) = outline["reason"].as_str() {
            let _ = writeln!(text, "            {reason}");
        }
    }
    let count = |name: &str| value[name].as_u64().unwrap_or(0);
    let _ = write!(
        text,
        "{} new, {} there already, {} repeated, {} refused",
        count("new"),
        count("there"),
        count("repeated"),
        count("refused"),
    );
    if value["dry_run"] == true {
        text.push_str("; nothing was changed");
    }
    text
}

/// One source, as it is.
pub(super) fn source(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The runs, one a line.
pub(super) fn runs(value: &Value) -> String {
    let mut text = String::new();
    for run in value.as_array().into_iter().flatten() {
        let _ = writeln!(text, "{}", line(run));
    }
    ended(text, "there are no runs")
}

/// One run with its entries.
pub(super) fn run(value: &Value) -> String {
    let mut text = String::new();
    if value["run"].is_object() {
        let _ = writeln!(text, "{}", line(&value["run"]));
    }
    for note in value["run"]["notes"].as_array().into_iter().flatten() {
        let _ = writeln!(text, "  {}", word(note));
    }
    for entry in value["entries"].as_array().into_iter().flatten() {
        let place = entry["index"].as_i64().unwrap_or(0) + 1;
        let item = word(&entry["item"]["id"]);
        let _ = writeln!(text, "{place:>6}  {:<8} {item}", word(&entry["outcome"]));
        for error in entry["errors"].as_array().into_iter().flatten() {
            let (pointer, message) = (word(&error["pointer"]), word(&error["message"]));
            let _ = writeln!(
                text,
                "        {pointer}: {message} ({})",
                word(&error["code"])
            );
        }
    }
    ended(text, "nothing of this run was decided yet")
}

fn line(run: &Value) -> String {
    let counts = &run["counts"];
    let mut text = format!(
        "{}  {:<12} {}",
        word(&run["started_at"]),
        word(&run["state"]),
        word(&run["run_id"])
    );
    for outcome in [
        "created", "changed", "same", "merged", "stale", "refused", "repaired",
    ] {
        let count = counts[outcome].as_u64().unwrap_or(0);
        if count > 0 {
            let _ = write!(text, "  {count} {outcome}");
        }
    }
    if let Some(reason) = run["failure"]["reason"].as_str() {
        let _ = write!(
            text,
            "\n    {reason}\n    {}",
            word(&run["failure"]["advice"])
        );
    }
    text
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn ended(text: String, nothing: &str) -> String {
    match text.trim_end() {
        "" => nothing.to_owned(),
        text => text.to_owned(),
    }
}
