//! The members of `_podcast`, as data.

/// A member, and the element that it stands for.
pub(super) struct Word {
    /// As JSON is usually written; the element's own name will do as well.
    member: &'static str,
    pub(super) element: &'static str,
    /// The member inside that is the element's text.
    pub(super) text: Option<&'static str>,
    /// The attribute that its address is.
    pub(super) address: &'static str,
    /// Members that are called as no attribute is.
    renamed: &'static [(&'static str, &'static str)],
    /// The element around it.
    pub(super) within: Option<&'static str>,
    /// The members inside that are elements.
    pub(super) inner: &'static [Word],
}

impl Word {
    /// Whether a member of this name says it.
    pub(super) fn is(&self, name: &str) -> bool {
        let own = self.element.split_once(':').map(|(_, own)| own);
        self.member == name || (own == Some(name) && self.within.is_none())
    }
}

const fn word(member: &'static str, element: &'static str) -> Word {
    Word {
        member,
        element,
        text: None,
        address: "url",
        renamed: &[],
        within: None,
        inner: &[],
    }
}

const fn text(member: &'static str, element: &'static str, text: &'static str) -> Word {
    Word {
        text: Some(text),
        ..word(member, element)
    }
}

const fn within(outer: &'static str, member: &'static str) -> Word {
    Word {
        within: Some(outer),
        address: "feedUrl",
        ..word(member, "podcast:remoteItem")
    }
}

/// Attributes with capitals or hyphens.
const SPELLED: [(&str, &str); 9] = [
    ("account_id", "accountId"),
    ("account_url", "accountUrl"),
    ("aspect_ratio", "aspect-ratio"),
    ("custom_key", "customKey"),
    ("custom_value", "customValue"),
    ("feed_guid", "feedGuid"),
    ("feed_url", "feedUrl"),
    ("item_guid", "itemGuid"),
    ("start_time", "startTime"),
];

const WORDS: &[Word] = &[
    text("guid", "podcast:guid", "value"),
    text("medium", "podcast:medium", "value"),
    text("locked", "podcast:locked", "value"),
    text("blocks", "podcast:block", "value"),
    text("funding", "podcast:funding", "label"),
    text("license", "podcast:license", "identifier"),
    text("locations", "podcast:location", "name"),
    text("season", "podcast:season", "number"),
    text("episode", "podcast:episode", "number"),
    text("soundbites", "podcast:soundbite", "title"),
    text("update_frequency", "podcast:updateFrequency", "label"),
    word("transcripts", "podcast:transcript"),
    word("chapters", "podcast:chapters"),
    Word {
        address: "feedUrl",
        ..word("remote_items", "podcast:remoteItem")
    },
    within("podcast:podroll", "podroll"),
    within("podcast:publisher", "publisher"),
    Word {
        address: "uri",
        ..word("social_interactions", "podcast:socialInteract")
    },
    Word {
        address: "href",
        ..word("images", "podcast:image")
    },
    Word {
        address: "href",
        ..text("content_links", "podcast:contentLink", "label")
    },
    Word {
        address: "href",
        renamed: &[("image", "img")],
        ..text("people", "podcast:person", "name")
    },
    Word {
        inner: &[word("recipients", "podcast:valueRecipient")],
        ..word("values", "podcast:value")
    },
    Word {
        renamed: &[("language", "lang")],
        inner: &[
            Word {
                address: "uri",
                ..word("sources", "podcast:source")
            },
            word("integrity", "podcast:integrity"),
        ],
        ..word("alternate_enclosures", "podcast:alternateEnclosure")
    },
];

/// What a member of the extension says.
pub(super) fn find(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.is(name))
}

/// The attribute that a member inside is.
pub(super) fn attribute<'n>(word: &Word, name: &'n str) -> &'n str {
    if name == "url" || name == "href" {
        return word.address;
    }
    let renamed = word.renamed.iter().chain(&SPELLED);
    let other = renamed.into_iter().find(|(written, _)| *written == name);
    other.map_or(name, |(_, other)| *other)
}
