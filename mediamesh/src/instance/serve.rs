//! Serving an instance over HTTP, each role on its port, until it ends.

use super::hub;
use super::listen::{bind, serve as serve_on};
use super::ops::{self, Ops};
#[cfg(feature = "distributed")]
use super::stores::distributed::shared_key;
use super::{AdminKey, Instance, Purpose};
use crate::configuration::{Configuration, Role, Roles};
use crate::token::{Lent, Token};
use anyhow::Context as _;
use mediamesh_api_read::{DeskApi, ReadApi, ReadPorts, desk_routes, public_router};
use mediamesh_api_write::{SignIn, WriteApi, WritePorts, write_routes};
use mediamesh_edge::cursor::Cursors;
use mediamesh_edge::frame::{self, Frame};
use mediamesh_edge::limit::Limit;
use mediamesh_edge::{clock, ids};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;
use utoipa_axum::router::OpenApiRouter;

/// An instance that is being served.
pub struct Served {
    /// The instance.
    pub instance: Arc<Instance>,
    /// The key of the first start, to be shown once.
    pub first_key: Option<AdminKey>,
    servers: Vec<JoinHandle<()>>,
    _token: Lent,
}

/// Opens an instance in these roles and serves it.
///
/// # Errors
/// One line that says what to change.
pub async fn serve(configuration: Configuration, roles: Roles) -> anyhow::Result<Served> {
    let listen = configuration.listen.clone();
    // Ports first: a taken one ends the start before anything is made.
    let reads = match roles.has(Role::ApiRead) {
        true => Some(bind("read API", listen.read, "--read-addr").await?),
        false => None,
    };
    let writes = match roles.has(Role::ApiWrite) {
        true => Some(bind("write API", listen.write, "--write-addr").await?),
        false => None,
    };
    let operators = bind("metrics and probes", listen.ops, "--ops-addr").await?;
    let metrics = metrics_handle()?;
    let token = Token::new(operators.local_addr()?);
    let instance = Arc::new(Instance::open(configuration, Purpose::Serve(roles.clone())).await?);
    let lent = token.lend(&instance.configuration.data_dir)?;
    // Who decides makes the first key; another role alone has nobody here to ask.
    let first_key = match roles.has(Role::Streams) {
        true => AdminKey::first(&instance).await?,
        false => None,
    };
    let cancel = &instance.cancel;
    let ports = read_ports(&instance).await?;
    let mut servers = Vec::new();
    if let Some(listener) = reads {
        let per_minute = instance.configuration.limits.reads_per_minute;
        let limit = limit(&instance, "read", per_minute)?;
        let max_bytes = usize::try_from(instance.configuration.egress.max_bytes)?;
        let websub = instance.websub.clone();
        let hubs = match websub.filter(|_| roles.has(Role::Connectors)) {
            Some(websub) => hub::routes(websub, instance.scheduler.clone(), max_bytes),
            None => OpenApiRouter::new(),
        };
        let router = public_router(ReadApi::new(ports.clone()), limit, hubs);
        servers.push(serve_on(listener, router, cancel.clone()));
    }
    if let Some(listener) = writes {
        let desk = DeskApi::new(ports, instance.control.clone());
        let desk = desk.with_tokens(instance.tokens.clone());
        let routes = write_routes(WriteApi::new(write_ports(&instance)?)).merge(desk_routes(desk));
        let per_minute = instance.configuration.limits.writes_per_minute;
        let frame = Frame {
            limit: limit(&instance, "write", per_minute)?,
            ..Frame::new("write", ids::system())
        };
        let router = frame::serve(routes, &frame);
        servers.push(serve_on(listener, router, cancel.clone()));
    }
    let secret = token.secret.as_str().into();
    let ops = Ops {
        instance: Arc::clone(&instance),
        metrics,
        secret,
    };
    servers.push(serve_on(operators, ops::router(ops), cancel.clone()));
    Ok(Served {
        instance,
        first_key,
        servers,
        _token: lent,
    })
}

/// How often an address may ask an API, where that is limited.
fn limit(
    instance: &Instance,
    api: &'static str,
    per_minute: Option<u32>,
) -> anyhow::Result<Option<Limit>> {
    let proxies = instance.configuration.limits.proxies;
    let limits = || Arc::clone(&instance.stores.limits);
    let limit = per_minute.map(|per_minute| Limit::new(api, per_minute, proxies, limits()));
    Ok(limit.transpose()?)
}

impl Served {
    /// Ends: readiness first, then the requests under way, then the stages and the log.
    pub async fn close(self) {
        self.instance.cancel.cancel();
        for server in self.servers {
            if let Err(error) = server.await {
                tracing::warn!(%error, "a server did not end well");
            }
        }
        self.instance.end().await;
    }
}

pub(super) async fn read_ports(instance: &Instance) -> anyhow::Result<ReadPorts> {
    Ok(ReadPorts {
        views: instance.stores.rows.clone(),
        search: instance.stores.search.clone(),
        progress: instance.progress.clone(),
        cursors: Cursors::new(cursor_key(instance).await?),
        clock: clock::system(),
        ids: ids::system(),
    })
}

pub(super) fn write_ports(instance: &Instance) -> anyhow::Result<WritePorts> {
    let identity = &instance.configuration.identity;
    Ok(WritePorts {
        log: instance.stores.append.clone(),
        verdicts: instance.verdicts.clone(),
        control: instance.control.clone(),
        progress: instance.progress.clone(),
        views: instance.stores.rows.clone(),
        codec: instance.codec.clone(),
        clock: clock::system(),
        ids: ids::system(),
        entropy: ids::entropy(),
        poll: instance.poll_now(),
        trial: instance.connect(),
        push: instance.connect(),
        lists: instance.connect(),
        accounts: instance.accounts.clone(),
        tokens: instance.tokens.clone(),
        sign_in: SignIn {
            limits: Arc::clone(&instance.stores.limits),
            per_address: limit(instance, "sign-in", identity.sign_ins_per_minute)?,
            sign_up: identity.sign_up,
        },
    })
}

/// The key that cursors are sealed with; made once, so that they live over a restart, and the same for all processes
/// of a deployment, so that each reads what another gave out.
#[cfg_attr(
    not(feature = "distributed"),
    expect(clippy::unused_async, reason = "shared keys are asked for")
)]
async fn cursor_key(instance: &Instance) -> anyhow::Result<[u8; 32]> {
    #[cfg(feature = "distributed")]
    if !instance.stores.is_alone() {
        return shared_key(&*instance.stores.objects, "cursor").await;
    }
    own_key(&instance.configuration.data_dir)
}

fn own_key(data_dir: &Path) -> anyhow::Result<[u8; 32]> {
    let path = data_dir.join("cursor.key");
    if let Ok(bytes) = std::fs::read(&path) {
        return bytes
            .try_into()
            .map_err(|_| anyhow::anyhow!("{} is damaged: remove it", path.display()));
    }
    let key: [u8; 32] = rand::random();
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    file.write_all(&key)?;
    Ok(key)
}

/// The metrics of this process: one recorder, however many instances tests start, also at once.
fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    static HANDLE: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut handle = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*handle {
        return Ok(handle.clone());
    }
    let made = PrometheusBuilder::new()
        .install_recorder()
        .context("no metrics")?;
    Ok(handle.insert(made).clone())
}
