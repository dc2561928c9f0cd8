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

impl Availability {
    /// What is left of it inside another: an episode is shown when, where and to whom its program is.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        let later = self.from.max(outer.from);
        let earlier = [self.until, outer.until].into_iter().flatten().min();
        let countries = common(&self.countries, &outer.countries);
        let platforms = common(&self.platforms, &outer.platforms);
        let never = countries.is_none() || platforms.is_none();
        Self {
            from: later,
            // An empty list means everywhere, so "nowhere" is said by the time.
            until: if never { Some(Timestamp(0)) } else { earlier },
            countries: countries.unwrap_or_default(),
            platforms: platforms.unwrap_or_default(),
            min_age: self.min_age.max(outer.min_age),
        }
    }
}

/// What two lists allow together; an empty one allows all. None where that is nothing.
fn common(one: &[String], other: &[String]) -> Option<Vec<String>> {
    let both: Vec<String> = match (one, other) {
        ([], all) | (all, []) => all.to_vec(),
        (one, other) => one.iter().filter(|x| other.contains(x)).cloned().collect(),
    };
    (!both.is_empty() || one.is_empty() || other.is_empty()).then_some(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(countries: &[&str], from: i64, until: i64) -> Availability {
        Availability {
            from: Some(Timestamp(from)),
            until: Some(Timestamp(until)),
            countries: countries.iter().map(|c| (*c).to_owned()).collect(),
            ..Availability::default()
        }
    }

    #[test]
    fn an_empty_availability_takes_nothing_away() {
        let some = shown(&["EG", "SA"], 5, 9);
        assert_eq!(some.within(&Availability::default()), some);
        assert_eq!(Availability::default().within(&some), some);
    }

    #[test]
    fn the_narrower_of_both_holds() {
        let inner = shown(&["EG", "SA"], 5, 20);
        let outer = shown(&["SA", "MA"], 7, 30);
        assert_eq!(inner.within(&outer), shown(&["SA"], 7, 20));
    }

    #[test]
    fn where_both_allow_nothing_in_common_it_is_never_shown() {
        let both = shown(&["EG"], 5, 9).within(&shown(&["SA"], 5, 9));
        assert_eq!(both.until, Some(Timestamp(0)));
    }
}
