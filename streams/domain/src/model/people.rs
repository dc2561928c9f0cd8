//! People and the places where they talk.

use serde::{Deserialize, Serialize};

/// Somebody who took part (Podcasting 2.0 `podcast:person`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// The name as it is shown.
    pub name: String,
    /// The role in lower case, for example `host` or `guest`.
    pub role: Option<String>,
    /// The group of roles in lower case, for example `cast`.
    pub group: Option<String>,
    /// A page about the person.
    pub url: Option<String>,
    /// A picture of the person.
    pub image_url: Option<String>,
}

/// A place where an item is talked about (Podcasting 2.0 `podcast:socialInteract`).
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SocialLink {
    /// The protocol, for example `activitypub`.
    pub protocol: String,
    /// The address of the post.
    pub uri: Option<String>,
    /// The account that posted it.
    pub account_id: Option<String>,
    /// The account's page.
    pub account_url: Option<String>,
    /// Which to prefer among several: the lowest.
    pub priority: Option<i32>,
}
