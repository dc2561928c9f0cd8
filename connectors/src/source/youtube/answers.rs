//! What answers of the API hold, and the document that is put together of them.

use serde_json::{Map, Value, json};

use super::Lists;

/// The most letters of a reason that are shown.
const REASON: usize = 60;

/// A page of a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::source) struct Page {
    /// The ids of its videos, in order, each once.
    pub(in crate::source) ids: Vec<String>,
    /// What the next page is asked with.
    pub(in crate::source) next: Option<String>,
}

/// Reads an answer of `playlistItems.list`.
pub(in crate::source) fn page(answer: &Value) -> Page {
    let items = answer["items"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut page = Page {
        ids: Vec::with_capacity(items.len()),
        next: answer["nextPageToken"].as_str().map(str::to_owned),
    };
    for item in items {
        let id = item["contentDetails"]["videoId"]
            .as_str()
            .or_else(|| item["snippet"]["resourceId"]["videoId"].as_str());
        // What is deleted or private stands in the list, and would be asked for in vain.
        let gone = matches!(
            item["status"]["privacyStatus"].as_str(),
            Some("private" | "privacyStatusUnspecified")
        );
        if let Some(id) = id.filter(|id| !gone && !id.contains(','))
            && !page.ids.iter().any(|known| known == id)
        {
            page.ids.push(id.to_owned());
        }
    }
    page
}

/// The first resource of an answer, and its id.
pub(in crate::source) fn resource(answer: &Value) -> Option<Value> {
    let mut resource = answer["items"].get(0)?.clone();
    tidy(&mut resource);
    resource.is_object().then_some(resource)
}

/// The id of a resource.
pub(in crate::source) fn resource_id(resource: &Value) -> Option<&str> {
    resource["id"].as_str()
}

/// The document that is read as a feed is: the program, and the videos of a page in its order.
pub(in crate::source) fn document(
    (channel, playlist): (Option<Value>, Option<Value>),
    ids: &[String],
    videos: &Value,
    next: Option<String>,
    lists: &Lists,
) -> Vec<u8> {
    let found = videos["items"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let of = |id: &String| found.iter().find(|video| video["id"].as_str() == Some(id));
    let own = playlist.as_ref().and_then(resource_id).map(str::to_owned);
    let items: Vec<Value> = ids
        .iter()
        .filter_map(of)
        .filter(|video| is_public(video))
        .map(|video| {
            let mut video = video.clone();
            tidy(&mut video);
            let of = is_in(&video, own.as_deref(), lists);
            if let (Some(of), Some(members)) = (of, video.as_object_mut()) {
                members.insert("playlistId".to_owned(), of);
            }
            video
        })
        .collect();
    let mut document = Map::new();
    let program = playlist.clone().or_else(|| channel.clone());
    for (name, member) in [
        ("program", program),
        ("channel", channel),
        ("playlist", playlist),
    ] {
        document.extend(member.map(|member| (name.to_owned(), member)));
    }
    document.extend(next.map(|next| ("next".to_owned(), json!(next))));
    document.insert("items".to_owned(), json!(items));
    Value::Object(document).to_string().into_bytes()
}

/// The playlists that a video is in, as far as anybody asks: its source's own, and those that rules name.
fn is_in(video: &Value, own: Option<&str>, lists: &Lists) -> Option<Value> {
    let id = resource_id(video).unwrap_or_default();
    let named = lists.with(id).filter(|list| Some(*list) != own);
    let all: Vec<&str> = own.into_iter().chain(named).collect();
    match all.as_slice() {
        [] => None,
        [one] => Some(json!(one)),
        several => Some(json!(several)),
    }
}

fn is_public(video: &Value) -> bool {
    let status = &video["status"];
    let gone = matches!(
        status["uploadStatus"].as_str(),
        Some("deleted" | "failed" | "rejected")
    );
    !gone && status["privacyStatus"].as_str() != Some("private")
}

/// Takes out what says nothing of a resource, and changes with every answer.
fn tidy(resource: &mut Value) {
    if let Some(members) = resource.as_object_mut() {
        members.remove("etag");
        members.remove("kind");
    }
}

/// Why the API refuses, in its own word.
pub(in crate::source) fn refusal(answer: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let error = &answer["error"];
    let reason = error["errors"][0]["reason"]
        .as_str()
        .or_else(|| error["status"].as_str());
    let reason = reason.unwrap_or("unknown").chars().take(REASON);
    reason
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::youtube::List;

    #[test]
    fn what_is_gone_is_not_asked_for() {
        let item = |id: &str, status: &str| json!({"contentDetails": {"videoId": id}, "status": {"privacyStatus": status}});
        let answer = json!({"nextPageToken": "t", "items": [
            item("a", "public"), item("b", "private"), item("c", "unlisted"), item("a", "public"),
            {"snippet": {"resourceId": {"videoId": "d"}}}, {}]});
        let page = page(&answer);
        assert_eq!(page.ids, ["a", "c", "d"]);
        assert_eq!(page.next.as_deref(), Some("t"));
        assert_eq!(super::page(&Value::Null), Page::default());
    }

    #[test]
    fn a_document_has_the_videos_that_there_are_in_the_order_of_the_list() {
        let videos = json!({"items": [
            {"id": "c", "etag": "x", "status": {"uploadStatus": "processed"}},
            {"id": "a"}, {"id": "z", "status": {"privacyStatus": "private"}}]});
        let ids = ["a", "b", "c", "z"].map(str::to_owned);
        let mut lists = Lists::default();
        for (list, videos) in [("PL1", vec!["a"]), ("PL2", vec!["c", "z"])] {
            let videos = videos.into_iter().map(str::to_owned).collect();
            lists.put(list.to_owned(), List { etag: None, videos });
        }
        let playlist = Some(json!({"id": "PL1"}));
        let document = document((None, playlist), &ids, &videos, None, &lists);
        let document: Value = serde_json::from_slice(&document).unwrap();
        let expected = json!([{"id": "a", "playlistId": "PL1"},
            {"id": "c", "playlistId": ["PL1", "PL2"], "status": {"uploadStatus": "processed"}}]);
        assert_eq!(document["items"], expected);
        assert_eq!(document["program"]["id"], "PL1");
    }

    #[test]
    fn a_refusal_is_told_in_one_word() {
        let answer = br#"{"error": {"errors": [{"reason": "quotaExceeded"}]}}"#;
        assert_eq!(refusal(answer), "quotaExceeded");
        assert_eq!(refusal(br#"{"error": {"status": "NOT <b>OK"}}"#), "NOTbOK");
        assert_eq!(refusal(b"<html>"), "unknown");
    }
}
