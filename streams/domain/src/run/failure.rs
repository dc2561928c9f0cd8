//! What to do about a failed run, in the words of whoever keeps the source.

/// What to change where a run failed with a code, and who can; `status` is the HTTP status, where there was one.
///
/// A code that is not known gets advice that is never wrong: a newer connector may say more than this build knows.
#[must_use]
pub fn advice(code: &str, status: Option<i32>) -> &'static str {
    match (code, status) {
        ("egress.status", Some(status)) => of_status(status),
        ("ingest.no_address", _) => "Give the source the address of its feed.",
        ("ingest.unknown_secret", _) => {
            "Add the secret to the configuration under this name, or change secret_name of the source."
        }
        ("ingest.locked", _) => {
            "Ask the owner: the feed says that it may not be imported. With their consent set respect_locked to false."
        }
        ("ingest.other_feed", _) => {
            "Look at the new address: where it is the same program, give it to the source; else ask the publisher."
        }
        ("ingest.other_format", _) => {
            "Give the source the format that came, or auto: then any format that is read is taken."
        }
        ("ingest.other_origin", _) => {
            "Give the source its new address, and its secret the origin that it is for."
        }
        ("egress.refused", _) => {
            "Give the source a public http or https address; other ports have to be allowed in egress.ports."
        }
        ("egress.too_large" | "feed.too_large", _) => {
            "Ask the publisher for a shorter feed or for one in pages (RFC 5005), or raise egress.max_bytes."
        }
        ("egress.unknown_host", _) => {
            "Check how the host is spelled; it may have moved or its domain may have run out."
        }
        ("egress.too_many_redirects" | "egress.bad_redirect", _) => {
            "Give the source the address where the redirects end."
        }
        ("egress.transport" | "egress.timeout" | "egress.too_slow" | "egress.circuit_open", _) => {
            "Nothing: it is tried again. Where it goes on for days, ask the publisher."
        }
        ("egress.encoding", _) => "Ask the publisher to answer plain or compressed with gzip.",
        ("feed.not_a_feed" | "feed.empty", _) => {
            "Open the address in a browser: it is a page or empty. Give the source the address of the feed itself."
        }
        ("feed.unsupported", _) => {
            "Give the source the address of a feed in a format that is read."
        }
        ("feed.no_entries", _) => {
            "Compare the source's mapping with what the address answers: `entries` names the array of entries."
        }
        ("youtube.quota", _) => {
            "Nothing: it goes on when the day's quota is new, at midnight in California. Poll the sources of this key less often, or ask Google for more."
        }
        ("youtube.not_found" | "youtube.address", _) => {
            "Give the source the address of a channel (…/channel/UC…, …/@name) or of a playlist (…/playlist?list=…)."
        }
        ("youtube.list_not_found", _) => {
            "Correct the rule that names the playlist, or take it out: the owner may have deleted the playlist or made it private."
        }
        ("youtube.refused", _) => {
            "Check the API key: it must be of a project with the YouTube Data API v3 switched on."
        }
        ("feed.doctype", _) => "Ask the publisher to leave the DOCTYPE out of the feed.",
        ("feed.ill_formed" | "feed.truncated", _) => {
            "Ask the publisher to mend the feed; the reason names the place. What was imported stays."
        }
        ("feed.limit" | "feed.took_too_long", _) => {
            "Ask the publisher for a simpler or shorter feed; the reason names the limit."
        }
        ("ingest.log" | "ingest.objects", _) => {
            "Nothing of the source's: the deployment's stores did not answer. It is tried again."
        }
        _ => "Read the reason; where it names nothing to change, it is tried again later.",
    }
}

fn of_status(status: i32) -> &'static str {
    match status {
        401 | 403 | 407 => {
            "Check the secret of the source: the server does not let it in. It may also block this deployment's address."
        }
        404 => "Check the address: nothing is there now. What was imported stays.",
        410 => "The feed is gone for good: give the source its new address, or pause it.",
        408 | 425 | 429 => {
            "Nothing, or poll it less often: the server asks to wait, and is obeyed."
        }
        500..=599 => "Nothing: the server is in trouble. It is tried again.",
        _ => "Check the address: the server does not take the request.",
    }
}
