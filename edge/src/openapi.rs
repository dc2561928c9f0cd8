//! What is the same in every API's OpenAPI document: its head, the key, and the problem in each failure.

use crate::problem::{MEDIA_TYPE, ProblemBody};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Components, Content, Info, License, OpenApi, Paths, Ref, RefOr, Response, path::Operation,
};
use utoipa::{PartialSchema, ToSchema};

/// The name of the security scheme that operations name: `security(("api_key" = ["content:write"]))`.
pub const API_KEY: &str = "api_key";

/// The document of an API, before its routes.
#[must_use]
pub fn base(title: &str, description: &str) -> OpenApi {
    let mut info = Info::new(title, "1");
    info.description = Some(description.to_owned());
    let mut licence = License::new("Apache-2.0");
    licence.identifier = Some("Apache-2.0".to_owned());
    info.license = Some(licence);
    OpenApi::new(info, Paths::new())
}

/// Adds what every operation has: problems as the body of failures, and how to send a key.
pub fn finish(api: &mut OpenApi) {
    let components = api.components.get_or_insert_with(Components::new);
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An API key, mm_<prefix>.<secret>, or the access token of a person who has logged in",
        ))
        .build();
    components.add_security_scheme(API_KEY, SecurityScheme::Http(bearer));
    let header = ApiKeyValue::with_description("X-Api-Key", "The same key in a header of its own");
    components.add_security_scheme(
        "api_key_header",
        SecurityScheme::ApiKey(ApiKey::Header(header)),
    );
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.head,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            describe_failures(operation);
        }
    }
}

/// The text of a document as it is served and checked in.
#[must_use]
pub fn json(api: &OpenApi) -> String {
    let mut text = serde_json::to_string_pretty(api).unwrap_or_default();
    text.push('\n');
    text
}

fn describe_failures(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    responses
        .entry("default".to_owned())
        .or_insert_with(|| RefOr::T(Response::new("Any other failure")));
    for (status, response) in responses {
        let failed = status == "default" || status.starts_with(['4', '5']);
        if let RefOr::T(response) = response
            && failed
            && response.content.is_empty()
        {
            let problem = Ref::from_schema_name(ProblemBody::name());
            let content = Content::new(Some(problem));
            response
                .content
                .insert(MEDIA_TYPE.to_owned(), RefOr::T(content));
        }
    }
}
