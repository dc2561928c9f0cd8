//! The kinds of problems: the whole list, stable.

use http::StatusCode;

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The end of its `type` address.
    pub slug: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its status.
    pub status: StatusCode,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:ident, $title:literal;)*) => {
        $($(#[$doc])* pub const $name: Kind =
            Kind { slug: $slug, title: $title, status: StatusCode::$status };)*

        /// Every kind.
        pub const ALL: &[Kind] = &[$($name,)*];
    };
}

kinds! {
    /// The request cannot be understood.
    BAD_REQUEST = "bad-request", BAD_REQUEST, "The request cannot be understood";
    /// The body is not JSON.
    MALFORMED_JSON = "malformed-json", BAD_REQUEST, "The body is not JSON";
    /// A parameter of the query or the path has a wrong value.
    BAD_PARAMETER = "bad-parameter", BAD_REQUEST, "A parameter has a wrong value";
    /// A header has a wrong value.
    BAD_HEADER = "bad-header", BAD_REQUEST, "A header has a wrong value";
    /// The cursor was changed, or belongs to another list.
    INVALID_CURSOR = "invalid-cursor", BAD_REQUEST, "The cursor is not one of this list";
    /// There is no valid key.
    UNAUTHENTICATED = "unauthenticated", UNAUTHORIZED, "A valid API key is needed";
    /// The key may not do this.
    FORBIDDEN = "forbidden", FORBIDDEN, "The key may not do this";
    /// There is no such thing.
    NOT_FOUND = "not-found", NOT_FOUND, "There is no such thing";
    /// There is nothing at this address.
    NO_SUCH_ROUTE = "no-such-route", NOT_FOUND, "There is nothing at this address";
    /// The address does not take this method.
    METHOD_NOT_ALLOWED = "method-not-allowed", METHOD_NOT_ALLOWED, "The address does not take this method";
    /// None of the accepted media types can be given.
    NOT_ACCEPTABLE = "not-acceptable", NOT_ACCEPTABLE, "None of the accepted media types can be given";
    /// The request did not arrive in time.
    REQUEST_TIMEOUT = "request-timeout", REQUEST_TIMEOUT, "The request did not arrive in time";
    /// The thing is not in a state where this can happen.
    CONFLICT = "conflict", CONFLICT, "This does not fit the present state";
    /// The thing was here and is gone.
    GONE = "gone", GONE, "It is gone";
    /// The cursor belongs to a view that was replaced.
    CURSOR_EXPIRED = "cursor-expired", GONE, "The list was rebuilt: start again";
    /// The version in If-Match is not the present one.
    PRECONDITION_FAILED = "precondition-failed", PRECONDITION_FAILED, "The version is another one now";
    /// The view has not come as far as If-Position-At-Least asks.
    POSITION_NOT_REACHED = "position-not-reached", PRECONDITION_FAILED, "The view has not come that far yet";
    /// It was accepted, and a view holds it back.
    HELD = "held", PRECONDITION_FAILED, "It was accepted, and a view holds it back";
    /// The body is too large.
    CONTENT_TOO_LARGE = "content-too-large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// The body has a media type that is not taken here.
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body has a media type that is not taken here";
    /// Fields break rules.
    INVALID_FIELDS = "invalid-fields", UNPROCESSABLE_ENTITY, "Fields break rules";
    /// The Idempotency-Key was used for another request.
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The Idempotency-Key was used for another request";
    /// Too many requests.
    QUOTA_EXCEEDED = "quota-exceeded", TOO_MANY_REQUESTS, "Too many requests";
    /// Something inside is wrong.
    INTERNAL = "internal", INTERNAL_SERVER_ERROR, "Something is wrong on our side";
    /// A source could not be read.
    SOURCE_FAILED = "source-failed", BAD_GATEWAY, "The source could not be read";
    /// Something that is needed is away.
    UNAVAILABLE = "unavailable", SERVICE_UNAVAILABLE, "It cannot be done right now";
    /// There are too many requests at once.
    OVERLOADED = "overloaded", SERVICE_UNAVAILABLE, "Too much is going on right now";
    /// The answer took too long.
    DEADLINE_EXCEEDED = "deadline-exceeded", SERVICE_UNAVAILABLE, "The answer took too long";
}
