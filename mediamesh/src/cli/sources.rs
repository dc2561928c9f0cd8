//! `mediamesh sources`.

mod tables;

use super::ingest::{PolicyName, material};
use super::{Common, operate, output};
use crate::operations::{Request, SourcesRequest};
use crate::preview::{Said, Told, Wish, preview};
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use mediamesh_domain::id::{ProgramId, RunId};
use mediamesh_domain::model::{SourceFields, SourceFormat, SourcePolicies};
use mediamesh_domain::run::{EntryFilter, RunState, Trial};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// The sources of imported entries: make, try, poll and watch them.
#[derive(Debug, Args)]
#[command(
    after_help = "Try a feed before anything is imported, then keep it:\n  \
    mediamesh sources test https://example.org/feed.xml\n  \
    mediamesh sources add --name \"Night Bus\" --url https://example.org/feed.xml --every 3600\n  \
    mediamesh sources list                      how each fares, and what to change where it fails\n  \
    mediamesh sources runs \"Night Bus\"          what came of each fetch\n  \
    mediamesh sources runs --run ID --outcome refused\n  \
    mediamesh sources import feeds.opml --dry-run   what each feed of a list would become\n\n\
    A source is named by its name, its id or its address. New entries wait for an editor unless the\n\
    policy says publish or draft; POST /api/v1/runs/ID/approve publishes all of a run."
)]
pub(super) struct Sources {
    #[command(subcommand)]
    verb: Verb,
    /// Answer as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// The sources and how they fare.
    List,
    /// One source: its policies, its health, what became of its last entries.
    Show {
        /// Its name, id or address.
        source: String,
    },
    /// Make a source.
    Add(AddArguments),
    /// Change a source: only what is named changes.
    Update {
        /// Its name, id or address.
        source: String,
        #[command(flatten)]
        change: Change,
    },
    /// Make a source of each feed in an OPML list; what is there already stays as it is.
    Import {
        /// The list: a file, or - for standard input.
        file: String,
        /// What becomes of new entries and of changes.
        #[arg(long, value_enum, default_value_t = PolicyName::Review)]
        policy: PolicyName,
        /// Only show what would become of each outline.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the sources that have an address as a list, on standard output.
    Export {
        /// In what form.
        #[arg(long, value_enum, default_value_t = ListFormat::Opml)]
        format: ListFormat,
    },
    /// Stop polling a source; what was imported stays.
    Pause {
        /// Its name, id or address.
        source: String,
    },
    /// Poll a paused source again.
    Resume {
        /// Its name, id or address.
        source: String,
    },
    /// Show what would be created, changed, merged or refused, and why; nothing is changed.
    Test {
        /// A source, an http or https address, a file, or - for standard input.
        what: String,
        /// Read this file as if the source had answered it.
        #[arg(long, value_name = "FILE")]
        with: Option<String>,
        /// What would become of new entries, where the source is not there yet.
        #[arg(long, value_enum, default_value_t = PolicyName::Review)]
        policy: PolicyName,
        #[command(flatten)]
        said: TrialArguments,
    },
    /// Fetch a source now and wait until its entries are decided.
    Poll {
        /// Its name, id or address.
        source: String,
    },
    /// What came of each fetch or push, newest first.
    Runs(RunsArguments),
}

/// What is said of a source for a trial alone.
#[derive(Debug, Args)]
struct TrialArguments {
    /// How what comes is read; found out where nothing is said.
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// The file that says where a JSON API has what (docs/api.md); for --format json.
    #[arg(long, value_name = "FILE", value_parser = text_of)]
    mapping: Option<String>,
    /// The name of the secret to fetch with, as the configuration knows it.
    #[arg(long, value_name = "NAME")]
    secret: Option<String>,
}

impl TrialArguments {
    fn said(&self) -> Said {
        Said {
            format: self.format.map(FormatName::format),
            mapping: self.mapping.clone(),
            secret_name: self.secret.clone(),
        }
    }
}

#[derive(Debug, Args)]
struct AddArguments {
    /// The address of the feed; leave it out for a source that others push to.
    #[arg(long)]
    url: Option<String>,
    #[command(flatten)]
    change: Change,
}

/// What can be said of a source.
#[derive(Debug, Args)]
struct Change {
    /// Its name; unique.
    #[arg(long)]
    name: Option<String>,
    /// Seconds between two polls; 0: it is not polled by itself.
    #[arg(long, value_name = "SECONDS")]
    every: Option<i64>,
    /// What becomes of entries not seen before.
    #[arg(long, value_enum)]
    policy: Option<PolicyName>,
    /// What becomes of changes to what is live (default: as --policy).
    #[arg(long, value_enum)]
    changes: Option<PolicyName>,
    /// The program that it feeds, by id; else its own.
    #[arg(long, value_name = "ID")]
    program: Option<ProgramId>,
    /// The name of the secret to fetch with, as the configuration knows it.
    #[arg(long, value_name = "NAME")]
    secret: Option<String>,
    /// How what comes is read; found out where nothing is said.
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// The file that says where a JSON API has what (docs/api.md); for --format json.
    #[arg(long, value_name = "FILE", value_parser = text_of)]
    mapping: Option<String>,
}

#[derive(Debug, Args)]
struct RunsArguments {
    /// Only those of this source.
    source: Option<String>,
    /// Only those that stand so.
    #[arg(long, value_enum)]
    state: Option<StateName>,
    /// At most so many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=100))]
    limit: u16,
    /// One run, with its entries.
    #[arg(long, value_name = "ID", conflicts_with_all = ["source", "state"])]
    run: Option<RunId>,
    /// Only the run's entries that ended so.
    #[arg(long, value_enum, requires = "run")]
    outcome: Option<OutcomeName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    /// Found out.
    Auto,
    /// YouTube's feed, or its Data API where a secret is named.
    Youtube,
    /// Any JSON, by a mapping.
    Json,
}

impl FormatName {
    fn format(self) -> SourceFormat {
        match self {
            Self::Auto => SourceFormat::Auto,
            Self::Youtube => SourceFormat::Youtube,
            Self::Json => SourceFormat::Json,
        }
    }
}

/// The text of a file.
fn text_of(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// OPML 2.0, which every reader of feeds takes.
    Opml,
    /// The sources as the API says them.
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum StateName {
    Running,
    Completed,
    NotModified,
    Failed,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OutcomeName {
    Created,
    Changed,
    Same,
    Merged,
    Stale,
    Refused,
    Repaired,
}

impl Sources {
    pub(super) fn start(&self, common: &Common) -> anyhow::Result<ExitCode> {
        if let Verb::Test {
            what,
            with,
            policy,
            said,
        } = &self.verb
        {
            return self.test(common, what, with.as_deref(), (*policy, said.said()));
        }
        let request = self.request()?;
        let value = operate::ask(common, "sources", Request::Sources(request))?;
        if let Verb::Export { .. } = &self.verb
            && let Value::String(list) = &value
        {
            output::line(list.trim_end());
            return Ok(ExitCode::SUCCESS);
        }
        let failed = value["refused"].as_u64().is_some_and(|refused| refused > 0);
        if self.json || matches!(self.verb, Verb::Export { .. }) {
            output::line(serde_json::to_string_pretty(&value)?);
            return Ok(ended(failed));
        }
        output::line(match &self.verb {
            Verb::List => tables::sources(&value),
            Verb::Import { .. } => tables::import(&value),
            Verb::Runs(runs) if runs.run.is_none() => tables::runs(&value),
            Verb::Runs(_) | Verb::Poll { .. } => tables::run(&value),
            _ => tables::source(&value),
        });
        Ok(ended(failed))
    }

    fn request(&self) -> anyhow::Result<SourcesRequest> {
        let update = |source: &String, patch| SourcesRequest::Update {
            source: source.clone(),
            patch,
        };
        Ok(match &self.verb {
            Verb::List | Verb::Test { .. } => SourcesRequest::List,
            Verb::Import {
                file,
                policy,
                dry_run,
            } => SourcesRequest::Import {
                list: material(file)?,
                policy: policy.policy(),
                dry_run: *dry_run,
            },
            Verb::Export { format } => match format {
                ListFormat::Opml => SourcesRequest::Export,
                ListFormat::Json => SourcesRequest::List,
            },
            Verb::Show { source } => SourcesRequest::Show {
                source: source.clone(),
            },
            Verb::Add(add) => SourcesRequest::Add {
                fields: Box::new(add.fields()),
            },
            Verb::Update { source, change } => update(source, change.patch()),
            Verb::Pause { source } => update(source, json!({ "paused": true })),
            Verb::Resume { source } => update(source, json!({ "paused": false })),
            Verb::Poll { source } => SourcesRequest::Poll {
                source: source.clone(),
            },
            Verb::Runs(runs) => runs.request(),
        })
    }

    /// Tries a source out: by the instance that runs, else by one opened for it, else, where there is no data, alone.
    fn test(
        &self,
        common: &Common,
        what: &str,
        with: Option<&str>,
        (policy, said): (PolicyName, Said),
    ) -> anyhow::Result<ExitCode> {
        let is_material =
            what == "-" || what.contains("://") || std::path::Path::new(what).exists();
        let read = with.or(is_material.then_some(what)).map(material);
        let (read, policy) = (read.transpose()?, policy.policy());
        let configuration = common.configuration()?;
        let trial: Trial = match &read {
            Some(material) if !configuration.data_dir.exists() => {
                let runtime = tokio::runtime::Runtime::new().context("no threads to work with")?;
                let wish = Wish::of(material, policy, said)?;
                runtime.block_on(preview(&configuration, wish))?
            }
            _ => {
                let source = (with.is_some() || !is_material).then(|| what.to_owned());
                let request = SourcesRequest::Test {
                    source,
                    material: read,
                    policy,
                    said,
                };
                serde_json::from_value(operate::ask(common, "test", Request::Sources(request))?)?
            }
        };
        if self.json {
            output::line(serde_json::to_string_pretty(&trial)?);
        } else {
            output::line(Told(&trial));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn ended(failed: bool) -> ExitCode {
    match failed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

impl AddArguments {
    fn fields(&self) -> SourceFields {
        let url = self.url.clone().unwrap_or_default();
        let change = &self.change;
        let policy = change.policy.map(PolicyName::policy).unwrap_or_default();
        let changes = change.changes.map(PolicyName::policy);
        let unsaid = match url.is_empty() {
            true => SourceFormat::Push,
            false => SourceFormat::Auto,
        };
        SourceFields {
            name: change.name.clone().unwrap_or_else(|| url.clone()),
            interval_s: match url.is_empty() {
                true => 0,
                false => change.every.unwrap_or(3600),
            },
            url,
            policies: SourcePolicies {
                new_entries: policy,
                changes: changes.unwrap_or(policy),
            },
            program_id: change.program,
            secret_name: change.secret.clone(),
            format: change.format.map_or(unsaid, FormatName::format),
            mapping: change.mapping.clone(),
            ..SourceFields::default()
        }
    }
}

impl Change {
    /// A merge patch of what is named.
    fn patch(&self) -> Value {
        let mut policies = Map::new();
        let policy = |policy: PolicyName| json!(policy.policy());
        if let Some(name) = self.policy {
            policies.insert("new_entries".to_owned(), policy(name));
        }
        if let Some(name) = self.changes.or(self.policy) {
            policies.insert("changes".to_owned(), policy(name));
        }
        let mut patch = Map::new();
        for (member, value) in [
            ("name", self.name.as_ref().map(|name| json!(name))),
            ("interval_s", self.every.map(|every| json!(every))),
            ("program_id", self.program.map(|program| json!(program))),
            ("secret_name", self.secret.as_ref().map(|name| json!(name))),
            ("format", self.format.map(|name| json!(name.format()))),
            ("mapping", self.mapping.as_ref().map(|text| json!(text))),
            ("policies", (!policies.is_empty()).then(|| json!(policies))),
        ] {
            if let Some(value) = value {
                patch.insert(member.to_owned(), value);
            }
        }
        Value::Object(patch)
    }
}

impl RunsArguments {
    fn request(&self) -> SourcesRequest {
        if let Some(run) = self.run {
            let outcome = self.outcome.map(OutcomeName::filter);
            return SourcesRequest::Run { run, outcome };
        }
        SourcesRequest::Runs {
            source: self.source.clone(),
            state: self.state.map(StateName::state),
            limit: self.limit,
        }
    }
}

impl StateName {
    fn state(self) -> RunState {
        match self {
            Self::Running => RunState::Running,
            Self::Completed => RunState::Completed,
            Self::NotModified => RunState::NotModified,
            Self::Failed => RunState::Failed,
        }
    }
}

impl OutcomeName {
    fn filter(self) -> EntryFilter {
        match self {
            Self::Created => EntryFilter::Created,
            Self::Changed => EntryFilter::Changed,
            Self::Same => EntryFilter::Same,
            Self::Merged => EntryFilter::Merged,
            Self::Stale => EntryFilter::Stale,
            Self::Refused => EntryFilter::Refused,
            Self::Repaired => EntryFilter::Repaired,
        }
    }
}
