//! How much of what must exist a feed lists: told from the numbers that its entries give themselves.

use serde::{Deserialize, Serialize};

/// A feed lists a part only: "the feed lists 100 of 200".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coverage {
    /// The entries that it lists.
    pub listed: i64,
    /// The entries that must exist by their numbers.
    pub of: i64,
    /// The lowest number that it lists.
    pub from: i64,
}

impl Coverage {
    /// What the numbers say; none where they begin where they should, or as many are listed as there must be. A feed
    /// whose numbers begin at 1 in each season says nothing of what it leaves out.
    #[must_use]
    pub fn of(listed: i64, from: Option<i64>, to: Option<i64>) -> Option<Self> {
        let (from, of) = (from?, to?);
        (from > 1 && of > listed).then_some(Self { listed, of, from })
    }

    /// How many are not listed.
    #[must_use]
    pub fn unlisted(self) -> i64 {
        self.of.saturating_sub(self.listed)
    }

    /// It in one sentence.
    #[must_use]
    pub fn sentence(self) -> String {
        let Self { listed, of, from } = self;
        format!(
            "The feed lists {listed} of {of} entries, for its numbers start at {from}: what was imported of the others stays."
        )
    }
}
