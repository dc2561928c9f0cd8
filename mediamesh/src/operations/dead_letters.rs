//! Records that could not be processed, and keys that are parked: listed, looked at, sent again, given up.
//!
//! A dead letter is called `<topic>/<partition>/<offset of the letter>`, a parked key `<view>.v<version>/<partition>/
//! <key>`: as `dlt list` shows them. Whatever is done with one is noted behind it, with who did it.

mod letters;
mod parked;
mod payload;

use super::Tell;
use crate::instance::{Instance, now};
use anyhow::{Context as _, anyhow, bail};
use letters::Letter;
use mediamesh_domain::command::Principal;
use mediamesh_domain::parked::{ParkedPlace, ParkedWish};
use mediamesh_ports::event_log::Record;
use mediamesh_runtime::dead_letter::{self, Settled};
use mediamesh_schemas::Topic;
use serde_json::{Value, json};

/// Letters sent at once.
const PAGE: usize = 500;

/// One dead letter or one parked key.
enum Named {
    Letter(Letter),
    Parked(ParkedPlace),
}

impl Named {
    fn read(id: &str) -> anyhow::Result<Self> {
        Letter::parse(id)
            .map(Self::Letter)
            .or_else(|| ParkedPlace::parse(id).map(Self::Parked))
            .with_context(|| {
                format!("{id:?} names no dead letter and no parked key: take an id of `mediamesh dlt list`")
            })
    }
}

/// The dead letters, oldest first, and the parked keys.
pub(super) async fn list(
    instance: &Instance,
    topic: Option<&str>,
    limit: usize,
) -> anyhow::Result<Value> {
    let topic = topic.map(known).transpose()?;
    let letters = letters::open(instance, topic).await?;
    let shown: Vec<Value> = letters.iter().take(limit).map(letters::shown).collect();
    Ok(json!({ "dead_letters": shown, "parked": parked::shown(&parked::keys(instance, topic)) }))
}

/// Everything that is known of one dead letter or parked key, what it holds too.
pub(super) async fn show(instance: &Instance, id: &str) -> anyhow::Result<Value> {
    match Named::read(id)? {
        Named::Letter(letter) => {
            let record = letters::one(instance, &letter).await?;
            let mut shown = letters::shown(&record);
            shown["record"] = payload::of(&instance.codec, letter.topic, &record);
            Ok(shown)
        }
        Named::Parked(place) => parked::show(instance, &place).await,
    }
}

/// Sends dead letters again where they came from, and lets sinks try parked keys again: all, those of a topic, or one.
pub(super) async fn redrive(
    instance: &Instance,
    topic: Option<&str>,
    id: Option<&str>,
    dry_run: bool,
    tell: &Tell,
) -> anyhow::Result<Value> {
    let topic = topic.map(known).transpose()?;
    let (letters, keys) = match id.map(Named::read).transpose()? {
        None => (
            letters::open(instance, topic).await?,
            parked::keys(instance, topic),
        ),
        Some(Named::Letter(letter)) => (vec![letters::one(instance, &letter).await?], Vec::new()),
        Some(Named::Parked(place)) => (Vec::new(), vec![parked::one(instance, &place)?]),
    };
    if dry_run {
        let letters: Vec<Value> = letters.iter().map(letters::shown).collect();
        return Ok(json!({ "would_send": letters, "would_try": parked::shown(&keys) }));
    }
    let sent = send(instance, &letters, tell).await?;
    let tried = parked::ask(instance, keys, ParkedWish::Redrive).await?;
    Ok(json!({ "sent": sent, "parked": tried }))
}

/// Gives up one dead letter, or the first record of one parked key.
pub(super) async fn drop(instance: &Instance, id: &str, dry_run: bool) -> anyhow::Result<Value> {
    match Named::read(id)? {
        Named::Letter(letter) => {
            let record = letters::one(instance, &letter).await?;
            if dry_run {
                return Ok(json!({ "would_drop": letters::shown(&record) }));
            }
            settle(instance, std::slice::from_ref(&record), Settled::Dropped).await?;
            Ok(json!({ "dropped": letters::shown(&record) }))
        }
        Named::Parked(place) => {
            let held = parked::one(instance, &place)?;
            if dry_run {
                return Ok(json!({
                    "would_drop": { "id": place.to_string(), "offset": held.first_offset, "code": held.code },
                    "would_try": held.records - 1,
                }));
            }
            let tried = parked::ask(instance, vec![held], ParkedWish::Drop).await?;
            Ok(json!({ "parked": tried }))
        }
    }
}

async fn send(instance: &Instance, letters: &[Record], tell: &Tell) -> anyhow::Result<u64> {
    let (total, mut sent) = (letters.len() as u64, 0_u64);
    for page in letters.chunks(PAGE) {
        let again: Vec<_> = page.iter().filter_map(dead_letter::revived).collect();
        if again.len() < page.len() {
            bail!(
                "a dead letter does not say where it came from: look at it with `mediamesh dlt show`"
            );
        }
        sent += again.len() as u64;
        // First the records, then that they were sent: what fails between is sent twice, which does no harm.
        instance.stores.append.append(again).await?;
        settle(instance, page, Settled::Redriven).await?;
        tell.progress("sending again", sent, Some(total)).await;
    }
    Ok(sent)
}

async fn settle(instance: &Instance, letters: &[Record], how: Settled) -> anyhow::Result<()> {
    let (by, at) = (operator(), now());
    let notes = letters.iter();
    let notes = notes.map(|letter| dead_letter::note(letter, how, &by, at));
    instance.stores.append.append(notes.collect()).await?;
    Ok(())
}

fn operator() -> Principal {
    Principal::system("command-line")
}

fn known(name: &str) -> anyhow::Result<Topic> {
    Topic::by_name(name).ok_or_else(|| {
        anyhow!("there is no topic {name:?}: try ingest.raw, content.commands, or catalog")
    })
}
