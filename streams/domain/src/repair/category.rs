//! Categories as publishers name them, brought to the slugs of one tree.
//!
//! The tree is that of Apple Podcasts, which most feeds use: nineteen categories and what is under them. A
//! slug is `society-culture` or `society-culture/documentary`. Names of other trees (Apple's before 2019,
//! YouTube's, Arabic ones) lead to the nearest place; anything else becomes a slug of its own, like a tag.

mod aliases;
#[cfg(test)]
mod tests;
mod tree;

use super::{fold, html};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The most characters of a slug made from an unknown name.
const LONGEST_SLUG: usize = 64;

/// The place of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The slug: of the tree where known, else made from the name; empty where the name has no letter.
    pub slug: String,
    /// Whether the slug is one of the tree.
    pub known: bool,
}

/// The category a name stands for.
///
/// Takes a name alone (`Documentary`), a path (`Society & Culture > Documentary`, also with `/`, `:` or `|`)
/// or a slug, in any case, with entities or without. A path whose last part is unknown leads to its first.
pub fn map(name: &str) -> Mapped {
    let name = &name[..name.floor_char_boundary(512)];
    if let Some(slug) = find(name) {
        return known(slug);
    }
    let line = html::text(name).value;
    if let Some(slug) = find(&line) {
        return known(slug);
    }
    let mut parts = line
        .split(['>', '/', ':', '|', '›', '»', '\\'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let first = parts.next().and_then(find);
    let found = parts
        .next_back()
        .and_then(|last| within(first, last))
        .or(first);
    found.map_or_else(
        || Mapped {
            slug: tag(&line),
            known: false,
        },
        known,
    )
}

/// The name of a top category in English (`en`) or Arabic (`ar`), and of any other in English.
pub fn name(slug: &str, lang: &str) -> Option<&'static str> {
    let lang = lang.split(['-', '_']).next().unwrap_or("");
    let arabic = lang.eq_ignore_ascii_case("ar");
    if !arabic && !lang.eq_ignore_ascii_case("en") {
        return None;
    }
    let Some((top, _)) = slug.split_once('/') else {
        let top = tree::TOPS.iter().find(|top| top.slug == slug)?;
        return Some(if arabic { top.arabic } else { top.english });
    };
    let top = tree::TOPS.iter().find(|other| other.slug == top)?;
    let sub = top.subs.iter().find(|(other, _)| *other == slug)?;
    (!arabic).then_some(sub.1)
}

fn known(slug: &str) -> Mapped {
    Mapped {
        slug: slug.to_owned(),
        known: true,
    }
}

/// The slug of a name that is in the tree or an alias.
fn find(name: &str) -> Option<&'static str> {
    BY_KEY.get(key(name).as_str()).copied()
}

/// The slug of a name, under the category before it where the tree has it there.
fn within(top: Option<&str>, name: &str) -> Option<&'static str> {
    let key = key(name);
    let under_top = tree::TOPS
        .iter()
        .filter(|other| Some(other.slug) == top)
        .flat_map(|other| other.subs);
    for (slug, english) in under_top {
        if self::key(english) == key {
            return Some(slug);
        }
    }
    BY_KEY.get(key.as_str()).copied()
}

/// All names and slugs by their key.
static BY_KEY: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = BTreeMap::new();
    for top in &tree::TOPS {
        for (slug, english) in top.subs {
            names.insert(key(english), *slug);
            names.insert(key(slug), *slug);
        }
    }
    for (slug, list) in aliases::ALIASES {
        names.extend(list.split('|').map(|alias| (key(alias), *slug)));
    }
    for top in &tree::TOPS {
        for name in [top.slug, top.english, top.arabic] {
            names.insert(key(name), top.slug);
        }
    }
    names
});

/// What of a name is compared: its letters and digits, without "and" and the Arabic article.
fn key(name: &str) -> String {
    let folded = fold::key(name);
    let mut key = String::with_capacity(folded.len());
    for word in folded.split(|c: char| !c.is_alphanumeric()) {
        if matches!(word, "" | "and" | "amp" | "n" | "و") {
            continue;
        }
        // "الصحة واللياقة" and "صحة ولياقة" are one name; a first word in و may be no "and"
        let word = word
            .strip_prefix('و')
            .filter(|_| !key.is_empty())
            .unwrap_or(word);
        let word = word.strip_prefix("ال").unwrap_or(word);
        key.push_str(word);
    }
    key
}

/// A slug from any name: letters and digits in lower case, one hyphen between words.
fn tag(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    let mut length = 0;
    for word in name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if length + 1 >= LONGEST_SLUG {
            break;
        }
        if length > 0 {
            slug.push('-');
            length += 1;
        }
        for c in word
            .chars()
            .flat_map(char::to_lowercase)
            .filter(|c| c.is_alphanumeric())
        {
            if length < LONGEST_SLUG {
                slug.push(c);
                length += 1;
            }
        }
    }
    slug
}
