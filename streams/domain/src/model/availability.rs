//! When, where and to whom an item may be shown.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// When, where and to whom an item may be shown; empty means without limit.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Availability {
    /// Not shown before this time.
    pub from: Option<Timestamp>,
    /// Not shown from this time on.
    pub until: Option<Timestamp>,
    /// ISO 3166-1 alpha-2 codes where it may be shown; empty: everywhere.
    pub countries: Vec<String>,
    /// Names of platforms where it may be shown; empty: on all.
    pub platforms: Vec<String>,
    /// The youngest age in years that may see it.
    pub min_age: Option<i32>,
}
