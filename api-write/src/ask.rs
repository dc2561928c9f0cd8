//! Who asks, and how: what every command says beside its body.

use crate::api::WriteApi;
use crate::idempotency::IdempotencyKey;
use axum::extract::{FromRequestParts, OriginalUri};
use http::request::Parts;
use http::{HeaderMap, Method};
use mediamesh_domain::access::Denied;
use mediamesh_domain::command::{Expectation, Principal};
use mediamesh_domain::id::{CommandId, ProgramId};
use mediamesh_edge::body::Body;
use mediamesh_edge::conditional;
use mediamesh_edge::correlation::CorrelationId;
use mediamesh_edge::keys::{Caller, Scope};
use mediamesh_edge::prefer::Prefer;
use mediamesh_edge::problem::{Problem, kind};
use mediamesh_edge::tokens::Shown;
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::marker::PhantomData;
use uuid::Uuid;

/// What a handler demands of its caller.
pub(crate) trait Needs: Send {
    /// The scope; none: any valid key or token.
    const SCOPE: Option<Scope>;
}

/// Who may write content and publish it.
pub(crate) struct Content;
/// Who may write drafts. Whether they may publish is asked with the command.
pub(crate) struct Drafts;
/// A key that may write sources.
pub(crate) struct Sources;
/// A key that may push entries.
pub(crate) struct Pusher;
/// A key that may do everything.
pub(crate) struct Admin;
/// Any valid key.
pub(crate) struct Anybody;

impl Needs for Content {
    const SCOPE: Option<Scope> = Some(Scope::ContentWrite);
}
impl Needs for Drafts {
    const SCOPE: Option<Scope> = Some(Scope::ContentDraft);
}
impl Needs for Sources {
    const SCOPE: Option<Scope> = Some(Scope::SourcesWrite);
}
impl Needs for Pusher {
    const SCOPE: Option<Scope> = Some(Scope::IngestPush);
}
impl Needs for Admin {
    const SCOPE: Option<Scope> = Some(Scope::Admin);
}
impl Needs for Anybody {
    const SCOPE: Option<Scope> = None;
}

/// A request whose key may do what `N` needs. Take it before the body: nothing is read for strangers.
pub(crate) struct Request<N> {
    caller: Caller,
    method: Method,
    target: String,
    path_length: usize,
    headers: HeaderMap,
    correlation_id: CorrelationId,
    needs: PhantomData<N>,
}

impl<N: Needs> FromRequestParts<WriteApi> for Request<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &WriteApi) -> Result<Self, Problem> {
        let caller = api.authenticator().caller(&parts.headers)?;
        if let Some(scope) = N::SCOPE {
            caller.require(scope)?;
        }
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, api).await;
        let Ok(correlation_id) = CorrelationId::from_request_parts(parts, api).await;
        Ok(Self {
            caller,
            method: parts.method.clone(),
            target: uri.to_string(),
            path_length: uri.path().len(),
            headers: parts.headers.clone(),
            correlation_id,
            needs: PhantomData,
        })
    }
}

impl<N> Request<N> {
    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The person who asks.
    ///
    /// # Errors
    /// 404 where a key asks.
    pub fn person(&self) -> Result<Shown, Problem> {
        self.caller.shown.ok_or_else(|| {
            let detail = "an API key is no person: send an access token";
            Problem::new(kind::NOT_FOUND, detail).code("no_person")
        })
    }

    /// Whether who asks may do in a program what the request needs: asked first where a handler looks at what is there
    /// before the command is judged.
    ///
    /// # Errors
    /// 403 as the decider would say it.
    pub fn allowed_in(&self, program: ProgramId) -> Result<(), Problem>
    where
        N: Needs,
    {
        if let Some(scope) = N::SCOPE {
            let allowed = self.caller.rights.allow_scope(program, scope);
            allowed.map_err(Denied::refusal)?;
        }
        Ok(())
    }

    /// Its correlation id.
    pub fn correlation_id(&self) -> &CorrelationId {
        &self.correlation_id
    }

    /// What every command of this request says.
    pub fn ask(&self, api: &WriteApi, body: &Body) -> Result<Ask, Problem> {
        let key = IdempotencyKey::of(&self.headers)?;
        let path = self.target.get(..self.path_length).unwrap_or(&self.target);
        let command_id = match &key {
            Some(key) => key.command(&self.caller.principal, &self.method, path),
            None => CommandId((api.ports().ids)()),
        };
        Ok(Ask {
            command_id,
            payload_hash: key.map(|_| self.fingerprint(body)),
            principal: self.caller.principal.clone(),
            correlation_id: self.correlation_id.as_str().to_owned(),
            expected: conditional::expected_version(&self.headers)?,
            prefer: Prefer::of(&self.headers),
        })
    }

    /// SHA-256 of what makes the request another one under the same key: query, expected version and body.
    fn fingerprint(&self, body: &Body) -> Vec<u8> {
        let mut hash = Sha256::new();
        let expected = self.headers.get(http::header::IF_MATCH);
        let expected = expected.map_or(b"".as_slice(), http::HeaderValue::as_bytes);
        for part in [self.target.as_bytes(), expected, body.bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().to_vec()
    }
}

/// A request of somebody who has shown nothing yet.
pub(crate) struct Stranger {
    /// Ties log lines, records and answers of the request together.
    pub correlation_id: CorrelationId,
}

impl FromRequestParts<WriteApi> for Stranger {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &WriteApi) -> Result<Self, Infallible> {
        let correlation_id = CorrelationId::from_request_parts(parts, api).await?;
        Ok(Self { correlation_id })
    }
}

/// What every command says beside its body.
pub(crate) struct Ask {
    /// The command's id.
    pub command_id: CommandId,
    /// What an Idempotency-Key was used for.
    pub payload_hash: Option<Vec<u8>>,
    /// Who asks.
    pub principal: Principal,
    /// Ties log lines, records and answers of one request together.
    pub correlation_id: String,
    /// The version expected.
    pub expected: Option<Expectation>,
    /// How to answer.
    pub prefer: Prefer,
}

impl Ask {
    /// The id of what the command makes: derived where the request may come again, so that a retry reaches the
    /// same partition.
    pub fn new_id(&self, api: &WriteApi) -> Uuid {
        match self.payload_hash {
            Some(_) => self.command_id.derive(0),
            None => (api.ports().ids)(),
        }
    }

    /// With the version that the body names.
    ///
    /// # Errors
    /// 400 where `If-Match` names another one.
    pub fn expecting(mut self, in_body: Option<Expectation>) -> Result<Self, Problem> {
        if let (Some(header), Some(body)) = (self.expected, in_body)
            && header.version != body.version
        {
            let detail = "If-Match and the version in the body differ: send one of them";
            return Err(Problem::new(kind::BAD_REQUEST, detail).code("two_versions"));
        }
        self.expected = self.expected.or(in_body);
        Ok(self)
    }
}
