//! Accounts that people make for themselves, where the deployment allows it.

use crate::api::WriteApi;
use crate::ask::Stranger;
use axum::extract::State;
use http::StatusCode;
use mediamesh_domain::control::accounts::Profile;
use mediamesh_domain::control::{ControlBody, SignUp};
use mediamesh_domain::id::UserId;
use mediamesh_edge::body::{Body, Takes};
use mediamesh_edge::problem::{Problem, kind};
use serde::Deserialize;
use utoipa::ToSchema;

/// An account to make for oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// The e-mail address: by it the person logs in.
    email: String,
    /// What the person is called.
    name: String,
    /// The password: 12 characters or more.
    password: String,
}

/// Make an account for oneself, in the role `user`. It is off unless the deployment turns it on.
///
/// An address that has an account is answered alike, and nothing happens to that account.
#[utoipa::path(
    post, path = "/api/v1/users/sign-up", tag = "users", operation_id = "sign_up",
    request_body = NewAccount, security(()),
    responses(
        (status = 202, description = "Log in with it"),
        (status = 403, description = "People are invited here"),
        (status = 422, description = "Fields break rules"),
        (status = 429, description = "Too many attempts from one network address"),
    )
)]
pub(crate) async fn create(
    State(api): State<WriteApi>,
    stranger: Stranger,
    body: Body,
) -> Result<StatusCode, Problem> {
    if !api.ports().sign_in.sign_up {
        let detail = "people are invited here: ask an administrator";
        return Err(Problem::new(kind::FORBIDDEN, detail).code("sign_up_off"));
    }
    let given: NewAccount = body.parse(Takes::Json)?;
    let password = api.passwords().hash("/password", given.password).await?;
    let user_id = UserId((api.ports().ids)());
    let sign_up = ControlBody::SignUp(SignUp {
        user_id,
        profile: Profile {
            email: given.email,
            name: given.name,
        },
        password,
    });
    match api.as_person(&stranger, user_id, sign_up).await {
        Ok(accepted) => api.know_account(&accepted).await,
        // Who has an account here is nobody's business.
        Err(problem) if problem.kind() == kind::CONFLICT => {}
        Err(problem) => return Err(problem),
    }
    Ok(StatusCode::ACCEPTED)
}
