//! Which channel or playlist an address names.

use url::Url;

/// What a source's address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::source) enum Place {
    /// A channel by its id (`UC…`).
    Channel(String),
    /// A channel by its handle, with `@`.
    Handle(String),
    /// A channel by the name of its owner's account.
    User(String),
    /// A playlist by its id.
    Playlist(String),
}

impl Place {
    /// Reads the address of a channel, of a playlist, or of YouTube's feed of one.
    pub(in crate::source) fn of(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str()?.trim_end_matches('.');
        if host != "youtube.com" && !host.ends_with(".youtube.com") {
            return None;
        }
        let query = |name: &str| {
            let value = url.query_pairs().find(|(key, _)| key == name)?.1;
            id(&value)
        };
        if let Some(list) = query("list").or_else(|| query("playlist_id")) {
            return Some(Self::Playlist(list));
        }
        if let Some(channel) = query("channel_id") {
            return Some(Self::Channel(channel));
        }
        if let Some(user) = query("user") {
            return Some(Self::User(user));
        }
        let mut path = url.path_segments()?.filter(|part| !part.is_empty());
        match (path.next()?, path.next()) {
            ("channel", Some(channel)) => id(channel).map(Self::Channel),
            ("user", Some(user)) => id(user).map(Self::User),
            (handle, _) if handle.starts_with('@') || handle.starts_with("%40") => {
                let name = handle.trim_start_matches('@').trim_start_matches("%40");
                (!name.is_empty() && name.len() <= 256).then(|| Self::Handle(format!("@{name}")))
            }
            _ => None,
        }
    }

    /// How `channels.list` is asked for it; a playlist is asked for otherwise.
    pub(in crate::source) fn filter(&self) -> (&'static str, &str) {
        match self {
            Self::Channel(id) | Self::Playlist(id) => ("id", id),
            Self::Handle(handle) => ("forHandle", handle),
            Self::User(user) => ("forUsername", user),
        }
    }
}

/// An id, which has no odd letters.
fn id(text: &str) -> Option<String> {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let short = !text.is_empty() && text.len() <= 128;
    (short && text.bytes().all(sound)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_channels_and_playlists_are_understood() {
        let channel = || Some(Place::Channel("UCa-b_1".to_owned()));
        let playlist = || Some(Place::Playlist("PLx".to_owned()));
        for (url, expected) in [
            ("https://www.youtube.com/channel/UCa-b_1/videos", channel()),
            (
                "https://www.youtube.com/feeds/videos.xml?channel_id=UCa-b_1",
                channel(),
            ),
            ("https://youtube.com/playlist?list=PLx", playlist()),
            (
                "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx",
                playlist(),
            ),
            ("https://m.youtube.com/watch?v=1&list=PLx", playlist()),
            (
                "https://www.youtube.com/@quay/videos",
                Some(Place::Handle("@quay".to_owned())),
            ),
            (
                "https://www.youtube.com/user/quay",
                Some(Place::User("quay".to_owned())),
            ),
            ("https://www.youtube.com/c/quay", None),
            ("https://www.youtube.com/channel/UC%2f", None),
            ("https://youtube.com.example.org/channel/UCa", None),
            ("nonsense", None),
        ] {
            assert_eq!(Place::of(url), expected, "{url}");
        }
    }
}
