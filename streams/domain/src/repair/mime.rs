//! The media type of an enclosure, from what the feed says and what its URL ends in.

#[cfg(test)]
mod tests;

use super::{Repair, Repaired};

/// The registered media type of an enclosure.
///
/// A given type is believed unless it is none (`mp3`, `application/octet-stream`, a web page) or contradicts
/// the file extension; other names of a type become the registered one. `None` where neither says anything.
pub fn repair(given: Option<&str>, url: &str) -> Option<Repaired<String>> {
    let given = given.map(|text| text.split(';').next().unwrap_or("").trim());
    let given = given.filter(|text| !text.is_empty() && text.len() <= 100);
    let Some(given) = given else {
        let media = of_extension(url)?;
        return Some(Repaired::one(media.name.to_owned(), Repair::MimeMissing));
    };
    let lower = given.to_ascii_lowercase();
    let name = registered(&lower);
    match of_extension(url) {
        Some(media) if !media.agrees(name) => {
            let name = media.name_as(name);
            Some(Repaired::one(name.to_owned(), Repair::MimeWrong))
        }
        _ if is_vague(name) => None,
        _ if name == given => Some(Repaired::clean(lower)),
        _ => Some(Repaired::one(name.to_owned(), Repair::MimeAlias)),
    }
}

/// What a file extension says.
struct Media {
    name: &'static str,
    /// The same container with sound only, where the extension leaves that open.
    audio: Option<&'static str>,
}

impl Media {
    /// Whether a type can be that of a file with this extension.
    fn agrees(&self, name: &str) -> bool {
        self.name == name || self.audio == Some(name)
    }

    /// The type of the file, given a wrong one that may still say whether it has pictures.
    fn name_as(&self, wrong: &str) -> &'static str {
        match self.audio {
            Some(audio) if wrong.starts_with("audio/") => audio,
            _ => self.name,
        }
    }
}

/// The type that belongs to the extension of a URL's path.
fn of_extension(url: &str) -> Option<Media> {
    let path = url.split(['?', '#']).next()?;
    let file = path.rsplit('/').next()?;
    let (_, extension) = file.rsplit_once('.')?;
    if extension.len() > 5 {
        return None;
    }
    let only = |name| Some(Media { name, audio: None });
    let either = |name, audio| {
        let audio = Some(audio);
        Some(Media { name, audio })
    };
    match extension.trim().to_ascii_lowercase().as_str() {
        "mp3" => only("audio/mpeg"),
        "m4a" | "m4b" | "m4r" => only("audio/mp4"),
        "aac" => only("audio/aac"),
        "oga" | "opus" | "spx" => only("audio/ogg"),
        "ogg" => either("audio/ogg", "video/ogg"),
        "wav" => only("audio/wav"),
        "flac" => only("audio/flac"),
        "aif" | "aiff" => only("audio/aiff"),
        "wma" => only("audio/x-ms-wma"),
        "weba" => only("audio/webm"),
        "mp4" => either("video/mp4", "audio/mp4"),
        "m4v" => only("video/mp4"),
        "mov" => only("video/quicktime"),
        "webm" => either("video/webm", "audio/webm"),
        "mkv" => only("video/matroska"),
        "ogv" => only("video/ogg"),
        "avi" => only("video/x-msvideo"),
        "wmv" => only("video/x-ms-wmv"),
        "mpg" | "mpeg" => only("video/mpeg"),
        "3gp" => either("video/3gpp", "audio/3gpp"),
        "m3u8" => only("application/vnd.apple.mpegurl"),
        "mpd" => only("application/dash+xml"),
        "pdf" => only("application/pdf"),
        "epub" => only("application/epub+zip"),
        "jpg" | "jpeg" => only("image/jpeg"),
        "png" => only("image/png"),
        "gif" => only("image/gif"),
        "webp" => only("image/webp"),
        "avif" => only("image/avif"),
        _ => None,
    }
}

/// The registered name of a type in lower case, or the type itself.
fn registered(name: &str) -> &str {
    match name {
        "audio/mp3" | "audio/mpeg3" | "audio/x-mpeg-3" | "audio/x-mp3" | "audio/x-mpeg"
        | "audio/mpg" | "audio/x-mpg" | "audio/mpeg-3" | "audio/mpegaudio" => "audio/mpeg",
        "audio/m4a" | "audio/x-m4a" | "audio/mp4a-latm" | "audio/x-mp4" | "audio/m4b"
        | "audio/x-m4b" => "audio/mp4",
        "audio/aacp" | "audio/x-aac" | "audio/x-hx-aac-adts" => "audio/aac",
        "audio/x-ogg" | "audio/vorbis" | "audio/opus" | "audio/x-opus+ogg" | "application/ogg" => {
            "audio/ogg"
        }
        "audio/x-wav" | "audio/wave" | "audio/vnd.wave" | "audio/x-pn-wav" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        "audio/x-aiff" => "audio/aiff",
        "video/m4v" | "video/x-m4v" | "video/x-mp4" => "video/mp4",
        "video/mov" | "video/x-quicktime" => "video/quicktime",
        "video/x-matroska" => "video/matroska",
        "application/x-mpegurl"
        | "audio/mpegurl"
        | "audio/x-mpegurl"
        | "application/mpegurl"
        | "vnd.apple.mpegurl" => "application/vnd.apple.mpegurl",
        "application/x-pdf" => "application/pdf",
        "image/jpg" | "image/pjpeg" => "image/jpeg",
        "image/x-png" => "image/png",
        _ => name,
    }
}

/// Whether a type says nothing about the file, or is no type.
fn is_vague(name: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    match name {
        "application/octet-stream"
        | "binary/octet-stream"
        | "application/force-download"
        | "application/x-download"
        | "application/download"
        | "text/html"
        | "text/plain"
        | "unknown/unknown" => true,
        _ => !name
            .split_once('/')
            .is_some_and(|(top, sub)| token(top) && token(sub)),
    }
}
